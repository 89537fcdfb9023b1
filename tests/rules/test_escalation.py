"""A02 by table and by property: who is called when, and when the receiver goes alone."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.escalation import (
    Call,
    Tries,
    Why,
    first_calls,
    judge_head,
    next_calls,
    next_rung,
    receiver,
    warning_steps,
)
from rules.escalation_plans import Target, default_plan
from rules.model import (
    ClockSource,
    FaultId,
    Layer,
    OrderId,
    PersonId,
    Severity,
    SiteId,
    WorkOrder,
    Zone,
)
from rules.policy import Ladder

T0 = datetime(2026, 6, 15, 1, 2, tzinfo=UTC)
LADDER = Ladder()
OWN = default_plan(LADDER)
FIRST, SECOND, HEAD = Layer.FIRST, Layer.SECOND, Layer.HEAD
LI, WANG, CHEN = PersonId(1), PersonId(2), PersonId(3)

ORDER = WorkOrder(
    id=OrderId(1),
    number="2026-00001",
    site_id=SiteId(1),
    root_fault_id=FaultId(1),
    severity=Severity.EMERGENCY,
    opened_at=T0,
    clock_started_at=T0,
    clock_source=ClockSource.MONITOR,
    zone=Zone.RING1,
    on_site_hours=2.0,
    on_site_rule="ring1",
    on_site_by=T0 + timedelta(hours=2),
    ladder_started_at=T0,
    first_paged_id=LI,
    head_id=CHEN,
    head_informed_at=T0,
)


def targets(calls: Sequence[Call]) -> tuple[Target, ...]:
    return tuple(call.target for call in calls)


def minutes(number: float) -> datetime:
    return T0 + timedelta(minutes=number)


def test_the_first_moment_pages_the_first_layer() -> None:
    assert targets(first_calls(OWN)) == (FIRST,)


@pytest.mark.parametrize(
    ("minute", "calls", "next_minute"),
    [
        (5, (FIRST,), 10),
        (10, (SECOND,), 15),
        (15, (FIRST, HEAD), 20),
        (20, (FIRST,), 25),
        (25, (SECOND,), 30),
        (30, (FIRST, HEAD), 35),
    ],
)
def test_the_timetable_while_nobody_answers(
    minute: int, calls: tuple[Layer, ...], next_minute: int
) -> None:
    verdict = next_calls(ORDER, OWN, OWN, minutes(minute), minutes(minute))
    assert verdict.why is Why.NOBODY_ANSWERED
    assert targets(verdict.calls) == calls
    assert verdict.ask_again_at == minutes(next_minute)


def test_after_a_week_of_downtime_everybody_is_called_once() -> None:
    verdict = next_calls(ORDER, OWN, OWN, minutes(5), T0 + timedelta(days=7, minutes=2))
    assert targets(verdict.calls) == (FIRST, SECOND, HEAD)
    assert verdict.ask_again_at == T0 + timedelta(days=7, minutes=5)


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"received_at": minutes(3)}, Why.ANSWERED),
        ({"closed_at": minutes(3)}, Why.CLOSED),
    ],
)
def test_an_answer_ends_the_ladder(changed: dict[str, Any], why: Why) -> None:
    verdict = next_calls(replace(ORDER, **changed), OWN, OWN, minutes(5), minutes(5))
    assert (verdict.why, verdict.calls, verdict.ask_again_at) == (why, (), None)


def test_asked_too_early_it_only_says_when() -> None:
    verdict = next_calls(ORDER, OWN, OWN, minutes(5), minutes(4))
    assert (verdict.why, verdict.calls) == (Why.TOO_EARLY, ())
    assert verdict.ask_again_at == minutes(5)


ladders = st.builds(
    Ladder,
    again_s=st.floats(0, 4000),
    second_s=st.floats(0, 4000),
    head_page_s=st.floats(0, 4000),
    loop_s=st.floats(0, 4000),
)


@given(ladder=ladders, gone_s=st.floats(0, 10**6))
def test_there_is_always_a_next_rung_and_it_lies_ahead(ladder: Ladder, gone_s: float) -> None:
    now = T0 + timedelta(seconds=gone_s)
    at = next_rung(T0, default_plan(ladder), OWN, now)
    assert now < at <= now + timedelta(seconds=max(4000.0, 1.0))


@given(ladder=ladders, late_s=st.lists(st.floats(0, 900), min_size=1, max_size=30))
def test_however_late_the_tick_is_no_rung_is_lost_or_called_twice(
    ladder: Ladder, late_s: list[float]
) -> None:
    """Each verdict covers exactly the time since the promise; the promises never fall back."""
    plan = default_plan(ladder)
    promised_at = next_rung(T0, plan, OWN, T0)
    for late in late_s:
        now = promised_at + timedelta(seconds=late)
        verdict = next_calls(ORDER, plan, OWN, promised_at, now)
        assert verdict.calls, "a rung that was promised calls somebody"
        assert len(set(verdict.calls)) == len(verdict.calls)
        assert verdict.ask_again_at is not None
        assert verdict.ask_again_at > now
        promised_at = verdict.ask_again_at


ENOUGH = Tries(made=2, possible=3)


@pytest.mark.parametrize(
    ("minute", "tries", "why", "go"),
    [
        (9.99, ENOUGH, Why.TOO_EARLY, False),
        (10, ENOUGH, Why.HEAD_SILENT, True),
        (10, Tries(made=1, possible=3), Why.NOT_TRIED_YET, False),
        (10, Tries(made=1, possible=1), Why.HEAD_SILENT, True),
        (10, Tries(made=0, possible=0), Why.HEAD_SILENT, True),
        (20, Tries(made=0, possible=3), Why.HEAD_SILENT, True),
    ],
)
def test_a_silent_head_sends_the_receiver(
    minute: float, tries: Tries, why: Why, *, go: bool
) -> None:
    verdict = judge_head(ORDER, LADDER, tries, minutes(minute))
    assert (verdict.why, verdict.go) == (why, go)
    assert (verdict.ask_again_at is None) == go


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"arranged_at": minutes(1)}, Why.HEAD_ARRANGED),
        ({"received_by": CHEN, "received_at": minutes(1)}, Why.HEAD_ANSWERED),
        ({"dispatched_at": minutes(1)}, Why.ON_THE_WAY),
        ({"departed_at": minutes(1)}, Why.ON_THE_WAY),
        ({"arrived_at": minutes(1)}, Why.ON_THE_WAY),
        ({"self_dispatched_at": minutes(1)}, Why.ON_THE_WAY),
        ({"closed_at": minutes(1)}, Why.CLOSED),
    ],
)
def test_the_head_owes_no_answer_any_more(changed: dict[str, Any], why: Why) -> None:
    verdict = judge_head(replace(ORDER, **changed), LADDER, ENOUGH, minutes(30))
    assert (verdict.why, verdict.go, verdict.ask_again_at) == (why, False, None)


def test_an_acknowledgement_by_the_engineer_does_not_answer_for_the_head() -> None:
    received = replace(ORDER, received_by=LI, received_at=minutes(2))
    assert judge_head(received, LADDER, ENOUGH, minutes(10)).go


@pytest.mark.parametrize(
    ("changed", "others", "goes"),
    [
        ({"received_by": WANG}, (), WANG),
        ({}, (WANG,), LI),
        ({"first_paged_id": CHEN}, (CHEN, WANG), WANG),
        ({"first_paged_id": CHEN}, (), CHEN),
        ({"first_paged_id": None}, (WANG,), WANG),
        ({"first_paged_id": None}, (), None),
    ],
)
def test_who_is_told_to_go(
    changed: dict[str, Any], others: tuple[PersonId, ...], goes: PersonId | None
) -> None:
    assert receiver(replace(ORDER, **changed), others) == goes


def test_warnings_stand_at_parts_of_the_frozen_time() -> None:
    called_earlier = replace(ORDER, opened_at=minutes(30))
    assert warning_steps(called_earlier, (0.5, 0.75, 1.0)) == [
        (50, minutes(60)),
        (75, minutes(90)),
        (100, minutes(120)),
    ]
