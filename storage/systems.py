"""The systems of a site: video, intrusion, access... Each one is inspected on its own."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import insert, select, update

from rules.assets import System
from rules.model import SiteId, SystemId
from storage.db import Tx
from storage.tables.columns import in_use
from storage.tables.company import sites, systems


def get(tx: Tx, system_id: SystemId) -> System | None:
    row = tx.execute(select(systems).where(systems.c.id == system_id)).mappings().one_or_none()
    return System(**row) if row else None


def by_code(tx: Tx, site_code: str, code: str) -> System | None:
    """Also one that is archived: the code stays its own."""
    chosen = select(systems).join(sites).where(sites.c.code == site_code, systems.c.code == code)
    row = tx.execute(chosen).mappings().one_or_none()
    return System(**row) if row else None


def of_site(tx: Tx, site_id: SiteId) -> list[System]:
    here = (systems.c.site_id == site_id) & in_use(systems)
    chosen = select(systems).where(here).order_by(systems.c.code)
    return [System(**row) for row in tx.execute(chosen).mappings()]


def all_systems(tx: Tx, *, also_archived: bool = False) -> list[System]:
    chosen = select(systems).where(in_use(systems, also_archived=also_archived))
    found = tx.execute(chosen.order_by(systems.c.site_id, systems.c.code))
    return [System(**row) for row in found.mappings()]


def add(tx: Tx, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows of column values; the caller has checked them."""
    if rows:
        tx.execute(insert(systems), [dict(row) for row in rows])


def change(tx: Tx, system_id: SystemId, columns: Mapping[str, Any]) -> None:
    tx.execute(update(systems).where(systems.c.id == system_id).values(dict(columns)))
