"""What an order promises from its first moment, and by which rule (A03)."""

from datetime import datetime
from zoneinfo import ZoneInfo

from operations import places
from rules import sla
from rules.assets import Site
from rules.model import ClockSource, Fault
from rules.policy import Policy
from rules.sla import OnSite
from storage import work_orders as order_rows
from storage.db import Tx
from storage.work_orders import NewOrder


def of_fault(
    tx: Tx, fault: Fault, site: Site, policy: Policy, now: datetime, notice_at: datetime | None
) -> NewOrder:
    """The order as it will stand: number, clock, zone, hours and by which rule (A03)."""
    at = notice_at or (now if fault.source is ClockSource.MONITOR else fault.opened_at)
    source = ClockSource.CUSTOMER_NOTICE if notice_at else fault.source
    promise = promised(tx, site, at, source, policy)
    return NewOrder(
        number=order_rows.next_number(tx, now.astimezone(ZoneInfo(site.timezone)).year),
        site_id=site.id,
        root_fault_id=fault.id,
        severity=fault.severity,
        opened_at=now,
        clock_started_at=promise.clock_started_at,
        clock_source=promise.clock_source,
        zone=promise.zone,
        on_site_hours=promise.hours,
        on_site_rule=promise.rule,
        on_site_by=promise.by,
    )


def promised(tx: Tx, site: Site, at: datetime, source: ClockSource, policy: Policy) -> OnSite:
    """When somebody must be there, if the clock starts at `at`; by which hours and rule."""
    on_site = places.on_site_of(tx, site, policy)
    return sla.promise(at, source, site.zone, on_site.hours, on_site.rule.id)
