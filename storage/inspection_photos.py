"""Photos of inspected points: rows that name files; the bytes are in `storage.files`."""

from datetime import datetime

from sqlalchemy import delete, select

from rules.inspections import Inspection, Photo, PhotoId, Picture, Point
from rules.model import PersonId
from storage.db import Tx, insert_into
from storage.tables.paper import inspection_photos, inspections


def add(tx: Tx, one: Point, picture: Picture, by: PersonId, now: datetime) -> PhotoId | None:
    """None: this very picture is there already."""
    row = {name: getattr(picture, name) for name in Picture.__slots__} | {
        "inspection_id": one.inspection_id,
        "point_id": one.id,
        "taken_at": now,
        "taken_by": by,
    }
    asked = insert_into(tx, inspection_photos).values(row).on_conflict_do_nothing()
    number = tx.execute(asked.returning(inspection_photos.c.id)).scalar_one_or_none()
    return None if number is None else PhotoId(number)


def get(tx: Tx, photo_id: PhotoId) -> Photo | None:
    found = select(inspection_photos).where(inspection_photos.c.id == photo_id)
    row = tx.execute(found).mappings().one_or_none()
    return Photo(**row) if row else None


def remove(tx: Tx, photo_id: PhotoId) -> None:
    """The row goes, the file stays: others may name it."""
    tx.execute(delete(inspection_photos).where(inspection_photos.c.id == photo_id))


def earlier(tx: Tx, inspection: Inspection) -> list[Photo]:
    """Every photo of the site's other sheets: what a new one may be a copy of."""
    here = select(inspections.c.id).where(
        inspections.c.site_id == inspection.site_id, inspections.c.id != inspection.id
    )
    found = select(inspection_photos).where(inspection_photos.c.inspection_id.in_(here))
    rows = tx.execute(found.order_by(inspection_photos.c.id)).mappings()
    return [Photo(**row) for row in rows]
