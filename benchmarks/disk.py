"""What curves take on the disk: 1,000 devices, each a message a minute, kept for a month.

Two days go through the real writer and the real sealing, compressed in time; what a month takes
follows from what each kind of row took. `python -m benchmarks.disk`
"""

import argparse
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import text

from rules.model import DeviceId
from scheduler.folding import fold, forget_hot
from storage import telemetry
from storage.db import Database, reading, transaction
from storage.engine import settle
from storage.migrate import migrate
from storage.telemetry import Taken
from tests.servers import PostgresServer, fresh_database, postgresql_tools

START = datetime(2026, 6, 15, tzinfo=UTC)
MONTH_DAYS, HOT_HOURS = 30, 48
PROMISED_GB = 0.5
_MINUTES = 24 * 60


@dataclass
class Device:
    """A camera's or a detector's voice: one figure that wanders, one that falls, one that jumps."""

    number: int
    chance: random.Random
    temperature_c: float = 30.0

    def says(self, minute: int) -> dict[str, float]:
        self.temperature_c += self.chance.gauss(0, 0.05)
        return {
            "battery_pct": 100 - (minute // 700 + self.number) % 60,
            "temperature_c": round(self.temperature_c, 1),
            "rssi_dbm": -55 + self.chance.randrange(-2, 3),
        }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--devices", type=int, default=1_000)
    parser.add_argument("--postgresql", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        _measure(f"sqlite:///{scratch}/ringwatch.db", given.devices, Path(scratch))
        tools = postgresql_tools() if given.postgresql else None
        if tools:
            with closing(_Stopping(PostgresServer(tools))) as server, fresh_database(server.url) as url:
                _measure(url, given.devices, Path(scratch))


class _Stopping:
    def __init__(self, server: PostgresServer) -> None:
        self.url, self.close = server.url, server.stop


def _measure(url: str, devices: int, scratch: Path) -> None:
    main = connect(url)
    own = connect(f"sqlite:///{scratch}/telemetry.db") if main.sqlite else main
