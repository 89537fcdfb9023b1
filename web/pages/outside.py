"""In by the company's own identity provider: out to it, and back with what it vouches for."""

import re

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from operations import access as access_desk
from operations import outside as outside_desk
from operations.access import AccessError
from storage.db import transaction
from web import entering, journeys, provider
from web.journeys import Packed
from web.provider import Provider, ProviderDownError, RefusedError, UntrueError
from web.wired import NotFoundError, Stranger, Viewer, Wired, local_path, page
from wiring.parts import Parts

router = APIRouter()

_SHORT_CODE = re.compile(r"[a-z_]{1,40}")
HOW = "oidc"


def provider_of(request: Request) -> Provider | None:
    """None when the settings name none."""
    found: Provider | None = request.app.state.provider
    return found


@router.get("/login/oidc")
def set_out(request: Request, parts: Wired, stranger: Stranger, next: str = "/") -> Response:  # noqa: A002 - the word in the address
    theirs = _needed(request)
    journey = provider.new_journey()
    try:
        address = theirs.address(journey)
    except ProviderDownError:
        return _failed(request, stranger, theirs, "outside.down", 503)
    response = RedirectResponse(address, status_code=303)
    journeys.pack(request, response, parts, journey, next_path=local_path(next))
    return response


@router.get(provider.CALLBACK)
def come_back(  # noqa: PLR0913, PLR0917 - what a provider may say
    request: Request,
    parts: Wired,
    stranger: Stranger,
    code: str = "",
    state: str = "",
    error: str = "",
    iss: str = "",
) -> Response:
    """Only in the browser that set out, once, and only with what verifies."""
    theirs = _needed(request)
    packed = journeys.unpack(request, parts, state)
    if packed is None:
        response = _failed(request, stranger, theirs, "outside.stale", 403)
    elif iss and iss != theirs.issuer:
        response = _failed(request, stranger, theirs, "outside.untrue", 403)
    elif error or not code:
        response = _failed(request, stranger, theirs, "outside.refused", 403, error)
    else:
        response = _judged(request, parts, stranger, theirs, packed, code)
    journeys.drop(request, response)
    return response


def _judged(
    request: Request, parts: Parts, stranger: Viewer, theirs: Provider, packed: Packed, code: str
) -> Response:
    try:
        claim = theirs.claim(code, packed.journey)
        with transaction(parts.database) as tx:
            number = packed.invitation
            invited = access_desk.opened_again(tx, number, stranger.now) if number else None
            login = outside_desk.enter(tx, claim, invited, stranger.now)
            token = entering.begin(request, tx, login, stranger, HOW)
    except AccessError as error:
        return _failed(request, stranger, theirs, error.message_id, 403)
    except RefusedError as error:
        return _failed(request, stranger, theirs, "outside.refused", 403, str(error))
    except UntrueError:
        return _failed(request, stranger, theirs, "outside.untrue", 403)
    except ProviderDownError:
        return _failed(request, stranger, theirs, "outside.down", 503)
    return entering.led_in(request, login, token, packed.next_path, how=HOW)


def _needed(request: Request) -> Provider:
    theirs = provider_of(request)
    if theirs is None:
        raise NotFoundError
    return theirs


def _failed(
    request: Request, viewer: Viewer, theirs: Provider, key: str, status: int, why: str = ""
) -> Response:
    code = why if _SHORT_CODE.fullmatch(why) else "-"
    said = viewer.say(key, provider=theirs.name, why=code)
    return page(request, viewer, "people/outside.html", status=status, said=said)
