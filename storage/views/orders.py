"""Work orders as a list, and all that one order's page shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, FromClause, and_, func, or_, select

from rules import workflow
from rules.assets import Contract, Device, Site
from rules.model import Fault, OrderId, PersonId, SiteId, WorkOrder
from rules.permits import Reach
from rules.states import Standing
from storage import contracts as contract_rows
from storage import devices as device_rows
from storage import faults as fault_rows
from storage import journal, ledger
from storage import sites as site_rows
from storage import work_orders as order_rows
from storage.db import Tx
from storage.journal import Entry
from storage.ledger import Attempt
from storage.outbox import Notice
from storage.tables.company import devices, sites
from storage.tables.night import work_orders
from storage.tables.watch import faults
from storage.views import behind as behind_view
from storage.views import devices as device_view
from storage.views import names
from storage.views.behind import Waiting
from storage.views.names import Place
from storage.views.pages import Page, cut
from storage.views.reach import holds, within

SHOWN_BEHIND = 10  # of what waits behind the order's fault; the rest has a page
STATES = ("open", "closed", "all")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    order: WorkOrder
    fault: Fault
    place: Place
    holder: str

    @property
    def stands(self) -> str:
        return workflow.stand(self.order)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The filter of the list; empty means all."""

    reach: Reach
    state: str = "open"
    words: str = ""
    severity: str = ""
    holder: PersonId | None = None
    site_id: SiteId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """One notice about the order, with every try to deliver it."""

    notice: Notice
    attempts: Sequence[Attempt]


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """One order with everything its page needs."""

    order: WorkOrder
    fault: Fault
    faults: Sequence[Fault]
    device: Device
    standing: Standing
    site: Site
    contract: Contract | None
    customer: str
    entries: Sequence[Entry]
    receipts: Sequence[Receipt]
    people: dict[PersonId, str]
    affected: int
    behind: Page[Waiting]


def listed(tx: Tx, wanted: Wanted, *, before: int | None = None, limit: int) -> Page[Line]:
    """Newest first; `before` is the id to go on from."""
    chosen = _chosen(tx, wanted)
    found = select(work_orders.c.id).select_from(_joined()).where(chosen)
    if before is not None:
        found = found.where(work_orders.c.id < before)
    ids = list(tx.scalars(found.order_by(work_orders.c.id.desc()).limit(limit + 1)))
    count = tx.scalar(select(func.count()).select_from(_joined()).where(chosen)) or 0
    page = cut(ids, limit, count, lambda one: one)
    return Page(lines(tx, page.rows), page.count, page.next)


def whole(tx: Tx, order_id: OrderId, now: datetime) -> Whole | None:
    order = order_rows.get(tx, order_id)
    if order is None:
        return None
    fault = fault_rows.by_ids(tx, [order.root_fault_id])[order.root_fault_id]
    device, site = device_rows.get(tx, fault.device_id), site_rows.get(tx, order.site_id)
    assert device is not None and site is not None  # noqa: S101, PT018 - foreign keys
    entries = journal.story(tx, order.id, fault.id)
    told = ledger.of_order(tx, order.id)
    tries = ledger.attempts_of(tx, [notice.id for notice in told])
    on_it = (order.received_by, order.assignee_id, order.head_id, order.arranged_by)
    people = names.of_people(
        tx, [*on_it, *(one.person_id for one in entries), *(one.person_id for one in told)]
    )
    behind = behind_view.listed(tx, fault.id, limit=SHOWN_BEHIND)
    return Whole(
        order=order,
        fault=fault,
        faults=fault_rows.of_order(tx, order.id),
        device=device,
        standing=device_view.standing_of(tx, device, now),
        site=site,
        contract=contract_rows.get(tx, site.contract_id) if site.contract_id else None,
        customer=names.customer(tx, site.customer_id),
        entries=entries,
        receipts=[Receipt(notice=one, attempts=tries[one.id]) for one in told],
        people=people,
        affected=behind.count,
        behind=behind,
    )


def lines(tx: Tx, ids: Sequence[OrderId]) -> list[Line]:
    orders = order_rows.by_ids(tx, ids)
    found = fault_rows.by_ids(tx, [order.root_fault_id for order in orders.values()])
    places = names.of_places(tx, [fault.device_id for fault in found.values()])
    people = names.of_people(tx, [one.assignee_id or one.received_by for one in orders.values()])
    shown = []
    for number in ids:
        order = orders[number]
        fault = found[order.root_fault_id]
        who = order.assignee_id or order.received_by
        name = people[who] if who else ""
        shown.append(Line(order=order, fault=fault, place=places[fault.device_id], holder=name))
    return shown


def _joined() -> FromClause:
    rooted = work_orders.join(faults, faults.c.id == work_orders.c.root_fault_id)
    return rooted.join(devices, devices.c.id == faults.c.device_id).join(
        sites, sites.c.id == work_orders.c.site_id
    )


def _chosen(tx: Tx, wanted: Wanted) -> ColumnElement[bool]:
    o = work_orders.c
    where = [within(wanted.reach, o.site_id)]
    if wanted.state != "all":
        where.append(
            o.closed_at.is_not(None) if wanted.state == "closed" else o.closed_at.is_(None)
        )
    if wanted.severity:
        where.append(o.severity == wanted.severity)
    if wanted.site_id is not None:
        where.append(o.site_id == wanted.site_id)
    if wanted.holder is not None:
        where.append(func.coalesce(o.assignee_id, o.received_by) == wanted.holder)
    for word in wanted.words.split()[:5]:
        columns = (o.number, sites.c.name, sites.c.code, devices.c.name, devices.c.code)
        where.append(or_(*(holds(tx, one, word) for one in columns)))
    return and_(*where)
