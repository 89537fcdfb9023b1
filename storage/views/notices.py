"""The delivery ledger: who was told what, by which way, and what the provider said."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select, true

from rules.model import NoticeId, OrderId, PersonId
from rules.permits import Reach
from storage.db import Tx
from storage.ledger import Attempt, attempts_of
from storage.tables.company import people, sites
from storage.tables.night import notices, work_orders
from storage.views.pages import Page, cut


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One notice with its attempts, oldest first."""

    id: NoticeId
    kind: str
    rank: int
    channel: str
    target: str
    state: str
    created_at: datetime
    not_before: datetime
    done_at: datetime | None
    text: str
    person_id: PersonId
    person: str
    order_id: OrderId | None
    order: str | None
    site: str | None
    attempts: tuple[Attempt, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The filter of the page; empty means all."""

    reach: Reach
    state: str = ""
    person_id: PersonId | None = None


def newest(tx: Tx, wanted: Wanted, *, before: int | None = None, limit: int) -> Page[Line]:
    """Newest first; `before` is the id to go on from."""
    chosen = _chosen(wanted)
    found = _lines().where(chosen).order_by(notices.c.id.desc()).limit(limit + 1)
    if before is not None:
        found = found.where(notices.c.id < before)
    rows = tx.execute(found).mappings().all()
    attempts = attempts_of(tx, [row["id"] for row in rows])
    lines = [Line(**row, attempts=tuple(attempts[row["id"]])) for row in rows]
    count = tx.scalar(select(func.count()).select_from(notices).where(chosen)) or 0
    return cut(lines, limit, count, lambda line: line.id)


def readers(tx: Tx, reach: Reach) -> list[tuple[PersonId, str]]:
    """Whoever was ever told something this viewer may see, by name."""
    told = select(notices.c.id).where(notices.c.person_id == people.c.id, _in_reach(reach))
    found = select(people.c.id, people.c.name).where(told.exists()).order_by(people.c.name)
    return [(PersonId(number), name) for number, name in tx.execute(found)]


def _lines() -> Any:
    names = ("id", "kind", "rank", "channel", "target", "state", "created_at", "not_before")
    more = ("done_at", "text", "person_id", "order_id")
    return (
        select(
            *(notices.c[name] for name in (*names, *more)),
            people.c.name.label("person"),
            work_orders.c.number.label("order"),
            sites.c.name.label("site"),
        )
        .join_from(notices, people)
        .join(work_orders, work_orders.c.id == notices.c.order_id, isouter=True)
        .join(sites, sites.c.id == notices.c.site_id, isouter=True)
    )


def _chosen(wanted: Wanted) -> ColumnElement[bool]:
    where = [_in_reach(wanted.reach)]
    if wanted.state:
        where.append(notices.c.state == wanted.state)
    if wanted.person_id is not None:
        where.append(notices.c.person_id == wanted.person_id)
    return and_(*where)


def _in_reach(reach: Reach) -> ColumnElement[bool]:
    """What is about no site (our own alerts) is shown to all who may see the ledger.

    Not so a customer's invitation or login link: whose contact it is, is not everybody's to know.
    """
    if reach.everything:
        return true()
    ours = select(people.c.id).where(people.c.customer_id.is_(None))
    of_the_house = and_(notices.c.site_id.is_(None), notices.c.person_id.in_(ours))
    return or_(notices.c.site_id.in_(reach.site_ids), of_the_house)
