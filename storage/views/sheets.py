"""Inspections as programs read them: newest first, with counts and what was handed over."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, select

from rules.documents import Document, Kind
from rules.inspections import Inspection, InspectionId
from rules.model import CustomerId, SiteId
from rules.periods import Month
from rules.permits import Reach
from storage import documents as document_rows
from storage.db import Tx
from storage.inspections import CHOSEN, inspection_of
from storage.tables.company import sites, systems
from storage.tables.paper import inspections
from storage.views import months
from storage.views.months import Count
from storage.views.pages import Page, cut
from storage.views.reach import handed_to, within


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """`site` and `system` are codes."""

    inspection: Inspection
    site: str
    system: str
    customer_id: CustomerId
    count: Count
    documents: Sequence[Document] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The filter of the list; empty means all. `site` and `system` are codes."""

    reach: Reach
    period: str = ""
    site: str = ""
    system: str = ""
    issued_only: bool = False


def listed(tx: Tx, wanted: Wanted, *, before: int | None = None, limit: int) -> Page[Listed]:
    """`before` is the id to go on from. The whole is not counted."""
    placed = inspections.join(systems, systems.c.id == inspections.c.system_id)
    placed = placed.join(sites, sites.c.id == inspections.c.site_id)
    found = select(inspections.c.id).select_from(placed).where(_chosen(wanted))
    if before is not None:
        found = found.where(inspections.c.id < before)
    ids = list(tx.scalars(found.order_by(inspections.c.id.desc()).limit(limit + 1)))
    page = cut(ids, limit, len(ids), lambda one: one)
    return Page(of_inspections(tx, page.rows), page.count, page.next)


def of_inspections(tx: Tx, ids: Sequence[InspectionId]) -> list[Listed]:
    """In the order of the ids; those that are not there are left out."""
    rows = tx.execute(CHOSEN.where(inspections.c.id.in_(ids)))
    known = {row.id: inspection_of(row) for row in rows}
    named = _named(tx, known.values())
    counted = months.counts(tx, ids)
    papers = document_rows.of_subjects(tx, Kind.INSPECTION, ids)
    return [
        Listed(
            inspection=known[number],
            site=named[number][0],
            system=named[number][1],
            customer_id=named[number][2],
            count=counted.get(number, Count()),
            documents=papers.get(number, ()),
        )
        for number in ids
        if number in known
    ]


def tallied(
    tx: Tx,
    reach: Reach,
    site_ids: Sequence[SiteId],
    span: tuple[Month, Month],
    *,
    issued_only: bool,
) -> list[Listed]:
    """Every inspection of these sites and months."""
    found = select(inspections.c.id).where(
        inspections.c.site_id.in_(site_ids),
        inspections.c.period.between(str(span[0]), str(span[1])),
        handed_to(reach, inspections.c.id),
    )
    if issued_only:
        found = found.where(inspections.c.issued_at.is_not(None))
    ids = [InspectionId(number) for number in tx.scalars(found.order_by(inspections.c.id))]
    return [
        one
        for start in range(0, len(ids), 500)
        for one in of_inspections(tx, ids[start : start + 500])
    ]


def _named(tx: Tx, some: Iterable[Inspection]) -> dict[int, tuple[str, str, CustomerId]]:
    ids = [one.id for one in some]
    found = (
        select(inspections.c.id, sites.c.code, systems.c.code.label("system"), sites.c.customer_id)
        .join_from(inspections, systems, systems.c.id == inspections.c.system_id)
        .join(sites, sites.c.id == inspections.c.site_id)
        .where(inspections.c.id.in_(ids))
    )
    return {
        row.id: (row.code, row.system, CustomerId(row.customer_id)) for row in tx.execute(found)
    }


def _chosen(wanted: Wanted) -> ColumnElement[bool]:
    i = inspections.c
    where = [within(wanted.reach, i.site_id), handed_to(wanted.reach, i.id)]
    if wanted.period:
        where.append(i.period == wanted.period)
    if wanted.site:
        where.append(sites.c.code == wanted.site)
    if wanted.system:
        where.append(systems.c.code == wanted.system)
    if wanted.issued_only:
        where.append(i.issued_at.is_not(None))
    return and_(*where)
