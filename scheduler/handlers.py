"""What is done when a promise's time has come: kind by kind, the subject already held."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeAlias

from operations import alerts as alert_desk
from operations import contact_cards as card_desk
from operations import drills as drill_desk
from operations import faults as fault_desk
from operations import ladder, promises, under_way
from operations import maintenance as maintenance_desk
from operations import minor_faults as minor_desk
from operations import planned_maintenance as planned_desk
from operations import preparations as preparation_desk
from operations import repeats as repeat_desk
from operations import rota_swaps as swap_desk
from rules.contact_cards import Issued
from rules.drills import Drill
from rules.maintenance import Planned, Window
from rules.model import Fault, FaultId, WorkOrder
from rules.occasions import Occasion
from rules.policy import Policy
from rules.rota_swaps import Swap
from storage import alerts, deadlines
from storage import contact_cards as card_rows
from storage import drills as drill_rows
from storage import faults as fault_rows
from storage import maintenance as window_rows
from storage import occasions as occasion_rows
from storage import planned_maintenance as planned_rows
from storage import rota_swaps as swap_rows
from storage import work_orders as order_rows
from storage.alerts import Alert
from storage.db import Tx
from storage.deadlines import Deadline, Kind

Subject: TypeAlias = WorkOrder | Fault | Alert | Window | Planned | Occasion | Drill | Swap | Issued


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
        case Window() | Planned():
            return _of_maintenance(tx, subject, now)
        case Issued():
            return card_desk.reissue(tx, subject, policy, now)
        case Drill() | Swap() | Occasion():
            return _of_duty(tx, subject, held, now)


def _of_maintenance(tx: Tx, subject: Window | Planned, now: datetime) -> datetime | None:
    if isinstance(subject, Planned):
        return planned_desk.begin(tx, subject, now)
    return maintenance_desk.run_out(tx, subject, now)


def _of_duty(
    tx: Tx, subject: Drill | Swap | Occasion, held: Deadline, now: datetime
) -> datetime | None:
    match subject:
        case Drill():
            return drill_desk.keep(tx, subject, held.step, now)
        case Swap():
            return swap_desk.run_out(tx, subject, now)
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
    by_day = minor_desk.by_day(tx, fault_id, now)
    return fault_desk.minor_due(tx, fault_id, policy, now) if by_day == now else by_day


def _minors(tx: Tx, fault_id: FaultId, _: Policy, now: datetime) -> datetime | None:
    return minor_desk.tell(tx, fault_id, now)


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
    Kind.MINORS: _minors,
    Kind.QUIET: repeat_desk.quiet,
}


# How each kind of subject is held, and looked for; an inspection is not the tick's.
_HELD: dict[str, Callable[..., Subject | None]] = {
    "order": order_rows.lock,
    "fault": fault_rows.lock,
    "alert": alerts.lock,
    "maintenance": window_rows.lock,
    "planned_maintenance": planned_rows.lock,
    "occasion": occasion_rows.lock,
    "drill": drill_rows.lock,
    "swap": swap_rows.lock,
    "contact_card": card_rows.lock,
}
_FOUND: dict[str, Callable[..., Subject | None]] = {
    "order": order_rows.get,
    "fault": fault_rows.get,
    "alert": alerts.get,
    "maintenance": window_rows.get,
    "planned_maintenance": planned_rows.get,
    "occasion": occasion_rows.get,
    "drill": drill_rows.get,
    "swap": swap_rows.get,
    "contact_card": card_rows.get,
}


def _lock(tx: Tx, due: Deadline) -> Subject | None:
    lock = _HELD.get(due.subject_kind)
    return lock(tx, due.subject_id, skip_locked=True) if lock else None


def _exists(tx: Tx, due: Deadline) -> bool:
    get = _FOUND.get(due.subject_kind)
    return get is None or get(tx, due.subject_id) is not None
