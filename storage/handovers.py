"""What the shift that ends leaves in writing for the one that begins."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, insert, select, update

from rules.model import Layer, PersonId
from storage.db import Tx
from storage.tables.rota import handover_notes
from storage.views.pages import Page, cut


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """`changes_at`: when the shift it is written for begins. `to_id` None: nobody stood then."""

    id: int
    layer: Layer
    changes_at: datetime
    from_id: PersonId
    to_id: PersonId | None
    text: str
    written_at: datetime
    read_at: datetime | None = None
    read_by: PersonId | None = None


def add(tx: Tx, columns: Mapping[str, Any]) -> Note:
    row = tx.execute(insert(handover_notes).values(dict(columns)).returning(handover_notes))
    return _note(row.mappings().one())


def change(tx: Tx, note_id: int, columns: Mapping[str, Any]) -> Note:
    changed = update(handover_notes).where(handover_notes.c.id == note_id).values(dict(columns))
    return _note(tx.execute(changed.returning(handover_notes)).mappings().one())


def get(tx: Tx, note_id: int) -> Note | None:
    return _one(tx, handover_notes.c.id == note_id)


def lock(tx: Tx, note_id: int) -> Note | None:
    found = select(handover_notes).where(handover_notes.c.id == note_id)
    row = tx.execute(found.with_for_update()).mappings().first()
    return _note(row) if row else None


def unread_of(tx: Tx, layer: Layer, changes_at: datetime, from_id: PersonId) -> Note | None:
    """What that person wrote for that change and nobody has read yet."""
    n = handover_notes.c
    same = (n.layer == layer) & (n.changes_at == changes_at) & (n.from_id == from_id)
    return _one(tx, same & n.read_at.is_(None))


def unread_since(tx: Tx, since: datetime) -> list[Note]:
    """Unread ones of shifts that begin after `since`, the oldest first."""
    n = handover_notes.c
    found = select(handover_notes).where(n.read_at.is_(None), n.changes_at >= since)
    rows = tx.execute(found.order_by(n.changes_at, n.id)).mappings()
    return [_note(row) for row in rows]


def newest(tx: Tx, *, before: int | None = None, limit: int) -> Page[Note]:
    found = select(handover_notes).order_by(handover_notes.c.id.desc())
    if before:
        found = found.where(handover_notes.c.id < before)
    notes = [_note(row) for row in tx.execute(found.limit(limit + 1)).mappings()]
    count = tx.scalar(select(func.count()).select_from(handover_notes)) or 0
    return cut(notes, limit, count, lambda one: one.id)


def _one(tx: Tx, which: ColumnElement[bool]) -> Note | None:
    found = select(handover_notes).where(which).order_by(handover_notes.c.id.desc()).limit(1)
    row = tx.execute(found).mappings().first()
    return _note(row) if row else None


def _note(row: Any) -> Note:
    return Note(**{**row, "layer": Layer(row["layer"])})
