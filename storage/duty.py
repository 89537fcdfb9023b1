"""The rota's rows."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, text, update

from rules.duty import Shift, Span
from rules.model import Layer
from storage.db import Tx
from storage.tables.company import shifts


def standing(tx: Tx, at: datetime) -> dict[Layer, Shift]:
    """Whose shift it is at that instant, layer by layer."""
    found = select(shifts).where(shifts.c.starts_at <= at, at < shifts.c.ends_at)
    rows = tx.execute(found.order_by(shifts.c.starts_at)).mappings()
    return {shift.layer: shift for shift in map(_shift, rows)}


def began(tx: Tx) -> datetime | None:
    """When the first shift on record began."""
    found: datetime | None = tx.scalar(
        select(shifts.c.starts_at).order_by(shifts.c.starts_at).limit(1)
    )
    return found


def between(tx: Tx, span: Span) -> list[Shift]:
    """Every shift that touches `span`, by layer and time."""
    found = select(shifts).where(
        shifts.c.starts_at < span.ends_at, span.starts_at < shifts.c.ends_at
    )
    rows = tx.execute(found.order_by(shifts.c.layer, shifts.c.starts_at)).mappings()
    return [_shift(row) for row in rows]


def since(tx: Tx, at: datetime) -> list[Shift]:
    """Every shift that ends after `at`, by layer and time."""
    found = select(shifts).where(shifts.c.ends_at > at)
    rows = tx.execute(found.order_by(shifts.c.layer, shifts.c.starts_at)).mappings()
    return [_shift(row) for row in rows]


def lock_rota(tx: Tx) -> None:
    """One editor at a time: overlapping shifts cannot be refused by a constraint of both engines.

    Readers are not held up.
    """
    if tx.dialect.name == "postgresql":
        tx.execute(text("LOCK TABLE shifts IN SHARE ROW EXCLUSIVE MODE"))


def rewrite(tx: Tx, old: Sequence[Shift], new: Sequence[Shift]) -> int:
    """Make the rows of `old` say what `new` says: by id changed, added or deleted; how many."""
    kept = {shift.id: shift for shift in new if shift.id}
    gone = [shift.id for shift in old if shift.id not in kept]
    if gone:
        tx.execute(delete(shifts).where(shifts.c.id.in_(gone)))
    changed = [kept[one.id] for one in old if one.id in kept and kept[one.id] != one]
    for after in changed:
        tx.execute(update(shifts).where(shifts.c.id == after.id).values(**_row(after)))
    added = [_row(shift) for shift in new if not shift.id]
    if added:
        tx.execute(insert(shifts), added)
    return len(gone) + len(changed) + len(added)


def _row(shift: Shift) -> dict[str, Any]:
    return {
        "layer": shift.layer,
        "person_id": shift.person_id,
        "starts_at": shift.starts_at,
        "ends_at": shift.ends_at,
    }


def _shift(row: Any) -> Shift:
    return Shift(**{**row, "layer": Layer(row["layer"])})
