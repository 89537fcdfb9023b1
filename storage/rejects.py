"""What we could not use, kept with its reason: bounded in number and size, and counted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, select

from storage.db import Tx
from storage.tables.watch import rejects

BODY_KEPT = 4096  # bytes of the body; its full size is kept as a figure


@dataclass(frozen=True, slots=True, kw_only=True)
class Reject:
    at: datetime
    topic: str
    body: bytes
    reason: str
    traceback: str = ""
    size: int = 0
    id: int = 0


def add_all(tx: Tx, refused: Sequence[Reject], *, keep: int) -> None:
    """Keep these and forget the oldest beyond `keep`."""
    if not refused:
        return
    tx.execute(insert(rejects), [_row(reject) for reject in refused])
    newest = tx.scalar(select(func.max(rejects.c.id))) or 0
    tx.execute(delete(rejects).where(rejects.c.id <= newest - keep))


def count(tx: Tx) -> int:
    return tx.scalar(select(func.count()).select_from(rejects)) or 0


def _row(reject: Reject) -> dict[str, Any]:
    return {
        "at": reject.at,
        "topic": _storable(reject.topic)[:1024],
        "body": reject.body[:BODY_KEPT],
        "size": len(reject.body),
        "reason": _storable(reject.reason)[:1000],
        "traceback": _storable(reject.traceback)[-8000:],
    }


def _storable(text: str) -> str:
    """PostgreSQL refuses NUL in text, and nothing stores a lone surrogate."""
    return text.replace("\x00", "\\0").encode("utf-8", "backslashreplace").decode()
