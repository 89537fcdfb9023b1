"""Links that let somebody in: for one purpose, once, for a while; only their hash is kept."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, delete, insert, select, update

from rules.access import Purpose
from rules.model import PersonId
from storage.db import Tx
from storage.tables.access import access_links

TOKEN_BYTES = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessLink:
    id: int
    purpose: Purpose
    person_id: PersonId
    created_by: PersonId | None
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None


def create(
    tx: Tx,
    purpose: Purpose,
    person_id: PersonId,
    *,
    by: PersonId | None,
    now: datetime,
    expires: datetime,
) -> str:
    """A new token: it is known to the receiver of the link and to nobody else."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    row = {
        "token_hash": _hash(token),
        "purpose": purpose,
        "person_id": person_id,
        "created_by": by,
        "created_at": now,
        "expires_at": expires,
    }
    tx.execute(insert(access_links), row)
    return token


def find(tx: Tx, token: str, now: datetime) -> AccessLink | None:
    """None for what was never given out, was used, or has expired alike."""
    mine = (access_links.c.token_hash == _hash(token)) & _good(now)
    return _link(tx.execute(select(access_links).where(mine)).one_or_none())


def get(tx: Tx, link_id: int, now: datetime) -> AccessLink | None:
    """As `find`, for a link that was shown before."""
    mine = (access_links.c.id == link_id) & _good(now)
    return _link(tx.execute(select(access_links).where(mine)).one_or_none())


def use(tx: Tx, link_id: int, now: datetime) -> bool:
    """Take it; False when another was faster."""
    mine = (access_links.c.id == link_id) & _good(now)
    return tx.execute(update(access_links).where(mine).values(used_at=now)).rowcount == 1


def void(tx: Tx, person_id: PersonId, now: datetime) -> int:
    """What this person was sent before opens nothing any more."""
    theirs = (access_links.c.person_id == person_id) & _good(now)
    return tx.execute(update(access_links).where(theirs).values(used_at=now)).rowcount


def sweep(tx: Tx, before: datetime) -> int:
    """Forget what expired before that."""
    return tx.execute(delete(access_links).where(access_links.c.expires_at < before)).rowcount


def _good(now: datetime) -> object:
    return access_links.c.used_at.is_(None) & (access_links.c.expires_at > now)


def _link(row: Row[tuple[object, ...]] | None) -> AccessLink | None:
    if row is None:
        return None
    known = row._asdict()
    known.pop("token_hash")
    return AccessLink(**{**known, "purpose": Purpose(known["purpose"])})


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
