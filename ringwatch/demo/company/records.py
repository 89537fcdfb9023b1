"""Writes the past down as the night would have: faults, orders and their timelines, all closed."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from ringwatch.demo.company.ladder import Ladder
from ringwatch.demo.company.letters import Letters, Scene
from ringwatch.demo.company.past import Incident, Visit, silence_of
from ringwatch.demo.company.tales import Ending
from ringwatch.demo.company.told import LATELY, Customers
from rules.assets import Device
from rules.causes import SILENT
from rules.codes import CATALOGUE, severity_of
from rules.model import Fault, FaultId, PersonId, WorkOrder
from storage import company, journal
from storage import faults as fault_rows
from storage import people as people_rows
from storage import work_orders as order_rows
from storage.db import Tx
from storage.faults import NewFault
from storage.journal import Entry
from storage.work_orders import NewOrder

INSPECTED = "INSPECTION_FOUND"  # whoever finds it stands before it: nobody is paged
_SAME_NAMED = (
    "received_at",
    "arranged_at",
    "departed_at",
    "arrived_at",
    "late_reason",
    "diagnosed_at",
    "diagnosis",
    "repaired_at",
    "repair",
    "verified_at",
    "left_at",
    "closed_at",
)


class Chronicle:
    """Collects the journal of all incidents and writes it once, in the order of time."""

    def __init__(self, tx: Tx, base_url: str, now: datetime) -> None:
        self._tx = tx
        self._timezone = company.timezone(tx).key
        people = {one.id: one for one in people_rows.all_people(tx)}
        self._ladder = Ladder(people, Letters(tx, base_url))
        self._customers = Customers(tx, base_url, since=now - LATELY)
        self._entries: list[Entry] = []

    def record(self, incident: Incident) -> Fault:
        """Write it down; the fault as it stood, with its order."""
        fault = self._fault(incident, incident.device, CATALOGUE[incident.tale.code].code, None)
        if incident.visit:
            scene = self._opening(incident, fault)
            columns = _columns(incident, incident.visit)
            order = order_rows.change(self._tx, scene.order.id, **columns)
            fault = replace(fault, order_id=order.id)
            fault_rows.change(self._tx, fault.id, order_id=order.id)
            self._note_fault(incident, fault)
            self._timeline(incident, incident.visit, order, scene)
        else:
            self._note_fault(incident, fault)
        for child in incident.children:
            self._note_fault(incident, self._fault(incident, child, silence_of(child), fault.id))
        return fault

    def add(self, entry: Entry) -> None:
        """Something else that happened."""
        self._entries.append(entry)

    def close(self) -> None:
        journal.write_all(self._tx, sorted(self._entries, key=lambda entry: entry.at))

    def _fault(self, incident: Incident, device: Device, code: str, cause: FaultId | None) -> Fault:
        tale, own = incident.tale, cause is None
        key = device.importance == "key"
        new = NewFault(
            device_id=device.id,
            site_id=device.site_id,
            code=code,
            point="",
            severity=incident.severity
            if own
            else severity_of(CATALOGUE[code], device.type, key=key),
            source=incident.source,
            why=tale.why if own else "silent",
            evidence=tale.evidence if own else {"heard_at": incident.opened_at.isoformat()},
            opened_at=incident.opened_at,
            explained_by=cause,
        )
        fault = fault_rows.add(self._tx, new)
        assert fault is not None  # noqa: S101 - nobody is busy twice at a time in the past
        fault_rows.change(
            self._tx, fault.id, cleared_at=incident.cleared_at, clear_why=_cleared(code)
        )
        return fault

    def _note_fault(self, incident: Incident, fault: Fault) -> None:
        """As the night writes it: the order is known when the fault clears, not when it opens."""
        about: dict[str, Any] = {
            "fault_id": fault.id,
            "device_id": fault.device_id,
            "site_id": fault.site_id,
        }
        cause = fault.explained_by
        evidence = dict(incident.tale.evidence) if cause is None else {}
        if fault.code == "CUSTOMER_REPORT":
            self._say(incident.opened_at, "fault_reported", evidence, **about)
        else:
            opened = {"code": fault.code, "why": fault.why, **evidence}
            self._say(incident.opened_at, "fault_opened", opened, **about)
        if cause is not None:
            explained = {"code": fault.code, "cause": cause}
            self._say(incident.opened_at, "fault_explained", explained, **about)
        cleared = {"code": fault.code, "why": _cleared(fault.code)}
        about["order_id"] = fault.order_id
        self._say(incident.cleared_at, "fault_cleared", cleared, **about)

    def _opening(self, incident: Incident, fault: Fault) -> Scene:
        site, at = incident.site, incident.opened_at
        year = at.astimezone(ZoneInfo(site.timezone)).year
        order = order_rows.add(
            self._tx,
            NewOrder(
                number=order_rows.next_number(self._tx, year),
                site_id=site.id,
                root_fault_id=fault.id,
                severity=incident.severity,
                opened_at=at,
                clock_started_at=at,
                clock_source=incident.source,
                zone=site.zone,
                on_site_hours=site.on_site_hours,
                on_site_rule=site.on_site_rule,
                on_site_by=incident.on_site_by,
            ),
        )
        return Scene(
            order=order,
            fault=fault,
            device=incident.device,
            site=site,
            behind=incident.children,
            timezone=self._timezone,
        )

    def _timeline(self, incident: Incident, visit: Visit, order: WorkOrder, scene: Scene) -> None:
        about: dict[str, Any] = {
            "order_id": order.id,
            "fault_id": order.root_fault_id,
            "site_id": order.site_id,
        }
        opened = {
            "number": order.number,
            "zone": order.zone,
            "hours": order.on_site_hours,
            "rule": order.on_site_rule,
        }
        self._say(order.opened_at, "order_opened", opened, **about)
        if incident.tale.code != INSPECTED:
            self._entries += self._ladder.climb(visit, scene)
        receiver = visit.receiver
        steps: tuple[tuple[datetime | None, str, PersonId | None, dict[str, Any]], ...] = (
            (visit.received_at, "acknowledged", receiver, {"how": "link"}),
            (visit.arranged_at, "arranged", visit.head, {}),
            (visit.departed_at, "departed", receiver, {}),
            (visit.arrived_at, _arrived(visit), receiver, {"reason": visit.late_reason}),
            (visit.diagnosed_at, "diagnosed", receiver, {"text": visit.diagnosis}),
            (visit.repaired_at, _repaired(visit), receiver, {"text": visit.repair}),
            (visit.verified_at, *_verified(incident, visit)),
            (visit.left_at, "left", receiver, {}),
            (order.accepted_at, "accepted", receiver, {"name": visit.accepted_by}),
            (order.closed_at, "closed", _closer(order), {"reason": order.close_reason}),
        )
        for at, verb, by, facts in steps:
            if at is not None:
                self._say(at, verb, facts, by=by, **about)
        story = [(at, verb, facts) for at, verb, _, facts in steps if at is not None]
        begun = (order.opened_at, "order_opened", opened)
        self._entries += self._customers.hear(scene, order, [begun, *story])

    def _say(
        self,
        at: datetime,
        verb: str,
        facts: dict[str, Any],
        *,
        by: PersonId | None = None,
        **about: Any,
    ) -> None:
        actor = "person" if by else "monitor"
        entry = Entry(at=at, actor=actor, verb=verb, person_id=by, facts=facts, **about)
        self._entries.append(entry)


def write(tx: Tx, incidents: Sequence[Incident], base_url: str, now: datetime) -> Chronicle:
    """Faults, orders and what was told of them; the story comes when the chronicle is closed."""
    chronicle = Chronicle(tx, base_url, now)
    for incident in incidents:
        chronicle.record(incident)
    return chronicle


def _columns(incident: Incident, visit: Visit) -> dict[str, Any]:
    recovered = incident.tale.ending is Ending.RECOVERED
    went = visit.received_at is not None
    paged = incident.tale.code != INSPECTED
    columns: dict[str, Any] = {name: getattr(visit, name) for name in _SAME_NAMED}
    return columns | {
        "ladder_started_at": incident.opened_at,
        "first_paged_id": visit.first if paged else None,
        "pages_made": (3 if visit.second_answered else 1) if paged else 0,
        "head_id": visit.head,
        "head_informed_at": incident.opened_at,
        "received_by": visit.receiver if went else None,
        "arranged_by": visit.head if visit.arranged_at else None,
        "assignee_id": visit.receiver if went else None,
        "dispatched_at": visit.departed_at,
        "verified_how": "telemetry" if visit.verified_at else "",
        "accepted_at": None if recovered else visit.closed_at,
        "accepted_by": visit.accepted_by,
        "close_reason": "recovered" if recovered else "accepted",
    }


def _cleared(code: str) -> str:
    if CATALOGUE[code].human_close:
        return "verified"
    return "heard_again" if code in SILENT else "reading"


def _closer(order: WorkOrder) -> PersonId | None:
    return order.assignee_id if order.accepted_at else None


def _arrived(visit: Visit) -> str:
    return "arrived_late" if visit.late_reason else "arrived"


def _repaired(visit: Visit) -> str:
    return "repaired" if visit.arrived_at else "repaired_remotely"


def _verified(incident: Incident, visit: Visit) -> tuple[str, PersonId | None, dict[str, Any]]:
    """By the device itself, or by a person for what no telemetry proves."""
    if CATALOGUE[incident.tale.code].human_close:
        return "verified", visit.receiver, {"how": visit.repair}
    return "verified_by_device", None, {}
