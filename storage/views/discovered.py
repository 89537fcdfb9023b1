"""Devices that speak and are on nobody's list, with the site when we know it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select, update

from rules.model import SiteId
from storage.db import Tx
from storage.tables.company import sites
from storage.tables.watch import discovered
from storage.views.pages import Page, cut


@dataclass(frozen=True, slots=True, kw_only=True)
class Stranger:
    """`site_id` is None when no site of ours has this code."""

    site: str
    device: str
    first_at: datetime
    last_at: datetime
    messages: int
    topic: str
    sample: str
    ignored: bool
    site_id: SiteId | None
    site_name: str | None
    dialect: str = "native"
    guess: str = "{}"


def listed(tx: Tx, *, ignored: bool, after: str = "", limit: int) -> Page[Stranger]:
    """By site and device; `after` is `site/device` to go on from."""
    found = _strangers().where(discovered.c.ignored.is_(ignored))
    site, _, device = after.partition("/")
    if after:
        beyond = (discovered.c.site > site) | (
            (discovered.c.site == site) & (discovered.c.device > device)
        )
        found = found.where(beyond)
    found = found.order_by(discovered.c.site, discovered.c.device).limit(limit + 1)
    rows = [Stranger(**row) for row in tx.execute(found).mappings()]
    return cut(rows, limit, count(tx, ignored=ignored), lambda one: f"{one.site}/{one.device}")


def latest(
    tx: Tx, *, before: tuple[datetime, str, str] | None = None, limit: int
) -> list[Stranger]:
    """Those not set aside, newest first; `before` is when, site and device of the last seen."""
    d = discovered.c
    found = _strangers().where(d.ignored.is_(False))
    if before is not None:
        at, site, device = before
        within = (d.site < site) | ((d.site == site) & (d.device < device))
        found = found.where((d.first_at < at) | ((d.first_at == at) & within))
    found = found.order_by(d.first_at.desc(), d.site.desc(), d.device.desc()).limit(limit)
    return [Stranger(**row) for row in tx.execute(found).mappings()]


def count(tx: Tx, *, ignored: bool = False) -> int:
    counted = select(func.count()).select_from(discovered)
    return tx.scalar(counted.where(discovered.c.ignored.is_(ignored))) or 0


def get(tx: Tx, site: str, device: str) -> Stranger | None:
    chosen = _strangers().where(discovered.c.site == site, discovered.c.device == device)
    row = tx.execute(chosen).mappings().one_or_none()
    return Stranger(**row) if row else None


def newest(tx: Tx) -> Stranger | None:
    """Who spoke first of late: what the first run waits for."""
    found = _strangers().where(discovered.c.ignored.is_(False))
    row = tx.execute(found.order_by(discovered.c.last_at.desc()).limit(1)).mappings().first()
    return Stranger(**row) if row else None


def set_ignored(tx: Tx, site: str, device: str, *, ignored: bool) -> bool:
    here = (discovered.c.site == site) & (discovered.c.device == device)
    return tx.execute(update(discovered).where(here).values(ignored=ignored)).rowcount == 1


def _strangers() -> Select[tuple[object, ...]]:
    return select(
        discovered, sites.c.id.label("site_id"), sites.c.name.label("site_name")
    ).join_from(discovered, sites, sites.c.code == discovered.c.site, isouter=True)
