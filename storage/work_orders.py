"""Work orders: locked before anything that hangs on them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select, update

from rules.model import ClockSource, FaultId, OrderId, Severity, SiteId, WorkOrder, Zone
from storage.db import Tx, insert_into
from storage.tables.night import counters, work_orders

OPEN = work_orders.c.closed_at.is_(None)
_NAMES = tuple(field.name for field in fields(WorkOrder))


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOrder:
    number: str
    site_id: SiteId
    root_fault_id: FaultId
    severity: Severity
    opened_at: datetime
    clock_started_at: datetime
    clock_source: ClockSource
    zone: Zone
    on_site_hours: float
    on_site_rule: str
    on_site_by: datetime


def add(tx: Tx, new: NewOrder) -> WorkOrder:
    row = {name: getattr(new, name) for name in NewOrder.__slots__}
    return _order(tx.execute(insert(work_orders).values(row).returning(work_orders)).one())


def next_number(tx: Tx, year: int) -> str:
    """The number people read out: year of the site's calendar, then counted up from one."""
    row = insert_into(tx, counters).values(name=f"order-{year}", value=1)
    counted = row.on_conflict_do_update(
        index_elements=["name"], set_={"value": counters.c.value + 1}
    ).returning(counters.c.value)
    return f"{year}-{tx.execute(counted).scalar_one():05d}"


def get(tx: Tx, order_id: OrderId) -> WorkOrder | None:
    row = tx.execute(select(work_orders).where(work_orders.c.id == order_id)).one_or_none()
    return _order(row) if row else None


def by_number(tx: Tx, number: str) -> WorkOrder | None:
    row = tx.execute(select(work_orders).where(work_orders.c.number == number)).one_or_none()
    return _order(row) if row else None


def numbers(tx: Tx, ids: Collection[OrderId]) -> list[str]:
    """What people call them, oldest first."""
    found = select(work_orders.c.number).where(work_orders.c.id.in_(ids))
    return list(tx.scalars(found.order_by(work_orders.c.id))) if ids else []


def lock(tx: Tx, order_id: OrderId, *, skip_locked: bool = False) -> WorkOrder | None:
    """The order, held until the transaction ends; None if it is gone (or held, if skipping)."""
    found = select(work_orders).where(work_orders.c.id == order_id)
    row = tx.execute(found.with_for_update(skip_locked=skip_locked)).one_or_none()
    return _order(row) if row else None


def open_for(tx: Tx, root_fault_id: FaultId) -> WorkOrder | None:
    found = select(work_orders).where(work_orders.c.root_fault_id == root_fault_id, OPEN)
    row = tx.execute(found).one_or_none()
    return _order(row) if row else None


def all_open(tx: Tx, *, limit: int = 1000) -> list[WorkOrder]:
    found = select(work_orders).where(OPEN).order_by(work_orders.c.on_site_by)
    return [_order(row) for row in tx.execute(found.limit(limit))]


def any_unanswered(tx: Tx) -> bool:
    """Is somebody being called in earnest at this moment?"""
    calling = select(work_orders.c.id).where(
        OPEN, work_orders.c.received_at.is_(None), work_orders.c.pages_made > 0
    )
    return tx.execute(calling.limit(1)).first() is not None


def by_ids(tx: Tx, order_ids: Sequence[OrderId]) -> dict[OrderId, WorkOrder]:
    found = select(work_orders).where(work_orders.c.id.in_(order_ids))
    return {OrderId(row.id): _order(row) for row in tx.execute(found)}


def change(tx: Tx, order_id: OrderId, **columns: Any) -> WorkOrder:
    """Write these columns, move the version on and return the order as it is now."""
    columns["version"] = work_orders.c.version + 1
    changed = update(work_orders).where(work_orders.c.id == order_id).values(**columns)
    return _order(tx.execute(changed.returning(work_orders)).one())


def _order(row: Row[Any]) -> WorkOrder:
    values = {name: getattr(row, name) for name in _NAMES}
    values["severity"] = Severity(values["severity"])
    values["clock_source"] = ClockSource(values["clock_source"])
    values["zone"] = Zone(values["zone"])
    return WorkOrder(**values)
