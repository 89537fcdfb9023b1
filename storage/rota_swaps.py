"""Who offers a span of duty to whom, for what in return, and what became of it."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, func, insert, select, true, update

from rules.model import Layer, PersonId
from rules.rota_swaps import State, Stretch, Swap
from storage.db import Tx
from storage.tables.rota import rota_swaps
from storage.views.pages import Page, cut

_OFFERED = rota_swaps.c.state == State.OFFERED


def add(tx: Tx, swap: Swap) -> Swap:
    row = tx.execute(insert(rota_swaps).values(_row(swap)).returning(rota_swaps))
    return _swap(row.mappings().one())


def change(tx: Tx, swap_id: int, columns: Mapping[str, Any]) -> Swap:
    changed = update(rota_swaps).where(rota_swaps.c.id == swap_id).values(dict(columns))
    return _swap(tx.execute(changed.returning(rota_swaps)).mappings().one())


def get(tx: Tx, swap_id: int) -> Swap | None:
    row = tx.execute(select(rota_swaps).where(rota_swaps.c.id == swap_id)).mappings().first()
    return _swap(row) if row else None


def lock(tx: Tx, swap_id: int, *, skip_locked: bool = False) -> Swap | None:
    found = select(rota_swaps).where(rota_swaps.c.id == swap_id)
    row = tx.execute(found.with_for_update(skip_locked=skip_locked)).mappings().first()
    return _swap(row) if row else None


def open_ones(tx: Tx) -> list[Swap]:
    """Those that wait for an answer, by the span that is offered."""
    return _swaps(tx, _OFFERED)


def open_of(tx: Tx, layer: Layer, from_id: PersonId) -> list[Swap]:
    """What that person offers of that layer."""
    return _swaps(tx, _OFFERED & (rota_swaps.c.layer == layer) & (rota_swaps.c.from_id == from_id))


def listed(
    tx: Tx, *, offered: bool | None = None, before: int | None = None, limit: int
) -> Page[Swap]:
    """The newest first; `offered` False: those that were answered or ran out; None: all."""
    which = true() if offered is None else _OFFERED if offered else ~_OFFERED
    found = select(rota_swaps).where(which).order_by(rota_swaps.c.id.desc())
    if before:
        found = found.where(rota_swaps.c.id < before)
    swaps = [_swap(row) for row in tx.execute(found.limit(limit + 1)).mappings()]
    count = tx.scalar(select(func.count()).select_from(rota_swaps).where(which)) or 0
    return cut(swaps, limit, count, lambda one: one.id)


def _swaps(tx: Tx, which: ColumnElement[bool]) -> list[Swap]:
    found = select(rota_swaps).where(which).order_by(rota_swaps.c.starts_at, rota_swaps.c.id)
    return [_swap(row) for row in tx.execute(found).mappings()]


def _row(swap: Swap) -> dict[str, Any]:
    back = swap.back
    return {
        "layer": swap.given.layer,
        "from_id": swap.from_id,
        "starts_at": swap.given.starts_at,
        "ends_at": swap.given.ends_at,
        "to_id": swap.to_id,
        "return_layer": back.layer if back else "",
        "return_starts_at": back.starts_at if back else None,
        "return_ends_at": back.ends_at if back else None,
        "note": swap.note,
        "state": swap.state,
        "offered_at": swap.offered_at,
    }


def _swap(row: Any) -> Swap:
    back = None
    if row["return_layer"]:
        back = Stretch(
            layer=Layer(row["return_layer"]),
            starts_at=row["return_starts_at"],
            ends_at=row["return_ends_at"],
        )
    return Swap(
        id=row["id"],
        from_id=row["from_id"],
        to_id=row["to_id"],
        given=Stretch(
            layer=Layer(row["layer"]), starts_at=row["starts_at"], ends_at=row["ends_at"]
        ),
        back=back,
        note=row["note"],
        state=State(row["state"]),
        offered_at=row["offered_at"],
        answered_at=row["answered_at"],
        answered_by=row["answered_by"],
    )
