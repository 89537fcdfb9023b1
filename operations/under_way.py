"""Whoever took an order owes setting out: called again, then the others (A02, C04)."""

from datetime import datetime, timedelta

from operations import notices, paging
from operations import policy as policy_desk
from rules import escalation
from rules.escalation import Why
from rules.model import OrderId, Person, WorkOrder
from rules.policy import Policy
from storage import deadlines
from storage import people as people_rows
from storage import work_orders as order_rows
from storage.db import Tx
from storage.deadlines import Kind

TAKEN, REMINDED, STALLED = range(3)  # the steps of UNDER_WAY: so many times `under_way_s` on


def expect(tx: Tx, order_id: OrderId, now: datetime) -> None:
    """Somebody has it as of now, and owes setting out; the tick knows by when."""
    deadlines.drop(tx, Kind.UNDER_WAY, "order", order_id)
    deadlines.put(tx, Kind.UNDER_WAY, "order", order_id, now, TAKEN)


def ask(tx: Tx, order: WorkOrder, step: int, policy: Policy, now: datetime) -> datetime | None:
    """The tick's question: whoever took it, have they set out?

    Called again after `under_way_s`; after as long again the others are called, with who took
    it named, and each of them may take it over. The caller holds the order.
    """
    promise = deadlines.find(tx, Kind.UNDER_WAY, "order", order.id, step)
    if promise is None or escalation.under_way(order) is not Why.NOT_UNDER_WAY:
        return None
    policy = policy_desk.kept(tx, policy, order.opened_at, now)
    wait = timedelta(seconds=policy.ladder.under_way_s)
    if step == TAKEN:
        due_at = promise.promised_at + wait
        deadlines.put(tx, Kind.UNDER_WAY, "order", order.id, due_at, REMINDED)
    elif step == REMINDED:
        _remind_holder(tx, order, now)  # however late that is, the others are called after it
        deadlines.put(tx, Kind.UNDER_WAY, "order", order.id, now + wait, STALLED)
    else:
        _stall(tx, order, policy, now)
    return None


def _remind_holder(tx: Tx, order: WorkOrder, now: datetime) -> None:
    holder = _holder(tx, order)
    if holder is None:
        return
    since = deadlines.find(tx, Kind.UNDER_WAY, "order", order.id, REMINDED)
    key = f"order:{order.id}:under_way:{since.promised_at.isoformat() if since else ''}"
    new = notices.tell(
        tx, holder, "under_way", key=key, severity=order.severity, order=order, now=now
    )
    paging.note(tx, order, "reminded_to_go", holder, {"channels": new}, now)


def _stall(tx: Tx, order: WorkOrder, policy: Policy, now: datetime) -> None:
    holder = _holder(tx, order)
    if holder is None or order.stalled_at:
        return
    order = order_rows.change(tx, order.id, stalled_at=now)
    paging.note(tx, order, "stalled", holder, {}, now)
    paging.hand_on(tx, order, holder.id, Why.NOT_UNDER_WAY, policy, now)


def _holder(tx: Tx, order: WorkOrder) -> Person | None:
    return people_rows.get(tx, order.holder_id) if order.holder_id else None
