"""How well we listen: the watermark, the deaf spells, and what was already taken."""

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update

from rules.silence import Spell
from storage.db import Tx, insert_into
from storage.tables.watch import deaf_spells, listening, seen_batches

MIDS = 65_535  # MQTT numbers its packets 1..65535; after that many a number comes again
_PAIR = struct.Struct("<HI")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ears:
    """`watermark`: everything the broker took before it has been judged."""

    watermark: datetime | None = None
    stalled_since: datetime | None = None
    connected_at: datetime | None = None
    session: str = ""
    messages: int = 0
    rejected: int = 0
    repeated: int = 0
    dropped: int | None = None


_NAMES = tuple(field.name for field in fields(Ears))


def get(tx: Tx) -> Ears:
    row = tx.execute(select(listening).where(listening.c.id == 1)).one_or_none()
    return Ears(**{name: getattr(row, name) for name in _NAMES}) if row else Ears()


def change(tx: Tx, **columns: Any) -> None:
    row = insert_into(tx, listening).values(id=1, **columns)
    tx.execute(row.on_conflict_do_update(index_elements=["id"], set_=columns))


def count(tx: Tx, *, messages: int, rejected: int, repeated: int) -> None:
    """Add to the totals, in the transaction of the batch they count."""
    tx.execute(
        update(listening)
        .where(listening.c.id == 1)
        .values(
            messages=listening.c.messages + messages,
            rejected=listening.c.rejected + rejected,
            repeated=listening.c.repeated + repeated,
        )
    )


def add_spell(tx: Tx, spell: Spell, why: str) -> None:
    row = {"starts_at": spell.start, "ends_at": spell.end, "why": why}
    tx.execute(insert(deaf_spells), row)


def spells(tx: Tx, since: datetime) -> list[Spell]:
    found = select(deaf_spells).where(deaf_spells.c.ends_at > since)
    rows = tx.execute(found.order_by(deaf_spells.c.starts_at))
    return [Spell(row.starts_at, row.ends_at) for row in rows]


def forget_spells(tx: Tx, before: datetime) -> None:
    tx.execute(delete(deaf_spells).where(deaf_spells.c.ends_at < before))


def remember(tx: Tx, pairs: Sequence[tuple[int, int]]) -> int:
    """Keep the (mid, crc32) pairs of a batch in its own transaction; returns the batch's id."""
    packed = b"".join(_PAIR.pack(mid, crc) for mid, crc in pairs)
    row = {"count": len(pairs), "pairs": packed}
    written = tx.execute(insert(seen_batches).values(row).returning(seen_batches.c.id))
    return int(written.scalar_one())


def remembered(tx: Tx) -> list[tuple[int, list[tuple[int, int]]]]:
    """Every kept batch, oldest first: its id and its pairs."""
    rows = tx.execute(select(seen_batches).order_by(seen_batches.c.id))
    return [(row.id, list(_PAIR.iter_unpack(row.pairs))) for row in rows]


def forget_batches(tx: Tx, ids: Iterable[int]) -> None:
    gone = list(ids)
    if gone:
        tx.execute(delete(seen_batches).where(seen_batches.c.id.in_(gone)))


def forget_all_batches(tx: Tx) -> None:
    """The broker began a new session: no message of the old one can come again."""
    tx.execute(delete(seen_batches))
