"""What we do with a work order, from the first page to the customer's acceptance (C06).

Every verb runs inside the caller's transaction, locks the order first, and is journalled.
`NotNowError` says why a step is not possible; nothing has been written then.
"""

from datetime import datetime

from operations import (
    ladder,
    new_orders,
    notes,
    notices,
    promises,
    recovery,
    steps,
    under_way,
)
from operations.refusals import NotNowError
from operations.steps import LONGEST_TEXT, locked, said
from rules import workflow
from rules.model import Fault, OrderId, PersonId, Role, WorkOrder
from rules.policy import Policy
from rules.workflow import Verb
from storage import faults as fault_rows
from storage import people as people_rows
from storage import sites as site_rows
from storage import work_orders as order_rows
from storage.db import Tx

NoSuchOrderError = steps.NoSuchOrderError
_NOBODYS = {
    **dict.fromkeys(("received_by", "received_at", "assignee_id")),
    **dict.fromkeys(("self_dispatched_at", "dispatched_at", "departed_at", "stalled_at")),
}
_UNDONE = {
    **dict.fromkeys(("repaired_at", "verified_at", "left_at", "accepted_at", "closed_at")),
    **dict.fromkeys(("verified_how", "accepted_by", "close_reason"), ""),
}


def open_order(
    tx: Tx,
    fault: Fault,
    policy: Policy,
    now: datetime,
    *,
    notice_at: datetime | None = None,
    found_by: PersonId | None = None,
) -> WorkOrder:
    """Open the order of a root cause; the deadline is frozen here and never moves (A03).

    The clock starts at the customer's notice (`notice_at`), or now for what the monitor found.
    An order already open for this fault is returned as it is: asking twice is free. `found_by`
    stands before it already (A09): nobody is paged, and nobody is owed on site.
    """
    if known := order_rows.open_for(tx, fault.id):
        return known
    site = site_rows.get(tx, fault.site_id)
    if site is None:
        raise LookupError(f"fault {fault.id} belongs to no site")
    order = order_rows.add(tx, new_orders.of_fault(tx, fault, site, policy, now, notice_at))
    fault_rows.change(tx, fault.id, order_id=order.id)
    facts = {"number": order.number, "zone": order.zone, "hours": order.on_site_hours}
    notes.of_order(tx, order, "order_opened", None, now, **facts, rule=order.on_site_rule)
    if found_by:
        notes.of_order(tx, order, "acknowledged", found_by, now, how="inspection")
        notes.of_order(tx, order, "arrived", found_by, now)
        return ladder.found_on_site(tx, order, found_by, now)
    promises.arm(tx, order, policy, now)
    return ladder.start(tx, order, policy, now)


def acknowledge(
    tx: Tx, order_id: OrderId, by: PersonId, now: datetime, how: str = "app"
) -> WorkOrder:
    """Somebody takes it: the paging stops on every channel, and he is the receiver (A02).

    Taken over from whoever did not set out, or was told to go and never answered, it is his
    alone; when it was first answered stays.
    """
    order = locked(tx, order_id, Verb.ACKNOWLEDGE)
    holder = workflow.holder_after_yes(order, by)
    if holder == by:
        recovery.relieve(tx, order, by, now)
    order = order_rows.change(
        tx,
        order.id,
        received_by=by,
        received_at=order.received_at or now,
        assignee_id=holder,
        stalled_at=None,
    )
    ladder.stop(tx, order.id, now)
    under_way.expect(tx, order.id, now)
    return notes.of_order(tx, order, "acknowledged", by, now, how=how)


def decline(
    tx: Tx, order_id: OrderId, by: PersonId, reason: str, policy: Policy, now: datetime
) -> WorkOrder:
    """He cannot: recorded with the reason, and the next one is called at once.

    Also whoever was sent, or told to go: the order is nobody's again until somebody answers.
    """
    order = locked(tx, order_id, Verb.DECLINE)
    notes.of_order(tx, order, "declined", by, now, reason=said(reason, "reason"))
    if by == (order.assignee_id or order.received_by):
        order = order_rows.change(tx, order.id, **_NOBODYS)
    ladder.pass_on(tx, order, by, policy, now)
    return order


