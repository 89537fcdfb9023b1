"""Messages of other receivers than the broker: durable before they are answered, judged once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, insert, select

from storage.db import Tx
from storage.tables.field import inbox


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """`at` is when it was taken in, by our clock; `receiver` is the dialect that reads it."""

    id: int = 0
    at: datetime
    receiver: str
    topic: str
    body: bytes


def put(tx: Tx, letters: Sequence[Letter]) -> None:
    """Take them in: after the commit they may be acknowledged to whoever sent them."""
    rows = [
        {"at": one.at, "receiver": one.receiver, "topic": one.topic, "body": one.body}
        for one in letters
    ]
    if rows:
        tx.execute(insert(inbox), rows)


def oldest(tx: Tx, limit: int) -> list[Letter]:
    found = tx.execute(select(inbox).order_by(inbox.c.id).limit(limit))
    return [Letter(**row) for row in found.mappings()]


def waiting(tx: Tx) -> int:
    return tx.scalar(select(func.count()).select_from(inbox)) or 0


def forget(tx: Tx, ids: Sequence[int]) -> None:
    """They have had their effect, in this transaction."""
    if ids:
        tx.execute(delete(inbox).where(inbox.c.id.in_(ids)))
