"""Labels on walls and devices: random ids that lead to a point, and can be revoked (E01)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, insert, select, update

from rules.model import DeviceId, PersonId, SiteId
from storage.db import Tx
from storage.tables.paper import inspection_points, inspections, stickers


@dataclass(frozen=True, slots=True, kw_only=True)
class Sticker:
    """Of a device, or of the site itself."""

    id: str
    site_id: SiteId
    device_id: DeviceId | None
    created_at: datetime
    created_by: PersonId | None
    revoked_at: datetime | None = None
    revoked_by: PersonId | None = None


def add(tx: Tx, made: Sequence[Sticker]) -> None:
    rows = [
        {
            "id": one.id,
            "site_id": one.site_id,
            "device_id": one.device_id,
            "created_at": one.created_at,
            "created_by": one.created_by,
        }
        for one in made
    ]
    if rows:
        tx.execute(insert(stickers), rows)


def get(tx: Tx, sticker_id: str) -> Sticker | None:
    found = tx.execute(select(stickers).where(stickers.c.id == sticker_id)).mappings()
    row = found.one_or_none()
    return Sticker(**row) if row else None


def of_site(tx: Tx, site_id: SiteId) -> list[Sticker]:
    """Newest first."""
    found = select(stickers).where(stickers.c.site_id == site_id)
    order = (stickers.c.created_at.desc(), stickers.c.id)
    return [Sticker(**row) for row in tx.execute(found.order_by(*order)).mappings()]


def made_at(tx: Tx, site_id: SiteId, at: datetime) -> list[Sticker]:
    """What was printed together: one site, one instant."""
    return [one for one in of_site(tx, site_id) if one.created_at == at]


def counts(tx: Tx, site_ids: Sequence[SiteId]) -> dict[SiteId, int]:
    """Labels in use, by site."""
    found = (
        select(stickers.c.site_id, func.count())
        .where(stickers.c.site_id.in_(site_ids), stickers.c.revoked_at.is_(None))
        .group_by(stickers.c.site_id)
    )
    return {SiteId(site): number for site, number in tx.execute(found)}


def revoke(tx: Tx, ids: Sequence[str], by: PersonId, now: datetime) -> int:
    """How many of them were still in use."""
    still = and_(stickers.c.id.in_(ids), stickers.c.revoked_at.is_(None))
    return tx.execute(update(stickers).where(still).values(revoked_at=now, revoked_by=by)).rowcount


def restore(tx: Tx, sticker_id: str) -> bool:
    was = and_(stickers.c.id == sticker_id, stickers.c.revoked_at.is_not(None))
    values: dict[str, Any] = {"revoked_at": None, "revoked_by": None}
    return bool(tx.execute(update(stickers).where(was).values(values)).rowcount)


def point_under_inspection(tx: Tx, device_id: DeviceId) -> tuple[int, int] | None:
    """(inspection, point) of a sheet that is being worked on just now; the latest begun."""
    found = (
        select(inspections.c.id, inspection_points.c.id)
        .join_from(inspections, inspection_points)
        .where(inspection_points.c.device_id == device_id)
        .where(inspections.c.started_at.is_not(None), inspections.c.finished_at.is_(None))
        .order_by(inspections.c.started_at.desc())
        .limit(1)
    )
    row = tx.execute(found).one_or_none()
    return (int(row[0]), int(row[1])) if row else None
