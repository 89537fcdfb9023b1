"""Which systems somebody pays for, and from when to when: what the month is planned from."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from rules.model import SiteId, SystemId
from storage.db import Tx
from storage.tables.company import contracts, customers, sites
from storage.tables.company import systems as system_rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Covered:
    """Both days included. The timezone is the site's."""

    system_id: SystemId
    site_id: SiteId
    timezone: str
    starts_on: date
    ends_on: date


def systems(tx: Tx) -> list[Covered]:
    """Archived ones are left out, and so is what belongs to anything archived."""
    found = (
        select(
            system_rows.c.id.label("system_id"),
            sites.c.id.label("site_id"),
            sites.c.timezone,
            contracts.c.starts_on,
            contracts.c.ends_on,
        )
        .join_from(system_rows, sites)
        .join(contracts, sites.c.contract_id == contracts.c.id)
        .join(customers, sites.c.customer_id == customers.c.id)
        .where(
            system_rows.c.archived_at.is_(None),
            sites.c.archived_at.is_(None),
            contracts.c.archived_at.is_(None),
            customers.c.archived_at.is_(None),
        )
        .order_by(system_rows.c.id)
    )
    return [Covered(**row) for row in tx.execute(found).mappings()]
