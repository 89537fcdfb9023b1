"""What stands around an order at its site: other jobs for the same trip (E04), the last visits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, func, or_, select

from rules.model import Fault, FaultId, OrderId, PersonId, SiteId, WorkOrder
from rules.permits import Reach
from storage import faults as fault_rows
from storage import work_orders as order_rows
from storage.db import Tx
from storage.tables.night import work_orders
from storage.tables.watch import faults
from storage.views import months, names
from storage.views.months import Line as Inspection
from storage.views.names import Place
from storage.views.pages import Page

MOST_VISITS, MOST_FAULTS = 3, 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """Another open fault of the site."""

    fault: Fault
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """Somebody was there; `who` is empty for one who is not known any more."""

    order: WorkOrder
    code: str
    who: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """`inspection`: the next one that is owed and not begun."""

    faults: Page[Beside]
    visits: Sequence[Visit]
    inspection: Inspection | None


def of_order(tx: Tx, order: WorkOrder, reach: Reach, today: date) -> Around:
    """The youngest first; what only waits behind a cause is no job of its own."""
    return Around(
        faults=_faults(tx, order),
        visits=_visits(tx, order.site_id, order.id),
        inspection=months.around(tx, reach, order.site_id, today)[1],
    )


def _faults(tx: Tx, order: WorkOrder) -> Page[Beside]:
    f = faults.c
    other = or_(f.order_id.is_(None), f.order_id != order.id)
    own = and_(f.explained_by.is_(None), f.cleared_at.is_(None))
    chosen = and_(f.site_id == order.site_id, own, other, f.id != order.root_fault_id)
    newest = select(f.id).where(chosen).order_by(f.id.desc()).limit(MOST_FAULTS)
    ids = [FaultId(number) for number in tx.scalars(newest)]
    found = fault_rows.by_ids(tx, ids)
    places = names.of_places(tx, [fault.device_id for fault in found.values()])
    rows = [Beside(fault=found[n], place=places[found[n].device_id]) for n in ids]
    return Page(rows, tx.scalar(select(func.count()).where(chosen)) or 0)


def _visits(tx: Tx, site_id: SiteId, but: OrderId) -> list[Visit]:
    o = work_orders.c
    there = and_(o.site_id == site_id, o.id != but, o.arrived_at.is_not(None))
    newest = select(o.id).where(there).order_by(o.arrived_at.desc()).limit(MOST_VISITS)
    ids = [OrderId(number) for number in tx.scalars(newest)]
    orders = order_rows.by_ids(tx, ids)
    roots = fault_rows.by_ids(tx, [order.root_fault_id for order in orders.values()])
    people = names.of_people(tx, [_who(order) for order in orders.values()])
    return [
        Visit(
            order=orders[n],
            code=roots[orders[n].root_fault_id].code,
            who=people.get(_who(orders[n]) or PersonId(0), ""),
        )
        for n in ids
    ]


def _who(order: WorkOrder) -> PersonId | None:
    return order.assignee_id or order.received_by
