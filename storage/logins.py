"""Names and password hashes of those who may come in."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, insert, select, update

from rules.model import PersonId
from storage.db import Tx
from storage.tables.access import logins, setup_tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """`must_change`: the password was given by another and lets nobody past its change."""

    id: int
    person_id: PersonId
    name: str
    password_hash: str
    must_change: bool
    changed_at: datetime


def by_name(tx: Tx, name: str) -> Login | None:
    return _one(tx, logins.c.name == folded(name))


def get(tx: Tx, login_id: int) -> Login | None:
    return _one(tx, logins.c.id == login_id)


def of_person(tx: Tx, person_id: PersonId) -> Login | None:
    return _one(tx, logins.c.person_id == person_id)


def any_exists(tx: Tx) -> bool:
    return bool(tx.scalar(select(exists().where(logins.c.id.is_not(None)))))


def add(
    tx: Tx, person_id: PersonId, name: str, password_hash: str, now: datetime, *, must_change: bool
) -> int:
    row = {
        "person_id": person_id,
        "name": folded(name),
        "password_hash": password_hash,
        "must_change": must_change,
        "changed_at": now,
    }
    return int(tx.execute(insert(logins).returning(logins.c.id), row).scalar_one())


def set_password(
    tx: Tx, login_id: int, password_hash: str, now: datetime, *, must_change: bool
) -> None:
    changed = {"password_hash": password_hash, "must_change": must_change, "changed_at": now}
    tx.execute(update(logins).where(logins.c.id == login_id).values(changed))


def folded(name: str) -> str:
    """Two spellings of one name are one login."""
    return name.strip().casefold()


def put_setup_token(tx: Tx, token_hash: str, now: datetime) -> None:
    tx.execute(insert(setup_tokens), {"token_hash": token_hash, "created_at": now})


def setup_token_is_fresh(tx: Tx, token_hash: str, since: datetime) -> bool:
    chosen = select(setup_tokens.c.token_hash).where(
        setup_tokens.c.token_hash == token_hash,
        setup_tokens.c.used_at.is_(None),
        setup_tokens.c.created_at >= since,
    )
    return tx.scalar(chosen) is not None


def use_setup_token(tx: Tx, token_hash: str, now: datetime) -> bool:
    """False when another has used it first."""
    fresh = (setup_tokens.c.token_hash == token_hash) & setup_tokens.c.used_at.is_(None)
    return tx.execute(update(setup_tokens).where(fresh).values(used_at=now)).rowcount == 1


def _one(tx: Tx, condition: object) -> Login | None:
    row = tx.execute(select(logins).where(condition)).mappings().one_or_none()  # type: ignore[arg-type]
    return Login(**row) if row else None
