"""Tokens for programs: given once, for a while, for named things, in a person's name."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from operations import passwords
from rules.model import Person, PersonId
from rules.scopes import Scope
from storage import api_tokens as token_rows
from storage import journal
from storage import people as people_rows
from storage.api_tokens import ApiToken, NewToken
from storage.db import Database, Tx, transaction

PREFIX = "rw_"  # so that a token lost in a repository is recognised for what it is
LONGEST = timedelta(days=730)
_SEEN_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bearer:
    """Who holds a token, and what it opens."""

    person: Person
    token: ApiToken


def create(
    tx: Tx, person_id: PersonId, name: str, scopes: Iterable[Scope], span: timedelta, now: datetime
) -> tuple[ApiToken, str]:
    """The token is returned here and never again. Raises ValueError for a span out of bounds."""
    if not timedelta(0) < span <= LONGEST:
        raise ValueError(f"a token lives between one second and {LONGEST.days} days")
    secret = PREFIX + passwords.new_token()
    new = NewToken(
        token_hash=passwords.token_hash(secret),
        person_id=person_id,
        name=name[:100],
        scopes=frozenset(scopes),
        created_at=now,
        expires_at=now + span,
    )
    made = token_rows.add(tx, new)
    _note(tx, "token_given", made, now)
    return made, secret


def revoke(tx: Tx, token_id: int, now: datetime) -> bool:
    """From the next request on it opens nothing; False when there was nothing to revoke."""
    ended = token_rows.revoke(tx, token_id, now)
    if ended is not None:
        _note(tx, "token_revoked", ended, now)
    return ended is not None


def bearer(tx: Tx, secret: str, now: datetime) -> Bearer | None:
    """Who holds `secret`, unless it has ended, was revoked, or its person has left."""
    token = token_rows.find(tx, passwords.token_hash(secret)) if secret else None
    if token is None or not token.valid(now):
        return None
    person = people_rows.present(tx, token.person_id)
    return Bearer(person=person, token=token) if person else None


def note_used(database: Database, token: ApiToken, now: datetime) -> None:
    """At most once a minute, so that reading hardly ever writes."""
    if token.last_used_at is None or now - token.last_used_at >= _SEEN_EVERY:
        with transaction(database) as tx:
            token_rows.used(tx, token.id, now)


def _note(tx: Tx, verb: str, token: ApiToken, now: datetime) -> None:
    facts = {"name": token.name, "token": token.id, "scopes": " ".join(sorted(token.scopes))}
    entry = journal.Entry(at=now, actor="system", person_id=token.person_id, verb=verb, facts=facts)
    journal.write(tx, entry)
