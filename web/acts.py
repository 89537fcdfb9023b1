"""What a person can do with an order: which verb, whether now, and with which words."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from operations import agreements as agreement_desk
from operations import work_orders as order_desk
from operations.refusals import NotNowError
from rules import agreements as agreement_rules
from rules import workflow
from rules.agreements import Solution
from rules.model import OrderId, PersonId, WorkOrder
from rules.permits import Verb as Permit
from rules.policy import Policy
from rules.workflow import Verb
from storage.db import Tx

PERMITS: Mapping[Verb, Permit] = {
    Verb.ACKNOWLEDGE: Permit.ACKNOWLEDGE,
    Verb.DECLINE: Permit.ACKNOWLEDGE,
    Verb.ARRANGE: Permit.ARRANGE,
    Verb.DISPATCH: Permit.DISPATCH,
    Verb.DEPART: Permit.WORK,
    Verb.ARRIVE: Permit.WORK,
    Verb.PROPOSE: Permit.WORK,
    Verb.POSTPONE: Permit.WORK,
    Verb.DIAGNOSE: Permit.WORK,
    Verb.REPAIR: Permit.WORK,
    Verb.REPAIR_REMOTELY: Permit.WORK,
    Verb.VERIFY: Permit.WORK,
    Verb.LEAVE: Permit.WORK,
    Verb.ACCEPT: Permit.ACCEPT,
    Verb.CLOSE: Permit.CLOSE,
    Verb.CANCEL: Permit.CANCEL,
    Verb.REOPEN: Permit.REOPEN,
}
LONG = frozenset({Verb.DECLINE, Verb.DIAGNOSE, Verb.REPAIR, Verb.VERIFY, Verb.CLOSE})
LONG |= {Verb.CANCEL, Verb.REOPEN, Verb.ARRIVE, Verb.POSTPONE, Verb.REPAIR_REMOTELY}
DANGEROUS = frozenset({Verb.CANCEL, Verb.CLOSE, Verb.REOPEN})
_WAY = (
    Verb.ACKNOWLEDGE,
    Verb.DEPART,
    Verb.ARRIVE,
    Verb.DIAGNOSE,
    Verb.REPAIR,
    Verb.ACCEPT,
    Verb.CLOSE,
)
# What the one who was sent does himself; a colleague finds it among the others.
_HANDS = frozenset({Verb.DEPART, Verb.ARRIVE, Verb.DIAGNOSE, Verb.REPAIR, Verb.REPAIR_REMOTELY})


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """Who does it, and what came with it."""

    by: PersonId
    text: str = ""
    person: PersonId | None = None
    appointment: datetime | None = None
    solutions: tuple[Solution, ...] | None = None  # None: one a line of the text


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """`first` is the one filled button; the others stand behind "more"."""

    first: Verb | None
    others: tuple[Verb, ...]


def choices(order: WorkOrder, me: PersonId, allowed: Callable[[Permit], object]) -> Choices:
    """What this person may do with the order now; the next step of the way first."""
    possible = [
        verb
        for verb in Verb
        if allowed(PERMITS[verb]) and workflow.refusal(order, verb) is None and _apt(order, verb)
    ]
    first = next((verb for verb in _wanted(order, me) if verb in possible), None)
    return Choices(first=first, others=tuple(verb for verb in possible if verb is not first))


def fingerprint(order: WorkOrder) -> str:
    """What a person decided upon: if it is another by now, the decision is asked for again.

    Not the version: that moves with every page the ladder makes. Nor that others are called again.
    """
    stand = workflow.stand(replace(order, stalled_at=None))
    return f"{stand}.{order.received_by or 0}.{order.assignee_id or 0}"


def asks_text(order: WorkOrder, verb: Verb, now: datetime) -> bool:
    """A late arrival must say why; one in time need not."""
    if verb is Verb.ARRIVE:
        return now > order.on_site_by
    return verb in LONG or verb in {Verb.ACCEPT, Verb.PROPOSE}


def perform(
    tx: Tx, verb: Verb, order_id: OrderId, typed: Typed, policy: Policy, now: datetime
) -> WorkOrder:
    """Raises `NotNowError`; nothing is written then."""
    return _DONE[verb](tx, order_id, typed, policy, now)


def _wanted(order: WorkOrder, me: PersonId) -> list[Verb]:
    """Whoever has the order goes; whoever has not sends somebody."""
    following = workflow.next_verb(order)
    if following is Verb.DISPATCH and order.assignee_id == me:
        following = Verb.DEPART
    proving = order.repaired_at and not order.verified_at
    wanted = [*([following] if following else []), *(() if proving else _WAY)]
    theirs = order.assignee_id not in {me, None}
    return [verb for verb in wanted if not (theirs and verb in _HANDS)]


def _apt(order: WorkOrder, verb: Verb) -> bool:
    """Possible is not always sensible: these would only be in the way."""
    if verb is Verb.DECLINE:
        return order.repaired_at is None
    if verb is Verb.ARRANGE:
        return order.dispatched_at is None
    return verb is not Verb.REPAIR or order.arrived_at is not None


def _text(desk: Callable[..., WorkOrder]) -> Callable[..., WorkOrder]:
    def done(tx: Tx, order_id: OrderId, typed: Typed, _: Any, now: datetime) -> Any:
        return desk(tx, order_id, typed.by, now, typed.text)

    return done


def _plain(desk: Callable[..., WorkOrder]) -> Callable[..., WorkOrder]:
    def done(tx: Tx, order_id: OrderId, typed: Typed, _: Any, now: datetime) -> Any:
        return desk(tx, order_id, typed.by, now)

    return done


def _decline(tx: Tx, order_id: OrderId, typed: Typed, policy: Policy, now: datetime) -> WorkOrder:
    return order_desk.decline(tx, order_id, typed.by, typed.text, policy, now)


def _dispatch(tx: Tx, order_id: OrderId, typed: Typed, _: Policy, now: datetime) -> WorkOrder:
    if typed.person is None:
        raise NotNowError("order.refused.no_such_person")
    return order_desk.dispatch(tx, order_id, typed.by, typed.person, now)


def _propose(tx: Tx, order_id: OrderId, typed: Typed, policy: Policy, now: datetime) -> WorkOrder:
    given = typed.solutions
    solutions = agreement_rules.solutions_in(typed.text) if given is None else given
    return agreement_desk.propose(tx, order_id, typed.by, solutions, policy, now)


def _postpone(tx: Tx, order_id: OrderId, typed: Typed, policy: Policy, now: datetime) -> WorkOrder:
    at, why = typed.appointment, typed.text
    return agreement_desk.postpone(tx, order_id, typed.by, at, why, policy, now)


_DONE: Mapping[Verb, Callable[..., WorkOrder]] = {
    Verb.ACKNOWLEDGE: _plain(order_desk.acknowledge),
    Verb.DECLINE: _decline,
    Verb.ARRANGE: _plain(order_desk.arrange),
    Verb.DISPATCH: _dispatch,
    Verb.DEPART: _plain(order_desk.depart),
    Verb.ARRIVE: _text(order_desk.arrive),
    Verb.PROPOSE: _propose,
    Verb.POSTPONE: _postpone,
    Verb.DIAGNOSE: _text(order_desk.diagnose),
    Verb.REPAIR: _text(order_desk.repair),
    Verb.REPAIR_REMOTELY: _text(order_desk.repair_remotely),
    Verb.VERIFY: _text(order_desk.verify),
    Verb.LEAVE: _plain(order_desk.leave),
    Verb.ACCEPT: _text(order_desk.accept),
    Verb.CLOSE: _text(order_desk.close),
    Verb.CANCEL: _text(order_desk.cancel),
    Verb.REOPEN: _text(order_desk.reopen),
}
