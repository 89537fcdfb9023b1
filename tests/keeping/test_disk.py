"""A disk that runs full: people are paged, the intake rests, both go on when there is room."""

import threading
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from collector.run import wait_for_room
from rules.policy import Policy
from scheduler.disk import DISK_FULL, DiskWatch
from storage import alerts
from storage.db import Database, reading, transaction
from tests import company
from tests.waiting import until
from wiring import health
from wiring.clock import SteadyClock
from wiring.health import Heart
from wiring.room import Room, free_bytes

NOW = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
LATER = timedelta(seconds=10)


@dataclass
class Disk:
    """A disk of the size we need."""

    free: int

    def of(self, _: Path) -> int:
        return self.free


def pages(database: Database) -> list[int]:
    with reading(database) as tx:
        return [one.pages_made for one in alerts.open_ones(tx) if one.code == DISK_FULL]


def test_people_are_paged_once_and_it_is_over_when_there_is_room(
    database: Database, tmp_path: Path
) -> None:
    disk = Disk(free=200_000_000)
    watch = DiskWatch(Room(tmp_path, disk.of))
    with transaction(database) as tx:
        company.found(tx)
    steps = [(200, []), (199, [1]), (199, [1]), (249, [1]), (250, []), (220, [])]
    for number, (free_mb, expected) in enumerate(steps):
        disk.free = free_mb * 1_000_000
        watch.look(database, Policy(), NOW + number * LATER)
        assert pages(database) == expected, (number, free_mb)


def test_an_alert_left_open_by_a_restart_is_cleared(database: Database, tmp_path: Path) -> None:
    with transaction(database) as tx:
        company.found(tx)
    DiskWatch(Room(tmp_path, Disk(free=1).of)).look(database, Policy(), NOW)
    assert pages(database) == [1]
    DiskWatch(Room(tmp_path, Disk(free=10**12).of)).look(database, Policy(), NOW + LATER)
    assert pages(database) == []


def test_the_collector_rests_and_says_so_until_there_is_room(tmp_path: Path) -> None:
    disk, clock = Disk(free=1), SteadyClock()
    room, heart = Room(tmp_path, disk.of), Heart(tmp_path, "collector", clock)
    resting = threading.Thread(target=wait_for_room, args=(room, heart, clock, lambda: False))
    resting.start()
    beat = until(lambda: health.read(tmp_path, "collector"))
    assert (beat.ok, beat.words) == (False, "the disk is full") if beat else False
    disk.free = 10**12
    resting.join(timeout=120)
    assert not resting.is_alive()


def test_one_told_to_stop_does_not_wait_for_room(tmp_path: Path) -> None:
    clock = SteadyClock()
    room = Room(tmp_path, Disk(free=1).of)
    wait_for_room(room, Heart(tmp_path, "collector", clock), clock, lambda: True)
    assert room.full(clock())


def test_a_real_disk_is_measured(tmp_path: Path) -> None:
    assert free_bytes(tmp_path) > 0
    assert free_bytes(tmp_path / "not" / "yet") > 0
