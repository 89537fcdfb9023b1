"""The sites: where the customers' systems stand, and how soon we must be there."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import insert, select, update

from rules.assets import Site
from rules.model import Crs, CustomerId, SiteId, Zone
from storage.db import Tx
from storage.tables.columns import in_use
from storage.tables.company import sites


def get(tx: Tx, site_id: SiteId) -> Site | None:
    return _one(tx, sites.c.id == site_id)


def by_code(tx: Tx, code: str) -> Site | None:
    return _one(tx, sites.c.code == code)


def by_ids(tx: Tx, site_ids: Iterable[SiteId]) -> list[Site]:
    """At most a page of them."""
    found = tx.execute(select(sites).where(sites.c.id.in_(list(site_ids))))
    return [_site(row) for row in found.mappings()]


def all_sites(tx: Tx, *, also_archived: bool = False) -> list[Site]:
    chosen = select(sites).where(in_use(sites, also_archived=also_archived))
    return [_site(row) for row in tx.execute(chosen.order_by(sites.c.code)).mappings()]


def all_ids(tx: Tx) -> list[SiteId]:
    chosen = select(sites.c.id).where(in_use(sites)).order_by(sites.c.id)
    return [SiteId(number) for number in tx.scalars(chosen)]


def of_customer(tx: Tx, customer_id: CustomerId) -> list[Site]:
    here = (sites.c.customer_id == customer_id) & in_use(sites)
    chosen = select(sites).where(here).order_by(sites.c.code)
    return [_site(row) for row in tx.execute(chosen).mappings()]


def add(tx: Tx, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows of column values; the caller has checked them and bumps the revision."""
    if rows:
        tx.execute(insert(sites), [dict(row) for row in rows])


def change(tx: Tx, site_id: SiteId, columns: Mapping[str, Any]) -> None:
    """The caller bumps the revision. Running orders keep their own frozen zone and hours."""
    tx.execute(update(sites).where(sites.c.id == site_id).values(dict(columns)))


def _one(tx: Tx, condition: Any) -> Site | None:
    row = tx.execute(select(sites).where(condition)).mappings().one_or_none()
    return _site(row) if row else None


def _site(row: Any) -> Site:
    given = row["given_crs"]
    return Site(**{**row, "zone": Zone(row["zone"]), "given_crs": Crs(given) if given else None})
