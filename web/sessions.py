"""The cookie and who is behind it. The cookie holds 256 random bits, the table their hash."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from fastapi import Request, Response

from operations import passwords
from operations.people import ABSOLUTE
from rules.model import Person
from rules.policy import Policy
from storage import logins as login_rows
from storage import people as people_rows
from storage import sessions as session_rows
from storage.db import ConflictError, Database, DatabaseDownError, Tx, transaction
from storage.logins import Login
from storage.sessions import Session

log = logging.getLogger(__name__)

_SEEN_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    person: Person
    login: Login
    session: Session


def cookie_name(request: Request) -> str:
    """`__Host-` where the browser keeps it; on plain http Chromium drops it without a word."""
    return "__Host-ringwatch" if request.url.scheme == "https" else "ringwatch"


def token_of(request: Request) -> str:
    return request.cookies.get(cookie_name(request), "")


def put_cookie(request: Request, response: Response, token: str) -> None:
    response.set_cookie(
        cookie_name(request),
        token,
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
        path="/",
        max_age=int(ABSOLUTE.total_seconds()),
    )


def drop_cookie(request: Request, response: Response) -> None:
    response.delete_cookie(
        cookie_name(request), httponly=True, samesite="lax", secure=request.url.scheme == "https"
    )


def find(tx: Tx, token: str, policy: Policy, now: datetime) -> Known | None:
    """Who holds `token`, unless the session has ended, lain idle too long, or is half a one."""
    session = session_rows.find(tx, passwords.token_hash(token)) if token else None
    if session is None or session.second_factor_until or not _is_alive(session, policy, now):
        return None
    return _known(tx, session)


def find_half(tx: Tx, token: str, now: datetime) -> Known | None:
    """Who has shown a password, and owes the code of the second factor."""
    session = session_rows.find(tx, passwords.token_hash(token)) if token else None
    until = session.second_factor_until if session else None
    return _known(tx, session) if session and until and now < until else None


def _known(tx: Tx, session: Session) -> Known | None:
    login = login_rows.get(tx, session.login_id)
    person = people_rows.present(tx, login.person_id) if login else None
    if login is None or person is None:
        return None
    return Known(person=person, login=login, session=session)


def note_seen(database: Database, session: Session, now: datetime) -> None:
    """At most once a minute, so that reading pages hardly ever writes.

    A page can be shown without it: in a storm others may hold the database for seconds.
    """
    if now - session.seen_at >= _SEEN_EVERY:
        try:
            with transaction(database) as tx:
                session_rows.seen(tx, session.token_hash, now)
        except (ConflictError, DatabaseDownError) as error:
            log.warning("a session is not noted as seen: %s", error)


def _is_alive(session: Session, policy: Policy, now: datetime) -> bool:
    idle = timedelta(hours=policy.session_hours)
    return now < session.expires_at and now - session.seen_at < idle
