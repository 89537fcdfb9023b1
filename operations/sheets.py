"""The sheet of an inspection: frozen from the asset list, later held against the record (B11)."""

from collections.abc import Mapping
from datetime import datetime

from operations.calls import WHOLE_SITE
from rules import checklists as checklist_rules
from rules import doubts
from rules.assets import Device, Site
from rules.checklists import Check, Draft
from rules.evidence import as_facts
from rules.inspections import Inspection, Point, Sheet
from rules.model import DeviceId
from rules.periods import read
from rules.policy import Policy
from storage import checklists, inspection_photos
from storage import devices as device_rows
from storage import inspections as inspection_rows
from storage import sites as site_rows
from storage import systems as system_rows
from storage.db import Tx
from storage.inspections import NewPoint
from storage.views import evidence as evidence_view

RETENTION = "retention"  # the one limit a contract sets


def span(tx: Tx, inspection: Inspection) -> tuple[datetime, datetime]:
    """The month of the inspection at its site, in UTC."""
    return read(inspection.period).span(_site(tx, inspection).timezone)


def freeze(tx: Tx, inspection: Inspection) -> str:
    """Write the point list as the asset list is now; returns the checklist's version."""
    checklist = checklists.newest()
    system = system_rows.get(tx, inspection.system_id)
    if system is None:
        raise LookupError(f"inspection {inspection.id} is of no system")
    drafts = checklist_rules.points(checklist, system.kind, _devices(tx, inspection))
    left_over = _left_over(tx, inspection)
    site = _site(tx, inspection)
    points = [_point(draft, left_over, site) for draft in drafts]
    inspection_rows.add_points(tx, inspection.id, points)
    return checklist.version


def compare(tx: Tx, sheet: Sheet, policy: Policy, now: datetime, readings: Tx | None) -> int:
    """Freeze the evidence of every point and write down what contradicts it; how many do."""
    inspection = sheet.inspection
    checklist = checklists.of(inspection.checklist_version)
    month = span(tx, inspection)
    seen = evidence_view.of_sheet(tx, sheet, month, now, readings=readings)
    records = evidence_view.records(tx, sheet, checklist, seen, now, readings=readings)
    earlier = inspection_photos.earlier(tx, inspection)
    found = doubts.of_sheet(sheet, checklist, records, earlier, policy)
    evidence = {
        point.id: as_facts(seen[point.device_id]) if point.device_id in seen else {}
        for point in sheet.points
    }
    inspection_rows.freeze_evidence(tx, evidence, found, now)
    return len(found)


def _devices(tx: Tx, inspection: Inspection) -> list[Device]:
    """Those of the system; what belongs to no system goes with the first of the site."""
    systems = [one for one in system_rows.of_site(tx, inspection.site_id) if not one.archived_at]
    first = bool(systems) and systems[0].id == inspection.system_id
    return [
        one
        for one in device_rows.of_site(tx, inspection.site_id)
        if one.archived_at is None
        and one.code != WHOLE_SITE
        and (one.system_id == inspection.system_id or (first and one.system_id is None))
    ]


def _left_over(tx: Tx, inspection: Inspection) -> Mapping[tuple[DeviceId | None, str], Point]:
    """What the last sheet of the system did not get to, by device or subject."""
    before = (
        one
        for one in inspection_rows.of_system(tx, inspection.system_id)
        if one.frozen_at and one.period < inspection.period
    )
    last = next(before, None)
    sheet = inspection_rows.sheet(tx, last.id) if last else None
    points = sheet.points if sheet else ()
    return {(one.device_id, one.type): one for one in points if not one.done}


def _point(
    draft: Draft, left_over: Mapping[tuple[DeviceId | None, str], Point], site: Site
) -> NewPoint:
    device, kind = draft.device, draft.kind
    waited = left_over.get((device.id if device else None, kind.type))
    return NewPoint(
        area=kind.area,
        device_id=device.id if device else None,
        code=device.code if device else kind.type,
        name=device.name if device else "",
        type=kind.type,
        model=device.model if device else "",
        location=device.location if device else "",
        carried_from=waited.id if waited else None,
        items=[_item(check, site) for check in kind.checks],
    )


def _item(check: Check, site: Site) -> tuple[str, str, float | None, float | None]:
    low = check.low
    if check.key == RETENTION and site.retention_days:
        low = site.retention_days
    return check.key, check.unit, low, check.high


def _site(tx: Tx, inspection: Inspection) -> Site:
    site = site_rows.get(tx, inspection.site_id)
    if site is None:
        raise LookupError(f"inspection {inspection.id} is of no site")
    return site
