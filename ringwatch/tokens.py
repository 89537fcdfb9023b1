"""`ringwatch token create|list|revoke`: what programs come in with. Shown once, kept hashed."""

import argparse
from datetime import timedelta

import words
from operations import api_tokens as token_desk
from ringwatch import together
from ringwatch.folder import StartError
from rules.scopes import Scope
from storage import api_tokens as token_rows
from storage import people as people_rows
from storage.api_tokens import ApiToken
from storage.db import reading, transaction
from storage.views import names
from wiring import settings as wiring_settings
from wiring.parts import Parts
from wiring.settings import terminal_language

READING = tuple(scope for scope in Scope if scope.endswith(":read"))


def create(given: argparse.Namespace) -> int:
    """Print the token on a line of its own: it can be had by a pipe, and never again."""
    parts = _parts()
    scopes = [Scope(one) for one in given.scope or READING]
    if not 0 < given.days <= token_desk.LONGEST.days:
        raise StartError(f"--days: between 1 and {token_desk.LONGEST.days}.")
    with reading(parts.database) as tx:
        known = people_rows.by_code(tx, given.person)
        person = people_rows.present(tx, known.id) if known else None
    if person is None:
        raise StartError(f"Nobody here has the code {given.person!r}: ringwatch import people")
    with transaction(parts.database) as tx:
        made, secret = token_desk.create(
            tx, person.id, given.name, scopes, timedelta(days=given.days), parts.clock()
        )
    until = f"{made.expires_at:%Y-%m-%d}"
    facts = {"number": made.id, "name": made.name, "until": until}
    print(words.say(person.language, "house.token.made", **facts))  # noqa: T201 - a command line
    print(secret)  # noqa: T201
    parts.close()
    return 0


def revoke(given: argparse.Namespace) -> int:
    parts = _parts()
    with transaction(parts.database) as tx:
        ended = token_desk.revoke(tx, given.number, parts.clock())
    parts.close()
    if not ended:
        raise StartError(
            f"There is no token {given.number} that opens anything: ringwatch token list"
        )
    said = words.say(terminal_language(), "house.token.revoked", number=given.number)
    print(said)  # noqa: T201
    return 0


def show(_: argparse.Namespace) -> int:
    parts = _parts()
    with reading(parts.database) as tx:
        tokens = token_rows.everything(tx)
        people = names.codes_of_people(tx, [token.person_id for token in tokens])
    for token in tokens:
        print(_line(token, people[token.person_id], parts))  # noqa: T201
    parts.close()
    return 0


def _line(token: ApiToken, person: str, parts: Parts) -> str:
    language = terminal_language()
    state = "revoked" if token.revoked_at else "valid"
    if state == "valid" and not token.valid(parts.clock()):
        state = "ended"
    used = token.last_used_at
    return words.say(
        language,
        "house.token.line",
        number=token.id,
        name=token.name,
        person=person,
        scopes=" ".join(sorted(token.scopes)),
        until=f"{token.expires_at:%Y-%m-%d}",
        used=f"{used:%Y-%m-%d %H:%M}Z" if used else words.say(language, "house.token.never"),
        state=words.say(language, f"house.token.state.{state}"),
    )


def _parts() -> Parts:
    return together.ready_parts(wiring_settings.load())
