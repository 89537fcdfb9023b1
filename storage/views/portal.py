"""A customer's papers and inspections: what was issued, and what of this month is still to come."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select

from rules.permits import Reach
from storage.db import Tx
from storage.tables.company import customers, sites, systems
from storage.tables.night import journal, work_orders
from storage.tables.paper import documents, inspections
from storage.tellings import TOLD
from storage.views.reach import within


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """An issued document; its file is asked for by `id`."""

    id: int
    title: str
    period: str
    language: str
    issued_at: datetime
    pages: int
    size: int
    site: str
    system: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """An inspection that is not issued yet; nothing of what was found is told before it is."""

    id: int
    period: str
    due_on: date
    site: str
    system: str
    begun: bool
    done: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """What the customer was told of an order (C14), in the words it was told."""

    order_id: int
    number: str
    at: datetime
    step: str
    text: str


def told(tx: Tx, reach: Reach, *, limit: int) -> list[Word]:
    """Newest first."""
    o, j = work_orders.c, journal.c
    found = (
        select(o.id.label("order_id"), o.number, j.at, j.facts)
        .join_from(journal, work_orders, o.id == j.order_id)
        .where(j.verb == TOLD, within(reach, j.site_id))
    )
    if reach.customer_id is not None:  # whoever had the site before was told in their own name
        found = found.where(j.facts["customer_id"].as_integer() == reach.customer_id)
    rows = tx.execute(found.order_by(j.id.desc()).limit(limit)).mappings()
    return [
        Word(
            order_id=row["order_id"],
            number=row["number"],
            at=row["at"],
            step=row["facts"]["step"],
            text=row["facts"]["text"],
        )
        for row in rows
    ]


def papers(tx: Tx, reach: Reach, *, limit: int) -> list[Paper]:
    """Newest first."""
    d = documents.c
    issued = func.coalesce(inspections.c.issued_at, d.issued_at)
    found = (
        select(
            *(d[name] for name in ("id", "title", "period", "language")),
            issued.label("issued_at"),
            d.pages,
            d.size,
            sites.c.name.label("site"),
            systems.c.name.label("system"),
        )
        .join_from(documents, sites, sites.c.id == d.site_id)
        .join(inspections, inspections.c.id == d.subject_id)
        .join(systems, systems.c.id == inspections.c.system_id)
        .where(d.kind == "inspection", within(reach, d.site_id))
    )
    if reach.customer_id is not None:  # a site may have changed hands: the papers have not
        found = found.where(d.customer_id == reach.customer_id)
    rows = tx.execute(found.order_by(issued.desc(), d.id.desc()).limit(limit)).mappings()
    return [Paper(**row) for row in rows]


def planned(tx: Tx, reach: Reach, period: str, *, limit: int) -> list[Planned]:
    """Of this period or before it, and not issued; the next due first."""
    i = inspections.c
    found = (
        select(
            i.id,
            i.period,
            i.due_on,
            sites.c.name.label("site"),
            systems.c.name.label("system"),
            i.started_at.is_not(None).label("begun"),
            i.finished_at.is_not(None).label("done"),
        )
        .join_from(inspections, sites, sites.c.id == i.site_id)
        .join(systems, systems.c.id == i.system_id)
        .where(within(reach, i.site_id), i.issued_at.is_(None), i.period <= period)
    )
    rows = tx.execute(found.order_by(i.due_on, i.id).limit(limit)).mappings()
    return [Planned(**row) for row in rows]


def customer(tx: Tx, reach: Reach) -> str:
    """Whose portal it is."""
    if reach.customer_id is None:
        return ""
    return tx.scalar(select(customers.c.name).where(customers.c.id == reach.customer_id)) or ""
