"""Events as people look for them: what comes, what was, and for whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select, true, tuple_

from rules.duty import Span
from rules.model import CustomerId
from rules.occasions import Occasion
from rules.permits import Reach
from storage import occasions as occasion_rows
from storage.db import Tx
from storage.tables.company import customers, sites
from storage.tables.rota import occasion_guards, occasions, preparations
from storage.views.pages import Page, cut
from storage.views.reach import within


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """`customer` is empty where it is for all of us. `undone` of `items` are still to do."""

    occasion: Occasion
    customer: str
    guards: int
    items: int
    undone: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """A customer one may plan for."""

    id: CustomerId
    name: str


def listed(
    tx: Tx, reach: Reach, now: datetime, *, over: bool, after: int | None = None, limit: int
) -> Page[Line]:
    """What comes, the next first; or what is over or put away, the last first."""
    ended = or_(occasions.c.ends_at <= now, occasions.c.archived_at.is_not(None))
    chosen = and_(concerning(reach), ended if over else ~ended)
    place = tuple_(occasions.c.starts_at, occasions.c.id)
    found = select(occasions.c.id).where(chosen)
    if after and (last := occasion_rows.get(tx, after)):
        beyond = (last.starts_at, last.id)
        found = found.where(place < beyond if over else place > beyond)
    keys = (occasions.c.starts_at, occasions.c.id)
    ordered = found.order_by(*(key.desc() if over else key.asc() for key in keys))
    ids = list(tx.scalars(ordered.limit(limit + 1)))
    count = tx.scalar(select(func.count()).select_from(occasions).where(chosen)) or 0
    page = cut(ids, limit, count, lambda one: one)
    return Page(of_ids(tx, page.rows), page.count, page.next)


def touching(tx: Tx, reach: Reach, span: Span) -> list[Occasion]:
    """What a calendar marks, by its beginning."""
    shown = shown_ids(tx, reach)
    return [one for one in occasion_rows.touching(tx, span) if one.id in shown]


def shown_ids(tx: Tx, reach: Reach) -> set[int]:
    return set(tx.scalars(select(occasions.c.id).where(concerning(reach))))


def clients(tx: Tx, reach: Reach) -> list[Client]:
    """The customers of the sites one sees, by name."""
    own = select(sites.c.customer_id).where(sites.c.archived_at.is_(None))
    own = own.where(within(reach, sites.c.id))
    found = select(customers.c.id, customers.c.name, customers.c.code).where(
        customers.c.id.in_(own), customers.c.archived_at.is_(None)
    )
    rows = tx.execute(found.order_by(customers.c.name, customers.c.id))
    return [Client(id=CustomerId(row.id), name=row.name or row.code) for row in rows]


def concerning(reach: Reach) -> ColumnElement[bool]:
    """Those for all of us, and those of customers of whom one sees a site."""
    if reach.everything:
        return true()
    own = select(sites.c.customer_id).where(within(reach, sites.c.id))
    return or_(occasions.c.customer_id.is_(None), occasions.c.customer_id.in_(own))


def of_ids(tx: Tx, ids: Sequence[int]) -> list[Line]:
    """In the order of the ids."""
    known = {one.id: one for one in occasion_rows.by_ids(tx, ids)}
    named = {
        row.id: row.name or row.code
        for row in tx.execute(
            select(customers.c.id, customers.c.name, customers.c.code).where(
                customers.c.id.in_({one.customer_id for one in known.values()} - {None})
            )
        )
    }
    guards = _counted(tx, occasion_guards.c.occasion_id, occasion_guards.c.occasion_id.in_(ids))
    mine = preparations.c.occasion_id.in_(ids)
    items = _counted(tx, preparations.c.occasion_id, mine)
    undone = _counted(tx, preparations.c.occasion_id, mine & preparations.c.done_at.is_(None))
    return [
        Line(
            occasion=known[number],
            customer=named.get(known[number].customer_id, ""),
            guards=guards.get(number, 0),
            items=items.get(number, 0),
            undone=undone.get(number, 0),
        )
        for number in ids
    ]


def _counted(tx: Tx, column: ColumnElement[int], which: ColumnElement[bool]) -> dict[int, int]:
    grouped = tx.execute(select(column, func.count()).where(which).group_by(column))
    return {row[0]: row[1] for row in grouped}
