"""What an inspection finds becomes a work order: linked to one that runs, or opened (A09).

The caller holds the inspection. Lock order: inspection → order → fault → deadline → outbox.
Whoever finds it stands in front of it: he is its receiver and on site at that moment, so nobody
is paged; the head is told of anything worse than minor.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from operations import calls as call_desk
from operations import notes, recovery
from operations import work_orders as order_desk
from rules.checklists import Check
from rules.inspections import Inspection, InspectionId, Item, Point
from rules.model import (
    ClockSource,
    DeviceId,
    DeviceType,
    Fault,
    FaultId,
    OrderId,
    PersonId,
    WorkOrder,
)
from rules.policy import Policy
from storage import deadlines
from storage import devices as device_rows
from storage import faults as fault_rows
from storage import inspections as inspection_rows
from storage import sites as site_rows
from storage import work_orders as order_rows
from storage.db import Tx
from storage.deadlines import Kind
from storage.faults import NewFault

FOUND = "INSPECTION_FOUND"
WITHDRAWN = "withdrawn"
_HEADS: Sequence[DeviceType] = (
    DeviceType.ALARM_HOST,
    DeviceType.RECORDER,
    DeviceType.MATRIX,
    DeviceType.ACCESS_CONTROLLER,
    DeviceType.SWITCH,
    DeviceType.GATEWAY,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """An abnormal item: where, what, in whose words."""

    inspection: Inspection
    point: Point
    item: Item
    check: Check
    note: str


def take_up(
    tx: Tx, found: Finding, by: PersonId, policy: Policy, now: datetime
) -> tuple[FaultId, OrderId]:
    """The fault and the order an abnormal item hangs on.

    A point without a device hangs on the head of its system, or on the site as a whole.
    """
    device_id = found.point.device_id or _head_of_system(tx, found.inspection, by, now)
    point = "" if found.point.device_id else found.point.type
    known = fault_rows.open_of_device(tx, device_id)
    fault = next((one for one in known if _is_it(one, found, point)), None)
    order_id = _order_of(tx, fault) if fault else None
    order = order_rows.lock(tx, order_id) if order_id else None
    if fault and order and order.open:
        _worse(tx, fault, order, found, now)
        _note(tx, "inspection_linked", found, order, by, now)
        return fault.id, order.id
    held = _confirmed(tx, fault) if fault else None
    held = held or _new(tx, found, device_id, point, now)
    order = order_desk.open_order(tx, held, policy, now, found_by=by)
    _note(tx, "inspection_found", found, order, by, now)
    return held.id, order.id


def let_go(tx: Tx, inspection_id: InspectionId, item: Item, by: PersonId, now: datetime) -> None:
    """The item is abnormal no more: what it alone had opened is taken back.

    Not what the device reported, nor an order on which work has been done.
    """
    if item.fault_id is None or inspection_rows.shares_fault(tx, inspection_id, item):
        return
    order_id = fault_rows.order_of(tx, item.fault_id)
    order = order_rows.lock(tx, order_id) if order_id else None
    fault = fault_rows.lock(tx, item.fault_id)
    if fault is None or fault.code != FOUND or not fault.open:
        return
    if order and (not order.open or order.diagnosed_at or order.repaired_at):
        return
    fault_rows.change(tx, fault.id, cleared_at=now, clear_why=WITHDRAWN)
    if order:
        recovery.end(tx, order, WITHDRAWN, by, now)


def _is_it(fault: Fault, found: Finding, point: str) -> bool:
    """Does this open fault speak of the same thing?"""
    if fault.code == FOUND:
        return fault.point == point
    if found.point.device_id is None:
        return False
    return fault.code in found.check.against or fault.code == "CUSTOMER_REPORT"


def _order_of(tx: Tx, fault: Fault) -> OrderId | None:
    return fault.order_id or (
        fault_rows.order_of(tx, fault.explained_by) if fault.explained_by else None
    )


def _confirmed(tx: Tx, known: Fault) -> Fault | None:
    """Seen by a person's own eyes: it is held back no longer. None: it has cleared meanwhile."""
    fault = fault_rows.lock(tx, known.id)
    if fault is None or not fault.open:
        return None
    fault_rows.change(tx, fault.id, provisional_until=None)
    for kind in (Kind.CONFIRM, Kind.MINOR):
        deadlines.put(tx, kind, "fault", fault.id, None)
    return fault


def _new(tx: Tx, found: Finding, device_id: DeviceId, point: str, now: datetime) -> Fault:
    new = NewFault(
        device_id=device_id,
        site_id=found.inspection.site_id,
        code=FOUND,
        point=point,
        severity=found.check.severity,
        source=ClockSource.MONITOR,
        why="inspected",
        evidence={
            "item": found.item.item,
            "note": found.note,
            "inspection_id": found.inspection.id,
            "subject": "" if found.point.device_id else found.point.type,
        },
        opened_at=now,
    )
    fault = fault_rows.add(tx, new) or fault_rows.lock_open_of(tx, device_id, FOUND, point)
    assert fault is not None  # noqa: S101 - it was just opened, or was open
    return fault


def _worse(tx: Tx, fault: Fault, order: WorkOrder, found: Finding, now: datetime) -> None:
    severity = found.check.severity
    if fault.code != FOUND or severity.rank >= fault.severity.rank:
        return
    fault_rows.change(tx, fault.id, severity=severity)
    if severity.rank < order.severity.rank:
        order_rows.change(tx, order.id, severity=severity)
    facts = {"code": fault.code, "severity": severity}
    notes.of_order(tx, order, "fault_worsened", None, now, **facts)


def _head_of_system(tx: Tx, inspection: Inspection, by: PersonId, now: datetime) -> DeviceId:
    here = device_rows.of_site(tx, inspection.site_id)
    own = [one for one in here if one.system_id == inspection.system_id and one.archived_at is None]
    rank = {kind: number for number, kind in enumerate(_HEADS)}
    ordered = sorted(own, key=lambda one: (rank.get(one.type, len(rank)), one.code))
    if ordered:
        return ordered[0].id
    site = site_rows.get(tx, inspection.site_id)
    name = site.name if site else ""
    return call_desk.whole_site(tx, inspection.site_id, name, by, now)


def _note(tx: Tx, verb: str, found: Finding, order: WorkOrder, by: PersonId, now: datetime) -> None:
    facts = {
        "item": found.item.item,
        "text": found.note,
        "number": order.number,
        "period": found.inspection.period,
        "inspection_id": found.inspection.id,
    }
    notes.of_act(
        tx,
        verb,
        by,
        now,
        facts,
        record=f"inspections/{found.inspection.id}",
        site_id=order.site_id,
        order_id=order.id,
        fault_id=order.root_fault_id,
        device_id=found.point.device_id,
    )
