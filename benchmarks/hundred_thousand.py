"""100,000 devices at one message a minute: processor time and memory of every process of ours.

`ringwatch run` as it is shipped (SQLite, its own broker), a fleet of the given size on the list,
`ringwatch simulate` beside it. Promise: under one core and 1 GiB in all processes together,
printers of documents apart. The simulator is not ours to count. Memory is the proportional set
size, so that shared pages count once. `python -m benchmarks.hundred_thousand`
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import IO

from sqlalchemy import update

from benchmarks.fleet import plant
from storage import listening
from storage.db import Database, connect, reading, transaction
from storage.migrate import migrate
from storage.tables.company import devices
from tests.servers import free_port
from wiring.clock import SteadyClock
from wiring.settings import load

TICKS = os.sysconf("SC_CLK_TCK")
SITE, CODE = "SIM", "sim-{:06}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--devices", type=int, default=100_000)
    parser.add_argument("--interval-s", type=float, default=60)
    parser.add_argument("--minutes", type=float, default=5, help="measured, after a warm-up")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="fleet-", ignore_cleanup_errors=True) as scratch:
        _measure(Path(scratch), given)


def _measure(data: Path, given: argparse.Namespace) -> None:
    settings = load({}, data=data)
    database, telemetry = connect(settings.main_database), connect(settings.telemetry_database)
    migrate(database, telemetry, SteadyClock()())
    _plant(database, given)
    environment = {
        **os.environ,
        "RINGWATCH_DATA": str(data),
        "RINGWATCH_HTTP": f"127.0.0.1:{free_port()}",
    }
    words = ["--devices", str(given.devices), "--interval", str(given.interval_s)]
    with (data / "log").open("w") as log:
        ours = _started(["run"], environment, log)
        try:
            _await_listening(database)
            fleet = _started(["simulate", *words], environment, log)
            try:
                time.sleep(2 * given.interval_s)  # every device has spoken, twice
                _watch(database, ours.pid, given)
            finally:
                fleet.terminate()
                fleet.wait(30)
        finally:
            ours.terminate()
            ours.wait(60)
            database.close()
            telemetry.close()


def _plant(database: Database, given: argparse.Namespace) -> None:
    """Enrolled long ago and never heard, each device would be missed at once: enrolled now."""
    plant(database, given.devices, interval_s=int(given.interval_s), site_code=SITE, code=CODE)
    with transaction(database) as tx:
        tx.execute(update(devices).values(enrolled_at=SteadyClock()()))


def _started(
    words: list[str], environment: dict[str, str], log: IO[str]
) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "ringwatch", *words]
    return subprocess.Popen(command, env=environment, stdout=log, stderr=log)


def _await_listening(database: Database) -> None:
    end = time.monotonic() + 120
    while time.monotonic() < end:
        with reading(database) as tx:
            if listening.get(tx).watermark is not None:
                return
        time.sleep(0.2)
    raise SystemExit("the collector did not begin to listen within two minutes")


def _watch(database: Database, parent: int, given: argparse.Namespace) -> None:
    begun, before, heard = time.monotonic(), _ticks(parent), _messages(database)
    highest = 0
    end = begun + 60 * given.minutes
    while time.monotonic() < end:
        time.sleep(2)
        highest = max(highest, sum(_memory_kb(pid) for pid in _family(parent)))
    passed = time.monotonic() - begun
    used = {
        name: (ticks - before.get(name, 0)) / TICKS / passed
        for name, ticks in _ticks(parent).items()
    }
    rate = (_messages(database) - heard) / passed
    each = ", ".join(f"{name} {share:.2f}" for name, share in sorted(used.items()))
    wanted = given.devices / given.interval_s
    print(
        f"{given.devices} devices each {given.interval_s:g} s: {rate:.0f} messages/s judged "
        f"({rate / wanted:.2f} of what was sent); {sum(used.values()):.2f} cores ({each}); "
        f"{highest / 1024:.0f} MiB at most"
    )


def _messages(database: Database) -> int:
    with reading(database) as tx:
        return listening.get(tx).messages


def _family(parent: int) -> list[int]:
    """A process and everything it started."""
    found, frontier = [parent], [parent]
    while frontier:
        pid = frontier.pop()
        with suppress(OSError):
            for task in Path(f"/proc/{pid}/task").iterdir():
                children = [int(one) for one in (task / "children").read_text().split()]
                found += children
                frontier += children
    return found


def _ticks(parent: int) -> Counter[str]:
    """Processor time of each of ours by name, in clock ticks."""
    used = Counter[str]()
    for pid in _family(parent):
        with suppress(OSError):
            stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
            used[_name(pid)] += int(stat[11]) + int(stat[12])
    return used


def _name(pid: int) -> str:
    words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    if b"ringwatch" in words and words.index(b"ringwatch") + 1 < len(words):
        return words[words.index(b"ringwatch") + 1].decode() or "parent"
    return Path(words[0].decode()).name


def _memory_kb(pid: int) -> int:
    with suppress(OSError, StopIteration):
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="utf-8").splitlines()
        return int(next(line for line in lines if line.startswith("Pss:")).split()[1])
    return 0


if __name__ == "__main__":
    main()
