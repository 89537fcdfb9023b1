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
    how: str = "password"  # password, totp, oidc, link
    second_factor_until: datetime | None = None  # in half: a code is owed until then


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
    """Never backwards: it may be noted late."""
    earlier = (sessions.c.token_hash == token_hash) & (sessions.c.seen_at < now)
    tx.execute(update(sessions).where(earlier).values(seen_at=now))


def end(tx: Tx, token_hash: str) -> None:
    tx.execute(delete(sessions).where(sessions.c.token_hash == token_hash))


def end_all(tx: Tx, login_id: int) -> None:
    tx.execute(delete(sessions).where(sessions.c.login_id == login_id))


def of_login(tx: Tx, login_id: int, now: datetime) -> list[Session]:
    """Whole ones that have not ended, the one last used first."""
    mine = (sessions.c.login_id == login_id) & (sessions.c.expires_at > now)
    found = select(sessions).where(mine, sessions.c.second_factor_until.is_(None))
    rows = tx.execute(found.order_by(sessions.c.seen_at.desc(), sessions.c.token_hash)).mappings()
    return [Session(**row) for row in rows]


def end_of(tx: Tx, login_id: int, token_hash: str) -> bool:
    """End one of this login's; False when it has none such."""
    mine = (sessions.c.login_id == login_id) & (sessions.c.token_hash == token_hash)
    return tx.execute(delete(sessions).where(mine)).rowcount == 1


def end_others(tx: Tx, login_id: int, token_hash: str) -> int:
    others = (sessions.c.login_id == login_id) & (sessions.c.token_hash != token_hash)
    return tx.execute(delete(sessions).where(others)).rowcount


def proven(tx: Tx, token_hash: str) -> None:
    """Its person has shown a second factor."""
    tx.execute(update(sessions).where(sessions.c.token_hash == token_hash).values(how="totp"))


def sweep(tx: Tx, now: datetime) -> None:
    tx.execute(delete(sessions).where(sessions.c.expires_at <= now))
