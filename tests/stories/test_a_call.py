"""A03, C11: the customer calls. The clock starts at the notice, whatever the hour or the fault."""

from datetime import timedelta

import pytest

from operations.refusals import NotNowError
from rules.model import ClockSource
from storage import sites as site_rows
from storage.db import transaction
from tests.company import CHEN, LI
from tests.world import World

HOURS = timedelta(hours=2)


def test_the_clock_starts_at_the_notice(world: World) -> None:
    order = world.calls("d0", minutes_ago=20)
    assert order.clock_started_at == world.now - timedelta(minutes=20)
    assert order.on_site_by == order.clock_started_at + HOURS
    assert order.clock_source is ClockSource.CUSTOMER_NOTICE
    world.passes(seconds=15)
    assert [kind for kind, _ in world.heard(LI)] == ["page"]
    assert [kind for kind, _ in world.heard(CHEN)] == ["report"]


def test_a_second_call_opens_nothing(world: World) -> None:
    first = world.calls("d0", minutes_ago=20)
    world.passes(minutes=5)
    assert world.calls("d0").id == first.id
    assert world.again(first).on_site_by == first.on_site_by
    assert "customer_called" in world.story(first)
    assert len(world.orders()) == 1


def test_a_call_joins_what_the_monitor_found_and_the_earlier_clock_stays(world: World) -> None:
    world.all_well()
    world.says("d0", flags={"video_loss": True})
    world.passes(minutes=2)
    (found,) = world.orders()
    world.passes(minutes=10)
    joined = world.calls("d0", minutes_ago=1)
    assert joined.id == found.id
    assert joined.clock_source is ClockSource.MONITOR
    assert joined.on_site_by == found.on_site_by
    assert "customer_called" in world.story(found)
    assert len(world.open_faults()) == 1


def test_well_again_by_itself_still_owes_the_caller_an_answer(world: World) -> None:
    world.all_well()
    world.says("d0", flags={"video_loss": True})
    world.passes(minutes=2)
    world.calls("d0")
    world.says("d0", flags={"video_loss": False})
    world.passes(minutes=4)
    (order,) = world.orders()
    assert world.open_faults() == []
    assert [kind for kind, _ in world.heard(LI)] == ["page", "restored", "page"]
    world.does(LI, "acknowledge", order)
    world.does(LI, "repair", order, text="rang the guard: a loose plug, pushed in")
    assert world.again(order).verified_how == "telemetry"
    assert world.does(CHEN, "accept", order, accepted_by="Zhou").closed_at


def test_what_a_person_reported_a_person_vouches_for(world: World) -> None:
    world.all_well()
    order = world.calls("d0")
    world.does(LI, "acknowledge", order)
    world.does(LI, "arrive", order)
    world.does(LI, "repair", order, text="turned the camera back")
    world.passes(minutes=3)
    assert world.again(order).verified_at is None  # the device never said that it was wrong
    world.does(LI, "verify", order, how="looked at it with the guard")
    assert world.open_faults() == []
    with pytest.raises(NotNowError, match=r"order\.refused\.already_verified"):
        world.does(LI, "verify", order, how="again")
    world.does(LI, "accept", order, accepted_by="Zhou")
    assert world.orders() == []


def test_a_minor_fault_disturbs_nobody_until_the_customer_calls(world: World) -> None:
    world.all_well()
    world.says("d0", metrics={"battery_pct": 15})
    world.passes(minutes=3)
    assert [fault.code for fault in world.open_faults()] == ["BATT_LOW"]
    assert world.orders() == []
    assert world.heard(LI) == world.heard(CHEN) == []
    order = world.calls("d0")
    world.passes(seconds=15)
    assert order.on_site_by == order.clock_started_at + HOURS
    assert [kind for kind, _ in world.heard(LI)] == ["page"]


def test_a_running_order_keeps_its_zone(world: World) -> None:
    """A site that moves, or a ring that is drawn anew, changes the next order and never this."""
    running = world.calls("d0")
    with transaction(world.database) as tx:
        moved = {"zone": "ring3", "on_site_hours": 4.0, "lon": 104.2, "lat": 30.5}
        site_rows.change(tx, world.company.site_id, moved)
    world.passes(seconds=15)
    kept = world.again(running)
    assert (kept.zone, kept.on_site_hours, kept.on_site_by, kept.on_site_rule) == (
        running.zone,
        running.on_site_hours,
        running.on_site_by,
        running.on_site_rule,
    )
    following = world.calls("d1")
    assert following.zone == "ring3"
    assert following.on_site_by == following.clock_started_at + timedelta(hours=4)
