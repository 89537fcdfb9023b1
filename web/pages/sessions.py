"""In by name and password, out by a button."""

import threading
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from pydantic import AfterValidator

import words
from operations import passwords
from operations import people as people_desk
from operations import setup as setup_desk
from operations.people import Try
from storage.db import reading, transaction
from web import entering, navigation, sessions
from web.wired import Stranger, Viewer, Wired, go, local_path, page
from wiring.parts import Parts

router = APIRouter()


def without_nul(typed: str) -> str:
    return typed.replace("\0", "")  # no text field of PostgreSQL takes one


Text = Annotated[str, Form(max_length=2000), AfterValidator(without_nul)]

# A password takes 0.2 s, two at a time: four may wait, the rest is told to try again.
AT_THE_DOOR = threading.BoundedSemaphore(6)


@router.get("/login")
def form(request: Request, parts: Wired, visitor: Stranger, next: str = "/") -> Response:  # noqa: A002 - the word in the address
    """The only page for a stranger; whoever is in already goes on."""
    if visitor.login:
        return go(request, local_path(next, navigation.home(visitor)))
    with reading(parts.database) as tx:
        if setup_desk.needed(tx):
            return go(request, "/setup")
    return _form(request, visitor, parts, next=local_path(next))


@router.post("/login")
def enter(
    request: Request,
    parts: Wired,
    visitor: Stranger,
    name: Text = "",
    password: Text = "",
    next: Text = "/",  # noqa: A002
) -> Response:
    """Every try costs the same time and counts the same, whether the name exists or not."""
    address = entering.address_of(request)
    if not AT_THE_DOOR.acquire(blocking=False):
        return _form(request, visitor, parts, status=503, name=name, next=next, key="login.busy")
    try:
        with transaction(parts.database) as tx:
            tried = people_desk.knock(tx, name, address, visitor.now)
        if tried.blocked_until:
            return _closed(request, visitor, parts, tried.blocked_until, name=name, next=next)
        if not _fits(tried, password):
            facts = {"name": name, "next": next, "key": "login.wrong"}
            return _form(request, visitor, parts, status=403, **facts)
    finally:
        AT_THE_DOOR.release()
    return _welcome(request, parts, visitor, tried, local_path(next))


@router.post("/logout")
def leave(request: Request, parts: Wired) -> Response:
    if token := sessions.token_of(request):
        with transaction(parts.database) as tx:
            people_desk.leave(tx, token, parts.clock())
    response = go(request, "/login")
    sessions.drop_cookie(request, response)
    return response


def _fits(tried: Try, password: str) -> bool:
    """Compares also where there is nothing to fit."""
    return passwords.fits(password, tried.hash) and tried.login is not None


def _welcome(
    request: Request, parts: Parts, visitor: Viewer, tried: Try, next_path: str
) -> Response:
    assert tried.login is not None  # noqa: S101 - judged by the caller
    with transaction(parts.database) as tx:
        token = entering.begin(request, tx, tried.login, visitor)
    return entering.led_in(request, tried.login, token, next_path)


def _closed(
    request: Request,
    visitor: Viewer,
    parts: Parts,
    until: datetime,
    *,
    name: str,
    next: str,  # noqa: A002
) -> Response:
    wait = (until - visitor.now).total_seconds()
    response = _form(
        request,
        visitor,
        parts,
        status=429,
        name=name,
        next=next,
        key="login.blocked",
        span=words.duration(visitor.language, wait),
    )
    response.headers["Retry-After"] = str(int(wait) + 1)
    return response


def _form(  # noqa: PLR0913 - what was typed, what is wrong
    request: Request,
    visitor: Viewer,
    parts: Parts,
    *,
    status: int = 200,
    name: str = "",
    next: str = "/",  # noqa: A002
    key: str = "",
    **facts: str,
) -> Response:
    failed = visitor.say(key, **facts) if key else ""
    return page(
        request,
        visitor,
        "people/login.html",
        status=status,
        name=name[:64],
        next=local_path(next),
        failed=failed,
        mailed=bool(entering.mail_channel(parts)),
        provider=parts.settings.oidc.name if parts.settings.oidc else "",
    )
