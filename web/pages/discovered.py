"""Devices that speak and are on nobody's list: one form from being enrolled."""

from dataclasses import dataclass

from fastapi import APIRouter, Request, Response

from operations import enrolment
from operations.enrolment import CodeTakenError, Enrolment
from rules.model import DeviceType, SystemId
from rules.permits import Verb
from storage import systems
from storage.db import reading, transaction
from storage.views import discovered as discovered_view
from storage.views.discovered import Stranger
from web.lists import PAGE_ROWS, cursor, next_page
from web.pages.sessions import Text
from web.wired import NotFoundError, Viewer, Visitor, Wired, go, page
from wiring.parts import Parts

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Typed:
    """What the form holds, as it was typed."""

    name: str = ""
    type: str = DeviceType.CAMERA
    system: str = ""


@router.get("/discovered")
def discovered(
    request: Request, parts: Wired, visitor: Visitor, ignored: str = "", after: str = ""
) -> Response:
    visitor.must(Verb.SEE_DISCOVERED)
    with reading(parts.database) as tx:
        found = discovered_view.listed(tx, ignored=bool(ignored), after=after, limit=PAGE_ROWS)
        counts = [discovered_view.count(tx, ignored=each) for each in (False, True)]
    ahead = next_page(request, "after", found.next)
    return page(
        request,
        visitor,
        "discovered/page.html",
        found=found,
        counts=counts,
        ignored=bool(ignored),
        next=ahead,
    )


@router.post("/discovered/ignore")
def ignore(
    request: Request,
    parts: Wired,
    visitor: Visitor,
    site: Text = "",
    device: Text = "",
    ignored: Text = "yes",
) -> Response:
    """Out of the list, or back into it: it goes on being counted."""
    stranger, aside = _stranger(parts, visitor, site, device), ignored == "yes"
    with transaction(parts.database) as tx:
        enrolment.set_aside(tx, stranger, ignored=aside, by=visitor.me.id, now=visitor.now)
    return go(request, "/discovered" if aside else "/discovered?ignored=yes")


@router.get("/discovered/enrol")
def form(
    request: Request, parts: Wired, visitor: Visitor, site: str = "", device: str = ""
) -> Response:
    stranger = _stranger(parts, visitor, site, device)
    return _form(request, parts, visitor, stranger, Typed(name=device))


@router.post("/discovered/enrol")
def enrol(  # noqa: PLR0913, PLR0917 - a form's fields
    request: Request,
    parts: Wired,
    visitor: Visitor,
    site: Text = "",
    device: Text = "",
    name: Text = "",
    type: Text = "",  # noqa: A002 - the field's name
    system: Text = "",
) -> Response:
    """Becomes one of ours under the codes it speaks with."""
    stranger, typed = _stranger(parts, visitor, site, device), Typed(name.strip(), type, system)
    if stranger.site_id is None or not typed.name or typed.type not in set(DeviceType):
        return _form(request, parts, visitor, stranger, typed, error="enrol.name_needed")
    wanted = Enrolment(
        site_id=stranger.site_id,
        site_code=stranger.site,
        code=stranger.device,
        name=typed.name,
        type=DeviceType(typed.type),
        system_id=_system(parts, stranger, typed.system),
    )
    try:
        with transaction(parts.database) as tx:
            device_id = enrolment.enrol(tx, wanted, visitor.me.id, visitor.now)
    except CodeTakenError as taken:
        why = "enrol.archived" if taken.archived else "enrol.taken"
        return _form(request, parts, visitor, stranger, typed, error=why)
    return go(request, f"/devices/{device_id}")


def _stranger(parts: Parts, visitor: Viewer, site: str, device: str) -> Stranger:
    visitor.must(Verb.ENROL)
    with reading(parts.database) as tx:
        found = discovered_view.get(tx, site, device)
    if found is None:
        raise NotFoundError
    if found.site_id is not None:
        visitor.must(Verb.ENROL, found.site_id)
    return found


def _system(parts: Parts, stranger: Stranger, given: str) -> SystemId | None:
    """Only a system of the same site."""
    wanted = cursor(given)
    with reading(parts.database) as tx:
        known = systems.of_site(tx, stranger.site_id) if stranger.site_id else []
    return next((system.id for system in known if system.id == wanted), None)


def _form(
    request: Request,
    parts: Parts,
    visitor: Viewer,
    stranger: Stranger,
    typed: Typed,
    error: str = "",
) -> Response:
    with reading(parts.database) as tx:
        known = systems.of_site(tx, stranger.site_id) if stranger.site_id else []
    return page(
        request,
        visitor,
        "discovered/enrol.html",
        status=422 if error else 200,
        stranger=stranger,
        typed=typed,
        systems=known,
        types=list(DeviceType),
        error=visitor.say(error) if error else "",
    )
