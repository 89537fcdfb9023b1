"""Occasions, the lists that prepare them, and who stands by on site (A08)."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, insert, select, update

from rules.duty import Span
from rules.model import PersonId, SiteId
from rules.occasions import Guard, Kind, Occasion, Preparation
from storage.db import Tx
from storage.tables.rota import occasion_guards, occasions, preparations

IN_USE = occasions.c.archived_at.is_(None)


def add(tx: Tx, columns: Mapping[str, Any]) -> Occasion:
    row = tx.execute(insert(occasions).values(dict(columns)).returning(occasions))
    return _occasion(row.mappings().one())


def change(tx: Tx, occasion_id: int, columns: Mapping[str, Any]) -> Occasion:
    changed = update(occasions).where(occasions.c.id == occasion_id).values(dict(columns))
    return _occasion(tx.execute(changed.returning(occasions)).mappings().one())


def get(tx: Tx, occasion_id: int) -> Occasion | None:
    row = tx.execute(select(occasions).where(occasions.c.id == occasion_id)).mappings().first()
    return _occasion(row) if row else None


def lock(tx: Tx, occasion_id: int, *, skip_locked: bool = False) -> Occasion | None:
    found = select(occasions).where(occasions.c.id == occasion_id)
    row = tx.execute(found.with_for_update(skip_locked=skip_locked)).mappings().first()
    return _occasion(row) if row else None


def by_ids(tx: Tx, ids: Iterable[int]) -> list[Occasion]:
    return _occasions(tx, select(occasions).where(occasions.c.id.in_(list(ids))))


def touching(tx: Tx, span: Span) -> list[Occasion]:
    """Those in use that share an instant with `span`, by their beginning."""
    shared = (occasions.c.starts_at < span.ends_at) & (span.starts_at < occasions.c.ends_at)
    return _occasions(tx, select(occasions).where(IN_USE, shared).order_by(occasions.c.starts_at))


def add_guard(tx: Tx, columns: Mapping[str, Any]) -> Guard:
    row = tx.execute(insert(occasion_guards).values(dict(columns)).returning(occasion_guards))
    return Guard(**row.mappings().one())


def drop_guard(tx: Tx, guard_id: int) -> None:
    tx.execute(delete(occasion_guards).where(occasion_guards.c.id == guard_id))


def get_guard(tx: Tx, guard_id: int) -> Guard | None:
    found = _guards(tx, occasion_guards.c.id == guard_id)
    return found[0] if found else None


def guards_of(tx: Tx, occasion_id: int) -> list[Guard]:
    return _guards(tx, occasion_guards.c.occasion_id == occasion_id)


def guards_at(tx: Tx, site_id: SiteId, at: datetime) -> list[Guard]:
    """Who stands by there at that instant."""
    g = occasion_guards.c
    return _guards(tx, (g.site_id == site_id) & (g.starts_at <= at) & (at < g.ends_at))


def guards_by(tx: Tx, person_id: PersonId, span: Span) -> list[Guard]:
    """When that person stands by anywhere within `span`."""
    g = occasion_guards.c
    shared = (g.starts_at < span.ends_at) & (span.starts_at < g.ends_at)
    return _guards(tx, (g.person_id == person_id) & shared)


def add_preparations(tx: Tx, rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        tx.execute(insert(preparations), [dict(row) for row in rows])


def change_preparation(tx: Tx, number: int, columns: Mapping[str, Any]) -> Preparation:
    changed = update(preparations).where(preparations.c.id == number).values(dict(columns))
    return _preparation(tx.execute(changed.returning(preparations)).mappings().one())


def drop_preparation(tx: Tx, number: int) -> None:
    tx.execute(delete(preparations).where(preparations.c.id == number))


def get_preparation(tx: Tx, number: int) -> Preparation | None:
    found = _preparations(tx, preparations.c.id == number)
    return found[0] if found else None


def preparations_of(tx: Tx, occasion_ids: Iterable[int]) -> list[Preparation]:
    """By the day they are due."""
    return _preparations(tx, preparations.c.occasion_id.in_(list(occasion_ids)))


def open_preparations(tx: Tx, person_id: PersonId) -> list[Preparation]:
    """What that person has still to do, of occasions in use."""
    theirs = preparations.c.occasion_id.in_(select(occasions.c.id).where(IN_USE))
    undone = preparations.c.done_at.is_(None)
    return _preparations(tx, (preparations.c.person_id == person_id) & undone & theirs)


def _occasions(tx: Tx, found: Select[Any]) -> list[Occasion]:
    return [_occasion(row) for row in tx.execute(found).mappings()]


def _occasion(row: Any) -> Occasion:
    return Occasion(**{**row, "site_ids": tuple(SiteId(n) for n in row["site_ids"])})


def _guards(tx: Tx, which: ColumnElement[bool]) -> list[Guard]:
    """Of occasions in use."""
    held = occasion_guards.c.occasion_id.in_(select(occasions.c.id).where(IN_USE))
    found = select(occasion_guards).where(which, held)
    order = found.order_by(occasion_guards.c.starts_at, occasion_guards.c.id)
    return [Guard(**row) for row in tx.execute(order).mappings()]


def _preparations(tx: Tx, which: ColumnElement[bool]) -> list[Preparation]:
    found = select(preparations).where(which).order_by(preparations.c.due_on, preparations.c.id)
    return [_preparation(row) for row in tx.execute(found).mappings()]


def _preparation(row: Any) -> Preparation:
    return Preparation(**{**row, "kind": Kind(row["kind"])})
