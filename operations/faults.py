"""What we do about a fault: open it, explain it, confirm it, clear it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from operations import causes as site_causes
from operations import maintenance as maintenance_desk
from operations import notes, recovery, roots
from operations import work_orders as order_desk
from rules import causes
from rules.causes import Verdict
from rules.explains import Onset
from rules.model import (
    ClockSource,
    DeviceId,
    Fault,
    FaultId,
    Severity,
    SiteId,
)
from rules.policy import Policy
from rules.silence import deaf_time
from storage import deadlines, listening, states
from storage import devices as device_rows
from storage import faults as fault_rows
from storage import work_orders as order_rows
from storage.db import Tx
from storage.deadlines import Kind
from storage.faults import NewFault

ASK_AGAIN = timedelta(seconds=15)  # while our own ears are stalled (ours)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What the monitor found, with what it goes by (`evidence`) and whether a cause is known."""

    device_id: DeviceId
    site_id: SiteId
    code: str
    point: str
    severity: Severity
    opened_at: datetime
    why: str
    evidence: Mapping[str, Any]
    verdict: Verdict
    onset: Onset | None = None


class NoSuchFaultError(LookupError):
    """There is no fault of that id."""


def open_found(tx: Tx, found: Finding, policy: Policy, now: datetime) -> Fault:
    """Open what the monitor found; one already open counts up, or becomes worse."""
    new = NewFault(
        device_id=found.device_id,
        site_id=found.site_id,
        code=found.code,
        point=found.point,
        severity=found.severity,
        source=ClockSource.MONITOR,
        why=found.why,
        evidence=found.evidence,
        opened_at=found.opened_at,
        began_after=found.onset.earliest if found.onset else None,
        began_before=found.onset.latest if found.onset else None,
        explained_by=found.verdict.explained_by,
        suspect_id=found.verdict.suspect,
        provisional_until=found.verdict.provisional_until,
    )
    fault = fault_rows.add(tx, new)
    if fault is None:
        return _again(tx, found, policy, now)
    notes.of_fault(tx, fault, "fault_opened", now, code=fault.code, why=fault.why, **found.evidence)
    if found.verdict.sites:
        roots.tell_of_many_sites(tx, found.verdict.sites, policy, now)
    if fault.explained_by is None:
        fault = roots.look_over_site(tx, fault, policy, now)
    else:
        roots.explained(tx, fault, fault.explained_by, policy, now)
    if fault.explained_by is None and found.verdict.provisional_until:
        deadlines.put(tx, Kind.CONFIRM, "fault", fault.id, found.verdict.provisional_until)
    elif fault.explained_by is None:
        roots.stand(tx, fault, policy, now)
    return fault


def confirm(tx: Tx, fault_id: FaultId, policy: Policy, now: datetime) -> datetime | None:
    """The hold is over and no cause was found: the (locked) fault stands on its own.

    While we are deaf ourselves nothing is raised: the cause could not have been heard of.
    """
    if listening.get(tx).stalled_since:
        return now + ASK_AGAIN
    fault = fault_rows.get(tx, fault_id)
    if fault and fault.open and fault.explained_by is None:
        return roots.stand(tx, fault, policy, now)
    return None


def after_grace(tx: Tx, fault_id: FaultId, policy: Policy, now: datetime) -> datetime | None:
    """The cause cleared a while ago and this fault is still there: it is one of its own.

    Time in which we were deaf is no time in which it could have come back.
    """
    fault = fault_rows.get(tx, fault_id)
    if fault is None or not fault.open or fault.explained_by is None:
        return None
    cause = fault_rows.get(tx, fault.explained_by)
    if cause and cause.open:
        return None
    if listening.get(tx).stalled_since:
        return now + ASK_AGAIN
    if cause and cause.cleared_at:
        due_at = _grace_ends(tx, fault, cause.cleared_at, policy)
        if due_at > now:
            return due_at
    fault_rows.change(tx, fault.id, explained_by=None)
    notes.of_fault(tx, fault, "fault_outlived_cause", now, code=fault.code)
    return roots.stand(tx, replace(fault, explained_by=None), policy, now)


def minor_due(tx: Tx, fault_id: FaultId, policy: Policy, now: datetime) -> datetime | None:
    """A minor fault waited for the next visit long enough: it becomes an order."""
    fault = fault_rows.get(tx, fault_id)
    if fault is None or not fault.open or fault.order_id or fault.explained_by:
        return None
    if window := maintenance_desk.covering(tx, fault.device_id, now):
        return window.ends_at
    order_desk.open_order(tx, fault, policy, now)
    return None


def clear(tx: Tx, fault_id: FaultId, why: str, policy: Policy, now: datetime) -> list[Fault]:
    """The device says it is well again: clear the fault, free its children, see to its order.

    Returns the children, which have until the end of the grace to come back too.
    """
    order_id = fault_rows.order_of(tx, fault_id)
    order = order_rows.lock(tx, order_id) if order_id else None
    fault = fault_rows.lock(tx, fault_id)
    if fault is None or not fault.open:
        return []
    fault_rows.change(tx, fault.id, cleared_at=now, clear_why=why, provisional_until=None)
    notes.of_fault(tx, fault, "fault_cleared", now, code=fault.code, why=why)
    roots.forget_promises(tx, fault.id)
    freed = _free_children(tx, replace(fault, cleared_at=now), policy)
    if order and order.open and not fault_rows.count_open_of_order(tx, order.id):
        recovery.recovered(tx, order, now)
    for cause_id in site_causes.ended_with(tx, fault, policy.common_causes, now):
        clear(tx, cause_id, "with_the_last", policy, now)
    return freed


def _again(tx: Tx, found: Finding, policy: Policy, now: datetime) -> Fault:
    """It is open already: it counts up, or becomes worse and its (running) order with it."""
    here = fault_rows.open_of_device(tx, found.device_id)
    order_id = next(
        (f.order_id for f in here if (f.code, f.point) == (found.code, found.point)), None
    )
    order = order_rows.lock(tx, order_id) if order_id else None
    fault = fault_rows.lock_open_of(tx, found.device_id, found.code, found.point)
    if fault is None:
        raise NoSuchFaultError(found.code)
    if found.severity.rank >= fault.severity.rank:
        fault_rows.happened_again(tx, fault.id)
        return fault
    fault_rows.change(tx, fault.id, evidence=dict(found.evidence))
    return roots.worsen(tx, fault, order, found.severity, policy, now)


def _free_children(tx: Tx, cause: Fault, policy: Policy) -> list[Fault]:
    children = fault_rows.explained_by(tx, cause.id)
    assert cause.cleared_at is not None  # noqa: S101 - the caller has just cleared it
    for child in children:
        due_at = _grace_ends(tx, child, cause.cleared_at, policy)
        deadlines.put(tx, Kind.GRACE, "fault", child.id, due_at)
    return children


def _grace_ends(tx: Tx, child: Fault, cleared_at: datetime, policy: Policy) -> datetime:
    device, said = device_rows.get(tx, child.device_id), states.get(tx, child.device_id)
    on_the_list = device.reporting_interval_s if device else None
    interval_s = on_the_list or (said.interval_s if said else None)
    spells = listening.spells(tx, cleared_at)
    return cleared_at + causes.grace(interval_s, policy.hold) + deaf_time(spells, cleared_at)
