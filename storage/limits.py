"""Limits of types, models, customers and devices as people set them (A18)."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, and_, insert, or_, select, update

from rules.assets import Device
from rules.limits import (
    Given,
    Origin,
    Override,
    Overrides,
    Scope,
    by_subject,
    subjects,
)
from rules.model import CustomerId, PersonId, SiteId
from storage.db import Tx
from storage.tables.company import contracts, sites
from storage.tables.limits import limit_overrides

Accounts: TypeAlias = Mapping[str, Mapping[str, float]]
STANDING = limit_overrides.c.withdrawn_at.is_(None)


def in_force(tx: Tx, accounts: Accounts | None = None) -> Overrides:
    """All that stand, with what contracts and sites promise. `accounts`: of alarm hosts."""
    return _overrides(tx, _all().where(STANDING), _promised(), accounts)


def of_device(tx: Tx, device: Device, accounts: Accounts | None = None) -> Overrides:
    """The same, but only what may concern this device."""
    promised = _promised().where(sites.c.id == device.site_id)
    owner = tx.scalar(select(sites.c.customer_id).where(sites.c.id == device.site_id))
    mine = or_(*(_about(*one) for one in subjects(device, owner).items()))
    return _overrides(tx, _all().where(STANDING, mine), promised, accounts)


def of_subjects(
    tx: Tx, subjects: Iterable[tuple[Scope, str]], names: Iterable[str]
) -> list[Override]:
    """What stands and stood for any of these, latest first."""
    mine = [_about(scope, subject) for scope, subject in subjects]
    found = _all().where(or_(*mine), limit_overrides.c.name.in_(list(names)))
    rows = tx.execute(found.order_by(limit_overrides.c.id.desc()))
    return [_override(row) for row in rows.mappings()]


def chosen(tx: Tx, *which: ColumnElement[bool], limit: int) -> list[Override]:
    """Those of which all this is true, the latest first."""
    found = _all().where(*which).order_by(limit_overrides.c.id.desc()).limit(limit)
    return [_override(row) for row in tx.execute(found).mappings()]


def get(tx: Tx, override_id: int) -> Override | None:
    row = tx.execute(_all().where(limit_overrides.c.id == override_id)).mappings().one_or_none()
    return _override(row) if row else None


def add(tx: Tx, values: Mapping[str, Any]) -> Override:
    """Insert a row of column values; the caller has withdrawn the one it replaces."""
    made = insert(limit_overrides).values(dict(values)).returning(limit_overrides)
    return _override(tx.execute(made).mappings().one())


def withdraw(tx: Tx, override_id: int, by: PersonId, now: datetime) -> bool:
    """False when it was withdrawn already."""
    one = update(limit_overrides).where(limit_overrides.c.id == override_id, STANDING)
    return bool(tx.execute(one.values(withdrawn_by=by, withdrawn_at=now)).rowcount)


def lock(tx: Tx) -> None:
    """One change at a time, so that each knows what stood before it. SQLite has one writer."""
    if tx.dialect.name == "postgresql":
        tx.exec_driver_sql("LOCK TABLE limit_overrides IN SHARE ROW EXCLUSIVE MODE")


def _all() -> Any:
    return select(limit_overrides)


def _overrides(tx: Tx, chosen: Any, promised: Any, accounts: Accounts | None) -> Overrides:
    customers: dict[SiteId, CustomerId] = {}
    retention: dict[SiteId, Given] = {}
    for site_id, customer_id, of_site, agreed in tx.execute(promised):
        customers[site_id] = customer_id
        if of_site or agreed:
            origin = Origin.SITE if of_site else Origin.CONTRACT
            retention[site_id] = Given(of_site or agreed, origin)
    return Overrides(
        by=by_subject(map(_override, tx.execute(chosen).mappings())),
        customers=customers,
        retention=retention,
        accounts=accounts or {},
    )


def _promised() -> Any:
    """Each site with its customer and the days of recordings it or its contract wants kept."""
    days = sites.c.retention_days, contracts.c.retention_days.label("agreed")
    chosen = select(sites.c.id, sites.c.customer_id, *days)
    return chosen.join_from(sites, contracts, sites.c.contract_id == contracts.c.id, isouter=True)


def _about(scope: Scope, subject: str) -> ColumnElement[bool]:
    return and_(limit_overrides.c.scope == scope.value, limit_overrides.c.subject == subject)


def _override(row: Any) -> Override:
    return Override(**{**row, "scope": Scope(row["scope"])})
