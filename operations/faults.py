"""What we do about a fault: open it, explain it, confirm it, clear it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from operations import maintenance as maintenance_desk
from operations import recovery
from operations import work_orders as order_desk
from rules import causes
from rules.causes import Verdict
from rules.model import (
    ClockSource,
    DeviceId,
    Fault,
    FaultId,
    PersonId,
    Severity,
    SiteId,
)
from rules.policy import Policy
from storage import deadlines, journal
from storage import devices as device_rows
from storage import faults as fault_rows
from storage import work_orders as order_rows
from storage.db import Tx
from storage.deadlines import Kind
from storage.faults import NewFault


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
        explained_by=found.verdict.explained_by,
        provisional_until=found.verdict.provisional_until,
    )
    fault = fault_rows.add(tx, new)
    if fault is None:
        return _again(tx, found, policy, now)
    _note(tx, fault, "fault_opened", now, code=fault.code, why=fault.why, **found.evidence)
    if fault.explained_by:
        _note(tx, fault, "fault_explained", now, code=fault.code, cause=fault.explained_by)
    elif found.verdict.provisional_until:
        until = found.verdict.provisional_until
        deadlines.put(tx, Kind.CONFIRM, "fault", fault.id, until)
    else:
        _stand(tx, fault, policy, now)
    return fault


def adopt(tx: Tx, cause: Fault, explained: Mapping[DeviceId, frozenset[str]], now: datetime) -> int:
    """A root found later takes its children over; returns how many.

    `explained` says per device which codes the cause explains. Orders are merged, but nothing
    is cancelled that has a person on the way. Tampers and the like stay on their own.
    """
    taken = 0
    for child in fault_rows.open_of_devices(tx, explained):
        if child.id == cause.id or child.code not in explained[child.device_id]:
            continue
        known = fault_rows.get(tx, child.explained_by) if child.explained_by else None
        if known and known.open:
            continue
        order = order_rows.lock(tx, child.order_id) if child.order_id else None
        if order and order.open and not recovery.merge_into(tx, order, cause, now):
            continue
        fault_rows.change(
            tx, child.id, explained_by=cause.id, provisional_until=None, order_id=None
        )
        _forget_promises(tx, child.id)
        _note(tx, child, "fault_explained", now, code=child.code, cause=cause.id)
        taken += 1
    return taken


def confirm(tx: Tx, fault_id: FaultId, policy: Policy, now: datetime) -> datetime | None:
    """The hold is over and no cause was found: the (locked) fault stands on its own."""
    fault = fault_rows.get(tx, fault_id)
    if fault and fault.open and fault.explained_by is None:
        return _stand(tx, fault, policy, now)
    return None


def after_grace(tx: Tx, fault_id: FaultId, policy: Policy, now: datetime) -> datetime | None:
    """The cause cleared a while ago and this fault is still there: it is one of its own."""
    fault = fault_rows.get(tx, fault_id)
    if fault is None or not fault.open or fault.explained_by is None:
        return None
    cause = fault_rows.get(tx, fault.explained_by)
    if cause and cause.open:
        return None
    fault_rows.change(tx, fault.id, explained_by=None)
    _note(tx, fault, "fault_outlived_cause", now, code=fault.code)
    _stand(tx, fault, policy, now)
    return None


def minor_due(tx: Tx, fault_id: FaultId, policy: Policy, now: datetime) -> datetime | None:
    """A minor fault waited for the next visit long enough: it becomes an order."""
    fault = fault_rows.get(tx, fault_id)
    if fault is None or not fault.open or fault.order_id or fault.explained_by:
        return None
    if window := maintenance_desk.covering(tx, fault.device_id, now):
        return window.ends_at
    order_desk.open_order(tx, fault, policy, now)
    return None


def clear(tx: Tx, fault_id: FaultId, why: str, policy: Policy, now: datetime) -> None:
    """The device says it is well again: clear the fault, free its children, see to its order."""
    order_id = fault_rows.order_of(tx, fault_id)
    order = order_rows.lock(tx, order_id) if order_id else None
    fault = fault_rows.lock(tx, fault_id)
    if fault is None or not fault.open:
        return
    fault_rows.change(tx, fault.id, cleared_at=now, clear_why=why, provisional_until=None)
    _note(tx, fault, "fault_cleared", now, code=fault.code, why=why)
    _forget_promises(tx, fault.id)
    _free_children(tx, fault, policy, now)
    if order and order.open and not fault_rows.count_open_of_order(tx, order.id):
        recovery.recovered(tx, order, now)


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
    fault_rows.change(tx, fault.id, severity=found.severity, evidence=dict(found.evidence))
    _note(tx, fault, "fault_worsened", now, code=fault.code, severity=found.severity)
    worse = replace(fault, severity=found.severity)
    if order and order.open and found.severity.rank < order.severity.rank:
        order_rows.change(tx, order.id, severity=found.severity)
    elif not (order and order.open) and not fault.provisional and not fault.explained_by:
        _stand(tx, worse, policy, now)
    return worse


def _stand(tx: Tx, fault: Fault, policy: Policy, now: datetime) -> datetime | None:
    """Page and open an order; a minor fault joins the next visit or becomes an order later.

    In maintenance it waits: the instant at which it must be confirmed again is returned.
    """
    if fault.provisional:
        fault_rows.change(tx, fault.id, provisional_until=None)
    if held_until := maintenance_desk.holds_back(tx, fault, now):
        return held_until
    if fault.severity is Severity.MINOR:
        due_at = fault.opened_at + timedelta(days=policy.minor_order_after_days)
        deadlines.put(tx, Kind.MINOR, "fault", fault.id, due_at)
    else:
        order_desk.open_order(tx, fault, policy, now)
    return None


def _free_children(tx: Tx, cause: Fault, policy: Policy, now: datetime) -> None:
    for child in fault_rows.explained_by(tx, cause.id):
        device = device_rows.get(tx, child.device_id)
        interval_s = device.reporting_interval_s if device else None
        due_at = now + causes.grace(interval_s, policy.hold)
        deadlines.put(tx, Kind.GRACE, "fault", child.id, due_at)


def _forget_promises(tx: Tx, fault_id: FaultId) -> None:
    for kind in (Kind.CONFIRM, Kind.GRACE, Kind.MINOR):
        deadlines.put(tx, kind, "fault", fault_id, None)


def _note(
    tx: Tx, fault: Fault, verb: str, now: datetime, by: PersonId | None = None, **facts: Any
) -> None:
    journal.write(
        tx,
        journal.Entry(
            at=now,
            actor="person" if by else "monitor",
            verb=verb,
            person_id=by,
            site_id=fault.site_id,
            order_id=fault.order_id,
            fault_id=fault.id,
            device_id=fault.device_id,
            facts=facts,
        ),
    )
