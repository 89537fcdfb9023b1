"""What is done when a promise's time has come: kind by kind, the subject already held."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeAlias

from operations import alerts as alert_desk
from operations import drills as drill_desk
from operations import duty as duty_desk
from operations import faults as fault_desk
from operations import ladder, promises, under_way
from operations import maintenance as maintenance_desk
from operations import preparations as preparation_desk
from operations import repeats as repeat_desk
from rules import duty as duty_rules
from rules.drills import Drill, DrillId
from rules.maintenance import Window, WindowId
from rules.model import Fault, FaultId, OrderId, WorkOrder
from rules.occasions import Occasion
from rules.policy import Policy
from storage import alerts, deadlines
from storage import drills as drill_rows
from storage import faults as fault_rows
from storage import maintenance as window_rows
from storage import occasions as occasion_rows
from storage import work_orders as order_rows
from storage.alerts import Alert
from storage.db import Tx
from storage.deadlines import Deadline, Kind

Subject: TypeAlias = WorkOrder | Fault | Alert | Window | Occasion | Drill


def lock_subject(tx: Tx, due: Deadline) -> Subject | None:
    """Hold whom it is about; None if another holds it, or it is gone (and the promise with it)."""
    held = _lock(tx, due)
    if held is None and not _exists(tx, due):
        deadlines.put(tx, due.kind, due.subject_kind, due.subject_id, None, due.step)
    return held


def handle(
    tx: Tx, subject: Subject, held: Deadline, policy: Policy, now: datetime
) -> datetime | None:
    """When to come again; None: nothing is owed any more."""
    match subject:
        case WorkOrder():
            return ORDER[held.kind](tx, subject, held, policy, now)
        case Fault():
            return FAULT[held.kind](tx, subject.id, policy, now)
        case Alert():
            return alert_desk.remind(tx, subject, policy, now)
        case Window():
            return maintenance_desk.run_out(tx, subject, now)
        case Drill():
            return drill_desk.keep(tx, subject, held.step, now)
        case Occasion():
            return preparation_desk.remind(tx, subject, now)


def _climb(tx: Tx, order: WorkOrder, _: Deadline, policy: Policy, now: datetime) -> datetime | None:
    return ladder.climb(tx, order, policy, now)


def _ask_under_way(
    tx: Tx, order: WorkOrder, held: Deadline, policy: Policy, now: datetime
) -> datetime | None:
    return under_way.ask(tx, order, held.step, policy, now)


def _ask_head(
    tx: Tx, order: WorkOrder, _: Deadline, policy: Policy, now: datetime
) -> datetime | None:
    return ladder.ask_head(tx, order, policy, now)


def _warn(
    tx: Tx, order: WorkOrder, held: Deadline, policy: Policy, now: datetime
) -> datetime | None:
    return promises.warn(tx, order, held.step, policy, now)


def _remind(
    tx: Tx, order: WorkOrder, _: Deadline, policy: Policy, now: datetime
) -> datetime | None:
    return promises.remind(tx, order, policy, now)


def _set_out(
    tx: Tx, order: WorkOrder, _: Deadline, policy: Policy, now: datetime
) -> datetime | None:
    return promises.set_out(tx, order, policy, now)


def _minor(tx: Tx, fault_id: FaultId, policy: Policy, now: datetime) -> datetime | None:
    """A minor fault disturbs nobody at night: its order, and the page with it, wait for day."""
    by_day = duty_rules.daytime_from(now, duty_desk.timezone(tx))
    return fault_desk.minor_due(tx, fault_id, policy, now) if by_day == now else by_day


OrderHandler = Callable[[Tx, WorkOrder, Deadline, Policy, datetime], datetime | None]
FaultHandler = Callable[[Tx, FaultId, Policy, datetime], datetime | None]

ORDER: dict[Kind, OrderHandler] = {
    Kind.LADDER: _climb,
    Kind.UNDER_WAY: _ask_under_way,
    Kind.HEAD: _ask_head,
    Kind.ON_SITE: _warn,
    Kind.APPOINTMENT: _remind,
    Kind.SET_OUT: _set_out,
}
FAULT: dict[Kind, FaultHandler] = {
    Kind.CONFIRM: fault_desk.confirm,
    Kind.GRACE: fault_desk.after_grace,
    Kind.MINOR: _minor,
    Kind.QUIET: repeat_desk.quiet,
}


def _lock(tx: Tx, due: Deadline) -> Subject | None:
    match due.subject_kind:
        case "order":
            return order_rows.lock(tx, OrderId(due.subject_id), skip_locked=True)
        case "fault":
            return fault_rows.lock(tx, FaultId(due.subject_id), skip_locked=True)
        case "alert":
            return alerts.lock(tx, due.subject_id, skip_locked=True)
        case "maintenance":
            return window_rows.lock(tx, WindowId(due.subject_id), skip_locked=True)
        case "drill":
            return drill_rows.lock(tx, DrillId(due.subject_id), skip_locked=True)
        case "occasion":
            return occasion_rows.lock(tx, due.subject_id, skip_locked=True)
        case "inspection" | "swap":
            return None  # not the tick's


def _exists(tx: Tx, due: Deadline) -> bool:
    match due.subject_kind:
        case "order":
            return order_rows.get(tx, OrderId(due.subject_id)) is not None
        case "fault":
            return fault_rows.get(tx, FaultId(due.subject_id)) is not None
        case "alert":
            return alerts.get(tx, due.subject_id) is not None
        case "maintenance":
            return window_rows.get(tx, WindowId(due.subject_id)) is not None
        case "drill":
            return drill_rows.get(tx, DrillId(due.subject_id)) is not None
        case "occasion":
            return occasion_rows.get(tx, due.subject_id) is not None
        case "inspection" | "swap":
            return True
