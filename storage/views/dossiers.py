"""Work orders with all that belongs to them, a page at a time and a question each."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, select

from rules.assets import Site
from rules.model import OrderId, PersonId, WorkOrder
from rules.permits import Reach
from storage import faults as fault_rows
from storage import journal
from storage import sites as site_rows
from storage import work_orders as order_rows
from storage.db import Tx
from storage.journal import Entry
from storage.tables.company import sites
from storage.tables.night import work_orders
from storage.views import faults as fault_view
from storage.views import names
from storage.views.pages import Page, cut
from storage.views.reach import within


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """`codes` and `people` are the codes and names of everybody who comes up in it."""

    order: WorkOrder
    site: Site
    faults: Sequence[fault_view.Line]
    entries: Sequence[Entry]
    codes: dict[PersonId, str]
    people: dict[PersonId, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The filter of the list; empty means all. `site` is a code."""

    reach: Reach
    state: str = "open"
    site: str = ""


def listed(tx: Tx, wanted: Wanted, *, before: int | None = None, limit: int) -> Page[Dossier]:
    """Newest first; `before` is the id to go on from. The whole is not counted."""
    found = select(work_orders.c.id).join_from(work_orders, sites).where(_chosen(wanted))
    if before is not None:
        found = found.where(work_orders.c.id < before)
    ids = list(tx.scalars(found.order_by(work_orders.c.id.desc()).limit(limit + 1)))
    page = cut(ids, limit, len(ids), lambda one: one)
    return Page(of_orders(tx, page.rows), page.count, page.next)


def of_orders(tx: Tx, order_ids: Sequence[OrderId]) -> list[Dossier]:
    """In the order of the ids; those that are not there are left out."""
    orders = order_rows.by_ids(tx, order_ids)
    lines = fault_view.placed(tx, fault_rows.of_orders(tx, orders))
    stories = journal.stories(tx, {one.id: one.root_fault_id for one in orders.values()})
    seen = [one for order in orders.values() for one in (order.received_by, order.assignee_id)]
    seen += [entry.person_id for story in stories.values() for entry in story]
    codes, people = names.codes_of_people(tx, seen), names.of_people(tx, seen)
    places = {one.id: one for one in site_rows.by_ids(tx, {o.site_id for o in orders.values()})}
    return [
        Dossier(
            order=orders[number],
            site=places[orders[number].site_id],
            faults=[one for one in lines if one.fault.order_id == number],
            entries=stories[number],
            codes=codes,
            people=people,
        )
        for number in order_ids
        if number in orders
    ]


def _chosen(wanted: Wanted) -> ColumnElement[bool]:
    o = work_orders.c
    where = [within(wanted.reach, o.site_id)]
    if wanted.state != "all":
        where.append(o.closed_at.is_(None) if wanted.state == "open" else o.closed_at.is_not(None))
    if wanted.site:
        where.append(sites.c.code == wanted.site)
    return and_(*where)
