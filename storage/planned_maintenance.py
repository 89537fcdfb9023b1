"""Maintenance that is planned and has not begun: who is going to work on what, when, and why."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, insert, select, update

from rules.maintenance import Planned, PlannedId, Scope, Subject, Work
from rules.model import PersonId
from storage import maintenance as window_rows
from storage.db import Tx
from storage.tables.maintenance import planned_maintenance as planned

AHEAD = planned.c.over_at.is_(None)


def add(tx: Tx, new: Work, by: PersonId, now: datetime) -> Planned:
    row = {name: getattr(new, name) for name in Work.__slots__}
    row |= {"planned_by": by, "planned_at": now}
    return _planned(tx.execute(insert(planned).values(row).returning(planned)).one())


def get(tx: Tx, planned_id: PlannedId) -> Planned | None:
    row = tx.execute(select(planned).where(planned.c.id == planned_id)).one_or_none()
    return _planned(row) if row else None


def lock(tx: Tx, planned_id: PlannedId, *, skip_locked: bool = False) -> Planned | None:
    found = select(planned).where(planned.c.id == planned_id)
    row = tx.execute(found.with_for_update(skip_locked=skip_locked)).one_or_none()
    return _planned(row) if row else None


def end(tx: Tx, planned_id: PlannedId, now: datetime) -> None:
    tx.execute(update(planned).where(planned.c.id == planned_id).values(over_at=now))


def ahead(tx: Tx, *where: ColumnElement[bool], limit: int) -> list[Planned]:
    """What is still to come, the soonest first."""
    found = select(planned).where(and_(AHEAD, *where)).order_by(planned.c.starts_at, planned.c.id)
    return [_planned(row) for row in tx.execute(found.limit(limit))]


def newest(tx: Tx, *where: ColumnElement[bool], limit: int) -> list[Planned]:
    """What is still to come, planned last first."""
    found = select(planned).where(and_(AHEAD, *where)).order_by(planned.c.id.desc())
    return [_planned(row) for row in tx.execute(found.limit(limit))]


def about(subjects: Iterable[Subject]) -> ColumnElement[bool]:
    """Of one of these."""
    return window_rows.about(subjects, planned)


def overlapping(starts_at: datetime, ends_at: datetime) -> ColumnElement[bool]:
    return (planned.c.starts_at < ends_at) & (planned.c.ends_at > starts_at)


def _planned(row: Row[Any]) -> Planned:
    return Planned(**{**row._asdict(), "scope": Scope(row.scope)})
