"""A fault stands on its own, or waits behind its cause: what we do as causes become known."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from operations import alerts as alert_desk
from operations import causes as site_causes
from operations import ladder, notes, recovery, tellings
from operations import maintenance as maintenance_desk
from operations import minor_faults as minor_desk
from operations import repeats as repeat_desk
from operations import work_orders as order_desk
from operations.causes import Blow
from rules.common_causes import COMMON, MANY_SITES
from rules.explains import UNHEARD
from rules.model import Fault, FaultId, Severity, SiteId, WorkOrder
from rules.policy import Policy
from storage import deadlines
from storage import faults as fault_rows
from storage import sites as site_rows
from storage import work_orders as order_rows
from storage.db import Tx
from storage.deadlines import Kind


def adopt(
    tx: Tx, cause: Fault, together: Mapping[FaultId, bool], policy: Policy, now: datetime
) -> int:
    """A root found later takes its children over; returns how many.

    `together`: the open faults that this cause could explain, and whether they began with it. What
    was open before is not taken, unless it waits for word after a cause that is gone. Orders are
    merged, but nothing is cancelled that has a person on the way.
    """
    taken: list[Fault] = []
    yields: dict[FaultId, bool] = {}  # causes known until now: each asked once, not by each child
    for child in fault_rows.open_ones(tx, together):
        known = child.explained_by
        if child.id == cause.id or not (together[child.id] or known):
            continue
        if known and known not in yields:
            yields[known] = _yields(tx, known, cause, together, now)
        if known and not yields[known]:
            continue
        order = order_rows.lock(tx, child.order_id) if child.order_id else None
        if order and order.open and not recovery.merge_into(tx, order, cause, now):
            continue
        taken.append(child)
    _attribute_all(tx, taken, cause.id, policy, now)
    return len(taken)


def attribute(tx: Tx, child: Fault, cause_id: FaultId, policy: Policy, now: datetime) -> None:
    """From now on this fault waits behind that cause: no page, no order, no deadline of its own."""
    _attribute_all(tx, [child], cause_id, policy, now)


def _attribute_all(
    tx: Tx, children: Sequence[Fault], cause_id: FaultId, policy: Policy, now: datetime
) -> None:
    """A few statements, however many there are; what is worse than its cause has its own."""
    ids = [child.id for child in children]
    settled = {"provisional_until": None, "suspect_id": None, "order_id": None}
    fault_rows.change_all(tx, ids, explained_by=cause_id, **settled)
    fault_rows.forget_promises(tx, ids)
    worst: Severity | None = None
    for child in children:
        notes.of_fault(tx, child, "fault_explained", now, code=child.code, cause=cause_id)
        if worst is None or child.severity.rank < worst.rank:
            worst = child.severity
            _bear(tx, child, cause_id, policy, now)


def worsen(
    tx: Tx,
    fault: Fault,
    order: WorkOrder | None,
    severity: Severity,
    policy: Policy,
    now: datetime,
) -> Fault:
    fault_rows.change(tx, fault.id, severity=severity)
    notes.of_fault(tx, fault, "fault_worsened", now, code=fault.code, severity=severity)
    worse = replace(fault, severity=severity)
    if order and order.open and severity.rank < order.severity.rank:
        order = order_rows.change(tx, order.id, severity=severity)
        ladder.worse(tx, order, policy, now)
        tellings.follow(tx, order, "fault_worsened", {}, now)
    elif not (order and order.open) and not fault.provisional and not fault.explained_by:
        stand(tx, worse, policy, now)
    return worse


def explained(tx: Tx, fault: Fault, cause_id: FaultId, policy: Policy, now: datetime) -> None:
    """On the record: a fault that was opened behind this cause."""
    notes.of_fault(tx, fault, "fault_explained", now, code=fault.code, cause=cause_id)
    _bear(tx, fault, cause_id, policy, now)


def _bear(tx: Tx, fault: Fault, cause_id: FaultId, policy: Policy, now: datetime) -> None:
    """A cause is as bad as the worst that it explains, or that would be lost."""
    above: FaultId | None = cause_id
    while above is not None:
        known = fault_rows.get(tx, above)  # nearly always: and then nothing need be held
        if known is None or known.severity.rank <= fault.severity.rank:
            return
        order_id = fault_rows.order_of(tx, above)
        order = order_rows.lock(tx, order_id) if order_id else None
        cause = fault_rows.lock(tx, above)
        if cause is None or not cause.open or cause.severity.rank <= fault.severity.rank:
            return
        worsen(tx, cause, order, fault.severity, policy, now)
        above = cause.explained_by


def look_over_site(tx: Tx, fault: Fault, policy: Policy, now: datetime) -> Fault:
    """A cause over the whole site may explain it: one that is open, or power just gone."""
    cause = site_causes.known(tx, fault, policy.common_causes)
    if cause is not None:
        _attribute_all(tx, [fault], cause.id, policy, now)
        return replace(fault, explained_by=cause.id, provisional=False, suspect_id=None)
    if fault.code in UNHEARD and (
        blow := site_causes.power_failed(tx, fault.site_id, policy.common_causes, now)
    ):
        strike(tx, fault.site_id, blow, policy, now)
        return fault_rows.get(tx, fault.id) or fault
    return fault


def strike(tx: Tx, site_id: SiteId, blow: Blow, policy: Policy, now: datetime) -> None:
    """One ticket for all of it: one page, one order, the list inside."""
    cause = site_causes.as_fault(tx, site_id, blow, now)
    facts = {"code": cause.code, "why": cause.why, "devices": blow.devices}
    notes.of_fault(tx, cause, "fault_opened", now, **facts)
    _inherit(tx, cause, blow.struck, policy, now)
    adopt(tx, cause, dict.fromkeys((fault.id for fault in blow.struck), True), policy, now)
    stand(tx, cause, policy, now)


def _inherit(tx: Tx, cause: Fault, struck: Sequence[Fault], policy: Policy, now: datetime) -> None:
    """Who is called already for the worst of them has it all: that order goes on, no other."""
    for child in sorted(struck, key=lambda one: one.severity.rank):
        order = order_rows.lock(tx, child.order_id) if child.order_id else None
        if order is None or not order.open or recovery.owes_an_answer(tx, order):
            continue
        worst = min(order.severity, cause.severity, key=lambda severity: severity.rank)
        widened = order_rows.change(tx, order.id, root_fault_id=cause.id, severity=worst)
        fault_rows.change(tx, cause.id, order_id=order.id)
        fault_rows.change(tx, child.id, order_id=None)
        notes.of_order(tx, order, "order_widened", None, now, code=cause.code)
        if worst is not order.severity:
            ladder.worse(tx, widened, policy, now)
        return


def _yields(
    tx: Tx, known_id: FaultId, cause: Fault, together: Mapping[FaultId, bool], now: datetime
) -> bool:
    """May its children be taken: because it is over, or ends in this cause?"""
    known = fault_rows.get(tx, known_id)
    return known is None or not known.open or _absorb(tx, known, cause, together, now)


def _absorb(
    tx: Tx, known: Fault, cause: Fault, together: Mapping[FaultId, bool], now: datetime
) -> bool:
    """A suspected common cause ends in the root that explains all of it; others keep theirs."""
    members = fault_rows.explained_by(tx, known.id)
    if known.code != COMMON or not all(together.get(member.id) for member in members):
        return False
    order = order_rows.lock(tx, known.order_id) if known.order_id else None
    if order and order.open and not recovery.merge_into(tx, order, cause, now):
        return False
    fault_rows.change(tx, known.id, cleared_at=now, clear_why="cause_found", provisional_until=None)
    notes.of_fault(tx, known, "fault_cleared", now, code=known.code, why="cause_found")
    forget_promises(tx, known.id)
    return True


def tell_of_many_sites(tx: Tx, site_ids: Sequence[SiteId], policy: Policy, now: datetime) -> None:
    """One page that lists them, while each waits out its hold for a cause of its own."""
    sites = [site for site_id in site_ids if (site := site_rows.get(tx, site_id))]
    facts = {"sites": [site.name for site in sites]}
    alert_desk.raise_alert(tx, MANY_SITES, "", facts, policy, now)


def stand(tx: Tx, fault: Fault, policy: Policy, now: datetime) -> datetime | None:
    """Page and open an order; a minor fault joins the next visit or becomes an order later.

    In maintenance it waits: the instant at which it must be confirmed again is returned. With too
    many others of its site it is no fault of its own, but one of a common cause.
    """
    if fault.provisional:
        fault_rows.change(tx, fault.id, provisional_until=None)
    if held_until := maintenance_desk.holds_back(tx, fault, now):
        return held_until
    if blow := site_causes.struck_with(tx, fault, policy.common_causes, now):
        strike(tx, fault.site_id, blow, policy, now)
    if blow and _waits(tx, fault):
        return None
    fault, repeat = repeat_desk.recall(tx, fault, policy, now)
    if fault.severity is Severity.MINOR:
        due_at = fault.opened_at + timedelta(days=policy.minor_order_after_days)
        deadlines.put(tx, Kind.MINOR, "fault", fault.id, due_at)
        minor_desk.promise(tx, fault, now)
    else:
        order = order_desk.open_order(tx, fault, policy, now)
        repeat_desk.mark(tx, fault, order, repeat, policy, now)
    return None


def _waits(tx: Tx, fault: Fault) -> bool:
    found = fault_rows.get(tx, fault.id)
    return found is not None and found.explained_by is not None


def forget_promises(tx: Tx, fault_id: FaultId) -> None:
    fault_rows.forget_promises(tx, [fault_id])
