"""A field of devices for every test of the collector, on both engines."""

from pathlib import Path

import pytest

from storage.db import Database
from tests.collector.field import Field


@pytest.fixture
def field(database: Database, telemetry: Database, tmp_path: Path) -> Field:
    return Field(database, telemetry, tmp_path)
