"""By what token an answer to a letter of ours is known; random to all but us, stored hashed."""

import hashlib
from datetime import datetime

from sqlalchemy import select, update

from rules.model import NoticeId
from storage.db import Tx, insert_into
from storage.tables.oncall import reply_tokens


def expect(tx: Tx, token: str, notice_id: NoticeId, now: datetime, expires: datetime) -> None:
    """From now on an answer with this token is one to that notice; a repeat only lasts longer."""
    row = insert_into(tx, reply_tokens).values(
        token_hash=_hash(token), notice_id=notice_id, created_at=now, expires_at=expires
    )
    tx.execute(
        row.on_conflict_do_update(index_elements=["token_hash"], set_={"expires_at": expires})
    )


def notice_of(tx: Tx, token: str, now: datetime) -> NoticeId | None:
    """None for what was never given out and for what has expired alike."""
    mine = select(reply_tokens.c.notice_id).where(
        reply_tokens.c.token_hash == _hash(token), reply_tokens.c.expires_at > now
    )
    found = tx.scalar(mine)
    return NoticeId(found) if found is not None else None


def use(tx: Tx, token: str, now: datetime) -> None:
    """An answer came by it; the first time is kept."""
    tx.execute(
        update(reply_tokens)
        .where(reply_tokens.c.token_hash == _hash(token), reply_tokens.c.used_at.is_(None))
        .values(used_at=now)
    )


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
