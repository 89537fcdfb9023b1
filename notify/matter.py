"""What a notice is about, read again at the moment it is sent."""

from dataclasses import dataclass
from datetime import datetime

from rules.assets import Device, Site
from rules.documents import Document, DocumentId
from rules.model import DeviceId, Fault, Person, Severity, WorkOrder
from rules.notices import Standing
from storage import alerts, company, ledger
from storage import devices as device_rows
from storage import documents as document_rows
from storage import drills as drill_rows
from storage import faults as fault_rows
from storage import handovers as note_rows
from storage import people as people_rows
from storage import rota_swaps as swap_rows
from storage import sites as site_rows
from storage import work_orders as order_rows
from storage.alerts import Alert
from storage.db import Tx
from storage.outbox import Notice
from storage.views import names

MOST_NAMED = 12  # of the devices behind a cause; the rest stand on the order's page (ours)
DEFAULT_TIMEZONE = "Asia/Shanghai"


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """`others` are the names of who else was told; `missed` is whom a dead letter was for.

    `behind`: how many devices wait behind the fault; the first of them are named.
    """

    reader: Person
    home_timezone: str
    site: Site | None = None
    device: Device | None = None
    fault: Fault | None = None
    order: WorkOrder | None = None
    alert: Alert | None = None
    received_by: str = ""
    assignee: str = ""
    others: tuple[str, ...] = ()
    missed: Person | None = None
    document: Document | None = None
    settled_at: datetime | None = None  # an offer that was answered, a note that was read
    behind: int = 0
    named_behind: tuple[str, ...] = ()

    @property
    def timezone(self) -> str:
        return (self.site.timezone if self.site else "") or self.home_timezone

    @property
    def severity(self) -> Severity:
        about = self.order or self.fault
        return about.severity if about else Severity.EMERGENCY

    @property
    def code(self) -> str:
        return self.fault.code if self.fault else self.alert.code if self.alert else ""

    @property
    def since(self) -> datetime | None:
        about = self.fault or self.alert or self.order
        return about.opened_at if about else None


def read(tx: Tx, notice: Notice) -> Matter:
    """Everything the text needs. Raises `LookupError` when the reader is gone."""
    reader = people_rows.get(tx, notice.person_id)
    if reader is None:
        raise LookupError(f"notice {notice.id}: nobody is person {notice.person_id}")
    order = order_rows.get(tx, notice.order_id) if notice.order_id else None
    fault_id = notice.fault_id or (order.root_fault_id if order else None)
    fault = fault_rows.get(tx, fault_id) if fault_id else None
    alert_id = notice.facts.get("alert_id")
    missed_id = notice.facts.get("missed_id")
    document_id = notice.facts.get("document_id")
    behind = names.affected(tx, [fault.id]).get(fault.id, 0) if fault else 0
    return Matter(
        reader=reader,
        home_timezone=company.fact(tx, "timezone") or DEFAULT_TIMEZONE,
        site=site_rows.get(tx, notice.site_id) if notice.site_id else None,
        device=device_rows.get(tx, DeviceId(fault.device_id)) if fault else None,
        fault=fault,
        order=order,
        alert=alerts.get(tx, alert_id) if alert_id else None,
        received_by=names.person(tx, order.received_by if order else None),
        assignee=names.person(tx, order.assignee_id if order else None),
        others=tuple(ledger.names_told(tx, order.id, but=reader.id)) if order else (),
        missed=people_rows.get(tx, missed_id) if missed_id else None,
        document=document_rows.get(tx, DocumentId(document_id)) if document_id else None,
        settled_at=_settled_at(tx, notice),
        behind=behind,
        named_behind=_named(tx, fault) if fault and behind else (),
    )


def standing(matter: Matter) -> Standing:
    """How far it has come; without order and alert everything is still open."""
    order, alert = matter.order, matter.alert
    if order is None:
        answered = (alert.acknowledged_at or alert.cleared_at) if alert else None
        return Standing(alert_answered_at=answered, settled_at=matter.settled_at)
    return _standing_of(order)


def standing_alone(tx: Tx, notice: Notice) -> Standing:
    """The same for a notice whose text nobody needs: one of many in a letter."""
    order = order_rows.get(tx, notice.order_id) if notice.order_id else None
    return _standing_of(order) if order else Standing()


def _standing_of(order: WorkOrder) -> Standing:
    return Standing(
        received_at=order.received_at if order.answered else None,
        arranged_at=order.arranged_at,
        self_dispatched_at=order.self_dispatched_at,
        departed_at=order.departed_at,
        arrived_at=order.arrived_at,
        repaired_at=order.repaired_at,
        appointment_at=order.appointment_at,
        closed_at=order.closed_at,
        assignee_id=order.assignee_id,
    )


def _settled_at(tx: Tx, notice: Notice) -> datetime | None:
    """When the offer was answered or the note was read that this letter asks about."""
    if swap_id := notice.facts.get("swap_id"):
        swap = swap_rows.get(tx, swap_id)
        return swap.answered_at if swap else None
    if note_id := notice.facts.get("note_id"):
        note = note_rows.get(tx, note_id)
        return note.read_at if note else None
    if drill_id := notice.facts.get("drill_id"):
        drill = drill_rows.get(tx, drill_id)
        return drill.ended_at or drill.cancelled_at if drill else None
    return None


def _named(tx: Tx, cause: Fault) -> tuple[str, ...]:
    devices = device_rows.by_ids(tx, names.behind(tx, cause.id, limit=MOST_NAMED))
    return tuple(device.name or device.code for device in devices)
