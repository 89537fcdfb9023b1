"""Refused messages as the page shows them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from storage.db import Tx
from storage.rejects import Reject
from storage.tables.watch import rejects
from storage.views.pages import Page, cut


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    reason: str
    number: int
    last_at: datetime


def newest(tx: Tx, *, reason: str = "", before: int | None = None, limit: int) -> Page[Reject]:
    """Newest first; `before` is the id to go on from."""
    chosen = rejects.c.reason == reason if reason else rejects.c.id.is_not(None)
    found = select(rejects).where(chosen).order_by(rejects.c.id.desc()).limit(limit + 1)
    if before is not None:
        found = found.where(rejects.c.id < before)
    rows = [Reject(**row) for row in tx.execute(found).mappings()]
    count = tx.scalar(select(func.count()).select_from(rejects).where(chosen)) or 0
    return cut(rows, limit, count, lambda reject: reject.id)


def reasons(tx: Tx, limit: int = 20) -> list[Reason]:
    """How often each reason came, the commonest first."""
    number = func.count().label("number")
    found = select(rejects.c.reason, number, func.max(rejects.c.at).label("last_at"))
    grouped = found.group_by(rejects.c.reason).order_by(number.desc()).limit(limit)
    return [Reason(**row) for row in tx.execute(grouped).mappings()]


def get(tx: Tx, reject_id: int) -> Reject | None:
    row = tx.execute(select(rejects).where(rejects.c.id == reject_id)).mappings().one_or_none()
    return Reject(**row) if row else None
