"""What curves take on the disk: 1,000 devices, each a message a minute, kept for a month.

Nearly two days go through the real writer, the hourly folding and the sealing of a day. A month is
the most that is ever hot (the hour before a day is sealed) and thirty days of each of the others.
`python -m benchmarks.disk`
"""

import argparse
import random
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from rules.model import DeviceId
from scheduler.folding import SEALED_AFTER, SETTLED, fold
from storage import telemetry
from storage.db import Database, connect, transaction
from storage.engine import settle, size_bytes
from storage.migrate import migrate
from storage.telemetry import Taken
from tests.servers import PostgresServer, fresh_database, postgresql_tools

START = datetime(2026, 6, 15, tzinfo=UTC)
MONTH_DAYS = 30
PROMISED_GB = 0.5
DAY = timedelta(days=1)
_MINUTES = 24 * 60


@dataclass(slots=True)
class Device:
    """A detector's voice: one figure that falls slowly, one that wanders, one that jumps."""

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
        _measure(f"sqlite:///{scratch}/ringwatch.db", given.devices)
    tools = postgresql_tools() if given.postgresql else None
    if tools:
        server = PostgresServer(tools)
        with fresh_database(server.url) as url:
            _measure(url, given.devices)
        server.stop()


def _measure(url: str, devices: int) -> None:
    business = connect(url)
    own = connect(url.replace("ringwatch.db", "telemetry.db")) if business.sqlite else business
    migrate(business, own, START)
    # The hour before the night's work: every hour can be folded, no day is over for long enough.
    before = START + DAY + SEALED_AFTER - timedelta(hours=1)
    hot, hot_s = _grown(own, lambda: _hear(own, devices, before))
    hourly, hourly_s = _grown(own, lambda: fold(own, before))
    sealed, sealed_s = _grown(own, lambda: fold(own, before + timedelta(hours=1) + SETTLED))
    days = (before - START) / DAY
    month_gb = (hot + MONTH_DAYS * (hourly / days + sealed)) / 1e9 * 1000 / devices
    print(
        f"{url.split(':', maxsplit=1)[0]}, {devices} devices, 3 metrics a minute:"
        f" hot {hot / days / 1e6:.0f} MB a day (written in {hot_s:.0f} s of processor time),"
        f" hourly {hourly / days / 1e6:.1f} MB a day ({hourly_s / days:.1f} s a day),"
        f" sealed {sealed / 1e6:.1f} MB a day ({sealed_s:.1f} s,"
        f" {sealed / devices / _MINUTES / 3:.2f} bytes a reading)\n"
        f"a month of 1,000 devices: {month_gb:.2f} GB, promised at most {PROMISED_GB}\n"
    )
    assert month_gb <= PROMISED_GB
    own.close()
    business.close()


def _grown(database: Database, work: Callable[[], object]) -> tuple[int, float]:
    """By how many bytes, in how many seconds of our processor time."""
    before, begun = size_bytes(database), time.process_time()
    work()
    took_s = time.process_time() - begun
    settle(database)
    return size_bytes(database) - before, took_s


def _hear(database: Database, devices: int, until: datetime) -> None:
    voices = [Device(number, random.Random(number)) for number in range(1, devices + 1)]  # noqa: S311
    for minute in range(int((until - START).total_seconds() // 60)):
        with transaction(database) as tx:
            telemetry.write(tx, _minute(voices, minute))


def _minute(voices: Sequence[Device], minute: int) -> Iterator[Taken]:
    """Spread over the minute as a fleet is; each batch of 50 ms has an instant of its own."""
    for voice in sorted(voices, key=lambda one: one.number * 7919 % 60_000):
        at_ms = voice.number * 7919 % 60_000 // 50 * 50 + voice.chance.randrange(40)
        at = START + timedelta(minutes=minute, milliseconds=at_ms)
        yield DeviceId(voice.number), at, voice.says(minute)


if __name__ == "__main__":
    main()
