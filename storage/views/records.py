"""The company's lists as those see them who keep them: also what is archived."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, FromClause, and_, func, literal, or_, select, tuple_

from rules.model import CustomerId, SiteId
from rules.permits import Reach
from storage.db import Tx
from storage.tables.company import contracts, customers, devices, people, sites, systems
from storage.views.pages import Page, cut
from storage.views.reach import holds, within

_NOTHING = literal("")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """`owner` is whose it is or where it stands, `about` a word of the catalogue's."""

    id: int
    key: str
    name: str
    owner: str
    about: Any
    archived_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The filter of a list; empty means all."""

    noun: str
    reach: Reach
    words: str = ""
    archived: bool = False
    site_id: SiteId | None = None
    customer_id: CustomerId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shape:
    """How one list is read: its order, its columns, what it is searched and filtered by."""

    rows: FromClause
    table: Any
    order: tuple[ColumnElement[Any], ...]
    name: ColumnElement[Any]
    owner: ColumnElement[Any]
    about: ColumnElement[Any]
    site: ColumnElement[Any] | None = None
    customer: ColumnElement[Any] | None = None

    @property
    def gone(self) -> ColumnElement[Any]:
        gone: ColumnElement[Any] = self.table.c[
            "left_at" if self.table is people else "archived_at"
        ]
        return gone


_SHAPES = {
    "customers": _Shape(
        rows=customers,
        table=customers,
        order=(customers.c.code,),
        name=customers.c.name,
        owner=customers.c.address,
        about=_NOTHING,
    ),
    "contracts": _Shape(
        rows=contracts.join(customers),
        table=contracts,
        order=(contracts.c.number,),
        name=contracts.c.scope,
        owner=customers.c.name,
        about=contracts.c.ends_on,
        customer=contracts.c.customer_id,
    ),
    "sites": _Shape(
        rows=sites.join(customers),
        table=sites,
        order=(sites.c.code,),
        name=sites.c.name,
        owner=customers.c.name,
        about=sites.c.zone,
        site=sites.c.id,
        customer=sites.c.customer_id,
    ),
    "systems": _Shape(
        rows=systems.join(sites),
        table=systems,
        order=(sites.c.code, systems.c.code),
        name=systems.c.name,
        owner=sites.c.name,
        about=systems.c.kind,
        site=systems.c.site_id,
    ),
    "devices": _Shape(
        rows=devices.join(sites),
        table=devices,
        order=(sites.c.code, devices.c.code),
        name=devices.c.name,
        owner=sites.c.name,
        about=devices.c.type,
        site=devices.c.site_id,
    ),
    "people": _Shape(
        rows=people.outerjoin(customers),
        table=people,
        order=(people.c.code,),
        name=people.c.name,
        owner=func.coalesce(customers.c.name, ""),
        about=people.c.roles,
        customer=people.c.customer_id,
    ),
}
NOUNS = tuple(_SHAPES)


def listed(tx: Tx, wanted: Wanted, *, after: int | None = None, limit: int) -> Page[Line]:
    """By code; `after` is the id of the line to go on from."""
    shape = _SHAPES[wanted.noun]
    chosen = _chosen(tx, shape, wanted)
    found = select(
        shape.table.c.id, shape.name, shape.owner, shape.about, shape.gone, *shape.order
    ).select_from(shape.rows)
    found = found.where(chosen)
    if after is not None and (last := _place(tx, shape, after)):
        found = found.where(tuple_(*shape.order) > tuple_(*map(literal, last)))
    rows = tx.execute(found.order_by(*shape.order).limit(limit + 1)).all()
    count = tx.scalar(select(func.count()).select_from(shape.rows).where(chosen)) or 0
    return cut([_line(row) for row in rows], limit, count, lambda one: one.id)


def count(tx: Tx, wanted: Wanted) -> int:
    shape = _SHAPES[wanted.noun]
    chosen = _chosen(tx, shape, wanted)
    return tx.scalar(select(func.count()).select_from(shape.rows).where(chosen)) or 0


def _line(row: Any) -> Line:
    number, name, owner, about, gone, *key = row
    return Line(id=number, key="/".join(key), name=name, owner=owner, about=about, archived_at=gone)


def _place(tx: Tx, shape: _Shape, number: int) -> Sequence[Any] | None:
    found = select(*shape.order).select_from(shape.rows).where(shape.table.c.id == number)
    return tx.execute(found).one_or_none()


def _chosen(tx: Tx, shape: _Shape, wanted: Wanted) -> ColumnElement[bool]:
    where: list[ColumnElement[bool]] = [
        shape.gone.is_not(None) if wanted.archived else shape.gone.is_(None)
    ]
    if shape.site is not None:
        where.append(within(wanted.reach, shape.site))
        if wanted.site_id is not None:
            where.append(shape.site == wanted.site_id)
    if shape.customer is not None and wanted.customer_id is not None:
        where.append(shape.customer == wanted.customer_id)
    searched = (*shape.order, shape.name, shape.owner)
    words = wanted.words.split()[:5]
    where += [or_(*(holds(tx, column, word) for column in searched)) for word in words]
    return and_(*where)