def arrange(tx: Tx, order_id: OrderId, by: PersonId, now: datetime) -> WorkOrder:
    """The head arranges the response: his report has been heard (A02)."""
    order = locked(tx, order_id, Verb.ARRANGE)
    order = order_rows.change(tx, order.id, arranged_at=now, arranged_by=by)
    ladder.end_report(tx, order.id, now)
    return notes.of_order(tx, order, "arranged", by, now)


def dispatch(
    tx: Tx, order_id: OrderId, by: PersonId, assignee: PersonId, now: datetime
) -> WorkOrder:
    """Send a named person; an order changes hands only here (B14)."""
    order = locked(tx, order_id, Verb.DISPATCH)
    person = people_rows.present(tx, assignee)
    if person is None or not person.roles - {Role.CUSTOMER}:
        raise NotNowError("order.refused.no_such_person")
    if assignee != (order.assignee_id or order.received_by):
        recovery.relieve(tx, order, by, now)
    order = order_rows.change(
        tx,
        order.id,
        assignee_id=assignee,
        dispatched_at=now,
        departed_at=None,
        stalled_at=None,
        received_by=order.received_by or by,
        received_at=order.received_at or now,
        arranged_at=order.arranged_at or now,
        arranged_by=order.arranged_by or by,
    )
    ladder.stop(tx, order.id, now)
    under_way.expect(tx, order.id, now)
    ladder.end_report(tx, order.id, now)
    if assignee != by:
        key = f"assigned:{order.id}:{order.version}"
        notices.tell(tx, person, "assigned", key=key, severity=order.severity, order=order, now=now)
    return notes.of_order(tx, order, "dispatched", by, now, assignee=person.name)


def depart(tx: Tx, order_id: OrderId, by: PersonId, now: datetime) -> WorkOrder:
    order = locked(tx, order_id, Verb.DEPART)
    order = order_rows.change(
        tx,
        order.id,
        departed_at=now,
        dispatched_at=order.dispatched_at or now,
        assignee_id=order.assignee_id or by,
        stalled_at=None,
    )
    return notes.of_order(tx, order, "departed", by, now)


def arrive(
    tx: Tx, order_id: OrderId, by: PersonId, now: datetime, late_reason: str = ""
) -> WorkOrder:
    """On site. Arrival counts, not repair; a miss carries its reason (A03)."""
    order = locked(tx, order_id, Verb.ARRIVE)
    late = now > order.on_site_by
    if late and not late_reason.strip():
        raise NotNowError("order.refused.late_reason")
    order = order_rows.change(
        tx,
        order.id,
        arrived_at=now,
        dispatched_at=order.dispatched_at or now,
        departed_at=order.departed_at or now,
        late_reason=late_reason.strip()[:LONGEST_TEXT] if late else "",
        stalled_at=None,
    )
    promises.disarm(tx, order.id)
    return notes.of_order(
        tx, order, "arrived_late" if late else "arrived", by, now, reason=late_reason
    )


def diagnose(tx: Tx, order_id: OrderId, by: PersonId, now: datetime, text: str) -> WorkOrder:
    order = locked(tx, order_id, Verb.DIAGNOSE)
    text = said(text, "diagnosis")
    order = order_rows.change(tx, order.id, diagnosed_at=now, diagnosis=text)
    return notes.of_order(tx, order, "diagnosed", by, now, text=text)


def repair(tx: Tx, order_id: OrderId, by: PersonId, now: datetime, text: str) -> WorkOrder:
    """Done, says the engineer; verified only when the device itself says so too.

    Without an arrival it is a remote repair (C13): nobody is owed on site any more.
    """
    return _repaired(tx, locked(tx, order_id, Verb.REPAIR), by, now, text)


