"""A18: who, why, effective from; every process takes it up at its instant, running orders do not.

The clock is turned; nothing is restarted.
"""

from datetime import timedelta

import pytest

from operations import policy as policy_desk
from operations.policy import Proposal, RefusedError
from rules.model import PersonId, WorkOrder
from rules.policy_changes import PolicyChange
from storage.db import Tx, reading, transaction
from storage.tables.company import sites
from tests.company import CHEN, WANG
from tests.world import World

HOUR = timedelta(hours=1)


def changes(world: World, name: str, typed: str, *, in_hours: float = 0) -> PolicyChange:
    """The head changes a figure, from an hour to come on."""
    base = world.parts.figures.base
    with reading(world.database) as tx:
        known = policy_desk.standing(tx, name, base, world.now)
    assert known is not None
    said = Proposal(
        name=name,
        typed=typed,
        why="agreed with the customer",
        effective_from=world.now + in_hours * HOUR,
        seen=known.last_id,
    )
    with transaction(world.database) as tx:
        return propose(tx, world, said)


def hours(order: WorkOrder) -> float:
    return (order.on_site_by - order.clock_started_at) / HOUR


def entered(world: World, hours: float, rule: str) -> None:
    with transaction(world.database) as tx:
        tx.execute(sites.update().values(on_site_hours=hours, on_site_rule=f"zones.rule.{rule}"))


def test_a_running_order_keeps_its_deadline_and_the_next_gets_the_new_hours(world: World) -> None:
    """A03, A18: 2 h become 1.5 h at noon; not a second earlier, and not for what runs."""
    entered(world, 2, "table")
    world.all_well()
    running = world.calls("d0")
    changes(world, "zone_hours.ring1", "1.5", in_hours=3)
    world.passes(hours=2, minutes=59, seconds=45)
    before = world.calls("d1")
    world.passes(seconds=15)
    after = world.calls("d2")
    assert [hours(each) for each in (running, before, after)] == [2, 2, 1.5]
    assert world.again(running).on_site_by == running.on_site_by
    assert after.on_site_rule == "zones.rule.table"


@pytest.mark.parametrize(
    ("entered_hours", "rule", "now_hours"),
    [(2, "table", 1.5), (1.75, "shortened", 1.5), (1, "shortened", 1), (4, "replaced", 4)],
)
def test_what_a_site_was_given_for_itself_stays_unless_the_table_is_shorter(
    world: World, entered_hours: float, rule: str, now_hours: float
) -> None:
    """A03: a contract's hours are its own; hours shorter than the table never become longer."""
    entered(world, entered_hours, rule)
    changes(world, "zone_hours.ring1", "1.5")
    world.passes(seconds=15)
    assert hours(world.calls("d0")) == now_hours


def test_the_collector_judges_by_a_new_limit_from_its_instant_on(world: World) -> None:
    """A18, B11: 55 degrees are fine until the limit is 50, held for nothing."""
    for last, typed in (("raise_after_s", "0"), ("clear_at", "30"), ("raise_at", "70")):
        changes(world, f"limits.TEMP_HIGH.{last}", typed)
    changes(world, "limits.TEMP_HIGH.raise_at", "50", in_hours=1)
    world.all_well()
    world.passes(minutes=1)
    world.says("d0", metrics={"temperature_c": 55})
    world.passes(minutes=58)
    assert world.open_faults() == []
    world.passes(minutes=3)
    assert [fault.code for fault in world.open_faults()] == ["TEMP_HIGH"]


def test_the_ladder_of_a_running_order_climbs_as_it_began(world: World) -> None:
    """A02, A18: the second line is called after 10 min as promised; of a new order after 2 min."""
    world.all_well()
    world.calls("d0")
    world.passes(minutes=1)
    changes(world, "ladder.second_s", "2 min")
    started = world.now
    world.passes(minutes=3)
    assert [kind for kind, _ in world.heard(WANG)] == []
    world.calls("d1")
    world.passes(minutes=7)
    pages = [at - started for kind, at in world.heard(WANG) if kind == "page"]
    assert pages == [timedelta(minutes=5), timedelta(minutes=9)]


def test_a_change_still_to_come_can_be_withdrawn_and_one_in_force_not(world: World) -> None:
    """A18: what was in force stays on record; it is changed back, with a reason of its own."""
    entered(world, 2, "table")
    coming = changes(world, "zone_hours.ring1", "1", in_hours=1)
    by = world.company.id_of(CHEN)
    assert withdrawn(world, coming, by)
    assert not withdrawn(world, coming, by)
    world.passes(hours=1, minutes=1)
    assert hours(world.calls("d0")) == 2
    standing = changes(world, "zone_hours.ring1", "1")
    world.passes(minutes=1)
    assert not withdrawn(world, standing, by)
    assert hours(world.calls("d1")) == 1


def withdrawn(world: World, change: PolicyChange, by: PersonId) -> bool:
    with transaction(world.database) as tx:
        return policy_desk.withdraw(tx, change.id, by=by, now=world.now) is not None


@pytest.mark.parametrize(
    ("name", "typed", "why", "field"),
    [
        ("zone_hours.ring1", "soon", "reason", "value"),
        ("zone_hours.ring1", "0", "reason", "value"),
        ("zone_hours.ring1", "2", "reason", "value"),
        ("zone_hours.ring1", "1", " ", "why"),
        ("ladder.head_channels", "1.5", "reason", "value"),
        ("limits.TEMP_HIGH.raise_at", "40", "reason", "value"),
        ("limits.BATT_LOW.raise_at", "31", "reason", "value"),
        ("warn_at", "75 50", "reason", "value"),
    ],
)
def test_what_makes_no_sense_is_refused_and_nothing_is_written(
    world: World, name: str, typed: str, why: str, field: str
) -> None:
    with transaction(world.database) as tx, pytest.raises(RefusedError) as refused:
        propose(tx, world, Proposal(name=name, typed=typed, why=why, effective_from=None))
    assert set(refused.value.wrong) == {field}


def test_a_change_made_meanwhile_is_not_written_over_unread(world: World) -> None:
    """Two heads have the form open: the second is told, and decides again."""
    first = changes(world, "zone_hours.ring1", "1.5")
    again = Proposal(name="zone_hours.ring1", typed="1", why="reason", effective_from=None)
    with transaction(world.database) as tx, pytest.raises(RefusedError) as refused:
        propose(tx, world, again)
    assert set(refused.value.wrong) == {"seen"}
    seen = Proposal(
        name="zone_hours.ring1", typed="1", why="reason", effective_from=None, seen=first.id
    )
    with transaction(world.database) as tx:
        assert propose(tx, world, seen).before == 1.5


def propose(tx: Tx, world: World, said: Proposal) -> PolicyChange:
    by = world.company.id_of(CHEN)
    return policy_desk.change(tx, said, world.parts.figures.base, by=by, now=world.now)
