"""A fault that was there before is linked to it; one too many opens REPEAT_FAULT beside it.

The repeat goes with the order of the fault that came again: the order then needs a person, who
names the cause, and does not end by itself when the device is well for a while.
"""

from dataclasses import replace
from datetime import datetime

from operations import notes
from rules import repeats
from rules.codes import CATALOGUE
from rules.faults import Rule, effective
from rules.model import ClockSource, Fault, FaultId, Severity, WorkOrder
from rules.policy import Policy
from rules.repeats import NEVER, REPEAT, Repeat
from storage import deadlines
from storage import faults as fault_rows
from storage.db import Tx
from storage.deadlines import Kind
from storage.faults import NewFault


def recall(tx: Tx, fault: Fault, policy: Policy, now: datetime) -> tuple[Fault, Repeat | None]:
    """Link a fault that stands on its own to the one before; a repeat is major at least."""
    if fault.code in NEVER:
        return fault, None
    rule = _rule(policy)
    since = now - max(rule.raise_after, repeats.AFTER_REPAIR)
    found = repeats.weigh(fault_rows.earlier(tx, fault, since), rule, now)
    if found is None:
        return fault, None
    worse = found.fault and fault.severity is Severity.MINOR
    severity = Severity.MAJOR if worse else fault.severity
    fault_rows.change(tx, fault.id, repeat_of=found.of, severity=severity)
    return replace(fault, repeat_of=found.of, severity=severity), found


def mark(
    tx: Tx, fault: Fault, order: WorkOrder, found: Repeat | None, policy: Policy, now: datetime
) -> None:
    """Open the repeat beside the fault that came again, within its order."""
    if found is None or not found.fault:
        return
    point = repeats.point_of(fault.code, fault.point)
    facts = {"code": fault.code, "times": found.times, "of": found.of}
    new = NewFault(
        device_id=fault.device_id,
        site_id=fault.site_id,
        code=REPEAT,
        point=point,
        severity=Severity.MAJOR,
        source=ClockSource.MONITOR,
        why="repeat",
        evidence=facts,
        opened_at=now,
    )
    repeat = fault_rows.add(tx, new) or fault_rows.lock_open_of(tx, fault.device_id, REPEAT, point)
    assert repeat is not None  # noqa: S101 - it was just added, or is open
    if repeat.order_id == order.id:
        return
    fault_rows.change(tx, repeat.id, order_id=order.id, repeat_of=fault.id, evidence=facts)
    deadlines.put(tx, Kind.QUIET, "fault", repeat.id, now + _rule(policy).clear_after)
    notes.of_fault(tx, replace(repeat, order_id=order.id), "fault_repeated", now, **facts)


def quiet(tx: Tx, fault_id: FaultId, policy: Policy, now: datetime) -> datetime | None:
    """Has what kept coming back been away for long enough? When to ask again, if not."""
    repeat = fault_rows.get(tx, fault_id)
    if repeat is None or not repeat.open:
        return None
    code, point = repeats.code_and_point(repeat.point)
    last_at = fault_rows.last_cleared(tx, repeat.device_id, code, point, now)
    over_at = last_at + _rule(policy).clear_after
    if over_at > now:
        return over_at
    fault_rows.change(tx, repeat.id, cleared_at=now, clear_why="quiet")
    notes.of_fault(tx, repeat, "fault_cleared", now, code=REPEAT, why="quiet")
    return None


def _rule(policy: Policy) -> Rule:
    return effective(CATALOGUE[REPEAT], policy.limits)
