"""Names and password hashes of those who may come in, and their second factor."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import exists, func, insert, select, update

from rules.model import PersonId
from storage.db import Tx
from storage.tables.access import logins, setup_tokens
from storage.tables.company import people


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """`must_change`: the password was given by another and lets nobody past its change.

    An empty `password_hash` fits nothing: this person comes by mail or by the company's own door.
    `totp_secret` is sealed; it counts once `totp_since` says that its owner has confirmed it.
    """

    id: int
    person_id: PersonId
    name: str
    password_hash: str
    must_change: bool
    changed_at: datetime
    totp_secret: str = ""
    totp_since: datetime | None = None
    totp_last_step: int = 0
    recovery_hashes: tuple[str, ...] = ()

    @property
    def second_factor(self) -> bool:
        return self.totp_since is not None


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


def names_like(tx: Tx, name: str) -> list[str]:
    """Login names that begin with `name`, as they are kept."""
    begins = logins.c.name.startswith(folded(name), autoescape=True)
    return list(tx.scalars(select(logins.c.name).where(begins).order_by(logins.c.name)))


def of_people(tx: Tx) -> dict[PersonId, Login]:
    """Every login, by whose it is."""
    found = (_login(row) for row in tx.execute(select(logins)).mappings())
    return {login.person_id: login for login in found}


def of_mail(tx: Tx, address: str) -> list[Login]:
    """The logins of whoever is still with us and has this mail address, whatever its case."""
    mine = func.lower(people.c.email) == address.strip().lower()
    found = select(logins).join(people, people.c.id == logins.c.person_id)
    found = found.where(mine, people.c.email != "", people.c.left_at.is_(None))
    return [_login(row) for row in tx.execute(found.order_by(logins.c.id)).mappings()]


def offer_totp(tx: Tx, login_id: int, sealed: str) -> None:
    """A new secret that does not count yet."""
    fresh = {"totp_secret": sealed, "totp_since": None, "totp_last_step": 0}
    tx.execute(update(logins).where(logins.c.id == login_id).values(recovery_hashes="[]", **fresh))


def confirm_totp(tx: Tx, login_id: int, recovery: Sequence[str], now: datetime) -> None:
    kept = {"totp_since": now, "recovery_hashes": json.dumps(list(recovery))}
    tx.execute(update(logins).where(logins.c.id == login_id).values(kept))


def drop_totp(tx: Tx, login_id: int) -> None:
    offer_totp(tx, login_id, "")


def use_step(tx: Tx, login_id: int, step: int) -> bool:
    """Take a code's time step; False when it, or a later one, was taken before."""
    fresh = (logins.c.id == login_id) & (logins.c.totp_last_step < step)
    return tx.execute(update(logins).where(fresh).values(totp_last_step=step)).rowcount == 1


def keep_recovery(tx: Tx, login_id: int, before: Collection[str], after: Sequence[str]) -> bool:
    """Change what recovery codes are left; False when another has changed them meanwhile."""
    same = (logins.c.id == login_id) & (logins.c.recovery_hashes == json.dumps(list(before)))
    left = json.dumps(list(after))
    return tx.execute(update(logins).where(same).values(recovery_hashes=left)).rowcount == 1


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
    return _login(row) if row else None


def _login(row: Any) -> Login:
    return Login(**{**row, "recovery_hashes": tuple(json.loads(row["recovery_hashes"]))})
