"""Inspections, their frozen points and items. The inspection is locked before anything else."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    Text,
    bindparam,
    cast,
    func,
    insert,
    select,
    update,
)

from rules.inspections import (
    Area,
    Decision,
    Doubt,
    Inspection,
    InspectionId,
    Item,
    ItemId,
    Photo,
    Point,
    PointId,
    Result,
    Sheet,
    Why,
)
from rules.model import DeviceId, PersonId, SystemId
from storage.db import Tx
from storage.tables.paper import (
    inspection_items,
    inspection_photos,
    inspection_points,
    inspections,
)

_later = inspections.alias("later")
_CARRIED_INTO = (
    select(func.min(_later.c.period))
    .where(
        _later.c.system_id == inspections.c.system_id,
        _later.c.kind == inspections.c.kind,
        _later.c.period > inspections.c.period,
        _later.c.frozen_at.is_not(None),
    )
    .correlate(inspections)
    .scalar_subquery()
)
DOUBTED = cast(inspection_points.c.contradictions, Text) != "[]"
_UNDECIDED = (
    select(func.count())
    .where(
        inspection_points.c.inspection_id == inspections.c.id,
        DOUBTED,
        inspection_points.c.decision == "",
    )
    .correlate(inspections)
    .scalar_subquery()
)
CHOSEN = select(inspections, _CARRIED_INTO.label("carried_into"), _UNDECIDED.label("undecided"))
_NAMES = tuple(field.name for field in fields(Inspection))


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPoint:
    """`items` are (key, unit, low, high) in their order."""

    area: Area
    device_id: DeviceId | None
    code: str
    name: str
    type: str
    model: str = ""
    location: str = ""
    carried_from: PointId | None = None
    items: Sequence[tuple[str, str, float | None, float | None]] = ()


def of_periods(tx: Tx, periods: Iterable[str]) -> dict[tuple[SystemId, str], Inspection]:
    """Everything planned for these months, by system and period."""
    rows = tx.execute(CHOSEN.where(inspections.c.period.in_(list(periods))))
    found = (inspection_of(row) for row in rows)
    return {(one.system_id, one.period): one for one in found}


def get(tx: Tx, inspection_id: InspectionId) -> Inspection | None:
    row = tx.execute(CHOSEN.where(inspections.c.id == inspection_id)).one_or_none()
    return inspection_of(row) if row else None


def lock(tx: Tx, inspection_id: InspectionId, *, skip_locked: bool = False) -> Inspection | None:
    """Held until the transaction ends; None if it is gone (or held, if skipping)."""
    held = select(inspections.c.id).where(inspections.c.id == inspection_id)
    row = tx.execute(held.with_for_update(skip_locked=skip_locked)).one_or_none()
    return get(tx, inspection_id) if row else None


def of_system(tx: Tx, system_id: SystemId) -> list[Inspection]:
    """Newest period first."""
    found = CHOSEN.where(inspections.c.system_id == system_id)
    rows = tx.execute(found.order_by(inspections.c.period.desc()))
    return [inspection_of(row) for row in rows]


def change(tx: Tx, inspection_id: InspectionId, **columns: Any) -> Inspection:
    """Write these columns, move the version on and return the inspection as it is now."""
    columns["version"] = inspections.c.version + 1
    tx.execute(update(inspections).where(inspections.c.id == inspection_id).values(**columns))
    changed = get(tx, inspection_id)
    assert changed is not None  # noqa: S101 - the caller holds it
    return changed


def add_points(tx: Tx, inspection_id: InspectionId, points: Sequence[NewPoint]) -> None:
    """Freeze the list, in this order."""
    rows = [
        {
            **{name: getattr(one, name) for name in NewPoint.__slots__ if name != "items"},
            "inspection_id": inspection_id,
            "position": position,
            "evidence": {},
            "contradictions": [],
        }
        for position, one in enumerate(points, 1)
    ]
    if not rows:
        return
    tx.execute(insert(inspection_points), rows)
    found = select(inspection_points.c.position, inspection_points.c.id).where(
        inspection_points.c.inspection_id == inspection_id
    )
    ids = {row.position: row.id for row in tx.execute(found)}
    items = [
        {"point_id": ids[at], "position": n, "item": key, "unit": unit, "low": low, "high": high}
        for at, one in enumerate(points, 1)
        for n, (key, unit, low, high) in enumerate(one.items, 1)
    ]
    tx.execute(insert(inspection_items), items)


def inspection_of_point(tx: Tx, point_id: PointId) -> InspectionId | None:
    """Read without a lock: the inspection must be locked before its points."""
    found = select(inspection_points.c.inspection_id).where(inspection_points.c.id == point_id)
    return tx.scalar(found)


def point_of_item(tx: Tx, item_id: ItemId) -> PointId | None:
    return tx.scalar(select(inspection_items.c.point_id).where(inspection_items.c.id == item_id))


def point(tx: Tx, point_id: PointId) -> Point | None:
    """With its items and photos."""
    found = _points(tx, inspection_points.c.id == point_id)
    return found[0] if found else None


def sheet(tx: Tx, inspection_id: InspectionId) -> Sheet | None:
    inspection = get(tx, inspection_id)
    if inspection is None:
        return None
    points = _points(tx, inspection_points.c.inspection_id == inspection_id)
    return Sheet(inspection=inspection, points=tuple(points))


def change_point(tx: Tx, point_id: PointId, **columns: Any) -> None:
    changed = update(inspection_points).where(inspection_points.c.id == point_id)
    tx.execute(changed.values(**columns))


def freeze_evidence(
    tx: Tx,
    evidence: Mapping[PointId, Mapping[str, Any]],
    doubts: Mapping[int, Iterable[Doubt]],
    now: datetime,
) -> None:
    """What the devices reported, and what contradicts it, on every point of a sheet."""
    if not evidence:
        return
    written = (
        update(inspection_points)
        .where(inspection_points.c.id == bindparam("which"))
        .values(evidence=bindparam("facts"), contradictions=bindparam("doubts"), evidence_at=now)
    )
    rows = [
        {
            "which": number,
            "facts": dict(facts),
            "doubts": [[d.item, d.why, dict(d.facts)] for d in doubts.get(number, ())],
        }
        for number, facts in evidence.items()
    ]
    tx.execute(written, rows)


def change_item(tx: Tx, item_id: ItemId, **columns: Any) -> None:
    tx.execute(update(inspection_items).where(inspection_items.c.id == item_id).values(**columns))


def shares_fault(tx: Tx, inspection_id: InspectionId, item: Item) -> bool:
    """Does another item of the sheet hang on the same fault?"""
    points = select(inspection_points.c.id).where(
        inspection_points.c.inspection_id == inspection_id
    )
    found = select(inspection_items.c.id).where(
        inspection_items.c.fault_id == item.fault_id,
        inspection_items.c.id != item.id,
        inspection_items.c.point_id.in_(points),
    )
    return tx.execute(found.limit(1)).first() is not None


def close_rest(
    tx: Tx, inspection_id: InspectionId, reason: str, by: PersonId, now: datetime
) -> int:
    """Every item without a word is not checked; returns how many."""
    points = select(inspection_points.c.id).where(
        inspection_points.c.inspection_id == inspection_id
    )
    said = {"result": Result.NOT_CHECKED, "note": reason, "checked_at": now, "checked_by": by}
    closed = update(inspection_items).where(
        inspection_items.c.point_id.in_(points), inspection_items.c.result == ""
    )
    return int(tx.execute(closed.values(**said)).rowcount)


def _points(tx: Tx, which: ColumnElement[bool]) -> list[Point]:
    """Three questions, however many points."""
    rows = tx.execute(
        select(inspection_points).where(which).order_by(inspection_points.c.position)
    ).all()
    ids = select(inspection_points.c.id).where(which)
    items: dict[int, list[Item]] = {}
    found = select(inspection_items).where(inspection_items.c.point_id.in_(ids))
    for row in tx.execute(found.order_by(inspection_items.c.position)).mappings():
        items.setdefault(row["point_id"], []).append(_item(dict(row)))
    photos: dict[int, list[Photo]] = {}
    shown = select(inspection_photos).where(inspection_photos.c.point_id.in_(ids))
    for row in tx.execute(shown.order_by(inspection_photos.c.id)).mappings():
        photos.setdefault(row["point_id"], []).append(Photo(**row))
    return [
        _point(row, tuple(items.get(row.id, ())), tuple(photos.get(row.id, ()))) for row in rows
    ]


def inspection_of(row: Row[Any]) -> Inspection:
    """From a row of `CHOSEN`."""
    values = {name: getattr(row, name) for name in _NAMES}
    return Inspection(**values | {"carried_into": row.carried_into or ""})


def _item(row: Mapping[str, Any]) -> Item:
    said = row["result"]
    return Item(**{**row, "result": Result(said) if said else None})


def _point(row: Row[Any], items: tuple[Item, ...], photos: tuple[Photo, ...]) -> Point:
    values = row._asdict()
    doubts = values.pop("contradictions")
    return Point(
        **{
            **values,
            "area": Area(row.area),
            "decision": Decision(row.decision) if row.decision else None,
            "doubts": tuple(Doubt(item=i, why=Why(why), facts=facts) for i, why, facts in doubts),
            "items": items,
            "photos": photos,
        }
    )
