"""The figures of a period, of a sheet's devices or of whole sites; deaf time said honestly."""

from collections.abc import Collection, Sequence

from sqlalchemy import Select, select

from rules.evidence import Span
from rules.inspections import Sheet
from rules.model import DeviceId, Monitored, OrderId, SiteId, WorkOrder
from rules.statistics import Running, running
from storage import faults as fault_rows
from storage import listening
from storage import maintenance as window_rows
from storage import work_orders as order_rows
from storage.db import Tx
from storage.tables.columns import in_use
from storage.tables.company import devices
from storage.tables.night import work_orders
from storage.tables.watch import faults


def of_sheet(tx: Tx, sheet: Sheet, span: Span, timezone: str) -> Running:
    """The devices on a sheet; `span` is its month, as far as it was over."""
    ids = [point.device_id for point in sheet.points if point.device_id]
    return of_devices(tx, ids, span, timezone)


def of_sites(tx: Tx, site_ids: Collection[SiteId], span: Span, timezone: str) -> Running:
    """Every device in use of those sites."""
    here = select(devices.c.id).where(devices.c.site_id.in_(list(site_ids)), in_use(devices))
    return of_devices(tx, [DeviceId(number) for number in tx.scalars(here)], span, timezone)


def of_devices(tx: Tx, ids: Sequence[DeviceId], span: Span, timezone: str) -> Running:
    heard = _heard(tx, ids)
    return running(
        heard,
        fault_rows.lived(tx, ids, *span),
        listening.spells(tx, span[0]),
        span,
        timezone,
        window_rows.spans(tx, heard, span),
    )


def orders(tx: Tx, ids: Sequence[DeviceId], span: Span) -> list[WorkOrder]:
    """Opened within the span for a fault of these devices, oldest first."""
    here = set(ids)
    w = work_orders.c
    opened = (
        select(w.id, faults.c.device_id)
        .join_from(work_orders, faults, faults.c.id == w.root_fault_id)
        .where(w.opened_at >= span[0], w.opened_at < span[1], faults.c.site_id.in_(_sites(ids)))
    )
    found = [OrderId(row.id) for row in tx.execute(opened) if row.device_id in here]
    known = order_rows.by_ids(tx, found)
    return sorted(known.values(), key=lambda one: (one.opened_at, one.id))


def _sites(ids: Sequence[DeviceId]) -> Select[tuple[int]]:
    """Of one sheet: all its devices stand at one site."""
    return select(devices.c.site_id).where(devices.c.id.in_(ids[:1]))


def _heard(tx: Tx, ids: Sequence[DeviceId]) -> list[DeviceId]:
    """Those that report themselves; the others are only looked at."""
    listened = devices.c.monitored == Monitored.YES
    return [
        DeviceId(number)
        for start in range(0, len(ids), 500)
        for number in tx.scalars(
            select(devices.c.id).where(devices.c.id.in_(ids[start : start + 500]), listened)
        )
    ]
