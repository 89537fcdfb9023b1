"""The on-site promise (A03): people are warned at 50, 75 and 100 % of the frozen time.

An appointment the customer agreed to (B14) stands beside it with a reminder of its own.
"""

from datetime import datetime
from typing import Any

from operations import duty as duty_desk
from operations import notices
from rules.agreements import remind_at
from rules.escalation import warning_steps
from rules.model import OrderId, Person, WorkOrder
from rules.policy import Policy
from storage import deadlines, journal
from storage import people as people_rows
from storage import sites as site_rows
from storage.db import Tx
from storage.deadlines import Kind

MISSED = 100


def arm(tx: Tx, order: WorkOrder, policy: Policy, _now: datetime) -> None:
    """Promise every warning, in the transaction that opens the order."""
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
    for person in told:
        notices.tell(
            tx,
            person,
            "warning",
            key=f"order:{order.id}:warning:{step}",
            severity=order.severity,
            order=order,
            facts=facts,
            now=now,
        )
    journal.write(
        tx,
        journal.Entry(
            at=now,
            actor="clock",
            verb="warned",
            site_id=order.site_id,
            order_id=order.id,
            fault_id=order.root_fault_id,
            facts={**facts, "people": [person.name for person in told]},
        ),
    )
    return None


def disarm(tx: Tx, order_id: OrderId) -> None:
    """Somebody is on site, or nobody needs to be."""
    deadlines.drop(tx, Kind.ON_SITE, "order", order_id)
    deadlines.drop(tx, Kind.APPOINTMENT, "order", order_id)


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
    key = f"order:{order.id}:appointment:{at}"
    for person in told:
        notices.tell(
            tx, person, "appointment", key=key, severity=order.severity, order=order, now=now
        )
    journal.write(
        tx,
        journal.Entry(
            at=now,
            actor="clock",
            verb="appointment_near",
            site_id=order.site_id,
            order_id=order.id,
            fault_id=order.root_fault_id,
            facts={
                "until": at,
                "timezone": site.timezone if site else "",
                "people": [person.name for person in told],
            },
        ),
    )
    return None


def _whom(tx: Tx, order: WorkOrder, step: int, now: datetime) -> list[Person]:
    """Whoever has the order, else duty; when the promise is broken the head as well."""
    holder_id = order.assignee_id or order.received_by
    holder = people_rows.get(tx, holder_id) if holder_id else None
    duty = duty_desk.on_duty(tx, now, order.site_id)
    asked = [holder or duty.first, duty.head if step >= MISSED else None]
    return list({person.id: person for person in asked if person}.values())
