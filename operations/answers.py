"""What the engineer says on the spot: item by item, or a whole point in one word; photos.

Abnormal opens or links a work order in the same transaction (A09).
"""

import math
from dataclasses import dataclass, replace
from datetime import datetime

from operations import findings
from operations import inspection_steps as steps
from operations.findings import Finding
from operations.refusals import NotNowError
from rules.inspection_steps import Step
from rules.inspections import (
    Answer,
    Inspection,
    InspectionId,
    Item,
    ItemId,
    Photo,
    PhotoId,
    Picture,
    Point,
    PointId,
    Result,
)
from rules.model import PersonId
from rules.policy import Policy
from storage import checklists, inspection_photos
from storage import inspections as inspection_rows
from storage.db import Tx

MOST_PHOTOS = 12  # on one point


def answer(
    tx: Tx, item_id: ItemId, said: Answer, by: PersonId, policy: Policy, now: datetime
) -> Item:
    """What the engineer says of one item; saying it twice changes nothing.

    Abnormal opens or links a work order in this transaction; taking that back lets it go. After
    the sheet is finished only a doubted point may be answered anew, and a signature falls.
    """
    point_id = inspection_rows.point_of_item(tx, item_id)
    inspection, point = steps.locked_point(tx, point_id, Step.ANSWER)
    item = next(one for one in point.items if one.id == item_id)
    _may_change(inspection, point)
    said = _checked(item, said)
    if (item.result, item.note, item.value) != (said.result, said.note, said.value):
        _put(tx, _Place(inspection, point, item), said, by, policy, now)
        facts = {"item": item.item, "before": item.result, "result": said.result}
        steps.note(tx, inspection, "inspection_answered", by, now, point=point, **facts)
        _void_signature(tx, inspection, by, now)
    return next(one for one in steps.again(tx, point.id).items if one.id == item_id)


def answer_point(
    tx: Tx, point_id: PointId, said: Answer, by: PersonId, policy: Policy, now: datetime
) -> Point:
    """The same for every item of the point that has no word yet; at most one order comes of it."""
    inspection, point = steps.locked_point(tx, point_id, Step.ANSWER)
    _may_change(inspection, point)
    if point.answered:
        return point
    checked = [(item, _checked(item, said)) for item in point.items if item.result is None]
    for item, kept in checked:
        _put(tx, _Place(inspection, point, item), kept, by, policy, now)
    facts = {"item": "", "before": None, "result": said.result}
    steps.note(tx, inspection, "inspection_answered", by, now, point=point, **facts)
    return steps.again(tx, point_id)


def close_rest(
    tx: Tx, inspection_id: InspectionId, reason: str, by: PersonId, now: datetime
) -> int:
    """Everything without a word is not checked, for this reason; returns how many items.

    Also on a sheet whose points went on into the next month: so it can be finished after all.
    """
    one = steps.locked(tx, inspection_id, Step.FINISH)
    reason = steps.said(reason, "reason")
    closed = inspection_rows.close_rest(tx, one.id, reason, by, now)
    steps.noted(tx, one, "inspection_rest_closed", by, now, reason=reason, count=closed)
    return closed


def add_photo(
    tx: Tx, point_id: PointId, picture: Picture, by: PersonId, now: datetime
) -> PhotoId | None:
    """The bytes are in the file store already; the same picture twice on a point is one."""
    inspection, point = steps.locked_point(tx, point_id, Step.ANSWER)
    _may_change(inspection, point)
    if len(point.photos) >= MOST_PHOTOS:
        raise NotNowError("inspection.refused.photos", field="photo", most=MOST_PHOTOS)
    added = inspection_photos.add(tx, point, picture, by, now)
    if added:
        steps.note(tx, inspection, "inspection_photo_added", by, now, point=point)
    return added


def remove_photo(tx: Tx, photo_id: PhotoId, by: PersonId, now: datetime) -> Photo:
    photo = inspection_photos.get(tx, photo_id)
    if photo is None:
        raise steps.NoSuchInspectionError(photo_id)
    inspection, point = steps.locked_point(tx, photo.point_id, Step.ANSWER)
    _may_change(inspection, point)
    inspection_photos.remove(tx, photo_id)
    steps.note(tx, inspection, "inspection_photo_removed", by, now, point=point)
    return photo


@dataclass(frozen=True, slots=True)
class _Place:
    inspection: Inspection
    point: Point
    item: Item


def _put(tx: Tx, where: _Place, said: Answer, by: PersonId, policy: Policy, now: datetime) -> None:
    fault_id, order_id = None, None
    if said.result is Result.ABNORMAL:
        listed = checklists.of(where.inspection.checklist_version)
        found = Finding(
            inspection=where.inspection,
            point=where.point,
            item=where.item,
            check=listed.check(where.point.type, where.item.item),
            note=said.note,
        )
        fault_id, order_id = findings.take_up(tx, found, by, policy, now)
    else:
        findings.let_go(tx, where.inspection.id, where.item, by, now)
    inspection_rows.change_item(
        tx,
        where.item.id,
        result=said.result,
        note=said.note,
        value=said.value,
        checked_at=now,
        checked_by=by,
        fault_id=fault_id,
        order_id=order_id,
    )


def _checked(item: Item, said: Answer) -> Answer:
    """The answer as it is kept. Raises `NotNowError` where something is missing or cannot be."""
    note = said.note.strip()[: steps.LONGEST_TEXT]
    if said.result is Result.NOT_CHECKED:
        return Answer(result=said.result, note=steps.said(note, "note"))
    if said.result is Result.ABNORMAL:
        note = steps.said(note, "note")
    if said.value is not None and not item.unit:
        raise NotNowError("inspection.refused.no_value", field="value")
    if said.value is not None and not math.isfinite(said.value):
        raise NotNowError("inspection.refused.number", field="value", unit=item.unit)
    outside = replace(item, value=said.value).within is False
    if said.result is Result.NORMAL and outside:
        facts = {"value": said.value, "low": item.low, "high": item.high, "unit": item.unit}
        raise NotNowError("inspection.refused.outside", field="value", **facts)
    return Answer(result=said.result, note=note, value=said.value)


def _may_change(inspection: Inspection, point: Point) -> None:
    """After the sheet is finished only a doubted point may be looked at again."""
    if inspection.finished_at and not point.doubts:
        raise NotNowError("inspection.refused.finished")


def _void_signature(tx: Tx, inspection: Inspection, by: PersonId, now: datetime) -> None:
    """The customer signed something else: the signature falls, on record."""
    if inspection.signed_at:
        inspection_rows.change(tx, inspection.id, signer_name="", signature="", signed_at=None)
        name = inspection.signer_name
        steps.note(tx, inspection, "inspection_signature_void", by, now, name=name)
