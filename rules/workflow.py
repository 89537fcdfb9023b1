"""A11, C06: the one workflow, drawn and walked by the same table.

Seven instants are kept apart: acknowledged, dispatched, departed, arrived, repaired, verified,
accepted. `refusal` says why a step is not possible now; None means go.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from rules.model import PersonId, Stage, WorkOrder


class Verb(StrEnum):
    ACKNOWLEDGE = "acknowledge"
    DECLINE = "decline"
    ARRANGE = "arrange"
    DISPATCH = "dispatch"
    DEPART = "depart"
    ARRIVE = "arrive"
    PROPOSE = "propose"
    POSTPONE = "postpone"
    DIAGNOSE = "diagnose"
    REPAIR = "repair"
    REPAIR_REMOTELY = "repair-remotely"
    VERIFY = "verify"
    LEAVE = "leave"
    ACCEPT = "accept"
    CLOSE = "close"
    CANCEL = "cancel"
    REOPEN = "reopen"


@dataclass(frozen=True, slots=True)
class Step:
    """One box of the drawn workflow: its stage, its name and when it was done."""

    name: str
    stage: Stage
    at: datetime | None


def steps(order: WorkOrder) -> tuple[Step, ...]:
    """The way of an order from left to right; the first without an instant is where it stands."""
    return (
        Step("reported", Stage.INTAKE, order.opened_at),
        Step("acknowledged", Stage.INTAKE, order.received_at),
        Step("dispatched", Stage.INTAKE, order.dispatched_at),
        Step("departed", Stage.DIAGNOSIS, order.departed_at),
        Step("arrived", Stage.DIAGNOSIS, order.arrived_at),
        Step("diagnosed", Stage.DIAGNOSIS, order.diagnosed_at),
        Step("repaired", Stage.HANDLING, order.repaired_at),
        Step("verified", Stage.HANDLING, order.verified_at),
        Step("accepted", Stage.ACCEPTANCE, order.accepted_at),
        Step("closed", Stage.ACCEPTANCE, order.closed_at),
    )


def current(order: WorkOrder) -> int:
    """The index in `steps` of what is to be done next: after the last step done.

    Whoever was told to go unheard has yet to answer (A02).
    """
    if stand(order) is Stand.TOLD:
        return 1
    done = [index for index, step in enumerate(steps(order)) if step.at is not None]
    return min(done[-1] + 1, len(steps(order)) - 1)


def stage(order: WorkOrder) -> Stage:
    return steps(order)[current(order)].stage


def next_verb(order: WorkOrder) -> Verb | None:
    """The one thing to do next; None while the device has yet to prove itself, or at the end."""
    name = steps(order)[current(order)].name
    verbs = {
        "acknowledged": Verb.ACKNOWLEDGE,
        "dispatched": Verb.DISPATCH,
        "departed": Verb.DEPART,
        "arrived": Verb.ARRIVE,
        "diagnosed": Verb.DIAGNOSE,
        "repaired": Verb.REPAIR if order.arrived_at else Verb.REPAIR_REMOTELY,
        "accepted": Verb.ACCEPT,
        "closed": Verb.CLOSE,
    }
    return verbs.get(name) if order.open else None


class Stand(StrEnum):
    """Where an order stands, in one word for people: message id `board.stands.<stand>`."""

    UNANSWERED = "unanswered"
    TOLD = "told"  # told to go while nobody answered, and has not answered either (A02)
    RECEIVED = "received"
    SENT = "sent"
    STALLED = "stalled"  # whoever has it did not set out: the others are called again
    ON_THE_WAY = "on_the_way"
    ON_SITE = "on_site"
    DIAGNOSED = "diagnosed"
    PROVING = "proving"
    PROVEN = "proven"
    CLOSED = "closed"


def stand(order: WorkOrder) -> Stand:
    """The farthest it has come; a remote repair passes the road by (C13)."""
    come = (
        (order.closed_at, Stand.CLOSED),
        (order.verified_at, Stand.PROVEN),
        (order.repaired_at, Stand.PROVING),
        (order.diagnosed_at, Stand.DIAGNOSED),
        (order.arrived_at, Stand.ON_SITE),
        (order.departed_at, Stand.ON_THE_WAY),
        (not order.received_at and order.self_dispatched_at, Stand.TOLD),
        (not order.received_at, Stand.UNANSWERED),
        (order.stalled_at, Stand.STALLED),
        (order.dispatched_at, Stand.SENT),
    )
    return next((word for holds, word in come if holds), Stand.RECEIVED)


def holder_after_yes(order: WorkOrder, by: PersonId) -> PersonId:
    """Who has it once `by` takes it: he who says so, also from whoever did not answer (A02).

    Whoever was told to go while the head was silent keeps it when on the way, or when only the
    head answers then: somebody must still go.
    """
    if order.assignee_id is None or order.stalled_at:
        return by
    unheard = order.self_dispatched_at and not order.departed_at
    return by if unheard and by != order.head_id else order.assignee_id


def refusal(order: WorkOrder, verb: Verb) -> str | None:
    """Why `verb` cannot be done now, as the last part of message id `order.refused.<why>`."""
    if verb is Verb.REOPEN:
        return None if order.closed_at else "still_open"
    if order.closed_at:
        return "already_closed"
    return _REFUSALS[verb](order)


def _first(*pairs: tuple[object, str]) -> str | None:
    """The word of the first pair that is true."""
    return next((word for holds, word in pairs if holds), None)


_REFUSALS: Mapping[Verb, Callable[[WorkOrder], str | None]] = {
    Verb.ACKNOWLEDGE: lambda o: _first((o.answered, "already_received")),
    Verb.DECLINE: lambda o: _first((o.arrived_at, "already_arrived")),
    Verb.ARRANGE: lambda o: _first((o.arranged_at, "already_arranged")),
    Verb.DISPATCH: lambda o: _first((o.arrived_at, "already_arrived")),
    Verb.DEPART: lambda o: _first(
        (not o.received_at, "not_received"),
        (o.departed_at, "already_departed"),
        (o.arrived_at, "already_arrived"),
    ),
    Verb.ARRIVE: lambda o: _first(
        (not o.received_at, "not_received"), (o.arrived_at, "already_arrived")
    ),
    Verb.DIAGNOSE: lambda o: _first(
        (not o.received_at, "not_received"), (o.repaired_at, "already_repaired")
    ),
    Verb.REPAIR: lambda o: _first(
        (not o.received_at, "not_received"), (o.repaired_at, "already_repaired")
    ),
    Verb.REPAIR_REMOTELY: lambda o: _first(
        (not o.received_at, "not_received"),
        (o.repaired_at, "already_repaired"),
        (o.arrived_at, "on_site_already"),
    ),
    Verb.PROPOSE: lambda o: _first(
        (not o.received_at, "not_received"), (o.repaired_at, "already_repaired")
    ),
    Verb.POSTPONE: lambda o: _first(
        (not o.received_at, "not_received"),
        (o.arrived_at, "already_arrived"),
        (o.repaired_at, "already_repaired"),
    ),
    Verb.VERIFY: lambda o: _first(
        (not o.repaired_at, "not_repaired"), (o.verified_at, "already_verified")
    ),
    Verb.LEAVE: lambda o: _first((not o.arrived_at, "not_arrived"), (o.left_at, "already_left")),
    Verb.ACCEPT: lambda o: _first((not o.verified_at, "not_verified")),
    Verb.CLOSE: lambda o: _first((not o.verified_at, "not_verified")),
    Verb.CANCEL: lambda o: _first((o.arrived_at, "already_arrived")),
}


def someone_on_the_way(order: WorkOrder) -> bool:
    """Has a person taken this on? Then recovery asks instead of closing (on-call practice)."""
    return order.received_at is not None or order.dispatched_at is not None
