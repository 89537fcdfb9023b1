"""A customer calls, or a dispatcher for one: the notice that starts the on-site clock (A03)."""

from dataclasses import dataclass
from datetime import datetime

from operations import notes, promises, tellings
from operations import policy as policy_desk
from operations import work_orders as order_desk
from rules import sla
from rules.codes import CATALOGUE
from rules.model import (
    ClockSource,
    DeviceId,
    DeviceType,
    Fault,
    Monitored,
    OrderId,
    PersonId,
    SiteId,
    WorkOrder,
)
from rules.policy import Policy
from storage import deadlines, revision
from storage import devices as device_rows
from storage import faults as fault_rows
from storage import work_orders as order_rows
from storage.db import Tx
from storage.deadlines import Kind
from storage.faults import NewFault

WHOLE_SITE = "whole-site"


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What somebody says is wrong with a device, and when the notice was received."""

    device_id: DeviceId
    symptom: str
    at: datetime
    reporter: str


def receive(tx: Tx, call: Call, by: PersonId, policy: Policy, now: datetime) -> WorkOrder:
    """Enter a call. It joins what is known of the device, and the earlier clock stays.

    A running order of the device, or of the cause that explains it, takes the call in; a
    suspicion still held is one no longer; else the call is a fault of its own. Raises
    LookupError for a device that is not on the list.
    """
    device = device_rows.get(tx, call.device_id)
    if device is None:
        raise LookupError(f"no device {call.device_id}")
    known = fault_rows.open_of_device(tx, device.id)
    for fault in known:
        order_id = _order_of(tx, fault)
        order = order_rows.lock(tx, order_id) if order_id else None
        if order and order.open:
            _note(tx, fault, "customer_called", call, by, now)
            began_with = policy_desk.kept(tx, policy, order.opened_at, now)
            taken_in = _start_earlier(tx, order, call, began_with)
            if taken_in is not order:
                _note(tx, fault, "clock_started_earlier", call, by, now)
            tellings.follow(tx, taken_in, "customer_called", {}, now)
            return taken_in
    suspicion = next((fault for fault in known if fault.provisional), None)
    fault = _confirmed(tx, suspicion) if suspicion else _reported(tx, call)
    _note(tx, fault, "customer_called" if suspicion else "fault_reported", call, by, now)
    return order_desk.open_order(tx, fault, policy, now, notice_at=call.at)


def whole_site(tx: Tx, site_id: SiteId, name: str, by: PersonId | None, now: datetime) -> DeviceId:
    """The point that stands for the site as a whole: for what names no device.

    It comes onto the list with the first such report, or cause; nobody listens for it, and so
    nobody need load the list anew: not now, while the site may be dying.
    """
    known = device_rows.id_of(tx, site_id, WHOLE_SITE)
    if known is not None:
        _take_back(tx, known)
        return known
    row = {"site_id": site_id, "code": WHOLE_SITE, "name": name, "type": DeviceType.OTHER}
    device_rows.add(tx, [{**row, "monitored": Monitored.NO, "enrolled_at": now}])
    made = device_rows.id_of(tx, site_id, WHOLE_SITE)
    assert made is not None  # noqa: S101 - it was just added
    notes.of_act(
        tx,
        "enrolled" if by else "whole_site_listed",
        by,
        now,
        {"device": name, "code": WHOLE_SITE},
        site_id=site_id,
        device_id=made,
        otherwise="monitor",
    )
    return made


def _take_back(tx: Tx, device_id: DeviceId) -> None:
    """Somebody put it away, and it is needed again."""
    device = device_rows.get(tx, device_id)
    if device is not None and device.archived_at is not None:
        device_rows.change(tx, device_id, {"archived_at": None})
        revision.bump(tx)


def _order_of(tx: Tx, fault: Fault) -> OrderId | None:
    return fault.order_id or (
        fault_rows.order_of(tx, fault.explained_by) if fault.explained_by else None
    )


def _start_earlier(tx: Tx, order: WorkOrder, call: Call, policy: Policy) -> WorkOrder:
    """The customer noticed before the monitor did: of two clocks the earlier one counts."""
    if call.at >= order.clock_started_at or order.arrived_at:
        return order
    promise = sla.promise(
        call.at,
        ClockSource.CUSTOMER_NOTICE,
        order.zone,
        order.on_site_hours,
        order.on_site_rule,
    )
    order = order_rows.change(
        tx,
        order.id,
        clock_started_at=promise.clock_started_at,
        clock_source=promise.clock_source,
        on_site_by=promise.by,
    )
    promises.arm(tx, order, policy, call.at)
    return order


def _confirmed(tx: Tx, suspicion: Fault) -> Fault:
    fault = fault_rows.lock(tx, suspicion.id)
    assert fault is not None  # noqa: S101 - faults are never deleted
    fault_rows.change(tx, fault.id, provisional_until=None)
    deadlines.put(tx, Kind.CONFIRM, "fault", fault.id, None)
    return fault


def _reported(tx: Tx, call: Call) -> Fault:
    code = CATALOGUE["CUSTOMER_REPORT"]
    device = device_rows.get(tx, call.device_id)
    assert device is not None  # noqa: S101 - the caller has looked
    new = NewFault(
        device_id=device.id,
        site_id=device.site_id,
        code=code.code,
        point="",
        severity=code.severity,
        source=ClockSource.CUSTOMER_NOTICE,
        why="reported",
        evidence={"symptom": call.symptom, "reporter": call.reporter},
        opened_at=call.at,
    )
    fault = fault_rows.add(tx, new) or fault_rows.lock_open_of(tx, device.id, code.code, "")
    assert fault is not None  # noqa: S101 - it was just opened, or was open
    return fault


def _note(tx: Tx, fault: Fault, verb: str, call: Call, by: PersonId, now: datetime) -> None:
    notes.of_act(
        tx,
        verb,
        by,
        now,
        {"symptom": call.symptom, "reporter": call.reporter},
        site_id=fault.site_id,
        order_id=_order_of(tx, fault),
        fault_id=fault.id,
        device_id=fault.device_id,
    )
