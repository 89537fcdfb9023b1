"""The on-site promise (A03): people are warned at 50, 75 and 100 % of the frozen time.

An appointment the customer agreed to (B14) stands beside it with a reminder of its own.
"""

from datetime import datetime
from typing import Any

from operations import duty as duty_desk
from operations import notes, notices
from operations import site_access as access_desk
from rules import travel
from rules.agreements import remind_at
from rules.escalation import warning_steps
from rules.model import OrderId, Person, WorkOrder
from rules.policy import Policy
from storage import deadlines
from storage import people as people_rows
from storage import sites as site_rows
from storage.db import Tx
from storage.deadlines import Kind

MISSED = 100


def arm(tx: Tx, order: WorkOrder, policy: Policy, now: datetime) -> None:
    """Promise every warning, in the transaction that opens the order.

    Where the way is longer than the time that is left, the page itself says so.
    """
    way = access_desk.way(tx, order, policy)
    if way and travel.leave_by(order, way) > now:
        deadlines.put(tx, Kind.SET_OUT, "order", order.id, travel.leave_by(order, way))
    for step, at in warning_steps(order, policy.warn_at):
        deadlines.put(tx, Kind.ON_SITE, "order", order.id, at, step)


def warn(tx: Tx, order: WorkOrder, step: int, _policy: Policy, now: datetime) -> datetime | None:
    """The tick's question: `step` per cent of the time are gone; is somebody on site?

    At 100 the head is told too. A warning that comes after the deadline leaves the word to
    the last one, so that a long stop does not end in three messages.
    """
    if order.closed_at or order.arrived_at or (step < MISSED and now >= order.on_site_by):
        return None
    told = _whom(tx, order, step, now)
    facts: dict[str, Any] = {"percent": step, "on_site_by": order.on_site_by.isoformat()}
    _tell(tx, order, told, "warning", f"warning:{step}", facts, now)
    names = [person.name for person in told]
    notes.of_the_clock(tx, order, "warned", {**facts, "people": names}, now)
    return None


def set_out(tx: Tx, order: WorkOrder, policy: Policy, now: datetime) -> datetime | None:
    """The tick's question: it is the last moment to leave; is somebody on the way? (E03)

    After the deadline, say after a long stop, its own warning has the word.
    """
    way = access_desk.way(tx, order, policy)
    if way is None or not travel.must_leave(order) or now >= order.on_site_by:
        return None
    leave_by = travel.leave_by(order, way)
    if now < leave_by:
        return leave_by
    until, site = leave_by.isoformat(), site_rows.get(tx, order.site_id)
    told = _whom(tx, order, 0, now)
    facts = {"until": until, "timezone": site.timezone if site else ""}
    _tell(tx, order, told, "set_out", f"set_out:{until}", {**facts, "way_s": way.takes_s}, now)
    names = [person.name for person in told]
    notes.of_the_clock(tx, order, "time_to_set_out", {**facts, "people": names}, now)
    return None


def disarm(tx: Tx, order_id: OrderId) -> None:
    """Somebody is on site, or nobody needs to be."""
    deadlines.drop(tx, Kind.ON_SITE, "order", order_id)
    deadlines.drop(tx, Kind.APPOINTMENT, "order", order_id)
    deadlines.drop(tx, Kind.SET_OUT, "order", order_id)


def arm_appointment(tx: Tx, order: WorkOrder, policy: Policy, now: datetime) -> None:
    """Promise the reminder of what was agreed last; an earlier one is forgotten."""
    if order.appointment_at is not None:
        due_at = remind_at(order.appointment_at, policy.appointment_notice_s, now)
        deadlines.put(tx, Kind.APPOINTMENT, "order", order.id, due_at)


def remind(tx: Tx, order: WorkOrder, policy: Policy, now: datetime) -> datetime | None:
    """The tick's question: the agreed time is near; whoever has the order hears it (B14)."""
    if order.appointment_at is None or order.closed_at or order.arrived_at or order.repaired_at:
        return None
    due_at = remind_at(order.appointment_at, policy.appointment_notice_s, order.opened_at)
    if now < due_at:
        return due_at
    told = _whom(tx, order, 0, now)
    at, site = order.appointment_at.isoformat(), site_rows.get(tx, order.site_id)
    _tell(tx, order, told, "appointment", f"appointment:{at}", {}, now)
    facts = {"until": at, "timezone": site.timezone if site else ""}
    names = [person.name for person in told]
    notes.of_the_clock(tx, order, "appointment_near", {**facts, "people": names}, now)
    return None


def _whom(tx: Tx, order: WorkOrder, step: int, now: datetime) -> list[Person]:
    """Whoever has the order, else duty; when the promise is broken the head as well."""
    holder_id = order.assignee_id or order.received_by
    holder = people_rows.get(tx, holder_id) if holder_id else None
    duty = duty_desk.on_duty(tx, now, order.site_id)
    asked = [holder or duty.first, duty.head if step >= MISSED else None]
    return list({person.id: person for person in asked if person}.values())


def _tell(  # noqa: PLR0913, PLR0917 - whom, of what, why and when
    tx: Tx,
    order: WorkOrder,
    people: list[Person],
    kind: str,
    reason: str,
    facts: dict[str, Any],
    now: datetime,
) -> None:
    key = f"order:{order.id}:{reason}"
    for person in people:
        notices.tell(
            tx, person, kind, key=key, severity=order.severity, order=order, facts=facts, now=now
        )
