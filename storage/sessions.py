"""Who is in, kept on our side: a stolen table opens nothing, a session can be ended."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select, update

from storage.db import Tx
from storage.tables.access import sessions


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    token_hash: str
    login_id: int
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    agent: str
    address: str


def begin(tx: Tx, session: Session) -> None:
    tx.execute(
        insert(sessions),
        {name: getattr(session, name) for name in Session.__dataclass_fields__},
    )


def find(tx: Tx, token_hash: str) -> Session | None:
    chosen = select(sessions).where(sessions.c.token_hash == token_hash)
    row = tx.execute(chosen).mappings().one_or_none()
    return Session(**row) if row else None


def seen(tx: Tx, token_hash: str, now: datetime) -> None:
    tx.execute(update(sessions).where(sessions.c.token_hash == token_hash).values(seen_at=now))


def end(tx: Tx, token_hash: str) -> None:
    tx.execute(delete(sessions).where(sessions.c.token_hash == token_hash))


def end_all(tx: Tx, login_id: int) -> None:
    tx.execute(delete(sessions).where(sessions.c.login_id == login_id))


def sweep(tx: Tx, now: datetime) -> None:
    tx.execute(delete(sessions).where(sessions.c.expires_at <= now))
