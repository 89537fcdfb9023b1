"""Problems in applying the rules: recorded by anybody, reviewed by the head (A18)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select, update

from rules.model import PersonId
from storage.db import Tx
from storage.tables.company import people, rule_remarks
from storage.views.pages import Page, cut


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    id: int
    clause: str
    text: str
    written_by: PersonId
    written_at: datetime
    reviewed_by: PersonId | None
    reviewed_at: datetime | None
    outcome: str
    writer: str = ""
    reviewer: str = ""


def add(tx: Tx, clause: str, text: str, by: PersonId, now: datetime) -> int:
    row = {"clause": clause, "text": text, "written_by": by, "written_at": now, "outcome": ""}
    made = insert(rule_remarks).values(row).returning(rule_remarks.c.id)
    return int(tx.execute(made).scalar_one())


def get(tx: Tx, remark_id: int) -> Remark | None:
    found = tx.execute(_all().where(rule_remarks.c.id == remark_id)).mappings().one_or_none()
    return Remark(**found) if found else None


def review(tx: Tx, remark_id: int, outcome: str, by: PersonId, now: datetime) -> bool:
    """False when somebody has reviewed it already: the first word stands."""
    unread = rule_remarks.c.reviewed_at.is_(None)
    changed = update(rule_remarks).where(rule_remarks.c.id == remark_id, unread)
    values = {"outcome": outcome, "reviewed_by": by, "reviewed_at": now}
    return bool(tx.execute(changed.values(values)).rowcount)


def listed(tx: Tx, *, reviewed: bool, before: int | None, limit: int) -> Page[Remark]:
    """Newest first."""
    is_open = rule_remarks.c.reviewed_at.is_(None)
    chosen = ~is_open if reviewed else is_open
    found = _all().where(chosen).order_by(rule_remarks.c.id.desc()).limit(limit + 1)
    if before is not None:
        found = found.where(rule_remarks.c.id < before)
    rows = [Remark(**row) for row in tx.execute(found).mappings()]
    return cut(rows, limit, _count(tx, chosen), lambda one: one.id)


def counts(tx: Tx) -> tuple[int, int]:
    """To review, and reviewed."""
    is_open = rule_remarks.c.reviewed_at.is_(None)
    return _count(tx, is_open), _count(tx, ~is_open)


def _count(tx: Tx, chosen: Any) -> int:
    return tx.scalar(select(func.count()).select_from(rule_remarks).where(chosen)) or 0


def _all() -> Any:
    writer, reviewer = people.alias(), people.alias()
    return (
        select(
            rule_remarks,
            func.coalesce(writer.c.name, "").label("writer"),
            func.coalesce(reviewer.c.name, "").label("reviewer"),
        )
        .join_from(rule_remarks, writer, writer.c.id == rule_remarks.c.written_by, isouter=True)
        .join(reviewer, reviewer.c.id == rule_remarks.c.reviewed_by, isouter=True)
    )
