"""Design §2, "Silence and our own deafness", as it was told: through a real broker."""

import contextlib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from rules.policy import Policy
from storage.db import Database
from tests.company import CHEN, LI, WANG
from tests.stories.listening import ListeningWorld

HOUR = timedelta(hours=1)
# Days go by in steps of half an hour: an echo may take that long here.
PATIENT = Policy(echo_late_s=2 * 3600)


@pytest.fixture
def site(database: Database, telemetry: Database, tmp_path: Path) -> Iterator[ListeningWorld]:
    with contextlib.closing(ListeningWorld(database, telemetry, tmp_path)) as made:
        yield made


@pytest.fixture
def years(database: Database, telemetry: Database, tmp_path: Path) -> Iterator[ListeningWorld]:
    made = ListeningWorld(database, telemetry, tmp_path, devices=1, policy=PATIENT)
    made.beat = HOUR / 2
    made.is_a("d0", "sensor")
    with contextlib.closing(made):
        yield made


def dies(world: ListeningWorld) -> None:
    """A battery sensor says its last word; it has 25 hours."""
    world.tells("d0", "health", "{}")
    world.passes(minutes=30)


def found_after(world: ListeningWorld, *, forgetful: bool) -> timedelta:
    """Hours until it is found, though we restart every night."""
    died_at = world.now
    dies(world)
    for hour in range(4 * 24):
        if hour % 24 == 20:
            if forgetful:
                world.the_broker_forgets()
            world.the_collector_is_away(minutes=10)
        world.passes(hours=1)
        if faults := world.open_faults():
            assert [fault.code for fault in faults] == ["DEV_OFFLINE"]
            return faults[0].opened_at - died_at
    raise AssertionError("it was never found")


def test_a_dead_sensor_and_nightly_restarts(years: ListeningWorld) -> None:
    """Our own restart into a living session is not deafness: 25 h are 25 h."""
    assert 25 * HOUR <= found_after(years, forgetful=False) <= 26 * HOUR


def test_a_dead_sensor_and_a_session_lost_every_night(years: ListeningWorld) -> None:
    """Patience alone would begin anew every night; the second bound ends it."""
    deaf = timedelta(minutes=10 + 30)  # each night, and up to the echo before it
    assert 26 * HOUR <= found_after(years, forgetful=True) <= 50 * HOUR + 4 * deaf


def test_a_backlog_of_a_hundred_seconds_raises_nothing_false(site: ListeningWorld) -> None:
    site.all_well()
    site.passes(minutes=2)
    site.says("d1", flags={"tamper": True})  # put down five seconds later
    site.passes(seconds=5)
    site.says("d1", flags={"tamper": False})
    site.tells("d2", "state", "offline")  # the late will of an old session
    site.the_collector_is_away(seconds=100)
    site.says("d0", flags={"tamper": True})
    site.the_collector_is_away(seconds=5)
    site.says("d0", flags={"tamper": False})
    site.passes(minutes=5)
    assert site.open_faults() == []
    assert site.alarms() == []
    assert [site.heard(who) for who in (LI, WANG, CHEN)] == [[], [], []]


def test_what_was_true_all_through_the_backlog_is_found_in_it(site: ListeningWorld) -> None:
    site.all_well()
    site.passes(minutes=2)
    site.falls_silent("d0")
    site.says("d1", flags={"video_loss": True})
    site.the_collector_is_away(minutes=6)
    site.passes(seconds=20)
    assert sorted(fault.code for fault in site.open_faults()) == ["CAM_VIDEO_LOSS", "DEV_OFFLINE"]


def test_a_broker_that_lost_our_session_blames_nobody_for_what_was_lost(
    site: ListeningWorld,
) -> None:
    site.all_well()
    site.passes(minutes=2)
    site.says("d1", flags={"tamper": True})  # and its end is lost
    site.passes(seconds=5)
    site.says("d1", flags={"tamper": False})
    site.the_broker_forgets()
    site.now += timedelta(minutes=4)  # longer than anybody's allowance
    site.falls_silent("d2")
    site.passes(minutes=2)
    assert site.open_faults() == []
    site.passes(minutes=2)  # but who is dead indeed has used up a new allowance
    assert [fault.device_id for fault in site.open_faults()] == [site.company.devices[2]]


def test_a_company_of_one_site_loses_its_uplink(site: ListeningWorld) -> None:
    """Everybody is silent at once and our echo is well: the silence is real, and duty is paged."""
    site.hangs_behind("d0", "d1", "d2")
    site.all_well()
    site.passes(minutes=3)
    for device in ("d0", "d1", "d2"):
        site.falls_silent(device)
    went_at = site.now
    site.passes(minutes=5)
    [order] = site.orders()
    root, *behind = site.open_faults()
    named = {fault.device_id: fault for fault in (root, *behind)}
    uplink = named[site.company.devices[0]]
    assert (uplink.code, order.root_fault_id) == ("NET_UPLINK_DOWN", uplink.id)
    assert {fault.explained_by for fault in named.values() if fault != uplink} == {uplink.id}
    assert [kind for kind, _ in site.heard(LI)] == ["page"]
    assert [kind for kind, _ in site.heard(CHEN)] == ["report"]
    assert order.opened_at - went_at <= timedelta(minutes=4)
    assert site.alarms() == []


def test_a_stalled_echo_pages_duty_and_blames_no_device(site: ListeningWorld) -> None:
    site.all_well()
    site.passes(minutes=2)
    site.the_broker_hangs(minutes=10)
    assert site.alarms() == ["MON_INGEST_STALLED"]
    assert [kind for kind, _ in site.heard(LI)][:1] == ["alert"]
    assert [kind for kind, _ in site.heard(CHEN)][:1] == ["alert"]
    assert site.open_faults() == []
    site.passes(minutes=3)  # devices are back within the minute
    assert site.alarms() == []
    assert site.open_faults() == []
    assert site.orders() == []
