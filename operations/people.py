"""Coming in and going out: tries are counted before they are judged, so none races past."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from operations import notes, passwords, tries
from operations.tries import FORGET_AFTER, network_of
from rules.access import HALF_LASTS
from rules.model import PersonId
from storage import access_links as link_rows
from storage import logins as login_rows
from storage import sessions as session_rows
from storage import throttles
from storage.db import Tx
from storage.logins import Login
from storage.sessions import Session

ABSOLUTE = timedelta(days=7)

# Tries before the door closes: a name from one address, an address, a name from anywhere.
_PAIR, _ADDRESS, _NAME = 5, 20, 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Try:
    """A try at the door. `login` is None for a name nobody has: judge it just as slowly."""

    login: Login | None = None
    blocked_until: datetime | None = None

    @property
    def hash(self) -> str:
        """Of a login without a password too: it costs the same time and never fits."""
        known = self.login.password_hash if self.login else ""
        return known or passwords.nobodys_hash()


def knock(tx: Tx, name: str, address: str, now: datetime) -> Try:
    """Count one try, as if it had failed; `let_in` forgives it. The name may be unknown."""
    if until := tries.count(tx, _keys(name, address), now):
        return Try(blocked_until=until)
    return Try(login=login_rows.by_name(tx, name))


def let_in(
    tx: Tx, login: Login, now: datetime, *, address: str, agent: str, how: str = "password"
) -> str:
    """Begin a session; returns the token that goes into the cookie and nowhere else.

    Whoever has a second factor and has not shown it yet is let in by half: only as far as the
    page that asks for the code. The company's own door (`oidc`) asks for its own.
    """
    half = login.second_factor and how in {"password", "link"}
    pair, *wider = _keys(login.name, address)
    throttles.clear(tx, [pair])
    throttles.forgive(tx, wider)
    throttles.sweep(tx, now - FORGET_AFTER)
    session_rows.sweep(tx, now)
    token = passwords.new_token()
    session_rows.begin(
        tx,
        Session(
            token_hash=passwords.token_hash(token),
            login_id=login.id,
            created_at=now,
            seen_at=now,
            expires_at=now + ABSOLUTE,
            agent=agent[:200],
            address=address,
            how=how,
            second_factor_until=now + HALF_LASTS if half else None,
        ),
    )
    if not half:
        facts = {"address": address, "how": how}
        notes.of_act(tx, "logged_in", login.person_id, now, facts)
    return token


def leave(tx: Tx, token: str, now: datetime) -> None:
    session = session_rows.find(tx, passwords.token_hash(token))
    login = login_rows.get(tx, session.login_id) if session else None
    if session and login:
        session_rows.end(tx, session.token_hash)
        notes.of_act(tx, "logged_out", login.person_id, now)


def change_password(tx: Tx, login: Login, password_hash: str, now: datetime) -> None:
    """Every session of this login ends, also the one that asked; `let_in` begins a new one.

    Links that were mailed before open nothing any more.
    """
    login_rows.set_password(tx, login.id, password_hash, now, must_change=False)
    session_rows.end_all(tx, login.id)
    link_rows.void(tx, login.person_id, now)
    notes.of_act(tx, "password_changed", login.person_id, now)


def give_login(
    tx: Tx,
    person_id: PersonId,
    name: str,
    password_hash: str,
    now: datetime,
    *,
    must_change: bool = True,
) -> None:
    """A login with a password somebody else knows: it must be changed at the first use.

    Given again to the same person it replaces the password and ends their sessions.
    """
    notes.of_act(tx, "login_given", person_id, now)
    known = login_rows.of_person(tx, person_id)
    if known is None:
        login_rows.add(tx, person_id, name, password_hash, now, must_change=must_change)
        return
    login_rows.set_password(tx, known.id, password_hash, now, must_change=must_change)
    session_rows.end_all(tx, known.id)


def _keys(name: str, address: str) -> dict[str, int]:
    folded, network = login_rows.folded(name)[:64], network_of(address)
    return {
        f"name+address:{folded}|{network}": _PAIR,
        f"address:{network}": _ADDRESS,
        f"name:{folded}": _NAME,
    }
