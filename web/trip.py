"""A job on the phone: what to press next, when to leave, how to get in, what else to do there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from operations import site_access as access_desk
from rules import permits, travel, workflow
from rules.model import CustomerId, Person, WorkOrder
from rules.permits import Verb as Permit
from rules.policy import Policy
from rules.site_access import AccessCard
from rules.travel import Way
from rules.workflow import Verb
from storage import ledger
from storage.db import Tx, transaction
from storage.views import around as around_view
from storage.views.around import Around
from web import acts
from wiring.parts import Parts


@dataclass(frozen=True, slots=True, kw_only=True)
class Trip:
    """`leave_by` is None where nobody must leave any more, or nobody knows how far it is.

    `card` only for whoever has the order; `card_says` names what is on it. `others` are who else
    was called.
    """

    around: Around
    others: Sequence[str]
    way: Way | None
    leave_by: datetime | None
    card_says: Sequence[str]
    card: AccessCard | None = None


def of_order(
    tx: Tx, order: WorkOrder, person: Person, policy: Policy, now: datetime, timezone: str
) -> Trip:
    """Without the access card: to see it is to be on record, see `card`."""
    way = access_desk.way(tx, order, policy)
    today = now.astimezone(ZoneInfo(timezone)).date()
    expected = travel.must_leave(order) and way is not None
    return Trip(
        around=around_view.of_order(tx, order, permits.reach(person), today),
        others=ledger.names_told(tx, order.id, but=person.id),
        way=way,
        leave_by=travel.leave_by(order, way) if expected and way else None,
        card_says=access_desk.written(tx, order),
    )


def card(parts: Parts, order: WorkOrder, person: Person, now: datetime) -> AccessCard | None:
    """How to get in, for whoever has the open order; that it was shown is on record once."""
    if not order.open or not has_it(order, person):
        return None
    with transaction(parts.database) as tx:
        return access_desk.look_for(tx, order, by=person.id, now=now)


def has_it(order: WorkOrder, person: Person) -> bool:
    return person.id in {order.assignee_id, order.received_by}


def verbs(
    order: WorkOrder, person: Person, customer: CustomerId, *, told_as_head: bool = False
) -> tuple[Verb, ...]:
    """At most two: the thing to do, and the way out of it."""

    def open_to(verb: Verb) -> bool:
        permit: Permit = acts.PERMITS[verb]
        allowed = permits.may(person, permit, order.site_id, customer)
        return bool(allowed) and workflow.refusal(order, verb) is None

    if told_as_head and not order.dispatched_at:
        wanted = [Verb.ARRANGE, Verb.ACKNOWLEDGE]
    elif order.received_at is None or (order.stalled_at and not has_it(order, person)):
        wanted = [Verb.ACKNOWLEDGE, Verb.DECLINE]
    elif has_it(order, person) and not order.repaired_at:
        wanted = [Verb.ARRIVE if order.departed_at else Verb.DEPART, Verb.DECLINE]
    else:
        wanted = []
    return tuple(verb for verb in wanted if open_to(verb))
