"""C06: seven instants in order, and why a step is not possible now."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from rules import workflow
from rules.model import (
    ClockSource,
    FaultId,
    OrderId,
    PersonId,
    Severity,
    SiteId,
    Stage,
    WorkOrder,
    Zone,
)
from rules.workflow import Stand, Verb

NOW = datetime(2026, 6, 15, 1, 0, tzinfo=UTC)
NEW = WorkOrder(
    id=OrderId(1),
    number="2026-00001",
    site_id=SiteId(1),
    root_fault_id=FaultId(1),
    severity=Severity.MAJOR,
    opened_at=NOW,
    clock_started_at=NOW,
    clock_source=ClockSource.MONITOR,
    zone=Zone.RING1,
    on_site_hours=2,
    on_site_rule="zones.rule.table",
    on_site_by=NOW + timedelta(hours=2),
)
DONE = (
    "received_at",
    "dispatched_at",
    "departed_at",
    "arrived_at",
    "diagnosed_at",
    "repaired_at",
    "verified_at",
    "accepted_at",
    "closed_at",
)


def after(*done: str) -> WorkOrder:
    return replace(NEW, **dict.fromkeys(done, NOW))  # type: ignore[arg-type]


def through(last: str) -> WorkOrder:
    return after(*DONE[: DONE.index(last) + 1])


@pytest.mark.parametrize(
    ("order", "stand"),
    [
        (NEW, Stand.UNANSWERED),
        (after("self_dispatched_at", "dispatched_at"), Stand.TOLD),
        (after("self_dispatched_at", "dispatched_at", "stalled_at"), Stand.TOLD),
        (after("self_dispatched_at", "dispatched_at", "received_at"), Stand.SENT),
        (after("received_at"), Stand.RECEIVED),
        (after("received_at", "stalled_at"), Stand.STALLED),
        (after("received_at", "dispatched_at", "stalled_at"), Stand.STALLED),
        (through("departed_at"), Stand.ON_THE_WAY),
    ],
)
def test_nobody_has_it_until_somebody_says_so(order: WorkOrder, stand: Stand) -> None:
    """A02: to be told to go is no answer; and who never sets out does not have it (B14)."""
    assert workflow.stand(order) is stand
    if stand is Stand.TOLD:
        assert workflow.next_verb(order) is Verb.ACKNOWLEDGE
        assert workflow.stage(order) is Stage.INTAKE
    waits = stand in {Stand.UNANSWERED, Stand.TOLD, Stand.STALLED}
    assert waits is not order.answered  # what the board's tile counts


@pytest.mark.parametrize(
    ("order", "stage", "verb"),
    [
        (NEW, Stage.INTAKE, Verb.ACKNOWLEDGE),
        (through("received_at"), Stage.INTAKE, Verb.DISPATCH),
        (through("dispatched_at"), Stage.DIAGNOSIS, Verb.DEPART),
        (through("departed_at"), Stage.DIAGNOSIS, Verb.ARRIVE),
        (through("arrived_at"), Stage.DIAGNOSIS, Verb.DIAGNOSE),
        (through("diagnosed_at"), Stage.HANDLING, Verb.REPAIR),
        (through("repaired_at"), Stage.HANDLING, None),  # now the device must prove itself
        (through("verified_at"), Stage.ACCEPTANCE, Verb.ACCEPT),
        (through("accepted_at"), Stage.ACCEPTANCE, Verb.CLOSE),
        (through("closed_at"), Stage.ACCEPTANCE, None),
    ],
)
def test_one_next_step(order: WorkOrder, stage: Stage, verb: Verb | None) -> None:
    assert workflow.stage(order) is stage
    assert workflow.next_verb(order) is verb
    if verb:
        assert workflow.refusal(order, verb) is None


def test_skipped_steps_do_not_hold_an_order_back() -> None:
    remote = after("received_at", "diagnosed_at", "repaired_at")
    assert workflow.stage(remote) is Stage.HANDLING
    assert workflow.refusal(after("received_at"), Verb.REPAIR) is None


@pytest.mark.parametrize(
    ("done", "verb", "why"),
    [
        ((), Verb.DEPART, "not_received"),
        ((), Verb.ARRIVE, "not_received"),
        ((), Verb.REPAIR, "not_received"),
        ((), Verb.VERIFY, "not_repaired"),
        ((), Verb.LEAVE, "not_arrived"),
        ((), Verb.ACCEPT, "not_verified"),
        ((), Verb.CLOSE, "not_verified"),
        ((), Verb.REOPEN, "still_open"),
        (DONE[:1], Verb.ACKNOWLEDGE, "already_received"),
        (DONE[:3], Verb.DEPART, "already_departed"),
        (DONE[:4], Verb.ARRIVE, "already_arrived"),
        (DONE[:4], Verb.DECLINE, "already_arrived"),
        (DONE[:4], Verb.DISPATCH, "already_arrived"),
        (DONE[:4], Verb.CANCEL, "already_arrived"),
        (DONE[:6], Verb.REPAIR, "already_repaired"),
        (DONE[:7], Verb.VERIFY, "already_verified"),
        (DONE, Verb.ACKNOWLEDGE, "already_closed"),
        (DONE, Verb.REOPEN, None),
    ],
)
def test_why_not_now(done: Sequence[str], verb: Verb, why: str | None) -> None:
    assert workflow.refusal(after(*done), verb) == why


@pytest.mark.parametrize("verb", Verb)
def test_every_verb_has_an_answer_at_every_step(verb: Verb) -> None:
    for count in range(len(DONE) + 1):
        workflow.refusal(after(*DONE[:count]), verb)


def test_late_is_after_the_very_second() -> None:
    assert not replace(NEW, arrived_at=NEW.on_site_by).late
    assert replace(NEW, arrived_at=NEW.on_site_by + timedelta(microseconds=1)).late
    assert not NEW.late


def test_someone_on_the_way() -> None:
    assert not workflow.someone_on_the_way(NEW)
    assert workflow.someone_on_the_way(replace(NEW, received_by=PersonId(1), received_at=NOW))
    assert workflow.someone_on_the_way(after("dispatched_at"))
