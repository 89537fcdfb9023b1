"""`ringwatch user add` and `ringwatch setup`. Passwords are asked for, never given as words."""

import argparse
import getpass
import sys

import words
from operations import passwords, second_factor
from operations import people as people_desk
from operations import setup as setup_desk
from ringwatch import together
from ringwatch.folder import StartError
from storage import logins as login_rows
from storage import people as people_rows
from storage.db import reading, transaction
from wiring import settings as wiring_settings
from wiring.settings import Settings, terminal_language


def add(given: argparse.Namespace) -> int:
    """Give a person a login; given again it replaces the password. It must be changed at once."""
    parts = together.ready_parts(wiring_settings.load())
    with reading(parts.database) as tx:
        person = people_rows.by_code(tx, given.person)
    if person is None:
        raise StartError(
            f"Nobody has the code {given.person!r}. Load people first: ringwatch import people"
        )
    secret = passwords.hashed(_asked_for(given.login))
    with transaction(parts.database) as tx:
        people_desk.give_login(tx, person.id, given.login, secret, parts.clock())
    print(words.say(terminal_language(), "house.user.added", name=given.login))  # noqa: T201
    parts.close()
    return 0


def second_factor_off(given: argparse.Namespace) -> int:
    """For the last administrator's lost phone; whoever may run this may read the database too."""
    parts = together.ready_parts(wiring_settings.load())
    with transaction(parts.database) as tx:
        login = login_rows.by_name(tx, given.login)
        if login is None or not login.second_factor:
            raise StartError(f"Nobody logs in as {given.login!r} with a second factor.")
        second_factor.lift(tx, login, parts.clock())
    print(words.say(terminal_language(), "house.user.second_factor_off", name=given.login))  # noqa: T201
    parts.close()
    return 0


def _asked_for(login: str) -> str:
    """Twice at a terminal, one line from a pipe."""
    if not sys.stdin.isatty():
        password = sys.stdin.readline().rstrip("\n")
    else:
        password = getpass.getpass()
        if password != getpass.getpass("Again: "):
            raise StartError("The two passwords are not the same.")
    if weakness := passwords.weakness(password, login):
        raise StartError(words.say("en", weakness, n=passwords.LEAST))
    return password


def setup(settings: Settings) -> int:
    """Print a fresh one-time link, as long as no company has been set up."""
    parts = together.ready_parts(settings)
    with transaction(parts.database) as tx:
        if not setup_desk.needed(tx):
            raise StartError("This company is set up already. Logins: ringwatch user add")
        token = setup_desk.create_token(tx, parts.clock())
    for language in words.LANGUAGES:
        url = together.setup_url(settings, token)
        print(words.say(language, "house.setup.link", url=url))  # noqa: T201
    parts.close()
    return 0