def repair_remotely(tx: Tx, order_id: OrderId, by: PersonId, now: datetime, text: str) -> WorkOrder:
    """C13: from afar, said outright; whoever was on the way hears that he need not come."""
    order = locked(tx, order_id, Verb.REPAIR_REMOTELY)
    text = said(text, "repair")
    if order.dispatched_at:
        recovery.relieve(tx, order, by, now)
    return _repaired(tx, order, by, now, text)


def _repaired(tx: Tx, order: WorkOrder, by: PersonId, now: datetime, text: str) -> WorkOrder:
    text = said(text, "repair")
    order = order_rows.change(
        tx,
        order.id,
        repaired_at=now,
        repair=text,
        diagnosed_at=order.diagnosed_at or now,
        stalled_at=None,
    )
    promises.disarm(tx, order.id)
    verb = "repaired" if order.arrived_at else "repaired_remotely"
    order = notes.of_order(tx, order, verb, by, now, text=text)
    return recovery.verify_if_healthy(tx, order, now)


def verify(tx: Tx, order_id: OrderId, by: PersonId, now: datetime, how: str) -> WorkOrder:
    """A person vouches, for what no telemetry can prove; says the cause (TAMPER) or the test.

    Refused while an unattended device still reports its fault. Clears what only people clear.
    """
    order = locked(tx, order_id, Verb.VERIFY)
    how = said(how, "verify")
    if faulty := recovery.vouch(tx, order, how, by, now):
        raise NotNowError("order.refused.device_still_faulty", code=faulty.code)
    order = order_rows.change(tx, order.id, verified_at=now, verified_how=how)
    return notes.of_order(tx, order, "verified", by, now, how=how)


def leave(tx: Tx, order_id: OrderId, by: PersonId, now: datetime) -> WorkOrder:
    """B26: the engineer reports before leaving the site."""
    order = locked(tx, order_id, Verb.LEAVE)
    order = order_rows.change(tx, order.id, left_at=now)
    return notes.of_order(tx, order, "left", by, now)


def accept(tx: Tx, order_id: OrderId, by: PersonId, now: datetime, accepted_by: str) -> WorkOrder:
    """The customer accepts, by name; that closes the order (C06)."""
    order = locked(tx, order_id, Verb.ACCEPT)
    name = said(accepted_by, "accepted_by")
    order = order_rows.change(tx, order.id, accepted_at=now, accepted_by=name)
    notes.of_order(tx, order, "accepted", by, now, name=name)
    return recovery.end(tx, order, "accepted", by, now)


def close(tx: Tx, order_id: OrderId, by: PersonId, now: datetime, reason: str) -> WorkOrder:
    """Close a verified order without an acceptance; the reason is counted apart (C06)."""
    order = locked(tx, order_id, Verb.CLOSE)
    return recovery.end(tx, order, said(reason, "reason"), by, now)


def cancel(tx: Tx, order_id: OrderId, by: PersonId, now: datetime, reason: str) -> WorkOrder:
    order = locked(tx, order_id, Verb.CANCEL)
    reason = said(reason, "reason")
    notes.of_order(tx, order, "cancelled", by, now, reason=reason)
    recovery.relieve(tx, order, by, now)
    return recovery.end(tx, order, reason, by, now)


def reopen(tx: Tx, order_id: OrderId, by: PersonId, now: datetime, reason: str) -> WorkOrder:
    """Take up a closed order again; what was repaired has to be repaired anew.

    Where nobody ever had it (it closed by itself), whoever reopens it is its receiver: no page
    goes out for it, so somebody has to answer for it, and is called who does not set out.
    """
    order = locked(tx, order_id, Verb.REOPEN)
    if order.close_reason == recovery.MERGED:
        raise NotNowError("order.refused.merged")
    other = order_rows.open_for(tx, order.root_fault_id)
    if other is not None:
        raise NotNowError("order.refused.other_order_open", number=other.number)
    order = order_rows.change(
        tx,
        order.id,
        **_UNDONE,
        received_by=order.received_by or by,
        received_at=order.received_at or now,
    )
    under_way.expect(tx, order.id, now)
    return notes.of_order(tx, order, "reopened", by, now, reason=said(reason, "reason"))
