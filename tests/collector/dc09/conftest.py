"""A receiver on a real port beside the collector's own intake, on both engines."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.db import Database
from tests.collector.dc09.station import Station


@pytest.fixture
def station(database: Database, telemetry: Database, tmp_path: Path) -> Iterator[Station]:
    made = Station(database, telemetry, tmp_path)
    yield made
    made.close()
