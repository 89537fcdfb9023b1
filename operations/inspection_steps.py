"""What every verb of an inspection does: hold it, look at it again, write it down."""

from datetime import datetime
from typing import Any

from operations import notes, refusals
from operations.refusals import NotNowError
from rules.inspection_steps import Step, refusal
from rules.inspections import Inspection, InspectionId, Point, PointId
from rules.model import PersonId
from storage import inspections as inspection_rows
from storage.db import Tx

LONGEST_TEXT = 2000


class NoSuchInspectionError(LookupError):
    """There is no inspection, point, item or photo of that id."""


def locked(tx: Tx, inspection_id: InspectionId, step: Step) -> Inspection:
    one = inspection_rows.lock(tx, inspection_id)
    if one is None:
        raise NoSuchInspectionError(inspection_id)
    if why := refusal(one, step):
        raise NotNowError(f"inspection.refused.{why}", period=one.period, into=one.carried_into)
    return one


def locked_point(tx: Tx, point_id: PointId | None, step: Step) -> tuple[Inspection, Point]:
    inspection_id = inspection_rows.inspection_of_point(tx, point_id) if point_id else None
    if point_id is None or inspection_id is None:
        raise NoSuchInspectionError(point_id)
    return locked(tx, inspection_id, step), again(tx, point_id)


def again(tx: Tx, point_id: PointId) -> Point:
    point = inspection_rows.point(tx, point_id)
    if point is None:
        raise NoSuchInspectionError(point_id)
    return point


def said(text: str, field: str) -> str:
    needed = f"inspection.refused.{field}_needed"
    return refusals.said(text, needed, field=field, most=LONGEST_TEXT)


def noted(
    tx: Tx, one: Inspection, verb: str, by: PersonId | None, now: datetime, **facts: Any
) -> Inspection:
    note(tx, one, verb, by, now, **facts)
    return one


def note(
    tx: Tx,
    one: Inspection,
    verb: str,
    by: PersonId | None,
    now: datetime,
    *,
    point: Point | None = None,
    **facts: Any,
) -> None:
    place = {"point": point.name or point.code, "point_id": point.id} if point else {}
    notes.of_act(
        tx,
        verb,
        by,
        now,
        {"period": one.period, "inspection_id": one.id, **place, **facts},
        record=f"inspections/{one.id}",
        site_id=one.site_id,
        device_id=point.device_id if point else None,
        otherwise="person",  # the customer signed, whose name the sheet has
    )
