"""Emergencies of our own: the monitor deaf, a page that reached nobody, a clock that jumped."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select, update

from rules.model import PersonId
from storage.db import Tx, insert_into
from storage.tables.night import alerts


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """`code` is the message id `alert.<code>`; `facts` fill its blanks."""

    id: int
    code: str
    subject: str
    opened_at: datetime
    facts: dict[str, Any] = field(default_factory=dict)
    cleared_at: datetime | None = None
    acknowledged_at: datetime | None = None
    acknowledged_by: PersonId | None = None
    pages_made: int = 0

    @property
    def open(self) -> bool:
        return self.cleared_at is None


def raise_once(
    tx: Tx, code: str, subject: str, facts: dict[str, Any], now: datetime
) -> Alert | None:
    """The new alert, or None if one of this code and subject is open already."""
    row = insert_into(tx, alerts).values(
        code=code, subject=subject, facts=facts, opened_at=now, pages_made=0
    )
    once = row.on_conflict_do_nothing(
        index_elements=["code", "subject"], index_where=alerts.c.cleared_at.is_(None)
    )
    return _one(tx, once.returning(alerts))


def get(tx: Tx, alert_id: int) -> Alert | None:
    return _one(tx, select(alerts).where(alerts.c.id == alert_id))


def lock(tx: Tx, alert_id: int, *, skip_locked: bool = False) -> Alert | None:
    found = select(alerts).where(alerts.c.id == alert_id)
    return _one(tx, found.with_for_update(skip_locked=skip_locked))


def lock_open(tx: Tx, code: str, subject: str) -> Alert | None:
    found = select(alerts).where(
        alerts.c.code == code, alerts.c.subject == subject, alerts.c.cleared_at.is_(None)
    )
    return _one(tx, found.with_for_update())


def open_ones(tx: Tx) -> list[Alert]:
    """Oldest first."""
    found = select(alerts).where(alerts.c.cleared_at.is_(None)).order_by(alerts.c.id)
    return [Alert(**row) for row in tx.execute(found).mappings()]


def change(tx: Tx, alert_id: int, **columns: Any) -> None:
    tx.execute(update(alerts).where(alerts.c.id == alert_id).values(**columns))


def _one(tx: Tx, found: Select[Any] | Any) -> Alert | None:
    row = tx.execute(found).mappings().first()
    return Alert(**row) if row else None
