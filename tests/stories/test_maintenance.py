"""Maintenance mode, as it was told: recorded, no page, and nothing forgotten (traps 14)."""

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from operations import maintenance as maintenance_desk
from operations.maintenance import Wish
from operations.refusals import NotNowError
from rules.maintenance import Scope, Window, WindowId
from rules.model import DeviceState, Fault
from storage import devices as device_rows
from storage import faults as fault_rows
from storage import journal
from storage import maintenance as window_rows
from storage.db import Database, reading, transaction
from storage.views import devices as device_view
from tests.company import CHEN, LI, WANG
from tests.world import World

HOUR = timedelta(hours=1)


@pytest.fixture
def world(database: Database, telemetry: Database, tmp_path: Path) -> Iterator[World]:
    with contextlib.closing(World(database, telemetry, tmp_path)) as made:
        made.all_well()
        made.passes(minutes=2)
        yield made


def begins(world: World, scope: Scope = Scope.DEVICE, number: int = 0, **time: float) -> Window:
    """Wang works on it; without a time for an hour."""
    until = world.now + timedelta(**(time or {"hours": 1}))
    window = asks(world, scope, _number(world, scope, number), "replaces the lens", until)
    world.passes(seconds=15)
    return window


def asks(world: World, scope: Scope, number: int, reason: str, until: datetime) -> Window:
    with transaction(world.database) as tx:
        by = world.company.id_of(WANG)
        subject = maintenance_desk.subject_of(tx, scope, number)
        assert subject is not None
        wish = Wish(owner_id=by, reason=reason, until=until)
        return maintenance_desk.start(tx, subject, wish, by, world.now)


def _number(world: World, scope: Scope, number: int) -> int:
    return 1 if scope is Scope.SITE else world.company.devices[number]


def ends(world: World, window: Window) -> None:
    with transaction(world.database) as tx:
        maintenance_desk.end(tx, window.id, world.company.id_of(WANG), world.now)


def is_prolonged(world: World, window: Window, **time: float) -> None:
    with transaction(world.database) as tx:
        by, until = world.company.id_of(WANG), world.now + timedelta(**time)
        maintenance_desk.prolong(tx, window.id, until, by, world.now)


def told(world: World) -> list[str]:
    with reading(world.database) as tx:
        long_ago = world.now - timedelta(days=1)
        return [entry.verb for entry in journal.after(tx, 0, long_ago, limit=1000)]


def again(world: World, fault: Fault) -> Fault:
    with reading(world.database) as tx:
        found = fault_rows.get(tx, fault.id)
    assert found is not None
    return found


def nobody_was_disturbed(world: World) -> bool:
    return not any(world.heard(who) for who in (LI, WANG, CHEN)) and not world.orders()


def test_what_is_torn_down_and_put_up_again_pages_nobody(world: World) -> None:
    begins(world)
    world.says("d0", flags={"tamper": True, "video_loss": True})
    world.passes(minutes=20)
    faults = world.open_faults()
    assert sorted(fault.code for fault in faults) == ["CAM_VIDEO_LOSS", "TAMPER"]
    assert all(fault.maintenance_id for fault in faults)
    world.says("d0", flags={"tamper": False, "video_loss": False})
    world.passes(minutes=20)
    assert nobody_was_disturbed(world)
    [video] = [fault for fault in faults if fault.code == "CAM_VIDEO_LOSS"]
    was = again(world, video)
    assert (was.open, was.maintenance_id) == (False, video.maintenance_id)  # the mark stays
    assert "fault_held" in told(world)


def test_what_is_still_wrong_at_its_end_is_raised(world: World) -> None:
    window = begins(world)
    world.says("d0", flags={"video_loss": True})
    world.passes(minutes=50)
    assert nobody_was_disturbed(world)
    world.passes(minutes=11)
    [order] = world.orders()
    [fault] = world.open_faults()
    assert (order.root_fault_id, fault.maintenance_id) == (fault.id, None)
    assert order.clock_started_at >= window.ends_at
    assert [kind for kind, _ in world.heard(LI)] == ["page"]
    assert {"maintenance_over", "fault_outlived_maintenance"} <= set(told(world))


def test_who_ends_it_sooner_hears_of_it_sooner(world: World) -> None:
    window = begins(world, hours=8)
    world.says("d0", flags={"video_loss": True})
    world.passes(minutes=10)
    ends(world, window)
    world.passes(seconds=30)
    assert len(world.orders()) == 1


