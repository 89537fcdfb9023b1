"""What is agreed with the customer before the work (B14, C07): ways to repair, another time."""

from collections.abc import Sequence
from datetime import datetime

from operations import notes, promises, recovery
from operations.refusals import NotNowError
from operations.steps import locked, said
from rules import agreements as agreement_rules
from rules.agreements import Solution
from rules.model import OrderId, PersonId, WorkOrder
from rules.policy import Policy
from rules.workflow import Verb
from storage import sites as site_rows
from storage import work_orders as order_rows
from storage.db import Tx


def propose(
    tx: Tx,
    order_id: OrderId,
    by: PersonId,
    solutions: Sequence[Solution],
    policy: Policy,
    now: datetime,
) -> WorkOrder:
    """C07: at least two ways to repair, each with how feasible it is, before the work.

    How many at least is a figure of the severity. Proposed again, both stand on record.
    """
    order = locked(tx, order_id, Verb.PROPOSE)
    least = policy.solutions.of(order.severity)
    if why := agreement_rules.refusal_of_solutions(solutions, least):
        raise NotNowError(f"order.refused.{why}", n=least)
    lines = [
        f"{number}. {one.what.strip()} ({one.feasible.strip()})"
        for number, one in enumerate(solutions, 1)
    ]
    whole = [[one.what.strip(), one.feasible.strip()] for one in solutions]
    text = said("  ".join(lines), "solutions")
    order = order_rows.change(tx, order.id)
    return notes.of_order(tx, order, "proposed", by, now, text=text, solutions=whole)


def postpone(  # noqa: PLR0913, PLR0917 - who, until when, why, by which figures
    tx: Tx,
    order_id: OrderId,
    by: PersonId,
    appointment_at: datetime | None,
    reason: str,
    policy: Policy,
    now: datetime,
) -> WorkOrder:
    """B14: the customer wants us later. The order goes back to the dispatcher.

    The on-site deadline stays as it was frozen; the appointment stands beside it, and whoever
    has the order is reminded in time. `reason` says with whom it was agreed, and why.
    """
    order = locked(tx, order_id, Verb.POSTPONE)
    if appointment_at is None or not agreement_rules.appointment_fits(appointment_at, now):
        raise NotNowError("order.refused.appointment")
    reason = said(reason, "reason")
    if order.dispatched_at:
        recovery.relieve(tx, order, by, now)
    order = order_rows.change(
        tx,
        order.id,
        appointment_at=appointment_at,
        assignee_id=None,
        dispatched_at=None,
        departed_at=None,
        self_dispatched_at=None,
        stalled_at=None,
    )
    promises.arm_appointment(tx, order, policy, now)
    site = site_rows.get(tx, order.site_id)
    facts = {"until": appointment_at.isoformat(), "timezone": site.timezone if site else ""}
    return notes.of_order(tx, order, "postponed", by, now, text=reason, **facts)
