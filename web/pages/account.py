"""One's own login: where it is in use, and its second factor."""

from dataclasses import dataclass

import segno
from fastapi import APIRouter, Request, Response

import words
from operations import notes, second_factor
from storage import logins as login_rows
from storage import outside_identities as identity_rows
from storage import push as push_rows
from storage import sessions as session_rows
from storage.db import Tx, reading, transaction
from storage.logins import Login
from storage.sessions import Session
from web import agents, entering
from web.pages.sessions import Text
from web.wired import LoginNeededError, Viewer, Visitor, Wired, go, page
from wiring import secret
from wiring.parts import Parts

router = APIRouter()

PAGE, FACTOR = "/account", "/account/second-factor"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A session as its owner recognises it."""

    session: Session
    browser: str
    system: str
    here: bool


def places(found: list[Session], here: str) -> list[Place]:
    """The one at hand first, then as they were used last."""
    shown = []
    for session in found:
        browser, system = agents.described(session.agent)
        mine = session.token_hash == here
        shown.append(Place(session=session, browser=browser, system=system, here=mine))
    return sorted(shown, key=lambda place: not place.here)


@router.get(PAGE)
def account(request: Request, parts: Wired, visitor: Visitor, ended: int = 0) -> Response:
    login, session = _own(visitor)
    with reading(parts.database) as tx:
        found = session_rows.of_login(tx, login.id, visitor.now)
        linked = identity_rows.of_person(tx, visitor.me.id)
        browsers = push_rows.of_people(tx, [visitor.me.id]).get(visitor.me.id, [])
    return page(
        request,
        visitor,
        "people/account.html",
        login=login,
        places=places(found, session.token_hash),
        linked=linked[0] if linked else None,
        provider=parts.settings.oidc.name if parts.settings.oidc else "",
        mailed=bool(entering.mail_channel(parts)),
        ended=min(max(ended, 0), 1000),
        browsers=browsers,
    )


@router.post("/account/sessions/end")
def end(request: Request, parts: Wired, visitor: Visitor, which: Text = "") -> Response:
    """One of one's own, or (empty) every other one."""
    login, session = _own(visitor)
    with transaction(parts.database) as tx:
        if which:
            ended = int(session_rows.end_of(tx, login.id, which))
        else:
            ended = session_rows.end_others(tx, login.id, session.token_hash)
        if ended:
            notes.of_act(tx, "session_ended", visitor.me.id, visitor.now, {"n": str(ended)})
    return go(request, f"{PAGE}?ended={ended}")


@router.get(FACTOR)
def factor(request: Request, parts: Wired, visitor: Visitor) -> Response:
    login, _ = _own(visitor)
    return _factor(request, parts, visitor, login)


@router.post(FACTOR)
def begin(request: Request, parts: Wired, visitor: Visitor) -> Response:
    """A new secret to scan; nothing changes before a code has proven that it was."""
    login, _ = _own(visitor)
    if not login.second_factor:
        with transaction(parts.database) as tx:
            second_factor.offer(tx, login, secret.seal(parts.settings))
            notes.of_act(tx, "second_factor_begun", visitor.me.id, visitor.now)
    return go(request, FACTOR)


@router.post(f"{FACTOR}/confirm")
def confirm(request: Request, parts: Wired, visitor: Visitor, code: Text = "") -> Response:
    """On from now: other devices are logged out, and the spare codes are shown once."""
    login, session = _own(visitor)
    if until := _counted(parts, visitor, login):
        return _factor(request, parts, visitor, login, until, 429)
    with transaction(parts.database) as tx:
        spare = second_factor.confirm(
            tx,
            login,
            secret.seal(parts.settings),
            code[:40],
            session=session.token_hash,
            now=visitor.now,
        )
    if not spare:
        return _factor(request, parts, visitor, login, visitor.say("totp.wrong"), 422)
    return page(request, visitor, "people/spare.html", codes=spare)


@router.post(f"{FACTOR}/spare")
def renew(request: Request, parts: Wired, visitor: Visitor, code: Text = "") -> Response:
    login, _ = _own(visitor)
    if wrong := _refusal(request, parts, visitor, login, code):
        return wrong
    with transaction(parts.database) as tx:
        seal = secret.seal(parts.settings)
        spare = second_factor.renew_spare(tx, _fresh(tx, login), seal, visitor.now)
    return page(request, visitor, "people/spare.html", codes=spare)


@router.post(f"{FACTOR}/off")
def switch_off(request: Request, parts: Wired, visitor: Visitor, code: Text = "") -> Response:
    """Only with a code: whoever finds an open browser cannot."""
    login, _ = _own(visitor)
    if wrong := _refusal(request, parts, visitor, login, code):
        return wrong
    with transaction(parts.database) as tx:
        second_factor.switch_off(tx, login, visitor.me.id, visitor.now)
    return go(request, FACTOR)


def _refusal(
    request: Request, parts: Parts, visitor: Viewer, login: Login, code: str
) -> Response | None:
    """None when `code` is right; it is used up then."""
    if not login.second_factor:
        return go(request, FACTOR)
    if until := _counted(parts, visitor, login):
        return _factor(request, parts, visitor, login, until, 429)
    with transaction(parts.database) as tx:
        seal = secret.seal(parts.settings)
        good = second_factor.passes(tx, login, seal, code[:40], visitor.now)
    if good:
        return None
    return _factor(request, parts, visitor, login, visitor.say("code.wrong"), 422)


def _counted(parts: Parts, visitor: Viewer, login: Login) -> str:
    """What is said when too many codes were tried; empty while one may."""
    with transaction(parts.database) as tx:
        until = second_factor.count(tx, login, visitor.now)
    if until is None:
        return ""
    span = words.duration(visitor.language, (until - visitor.now).total_seconds())
    return visitor.say("code.blocked", span=span)


def _factor(
    request: Request,
    parts: Parts,
    visitor: Viewer,
    login: Login,
    error: str = "",
    status: int = 200,
) -> Response:
    seal = secret.seal(parts.settings)
    offered = second_factor.offered(login, seal)
    address = second_factor.address(offered, login, visitor.company) if offered else ""
    return page(
        request,
        visitor,
        "people/factor.html",
        status=status,
        login=login,
        offered=offered,
        address=address,
        picture=_picture(address) if address else "",
        unreadable=login.second_factor and not second_factor.readable(login, seal),
        required=visitor.lacks_second_factor,
        error=error,
    )


def _picture(address: str) -> str:
    """Dark on white in any theme: readers want it so."""
    return segno.make(address, error="m", micro=False).svg_data_uri(scale=5, border=4, light="#fff")


def _fresh(tx: Tx, login: Login) -> Login:
    return login_rows.get(tx, login.id) or login


def _own(visitor: Viewer) -> tuple[Login, Session]:
    if visitor.login is None or visitor.session is None:
        raise LoginNeededError
    return visitor.login, visitor.session
