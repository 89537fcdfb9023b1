"""What programs read of an inspection: codes of the asset list, opaque ids, instants in UTC."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, Field

from rules.documents import Document, Language
from rules.inspections import Area, Decision, Inspection, Point, Result, Sheet, Stand, Why
from rules.inspections import Item as Checked
from rules.model import PersonId
from storage.views.sheets import Listed

MONTH: Any = Field(pattern=r"^([0-9]{4}-(0[1-9]|1[0-2]))?$", description="a month like 2026-11")


class Points(BaseModel):
    """Points of a sheet by what was said of them; `answered` have a word on every item."""

    due: int
    answered: int
    normal: int
    abnormal: int
    not_checked: int


class Paper(BaseModel):
    """A document in the archive; `url` leads to its bytes, whose SHA-256 is `sha256`."""

    number: str
    language: Language
    revision: int
    pages: int
    size: int
    sha256: str
    issued_at: datetime
    url: str


class Summary(BaseModel):
    """`site` and `system` are codes, `assignee` a person's (a customer is told none of ours)."""

    id: str
    site: str
    system: str
    period: str
    state: Stand
    due_on: date
    assignee: str | None
    started_at: datetime | None
    finished_at: datetime | None
    signed_at: datetime | None
    issued_at: datetime | None
    points: Points
    documents: list[Paper]


class Inspections(BaseModel):
    items: list[Summary]
    next: str | None


class Item(BaseModel):
    """One thing checked. `result` null: not yet; `low` and `high` are the limits then."""

    item: str
    result: Result | None
    note: str
    value: float | None
    unit: str
    low: float | None
    high: float | None
    checked_at: datetime | None
    checked_by: str | None
    fault: str | None
    work_order: str | None


class Contradiction(BaseModel):
    """What the device's own record says against the sheet (B11)."""

    item: str
    why: Why


class PointOf(BaseModel):
    """A point as it was frozen. `device` is a code, empty for what is no device.

    `contradictions` and `decision` are for us; a customer gets none.
    """

    position: int
    area: Area
    device: str
    name: str
    type: str
    location: str
    result: Result | None
    items: list[Item]
    photos: int
    contradictions: list[Contradiction]
    decision: Decision | None


class Whole(Summary):
    checklist: str
    remarks: str
    signer: str
    unsigned_because: str
    all_points: list[PointOf]


def line(one: Listed, codes: Mapping[PersonId, str], *, ours: bool) -> Summary:
    return Summary(**_common(one, codes, ours=ours))


def whole(one: Listed, sheet: Sheet, codes: Mapping[PersonId, str], *, ours: bool) -> Whole:
    inspection = sheet.inspection
    return Whole(
        **_common(one, codes, ours=ours),
        checklist=inspection.checklist_version,
        remarks=inspection.remarks,
        signer=inspection.signer_name,
        unsigned_because=inspection.unsigned_reason,
        all_points=[_point(point, codes, ours=ours) for point in sheet.points],
    )


def people_of(inspection: Inspection, sheet: Sheet | None) -> Iterable[PersonId | None]:
    items = [item for point in sheet.points for item in point.items] if sheet else []
    return {inspection.assignee_id, *(item.checked_by for item in items)}


def _common(one: Listed, codes: Mapping[PersonId, str], *, ours: bool) -> dict[str, Any]:
    inspection, count = one.inspection, one.count
    who = inspection.assignee_id
    return {
        "id": str(inspection.id),
        "site": one.site,
        "system": one.system,
        "period": inspection.period,
        "state": inspection.stand,
        "due_on": inspection.due_on,
        "assignee": codes.get(who) if who and ours else None,
        "started_at": inspection.started_at,
        "finished_at": inspection.finished_at,
        "signed_at": inspection.signed_at,
        "issued_at": inspection.issued_at,
        "points": Points(
            due=count.points,
            answered=count.answered,
            normal=count.normal,
            abnormal=count.abnormal,
            not_checked=count.not_checked,
        ),
        "documents": [
            paper(each, f"/inspections/{inspection.id}/report.pdf") for each in one.documents
        ],
    }


def paper(one: Document, path: str) -> Paper:
    """`path` is where the document in any language is asked for."""
    return Paper(
        number=one.number,
        language=one.language,
        revision=one.revision,
        pages=one.pages,
        size=one.size,
        sha256=one.file,
        issued_at=one.issued_at,
        url=f"/api/v1{path}?lang={one.language}",
    )


def _point(point: Point, codes: Mapping[PersonId, str], *, ours: bool) -> PointOf:
    doubts = point.doubts if ours else ()
    return PointOf(
        position=point.position,
        area=point.area,
        device=point.code if point.device_id else "",
        name=point.name,
        type=point.type,
        location=point.location,
        result=point.result,
        items=[_item(item, codes, ours=ours) for item in point.items],
        photos=len(point.photos),
        contradictions=[Contradiction(item=one.item, why=one.why) for one in doubts],
        decision=point.decision if ours else None,
    )


def _item(item: Checked, codes: Mapping[PersonId, str], *, ours: bool) -> Item:
    return Item(
        item=item.item,
        result=item.result,
        note=item.note,
        value=item.value,
        unit=item.unit,
        low=item.low,
        high=item.high,
        checked_at=item.checked_at,
        checked_by=codes.get(item.checked_by) if item.checked_by and ours else None,
        fault=str(item.fault_id) if item.fault_id else None,
        work_order=str(item.order_id) if item.order_id else None,
    )
