"""Between the password and the house: the code of the second factor."""

from urllib.parse import quote

from fastapi import APIRouter, Request, Response

import words
from operations import second_factor
from operations.people import leave
from storage import sessions as session_rows
from storage.db import reading, transaction
from web import entering, sessions
from web.pages.sessions import Text
from web.sessions import Known
from web.wired import Stranger, Viewer, Wired, go, local_path, page
from wiring import secret
from wiring.parts import Parts

router = APIRouter()


@router.get("/login/code")
def form(request: Request, parts: Wired, stranger: Stranger, next: str = "/") -> Response:  # noqa: A002 - the word in the address
    if _half(request, parts, stranger) is None:
        return _over(request, next)
    return _form(request, stranger, next)


@router.post("/login/code")
def show_code(
    request: Request,
    parts: Wired,
    stranger: Stranger,
    code: Text = "",
    next: Text = "/",  # noqa: A002
) -> Response:
    """Each code is counted before it is judged, and works once."""
    half = _half(request, parts, stranger)
    if half is None:
        return _over(request, next)
    with transaction(parts.database) as tx:
        until = second_factor.count(tx, half.login, stranger.now)
    if until:
        span = words.duration(stranger.language, (until - stranger.now).total_seconds())
        said = stranger.say("code.blocked", span=span)
        return _form(request, stranger, next, said, 429)
    with transaction(parts.database) as tx:
        seal = secret.seal(parts.settings)
        good = second_factor.passes(tx, half.login, seal, code[:40], stranger.now)
        if good:
            session_rows.end(tx, half.session.token_hash)
            token = entering.begin(request, tx, half.login, stranger, "totp")
    if not good:
        lost = not second_factor.readable(half.login, seal)
        why = "totp.unreadable" if lost else "code.wrong"
        return _form(request, stranger, next, stranger.say(why), 403)
    return entering.led_in(request, half.login, token, next, how="totp")


@router.post("/login/again")
def start_over(request: Request, parts: Wired) -> Response:
    """Somebody else sits down: the half session ends."""
    if token := sessions.token_of(request):
        with transaction(parts.database) as tx:
            leave(tx, token, parts.clock())
    response = go(request, "/login")
    sessions.drop_cookie(request, response)
    return response


def _half(request: Request, parts: Parts, stranger: Viewer) -> Known | None:
    with reading(parts.database) as tx:
        return sessions.find_half(tx, sessions.token_of(request), stranger.now)


def _over(request: Request, next_path: str) -> Response:
    return go(request, f"/login?next={quote(local_path(next_path), safe='')}")


def _form(
    request: Request, viewer: Viewer, next_path: str, error: str = "", status: int = 200
) -> Response:
    return page(
        request,
        viewer,
        "people/code.html",
        status=status,
        next=local_path(next_path),
        error=error,
    )