def test_prolonged_it_goes_on_being_quiet(world: World) -> None:
    window = begins(world)
    world.says("d0", flags={"video_loss": True})
    world.passes(minutes=50)
    is_prolonged(world, window, hours=2)
    world.passes(minutes=60)
    assert nobody_was_disturbed(world)
    world.passes(minutes=61)
    assert len(world.orders()) == 1


def test_prolonged_while_every_process_of_ours_was_down(world: World) -> None:
    window = begins(world)
    world.says("d0", flags={"video_loss": True})
    world.passes(minutes=10)
    is_prolonged(world, window, hours=4)
    world.sleeps(hours=2)
    world.all_well()
    world.says("d0", flags={"video_loss": True})
    world.passes(minutes=5)
    assert nobody_was_disturbed(world)


def test_a_forgotten_mode_hides_nothing_though_we_were_down_at_its_end(world: World) -> None:
    begins(world)
    world.says("d0", flags={"video_loss": True})
    world.passes(minutes=10)
    world.sleeps(hours=3)
    world.all_well()
    world.says("d0", flags={"video_loss": True})
    world.passes(minutes=1)
    assert len(world.orders()) == 1
    with reading(world.database) as tx:
        assert window_rows.running(tx) == []


def test_of_a_whole_site_it_holds_every_device(world: World) -> None:
    begins(world, Scope.SITE)
    for device in ("d0", "d1", "d2"):
        world.falls_silent(device)
    world.passes(minutes=30)
    assert len(world.open_faults()) == 3
    assert nobody_was_disturbed(world)


def test_its_neighbours_page_as_ever(world: World) -> None:
    begins(world)
    world.says("d1", flags={"video_loss": True})
    world.passes(minutes=10)
    assert len(world.orders()) == 1


def test_a_customer_who_calls_is_answered_all_the_same(world: World) -> None:
    """A03: the clock of a customer's notice asks nobody's leave."""
    begins(world)
    order = world.calls("d0", minutes_ago=1)
    assert order.open


def test_one_maintenance_may_stand_in_another(world: World) -> None:
    """The device's own ends first: the site's still holds what is wrong."""
    begins(world, Scope.SITE, hours=2)
    begins(world, minutes=30)
    world.says("d0", flags={"video_loss": True})
    world.passes(minutes=60)
    assert nobody_was_disturbed(world)
    world.passes(minutes=70)
    assert len(world.orders()) == 1


def test_a_minor_fault_of_long_ago_waits_too(world: World) -> None:
    """After 30 days it becomes an order; not while people are at work there."""
    world.says("d0", metrics={"battery_pct": 15})
    world.passes(minutes=30)
    minor = world.open_faults()
    assert [fault.severity.value for fault in minor] == ["minor"]
    world.now += timedelta(days=30) - HOUR
    world.all_well()
    world.says("d0", metrics={"battery_pct": 15})
    begins(world, hours=3)
    world.passes(hours=2)
    assert world.orders() == []
    world.passes(hours=2)
    assert len(world.orders()) == 1


def test_the_device_says_so_until_it_ends(world: World) -> None:
    window = begins(world)
    assert _state(world) == (DeviceState.MAINTENANCE, window.ends_at)
    world.passes(minutes=61)
    assert _state(world) == (DeviceState.OK, None)


def _state(world: World) -> tuple[DeviceState, datetime | None]:
    with reading(world.database) as tx:
        device = device_rows.get(tx, world.company.devices[0])
        assert device is not None
        standing = device_view.standing_of(tx, device, world.now)
        return standing.state, device.maintenance_until


def test_one_at_a_time_with_a_reason_and_an_end(world: World) -> None:
    begins(world)
    soon = world.now + HOUR
    for device, reason, until, field in (
        (0, "why not", soon, ""),
        (1, " ", soon, "reason"),
        (1, "why", world.now + 9 * HOUR, "until"),
        (1, "why", world.now, "until"),
    ):
        with pytest.raises(NotNowError) as refused:
            asks(world, Scope.DEVICE, world.company.devices[device], reason, until)
        assert refused.value.field == field


def test_what_is_over_is_not_ended_twice(world: World) -> None:
    window = begins(world)
    ends(world, window)
    with pytest.raises(NotNowError):
        ends(world, window)
    with pytest.raises(NotNowError):
        is_prolonged(world, window, hours=1)
    with pytest.raises(maintenance_desk.NoSuchWindowError):
        ends(world, replace(window, id=WindowId(999)))
