"""Logins: who can come in and how; invite, help with a lost phone, log out. Administrators only."""

from typing import Any

from fastapi import APIRouter, Request, Response

from operations import access as access_desk
from operations import notes, second_factor
from operations import outside as outside_desk
from operations.access import AccessError
from rules.access import must_have_second_factor
from rules.model import Person, PersonId, Role
from rules.permits import Verb
from storage import logins as login_rows
from storage import outside_identities as identity_rows
from storage import people as people_rows
from storage import sessions as session_rows
from storage.db import Tx, reading, transaction
from storage.logins import Login
from storage.views import logins as login_view
from storage.views.logins import Line
from web import entering
from web.lists import PAGE_ROWS, next_page
from web.pages.account import places
from web.wired import ForbiddenError, NotFoundError, RowId, Viewer, Visitor, Wired, go, page
from wiring.parts import Parts

router = APIRouter()

LONGEST_SEARCH = 80


@router.get("/logins")
def logins(
    request: Request, parts: Wired, visitor: Visitor, q: str = "", after: str = ""
) -> Response:
    _must(visitor)
    words = q[:LONGEST_SEARCH]
    with reading(parts.database) as tx:
        found = login_view.listed(tx, words, visitor.now, after=after[:64], limit=PAGE_ROWS)
    required = parts.settings.second_factor_roles
    return page(
        request,
        visitor,
        "logins/page.html",
        found=found,
        words=words,
        missing={one.person_id for one in found.rows if _lacks(one, required)},
        next=next_page(request, "after", found.next),
    )


@router.get("/logins/{person_id}")
def one(
    request: Request, parts: Wired, visitor: Visitor, person_id: RowId, sent: str = ""
) -> Response:
    """Mail addresses are shown in part: enough to see that it is the right one."""
    _must(visitor)
    return _one(request, parts, visitor, PersonId(person_id), sent=bool(sent))


@router.post("/logins/{person_id}/{verb}")
def act(request: Request, parts: Wired, visitor: Visitor, person_id: RowId, verb: str) -> Response:
    """Each with the administrator's name in the journal."""
    _must(visitor)
    try:
        with transaction(parts.database) as tx:
            person = _present(tx, PersonId(person_id))
            _do(tx, verb, person, visitor, entering.mail_channel(parts))
    except AccessError as error:
        said = visitor.say(error.message_id)
        return _one(request, parts, visitor, PersonId(person_id), error=said)
    return go(request, f"/logins/{person_id}{'?sent=1' if verb == 'invite' else ''}")


def _must(visitor: Viewer) -> None:
    """The logins of the whole house: not for whoever has some sites of it only."""
    visitor.must(Verb.MANAGE_LOGINS)
    if not visitor.reach.everything:
        raise ForbiddenError("permit.site")


def _lacks(line: Line, required: frozenset[Role]) -> bool:
    return bool(line.login and line.roles & required and not line.second_factor_since)


def _do(tx: Tx, verb: str, person: Person, visitor: Viewer, channel: str) -> None:
    me, now = visitor.me.id, visitor.now
    login = login_rows.of_person(tx, person.id)
    match verb:
        case "invite":
            access_desk.invite(tx, person, me, channel, now)
        case "end" if login:
            session_rows.end_all(tx, login.id)
            notes.of_act(tx, "sessions_ended", me, now, {"name": person.name})
        case "second-factor-off" if login:
            if login.second_factor:
                second_factor.switch_off(tx, login, me, now, person.name)
        case "unlink":
            outside_desk.unlink(tx, person, me, now)
        case _:
            raise NotFoundError


def _one(
    request: Request,
    parts: Parts,
    visitor: Viewer,
    person_id: PersonId,
    *,
    error: str = "",
    sent: bool = False,
) -> Response:
    with reading(parts.database) as tx:
        values = _values(tx, parts, visitor, _present(tx, person_id))
    return page(
        request,
        visitor,
        "logins/one.html",
        status=422 if error else 200,
        error=error,
        sent=sent,
        **values,
    )


def _values(tx: Tx, parts: Parts, visitor: Viewer, person: Person) -> dict[str, Any]:
    login: Login | None = login_rows.of_person(tx, person.id)
    found = session_rows.of_login(tx, login.id, visitor.now) if login else []
    linked = identity_rows.of_person(tx, person.id)
    channel = entering.mail_channel(parts)
    required = must_have_second_factor(person, parts.settings.second_factor_roles)
    return {
        "person": person,
        "login": login,
        "places": places(found, ""),
        "linked": linked[0] if linked else None,
        "mail": masked(access_desk.mail_of(person, channel)),
        "mailed": bool(channel),
        "required": required,
        "provider": parts.settings.oidc.name if parts.settings.oidc else "",
    }


def masked(mail: str) -> str:
    """c•••@example.com"""
    name, at, host = mail.rpartition("@")
    return f"{name[:1]}•••{at}{host}" if at else ""


def _present(tx: Tx, person_id: PersonId) -> Person:
    found = people_rows.present(tx, person_id)
    if found is None:
        raise NotFoundError
    return found
