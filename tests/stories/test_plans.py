"""A02, C02, C04: an order is called by its plan, and whoever took it is held to setting out."""

from datetime import timedelta

import pytest

from operations import escalation_plans as plan_desk
from operations.refusals import NotNowError
from rules.escalation_plans import Binding, Plan, Quiet, Step
from rules.model import Layer, Severity, WorkOrder
from storage import escalations as plan_rows
from storage import ledger
from storage import people as people_rows
from storage import work_orders as order_rows
from storage.db import reading, transaction
from storage.escalations import Kept
from tests import company as companies
from tests.company import CHEN, LI, WANG
from tests.world import DAWN, World

MINUTE = timedelta(minutes=1)


def holds(world: World, plan: Plan, name: str = "Night", severity: Severity | None = None) -> Kept:
    """The plan, for the site of the world."""
    with transaction(world.database) as tx:
        by, now = world.company.id_of(CHEN), world.now
        known = plan_rows.standing(tx, name)
        seen = known.version if known else None
        kept = plan_desk.save(tx, name, plan, by=by, now=now, seen=seen)
        about = Binding(plan_name=name, site_id=world.company.site_id, severity=severity)
        plan_desk.bind(tx, about, by=by, now=now)
        return kept


def calls(world: World, *who: tuple[float, str], channels: tuple[str, ...] = ()) -> Plan:
    """A plan that calls people by name, so many minutes after the beginning of a round of 30."""
    steps = tuple(
        Step(after_s=minute * 60, targets=(world.company.id_of(one),), channels=channels)
        for minute, one in who
    )
    return Plan(steps=steps, loop_s=1800)


def test_a_site_is_called_by_its_own_plan(world: World) -> None:
    kept = holds(world, calls(world, (0, WANG), (3, LI)))
    order = world.loses_its_picture()
    began = order.opened_at
    world.passes(minutes=5)
    assert world.heard(WANG) == [("page", began)]
    assert world.heard(LI) == [("page", began + 3 * MINUTE)]
    assert [kind for kind, _ in world.heard(CHEN)] == ["report"]  # at the same moment, as ever
    with reading(world.database) as tx:
        pages = [one for one in ledger.of_order(tx, order.id) if one.kind == "page"]
    steps = {(one.facts["plan_id"], one.facts["round"], one.facts["rung"]) for one in pages}
    assert steps == {(kept.id, 1, 1), (kept.id, 1, 2)}  # the proof names the step of the plan


def test_only_on_the_channels_the_step_names(world: World) -> None:
    holds(world, calls(world, (0, LI), channels=("ntfy",)))
    world.loses_its_picture()
    assert world.heard(LI) == []
    assert [kind for kind, _ in world.heard(LI, "ntfy")] == ["page"]


def test_whom_none_of_the_channels_reaches_is_called_on_all(world: World) -> None:
    holds(world, calls(world, (0, LI), channels=("telegraph",)))
    world.loses_its_picture()
    assert world.kinds(LI) == ["page"]


def test_a_step_for_somebody_who_left_is_passed_over_at_once(world: World) -> None:
    holds(world, calls(world, (0, LI), (20, WANG)))
    with transaction(world.database) as tx:
        people_rows.leave(tx, world.company.id_of(LI), world.now)
    order = world.loses_its_picture()
    assert world.heard(LI) == []
    assert world.heard(WANG) == [("page", order.opened_at)]


def test_a_step_for_somebody_without_a_channel_is_passed_over_at_once(world: World) -> None:
    holds(world, calls(world, (0, LI), (20, WANG)))
    with transaction(world.database) as tx:
        people_rows.change(tx, world.company.id_of(LI), {"channels": []})
    order = world.loses_its_picture()
    assert world.heard(WANG) == [("page", order.opened_at)]


def test_no_plan_switches_the_head_off(world: World) -> None:
    """A02: two channels, ten minutes, then the receiver goes; even if the plan calls only once."""
    holds(world, calls(world, (0, WANG)))
    order = world.loses_its_picture()
    world.passes(minutes=12)
    assert world.kinds(CHEN) == ["report"]
    assert world.kinds(WANG) == ["page", "go"]
    assert world.again(order).self_dispatched_at is not None


def test_a_head_who_is_paged_on_one_channel_is_told_on_the_others(world: World) -> None:
    """Else a plan could leave the head one channel only, and nobody would know him unreachable."""
    plan = calls(world, (0, CHEN), channels=("ntfy",))
    holds(world, plan)
    order = world.loses_its_picture()
    assert [kind for kind, _ in world.heard(CHEN, "ntfy")] == ["page"]
    assert world.heard(CHEN) == [("report", order.opened_at)]


def test_running_orders_keep_the_version_they_were_opened_with(world: World) -> None:
    first = holds(world, calls(world, (0, LI), (10, WANG)))
    order = world.loses_its_picture()
    second = holds(world, calls(world, (0, LI), (10, CHEN)))
    world.passes(minutes=10)
    assert world.kinds(WANG) == ["page"]
    assert "page" not in world.kinds(CHEN)
    assert (world.again(order).escalation_id, second.version) == (first.id, 2)


def test_after_its_rounds_the_company_s_own_ladder_goes_on(world: World) -> None:
    plan = Plan(steps=(Step(after_s=0, targets=(Layer.SECOND,)),), loop_s=300, loops=2)
    holds(world, plan)
    order = world.loses_its_picture()
    world.passes(minutes=12)
    assert [at - order.opened_at for kind, at in world.heard(WANG) if kind == "page"] == [
        timedelta(),
        5 * MINUTE,
    ]
    assert ("page", order.opened_at + 10 * MINUTE) in world.heard(LI)


