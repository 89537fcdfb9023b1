"""Bearer tokens of programs: only hashes are kept, and each can be revoked."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update

from rules.model import PersonId
from rules.scopes import Scope
from storage.db import Tx
from storage.tables.access import api_tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiToken:
    id: int
    person_id: PersonId
    name: str
    scopes: frozenset[Scope]
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None = None
    revoked_at: datetime | None = None

    def valid(self, now: datetime) -> bool:
        return self.revoked_at is None and now < self.expires_at


@dataclass(frozen=True, slots=True, kw_only=True)
class NewToken:
    token_hash: str
    person_id: PersonId
    name: str
    scopes: frozenset[Scope]
    created_at: datetime
    expires_at: datetime


def add(tx: Tx, new: NewToken) -> ApiToken:
    row = {name: getattr(new, name) for name in NewToken.__slots__}
    row["scopes"] = sorted(new.scopes)
    return _token(tx.execute(insert(api_tokens).values(row).returning(api_tokens)).mappings().one())


def find(tx: Tx, token_hash: str) -> ApiToken | None:
    """Also one that has ended: `valid` says whether it still opens anything."""
    found = select(api_tokens).where(api_tokens.c.token_hash == token_hash)
    row = tx.execute(found).mappings().one_or_none()
    return _token(row) if row else None


def everything(tx: Tx) -> list[ApiToken]:
    rows = tx.execute(select(api_tokens).order_by(api_tokens.c.id)).mappings()
    return [_token(row) for row in rows]


def used(tx: Tx, token_id: int, now: datetime) -> None:
    tx.execute(update(api_tokens).where(api_tokens.c.id == token_id).values(last_used_at=now))


def revoke(tx: Tx, token_id: int, now: datetime) -> ApiToken | None:
    """None when there is no such token, or it was revoked before."""
    here = (api_tokens.c.id == token_id) & api_tokens.c.revoked_at.is_(None)
    ended = update(api_tokens).where(here).values(revoked_at=now).returning(api_tokens)
    row = tx.execute(ended).mappings().one_or_none()
    return _token(row) if row else None


def _token(row: Mapping[Any, Any]) -> ApiToken:
    values = {name: row[name] for name in ApiToken.__slots__}
    # A scope this program no longer knows opens nothing.
    values["scopes"] = frozenset(Scope(one) for one in row["scopes"] if one in set(Scope))
    return ApiToken(**values)
