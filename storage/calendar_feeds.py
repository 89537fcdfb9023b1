"""Addresses by which a person's calendar program reads their duty; only their hash is kept."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, insert, select, update

from rules.model import PersonId
from storage.db import Tx
from storage.tables.rota import calendar_feeds

TOKEN_BYTES = 32
_OPEN = calendar_feeds.c.revoked_at.is_(None)
_COLUMNS = tuple(column for column in calendar_feeds.c if column.name != "token_hash")


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    id: int
    person_id: PersonId
    created_at: datetime
    last_read_at: datetime | None
    revoked_at: datetime | None


def create(tx: Tx, person_id: PersonId, now: datetime) -> str:
    """A new token: known to whoever is shown it, and to nobody else."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    row = {"person_id": person_id, "token_hash": _hash(token), "created_at": now}
    tx.execute(insert(calendar_feeds).values(row))
    return token


def find(tx: Tx, token: str) -> Feed | None:
    """None for what was never given out and for what was revoked alike."""
    return _one(tx, calendar_feeds.c.token_hash == _hash(token))


def of_person(tx: Tx, person_id: PersonId) -> Feed | None:
    return _one(tx, calendar_feeds.c.person_id == person_id)


def open_ones(tx: Tx) -> list[Feed]:
    """That still open something, oldest first."""
    found = select(*_COLUMNS).where(_OPEN).order_by(calendar_feeds.c.id)
    return [Feed(**row) for row in tx.execute(found).mappings()]


def revoke(tx: Tx, person_id: PersonId, now: datetime) -> int:
    """Every address of that person opens nothing any more; how many there were."""
    theirs = update(calendar_feeds).where(_OPEN, calendar_feeds.c.person_id == person_id)
    return tx.execute(theirs.values(revoked_at=now)).rowcount


def note_read(tx: Tx, feed_id: int, now: datetime) -> None:
    read = update(calendar_feeds).where(calendar_feeds.c.id == feed_id)
    tx.execute(read.values(last_read_at=now))


def _one(tx: Tx, which: ColumnElement[bool]) -> Feed | None:
    found = select(*_COLUMNS).where(which, _OPEN).order_by(calendar_feeds.c.id.desc()).limit(1)
    row = tx.execute(found).mappings().first()
    return Feed(**row) if row else None


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
