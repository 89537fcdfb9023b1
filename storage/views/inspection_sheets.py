"""Everything the report of an inspection is made of, read at one instant."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from rules import periods
from rules.assets import Contract, Customer, Site, System
from rules.evidence import Span
from rules.inspections import InspectionId, Sheet
from rules.model import Fault, FaultId, OrderId, PersonId, WorkOrder
from rules.statistics import Running, figured
from storage import company, contracts, customers
from storage import faults as fault_rows
from storage import inspections as inspection_rows
from storage import sites as site_rows
from storage import systems as system_rows
from storage import work_orders as order_rows
from storage.db import Tx
from storage.views import names, statistics


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """`names` holds whoever checked, decided and issued; `visits` the month's orders.

    `orders` are those the sheet led to, or found. `until` is when the figures end; they begin
    with the month, or earlier where that would be less than thirty days.
    """

    sheet: Sheet
    customer: Customer
    site: Site
    system: System
    contract: Contract | None
    company: str
    running: Running
    month: Span
    until: datetime
    visits: tuple[WorkOrder, ...] = ()
    names: Mapping[PersonId, str] = field(default_factory=dict)
    faults: Mapping[FaultId, Fault] = field(default_factory=dict)
    orders: Mapping[OrderId, WorkOrder] = field(default_factory=dict)


def read(tx: Tx, inspection_id: InspectionId, now: datetime) -> Material | None:
    """None: there is no such inspection, or it was never frozen."""
    sheet = inspection_rows.sheet(tx, inspection_id)
    if sheet is None or sheet.inspection.frozen_at is None:
        return None
    inspection = sheet.inspection
    site = site_rows.get(tx, inspection.site_id)
    system = system_rows.get(tx, inspection.system_id)
    customer = customers.get(tx, site.customer_id) if site else None
    if site is None or system is None or customer is None:
        return None
    month = periods.read(inspection.period).span(site.timezone)
    until = max(month[0], min(month[1], inspection.finished_at or now))
    span = figured(month, until, site.timezone)
    ids = [point.device_id for point in sheet.points if point.device_id]
    items = [item for point in sheet.points for item in point.items]
    return Material(
        sheet=sheet,
        customer=customer,
        site=site,
        system=system,
        contract=contracts.get(tx, site.contract_id) if site.contract_id else None,
        company=company.fact(tx, "name") or "",
        running=statistics.of_sheet(tx, sheet, span, site.timezone),
        month=month,
        until=until,
        visits=tuple(statistics.orders(tx, ids, span)),
        names=names.of_people(tx, _people(sheet)),
        faults=fault_rows.by_ids(tx, {one.fault_id for one in items if one.fault_id}),
        orders=order_rows.by_ids(tx, sorted({one.order_id for one in items if one.order_id})),
    )


def _people(sheet: Sheet) -> set[PersonId | None]:
    one = sheet.inspection
    checked = {item.checked_by for point in sheet.points for item in point.items}
    decided = {point.decided_by for point in sheet.points}
    return {one.started_by, one.finished_by, one.decided_by, one.assignee_id} | checked | decided
