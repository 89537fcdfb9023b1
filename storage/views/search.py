"""Everything by a few words: what a viewer may see, a handful of each, no counting."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from rules.permits import Reach
from storage.db import Tx
from storage.tables.company import customers, devices, people, sites
from storage.tables.night import work_orders
from storage.views.reach import holds, within

MOST_WORDS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """`about` is where it is or whose; `state` is for an order whether it still runs."""

    id: int
    name: str
    key: str
    about: str = ""
    open: bool = False


@dataclass(frozen=True, slots=True)
class Hits:
    """`more`: there are others."""

    rows: Sequence[Hit]
    more: bool


def orders(tx: Tx, reach: Reach, words: Sequence[str], limit: int) -> Hits:
    """Running ones first, then the newest."""
    o = work_orders.c
    where = _every(tx, words, (o.number, sites.c.name, sites.c.code))
    found = (
        select(o.id, sites.c.name, o.number, o.zone, o.closed_at.is_(None))
        .join_from(work_orders, sites)
        .where(within(reach, o.site_id), where)
        .order_by(o.closed_at.is_not(None), o.id.desc())
    )
    return _hits(tx, found, limit)


def places(tx: Tx, reach: Reach, words: Sequence[str], limit: int) -> Hits:
    where = _every(tx, words, (sites.c.name, sites.c.code, sites.c.address, customers.c.name))
    found = (
        select(sites.c.id, sites.c.name, sites.c.code, customers.c.name, sites.c.key_project)
        .join_from(sites, customers)
        .where(within(reach, sites.c.id), sites.c.archived_at.is_(None), where)
        .order_by(sites.c.code)
    )
    return _hits(tx, found, limit)


def things(tx: Tx, reach: Reach, words: Sequence[str], limit: int) -> Hits:
    """Devices, by the column the database keeps for it."""
    position = func.instr if tx.dialect.name == "sqlite" else func.strpos
    where = and_(*(position(devices.c.sought, func.lower(word)) > 0 for word in words))
    found = (
        select(devices.c.id, devices.c.name, devices.c.code, sites.c.name, devices.c.ups)
        .join_from(devices, sites)
        .where(within(reach, devices.c.site_id), devices.c.archived_at.is_(None), where)
        .order_by(devices.c.id)
    )
    return _hits(tx, found, limit)


def owners(tx: Tx, words: Sequence[str], limit: int) -> Hits:
    """Customers: only for who keeps them."""
    c = customers.c
    where = _every(tx, words, (c.name, c.code))
    found = (
        select(c.id, c.name, c.code, c.address, c.archived_at.is_(None))
        .where(c.archived_at.is_(None), where)
        .order_by(c.code)
    )
    return _hits(tx, found, limit)


def persons(tx: Tx, words: Sequence[str], limit: int) -> Hits:
    """By name and code, never by number or address."""
    p = people.c
    where = _every(tx, words, (p.name, p.code))
    found = (
        select(p.id, p.name, p.code, func.coalesce(customers.c.name, ""), p.left_at.is_(None))
        .select_from(people.outerjoin(customers))
        .where(p.left_at.is_(None), where)
        .order_by(p.code)
    )
    return _hits(tx, found, limit)


def _every(
    tx: Tx, words: Sequence[str], columns: Sequence[ColumnElement[Any]]
) -> ColumnElement[bool]:
    return and_(*(or_(*(holds(tx, column, word) for column in columns)) for word in words))


def _hits(tx: Tx, found: Select[Any], limit: int) -> Hits:
    rows = tx.execute(found.limit(limit + 1)).all()
    hits = [
        Hit(id=number, name=name or key, key=key, about=str(about), open=bool(flag))
        for number, name, key, about, flag in rows[:limit]
    ]
    return Hits(hits, len(rows) > limit)
