"""What an outside monitor may ask of us: a handful of counts, each one cheap."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from storage import deadlines, ledger, listening, rejects
from storage.db import Tx
from storage.tables.company import devices
from storage.tables.night import alerts, work_orders
from storage.tables.watch import faults
from storage.views import discovered


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """`echo_age_s`: how far the watermark lies back; None before the first echo."""

    messages: int
    rejected: int
    repeated: int
    echo_age_s: float | None
    stalled: bool
    devices: int
    open_faults: dict[str, int]
    open_orders: int
    open_alerts: int
    deadlines_overdue: int
    deadline_late_s: float
    notices: dict[str, int]
    rejects_kept: int
    discovered: int


def read(tx: Tx, now: datetime) -> Figures:
    ears = listening.get(tx)
    overdue, oldest = deadlines.overdue(tx, now)
    enrolled = (
        select(func.count())
        .select_from(devices)
        .where(devices.c.disabled_at.is_(None), devices.c.archived_at.is_(None))
    )
    return Figures(
        messages=ears.messages,
        rejected=ears.rejected,
        repeated=ears.repeated,
        echo_age_s=(now - ears.watermark).total_seconds() if ears.watermark else None,
        stalled=ears.stalled_since is not None,
        devices=tx.scalar(enrolled) or 0,
        open_faults=_open_faults(tx),
        open_orders=_open(tx, work_orders, "closed_at"),
        open_alerts=_open(tx, alerts, "cleared_at"),
        deadlines_overdue=overdue,
        deadline_late_s=(now - oldest).total_seconds() if oldest else 0.0,
        notices=ledger.counts(tx),
        rejects_kept=rejects.count(tx),
        discovered=discovered.count(tx),
    )


def _open_faults(tx: Tx) -> dict[str, int]:
    number = func.count().label("number")
    counted = select(faults.c.severity, number).where(faults.c.cleared_at.is_(None))
    return {row.severity: row.number for row in tx.execute(counted.group_by(faults.c.severity))}


def _open(tx: Tx, table: object, ended: str) -> int:
    column = table.c[ended]  # type: ignore[attr-defined]
    return tx.scalar(select(func.count()).where(column.is_(None))) or 0
