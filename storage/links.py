"""Personal links in notices: random, stored hashed, gone after a day. Opening one only shows."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select, update

from rules.model import NoticeId, PersonId
from storage.db import Tx
from storage.tables.night import personal_links

TOKEN_BYTES = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Whose it is and what it shows: `subject_kind` is `order`, `alert`, `drill` or `digest`.

    A digest's subject is the first notice of the letter.
    """

    id: int
    person_id: PersonId
    subject_kind: str
    subject_id: int
    notice_id: NoticeId | None
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None


def create(  # noqa: PLR0913, PLR0917 - one argument a column
    tx: Tx,
    person_id: PersonId,
    subject_kind: str,
    subject_id: int,
    notice_id: NoticeId | None,
    now: datetime,
    expires: datetime,
) -> str:
    """A new token: it is known to the receiver of the link and to nobody else."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    tx.execute(
        insert(personal_links).values(
            token_hash=_hash(token),
            person_id=person_id,
            subject_kind=subject_kind,
            subject_id=subject_id,
            notice_id=notice_id,
            created_at=now,
            expires_at=expires,
        )
    )
    return token


def find(tx: Tx, token: str, now: datetime) -> Link | None:
    """None for what was never given out and for what has expired alike."""
    mine = select(*(column for column in personal_links.c if column.name != "token_hash")).where(
        personal_links.c.token_hash == _hash(token), personal_links.c.expires_at > now
    )
    row = tx.execute(mine).mappings().one_or_none()
    return Link(**row) if row else None


def use(tx: Tx, link_id: int, now: datetime) -> None:
    """The button was pressed; the first time is kept."""
    tx.execute(
        update(personal_links)
        .where(personal_links.c.id == link_id, personal_links.c.used_at.is_(None))
        .values(used_at=now)
    )


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
