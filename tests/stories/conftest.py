"""A world for every story, on both engines."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.db import Database
from tests.world import World


@pytest.fixture
def world(database: Database, telemetry: Database, tmp_path: Path) -> Iterator[World]:
    with contextlib.closing(World(database, telemetry, tmp_path)) as made:
        yield made