def test_what_becomes_worse_is_called_by_the_plan_for_that(world: World) -> None:
    holds(world, calls(world, (0, WANG)), "Grave", Severity.EMERGENCY)
    world.all_well()
    with transaction(world.database) as tx:
        companies.opens(tx, world.company, 0, world.policy, world.now, Severity.MAJOR)
    world.passes(seconds=15)
    assert world.kinds(WANG) == []
    with transaction(world.database) as tx:
        companies.opens(tx, world.company, 0, world.policy, world.now, Severity.EMERGENCY)
    world.passes(seconds=15)
    assert world.kinds(WANG) == ["page"]


def taken_and_forgotten(world: World) -> WorkOrder:
    """Li takes it and falls asleep again."""
    order = world.loses_its_picture()
    world.does(LI, "acknowledge", order)
    world.does(CHEN, "arrange", order)
    return order


def test_who_took_it_and_did_not_set_out_is_called_again_then_the_others(world: World) -> None:
    order = taken_and_forgotten(world)
    world.passes(minutes=29)
    assert world.kinds(LI) == ["page"]
    world.passes(minutes=2)
    assert world.kinds(LI) == ["page", "under_way"]
    assert world.kinds(WANG) == []
    world.passes(minutes=30)
    (page,) = world.letters(WANG, "page")
    assert "Li" in page.body
    assert "未出发" in page.body
    assert world.again(order).stalled_at is not None
    assert {"reminded_to_go", "stalled"} <= set(world.story(order))
    assert "page" not in world.kinds(LI)[1:]


def test_another_takes_it_over(world: World) -> None:
    order = taken_and_forgotten(world)
    answered_at = world.again(order).received_at
    world.passes(minutes=62)
    world.does(WANG, "acknowledge", order)
    now = world.again(order)
    wang = world.company.id_of(WANG)
    assert (now.received_by, now.assignee_id, now.stalled_at) == (wang, wang, None)
    assert now.received_at == answered_at  # when it was first answered (C02)
    before = len(world.kinds(WANG))
    world.passes(minutes=15)
    assert "relieved" in world.kinds(LI)
    assert len(world.kinds(WANG)) == before  # nobody is called any more


@pytest.mark.parametrize("deed", ["depart", "arrive", "repair_remotely", "postpone"])
def test_what_counts_as_under_way(world: World, deed: str) -> None:
    order = taken_and_forgotten(world)
    world.passes(minutes=1)
    if deed == "postpone":
        from operations import agreements  # noqa: PLC0415 - the one verb of another desk

        at = world.now + timedelta(hours=20)
        with transaction(world.database) as tx:
            by = world.company.id_of(LI)
            agreements.postpone(tx, order.id, by, at, "Mr Zhou", world.policy, world.now)
    else:
        text = {"text": "restarted it"} if deed == "repair_remotely" else {}
        world.does(LI, deed, order, **text)
    world.passes(minutes=65)
    assert "under_way" not in world.kinds(LI)
    assert "page" not in world.kinds(WANG)


def test_setting_out_late_ends_the_calls_to_the_others(world: World) -> None:
    order = taken_and_forgotten(world)
    world.passes(minutes=62)
    world.does(LI, "depart", order)
    heard = world.kinds(WANG)
    world.passes(minutes=20)
    assert world.kinds(WANG) == heard
    with pytest.raises(NotNowError, match=r"already_received"):
        world.does(WANG, "acknowledge", order)


def test_whoever_was_sent_is_held_to_it_too(world: World) -> None:
    order = world.loses_its_picture()
    world.does(CHEN, "dispatch", order, assignee=world.company.id_of(WANG))
    world.passes(minutes=31)
    assert world.kinds(WANG) == ["assigned", "under_way"]


def daily() -> Plan:
    return Plan(
        steps=(Step(after_s=0, targets=(Layer.FIRST,)),),
        loop_s=900,
        quiet=Quiet(),
        digest=(Layer.FIRST,),
    )


def minor(world: World, number: int, severity: Severity = Severity.MINOR) -> None:
    with transaction(world.database) as tx:
        companies.opens(tx, world.company, number, world.policy, world.now, severity)


def test_minor_faults_of_the_night_come_in_one_letter_in_the_morning(world: World) -> None:
    """Found by the monitor, at nine in the morning and after: told at eight the next day."""
    holds(world, daily(), "Minor", Severity.MINOR)
    minor(world, 0)
    world.passes(minutes=5)
    minor(world, 1)
    assert world.kinds(LI) == []
    due = DAWN.replace(hour=0) + timedelta(days=1)  # 08:00 in Shanghai
    world.sleeps(seconds=(due - world.now).total_seconds() - 15)
    world.passes(seconds=30)
    (letter,) = world.letters(LI, "minors")
    assert letter.at == due
    minors = [one for one in world.open_faults() if one.severity is Severity.MINOR]
    assert len(minors) >= 2
    assert f"{len(minors)} 条" in letter.subject
    assert world.kinds(WANG) == []
    world.passes(minutes=2)
    assert len(world.letters(LI, "minors")) == 1


def test_nothing_worse_and_no_customer_ever_waits(world: World) -> None:
    """Quiet hours and digest are for minor faults that the monitor found, and nothing else."""
    holds(world, daily(), "Everything")
    world.sleeps(hours=17)  # two in the morning
    minor(world, 0, Severity.MAJOR)
    world.passes(seconds=15)
    assert world.kinds(LI) == ["page"]
    world.calls("d1")
    world.passes(seconds=15)
    assert world.kinds(LI) == ["page", "page"]


def test_without_a_plan_minor_faults_are_told_to_nobody(world: World) -> None:
    minor(world, 0)
    world.sleeps(hours=30)
    world.passes(seconds=30)
    assert world.kinds(LI) == []
    with reading(world.database) as tx:
        assert order_rows.all_open(tx) == []
