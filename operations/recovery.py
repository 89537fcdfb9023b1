"""How an order ends: proven by the device, recovered by itself, merged into its cause, closed.

Each of these holds the order already; the verbs people use are in `operations/work_orders.py`.
"""

from datetime import datetime

from operations import ladder, notes, notices, promises
from rules import workflow
from rules.codes import CATALOGUE, Sign
from rules.model import ClockSource, Fault, PersonId, Severity, WorkOrder
from rules.repeats import REPEAT
from storage import faults as fault_rows
from storage import journal
from storage import people as people_rows
from storage import work_orders as order_rows
from storage.db import Tx

MERGED = "merged"


def recovered(tx: Tx, order: WorkOrder, now: datetime) -> None:
    """Every fault of a (locked) order has cleared by itself: verify it, close it, or ask.

    With a person on the way nothing is closed behind his back: he is told, and decides. Nor
    where a customer called: somebody owes an answer, and the paging goes on until one has it.
    """
    if order.repaired_at:
        verify_if_healthy(tx, order, now)
        return
    told = {order.assignee_id, order.received_by} - {None}
    told = told or {order.first_paged_id, order.head_id}
    if workflow.someone_on_the_way(order) or owes_an_answer(tx, order):
        notes.of_order(tx, order, "recovered", None, now)
    else:
        order = end(tx, order, "recovered", None, now)
    for person_id in sorted(person_id for person_id in told if person_id):
        if person := people_rows.get(tx, person_id):
            key = f"restored:{order.id}:{order.version}"
            notices.tell(
                tx, person, "restored", key=key, severity=Severity.MINOR, order=order, now=now
            )


def relieve(tx: Tx, was: WorkOrder, by: PersonId, now: datetime) -> None:
    """Whoever had the order as it was need not go any more, and hears it on the way."""
    holder = was.assignee_id or was.received_by
    person = people_rows.get(tx, holder) if holder and holder != by else None
    if person:
        key = f"relieved:{was.id}:{was.version}"
        notices.tell(tx, person, "relieved", key=key, severity=was.severity, order=was, now=now)


def merge_into(tx: Tx, order: WorkOrder, cause: Fault, now: datetime) -> bool:
    """Fold a (locked) child's order into its cause.

    Never one that has a person on the way, nor where a customer is owed an answer (A03).
    """
    if workflow.someone_on_the_way(order) or owes_an_answer(tx, order):
        return False
    notes.of_order(tx, order, "merged", None, now, cause=cause.id)
    end(tx, order, MERGED, None, now)
    return True


def verify_if_healthy(tx: Tx, order: WorkOrder, now: datetime) -> WorkOrder:
    if order.verified_at or fault_rows.count_open_of_order(tx, order.id):
        return order
    if needs_a_person(tx, order):
        return order
    order = order_rows.change(tx, order.id, verified_at=now, verified_how="telemetry")
    return notes.of_order(tx, order, "verified_by_device", None, now)


def vouch(tx: Tx, order: WorkOrder, how: str, by: PersonId, now: datetime) -> Fault | None:
    """Clear what only people clear, on this person's word.

    Returns the first fault that the device itself still reports: nobody vouches against it.
    """
    for fault in fault_rows.of_order(tx, order.id):
        if fault.open and not _for_people_to_clear(fault):
            return fault
        if fault.open:
            fault_rows.change(tx, fault.id, cleared_at=now, clear_why="verified")
            _cleared_by_hand(tx, order, fault, how, by, now)
    return None


def _cleared_by_hand(
    tx: Tx, order: WorkOrder, fault: Fault, how: str, by: PersonId, now: datetime
) -> None:
    notes.of_act(
        tx,
        "fault_cleared",
        by,
        now,
        {"code": fault.code, "why": how},
        site_id=order.site_id,
        order_id=order.id,
        fault_id=fault.id,
        device_id=fault.device_id,
    )


def _for_people_to_clear(fault: Fault) -> bool:
    code = CATALOGUE[fault.code]
    seen_by_people = code.sign is Sign.PERSON or fault.source is not ClockSource.MONITOR
    return code.human_close and (seen_by_people or fault.code == REPEAT)


def owes_an_answer(tx: Tx, order: WorkOrder) -> bool:
    return needs_a_person(tx, order) or journal.told(tx, order.id, "customer_called")


def needs_a_person(tx: Tx, order: WorkOrder) -> bool:
    return any(CATALOGUE[f.code].human_close for f in fault_rows.of_order(tx, order.id))


def end(tx: Tx, order: WorkOrder, reason: str, by: PersonId | None, now: datetime) -> WorkOrder:
    order = order_rows.change(tx, order.id, closed_at=now, close_reason=reason)
    ladder.stop(tx, order.id, now)
    ladder.end_report(tx, order.id, now)
    promises.disarm(tx, order.id)
    return notes.of_order(tx, order, "closed", by, now, reason=reason)
