"""What ought to be inspected, as a set: the key is system, kind and period (A09)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete

from rules.inspections import InspectionId
from rules.model import SiteId, SystemId
from storage.db import Tx, insert_into
from storage.tables.paper import inspections

MONTH = "month"


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """One that ought to be there; the key is system and period."""

    system_id: SystemId
    site_id: SiteId
    period: str
    due_on: date


def add(tx: Tx, wanted: Sequence[Planned], now: datetime) -> list[InspectionId]:
    """Those that were not there yet; asking twice is free."""
    rows = [
        {
            "system_id": one.system_id,
            "site_id": one.site_id,
            "kind": MONTH,
            "period": one.period,
            "due_on": one.due_on,
            "planned_at": now,
        }
        for one in wanted
    ]
    if not rows:
        return []
    asked = insert_into(tx, inspections).values(rows).on_conflict_do_nothing()
    return [InspectionId(number) for number in tx.scalars(asked.returning(inspections.c.id))]


def withdraw(tx: Tx, ids: Iterable[InspectionId]) -> list[InspectionId]:
    """Forget those that nobody has begun; returns which went."""
    gone = delete(inspections).where(
        inspections.c.id.in_(list(ids)), inspections.c.frozen_at.is_(None)
    )
    return [InspectionId(number) for number in tx.scalars(gone.returning(inspections.c.id))]
