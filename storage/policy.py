"""Changes of policy figures as people made them: never altered, at most withdrawn (A18)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select, update

from rules.figures import Value
from rules.model import PersonId
from rules.policy_changes import PolicyChange
from storage.db import Tx
from storage.tables.company import company, policy_changes

CITY_HOURS = "city_hours"  # the company's own choice, made when it was founded


@dataclass(frozen=True, slots=True)
class Mark:
    """Moves on whenever anything was changed, withdrawn or chosen: cheap to ask often."""

    last_id: int
    withdrawn: int
    city_at: datetime | None


def mark(tx: Tx) -> Mark:
    found = select(func.max(policy_changes.c.id), func.count(policy_changes.c.withdrawn_at))
    last_id, withdrawn = tx.execute(found).one()
    city_at = tx.scalar(select(company.c.changed_at).where(company.c.name == CITY_HOURS))
    return Mark(last_id or 0, withdrawn, city_at)


def everything(tx: Tx) -> list[PolicyChange]:
    """All that stand or stood, oldest first."""
    return [_change(row) for row in tx.execute(_all().order_by(policy_changes.c.id)).mappings()]


def of_name(tx: Tx, name: str) -> list[PolicyChange]:
    """The history of one figure, latest first."""
    found = _all().where(policy_changes.c.name == name)
    order = (policy_changes.c.effective_from.desc(), policy_changes.c.id.desc())
    return [_change(row) for row in tx.execute(found.order_by(*order)).mappings()]


def between(tx: Tx, since: datetime, until: datetime) -> list[PolicyChange]:
    """Those that came into force after `since`, up to `until`."""
    moment = policy_changes.c.effective_from
    found = _all().where(moment > since, moment <= until, policy_changes.c.withdrawn_at.is_(None))
    return [_change(row) for row in tx.execute(found).mappings()]


def get(tx: Tx, change_id: int) -> PolicyChange | None:
    found = tx.execute(_all().where(policy_changes.c.id == change_id)).mappings().one_or_none()
    return _change(found) if found else None


def add(  # noqa: PLR0913 - a row, all by name
    tx: Tx,
    *,
    name: str,
    value: Value,
    before: Value,
    why: str,
    by: PersonId,
    now: datetime,
    effective_from: datetime,
) -> PolicyChange:
    row = {
        "name": name,
        "value": value,
        "before": before,
        "why": why,
        "changed_by": by,
        "changed_at": now,
        "effective_from": effective_from,
    }
    made = insert(policy_changes).values(row).returning(policy_changes)
    return _change(tx.execute(made).mappings().one())


def withdraw(tx: Tx, change_id: int, now: datetime) -> bool:
    """False when it is in force by now, or was withdrawn already."""
    pending = (
        update(policy_changes)
        .where(policy_changes.c.id == change_id)
        .where(policy_changes.c.effective_from > now, policy_changes.c.withdrawn_at.is_(None))
    )
    return bool(tx.execute(pending.values(withdrawn_at=now)).rowcount)


def lock(tx: Tx) -> None:
    """One change at a time, so that each knows what was before it. SQLite has one writer anyway."""
    if tx.dialect.name == "postgresql":
        tx.exec_driver_sql("LOCK TABLE policy_changes IN SHARE ROW EXCLUSIVE MODE")


def _all() -> Any:
    return select(policy_changes)


def _change(row: Any) -> PolicyChange:
    """JSON knows no tuples; a figure of several parts comes back as a list."""
    kept: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in row.items()
    }
    return PolicyChange(**kept)
