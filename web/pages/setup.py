"""The first run: one page founds the company, the next waits for the first device."""

import zoneinfo
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Form, Request, Response

from operations import people as people_desk
from operations import setup as setup_desk
from operations.setup import TokenError
from rules.model import Zone
from rules.permits import Verb
from storage import sites as site_rows
from storage.db import reading, transaction
from storage.views import discovered as discovered_view
from web import sessions
from web.pages.first_run import Checked, Typed, check
from web.wired import NotFoundError, Stranger, Viewer, Visitor, Wired, go, page
from wiring.parts import Parts

router = APIRouter()


@router.get("/setup")
def form(request: Request, parts: Wired, visitor: Stranger, token: str = "") -> Response:
    """Open to everyone, and of use only to whoever holds the token of the log."""
    _must_be_needed(parts)
    timezone = visitor.timezone
    return _form(request, visitor, Typed(token=token, timezone=timezone), {})


@router.post("/setup")
def found(
    request: Request, parts: Wired, visitor: Stranger, typed: Annotated[Typed, Form()]
) -> Response:
    """All or nothing; what was typed stays where it was typed, passwords apart."""
    _must_be_needed(parts)
    with reading(parts.database) as tx:
        fits = setup_desk.token_fits(tx, typed.token.strip(), visitor.now)
    if not fits:
        return _form(request, visitor, typed, {"token": visitor.say("setup.token_wrong")})
    checked = check(typed, parts.policy.zone_hours, visitor.language)
    if checked.first is None:
        return _form(request, visitor, typed, _said(visitor, checked))
    address = request.client.host if request.client else ""
    agent = request.headers.get("user-agent", "")
    try:
        with transaction(parts.database) as tx:
            login = setup_desk.redeem(tx, typed.token.strip(), checked.first, visitor.now)
            token = people_desk.let_in(tx, login, visitor.now, address=address, agent=agent)
    except TokenError:
        return _form(request, visitor, typed, {"token": visitor.say("setup.token_wrong")})
    response = go(request, "/setup/device")
    sessions.put_cookie(request, response, token)
    return response


@router.get("/setup/device")
def first_device(request: Request, parts: Wired, visitor: Visitor) -> Response:
    """What to publish where, and a place that shows the first device that speaks."""
    visitor.must(Verb.SET_UP)
    return _waiting(request, parts, visitor, "setup/device.html")


@router.get("/setup/device/seen")
def seen(request: Request, parts: Wired, visitor: Visitor) -> Response:
    """The fragment the page was made of, asked for every two seconds."""
    visitor.must(Verb.SET_UP)
    return _waiting(request, parts, visitor, "setup/seen.html")


def _must_be_needed(parts: Parts) -> None:
    with reading(parts.database) as tx:
        if not setup_desk.needed(tx):
            raise NotFoundError


def _said(visitor: Viewer, checked: Checked) -> dict[str, str]:
    return {
        field: visitor.say(wrong.message_id, **wrong.facts)
        for field, wrong in checked.wrong.items()
    }


def _form(request: Request, visitor: Viewer, typed: Typed, errors: dict[str, str]) -> Response:
    return page(
        request,
        visitor,
        "setup/page.html",
        status=422 if errors else 200,
        typed=typed,
        errors=errors,
        zones=list(Zone),
        timezones=sorted(zoneinfo.available_timezones()),
    )


def _waiting(request: Request, parts: Parts, visitor: Viewer, template: str) -> Response:
    with reading(parts.database) as tx:
        stranger = discovered_view.newest(tx)
        sites = site_rows.all_sites(tx)
    broker = parts.settings.mqtt_url
    address = urlsplit(broker.get_secret_value() if broker else "mqtt://127.0.0.1:1883")
    return page(
        request,
        visitor,
        template,
        stranger=stranger,
        site_code=sites[0].code if sites else "SITE",
        host=address.hostname,
        port=address.port or (8883 if address.scheme == "mqtts" else 1883),
        user=address.username,
        own=_own_account(parts, address.hostname),
    )


def _own_account(parts: Parts, host: str | None) -> str:
    """The file that knows the password of the broker we brought ourselves."""
    file = parts.settings.data / "broker" / "account.json"
    return str(file) if host == "127.0.0.1" and file.exists() else ""
