"""Devices that speak and are on nobody's list: one click from being enrolled."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from operations import enrolment
from operations.enrolment import CodeTakenError, Enrolment
from rules.discovery import code_for, is_code
from rules.model import DeviceType, SystemId
from rules.permits import Verb
from storage import systems
from storage.db import reading, transaction
from storage.views import discovered as discovered_view
from storage.views.discovered import Key, Stranger
from web import spreadsheets
from web.lists import PAGE_ROWS, cursor, next_page
from web.pages.sessions import Text
from web.wired import NotFoundError, Viewer, Visitor, Wired, go, page
from wiring.parts import Parts

router = APIRouter()

AT_ONCE = 500  # strangers enrolled by one click, and lines of one file
_COLUMNS = (
    "site", "code", "name", "type", "model", "supplier", "serial", "firmware", "ip", "mac",
    "dialect", "dialect_id",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Typed:
    """What the form holds, as it was typed."""

    name: str = ""
    code: str = ""
    type: str = DeviceType.CAMERA
    system: str = ""


def _named(site: Text = "", device: Text = "", dialect: Text = "native") -> Key:
    return Key(site=site, dialect=dialect, device=device)


Named = Annotated[Key, Depends(_named)]


@router.get("/discovered")
def discovered(
    request: Request, parts: Wired, visitor: Visitor, ignored: str = "", after: str = ""
) -> Response:
    visitor.must(Verb.SEE_DISCOVERED)
    with reading(parts.database) as tx:
        found = discovered_view.listed(
            tx, ignored=bool(ignored), after=discovered_view.read(after), limit=PAGE_ROWS
        )
        counts = [discovered_view.count(tx, ignored=each) for each in (False, True)]
        sources = discovered_view.sources(tx)
    return page(
        request,
        visitor,
        "discovered/page.html",
        found=found,
        counts=counts,
        sources=sources,
        ignored=bool(ignored),
        next=next_page(request, "after", found.next),
    )


@router.get("/discovered.csv")
def as_file(parts: Wired, visitor: Visitor) -> Response:
    """The strangers as `devices.csv`: complete it, import it, and they are ours."""
    visitor.must(Verb.SEE_DISCOVERED)
    with reading(parts.database) as tx:
        found = discovered_view.listed(tx, ignored=False, limit=AT_ONCE).rows
    return spreadsheets.download("devices.csv", [_COLUMNS, *map(_line, found)])


@router.post("/discovered/ignore")
def ignore(
    parts: Wired, visitor: Visitor, request: Request, who: Named, ignored: Text = "yes"
) -> Response:
    """Out of the list, or back into it: it goes on being counted."""
    stranger, aside = _stranger(parts, visitor, who), ignored == "yes"
    with transaction(parts.database) as tx:
        enrolment.set_aside(tx, stranger, ignored=aside, by=visitor.me.id, now=visitor.now)
    return go(request, "/discovered" if aside else "/discovered?ignored=yes")


@router.post("/discovered/enrol-all")
def enrol_all(
    request: Request, parts: Wired, visitor: Visitor, site: Text = "", dialect: Text = ""
) -> Response:
    """Everything of one source that says what it is, each as it says."""
    visitor.must(Verb.ENROL)
    with transaction(parts.database) as tx:
        found = discovered_view.of_source(tx, site, dialect, limit=AT_ONCE)
        for site_id in {one.site_id for one in found if one.site_id is not None}:
            visitor.must(Verb.ENROL, site_id)
        enrolment.enrol_as_guessed(tx, found, visitor.me.id, visitor.now)
    return go(request, "/discovered")


@router.get("/discovered/enrol")
def form(
    request: Request,
    parts: Wired,
    visitor: Visitor,
    site: str = "",
    device: str = "",
    dialect: str = "native",
) -> Response:
    stranger = _stranger(parts, visitor, Key(site=site, dialect=dialect, device=device))
    with reading(parts.database) as tx:
        code = enrolment.suggested_code(tx, stranger)
    guess = stranger.guess
    typed = Typed(guess.name or device, code, guess.type or DeviceType.CAMERA)
    return _form(request, parts, visitor, stranger, typed)


@router.post("/discovered/enrol")
def enrol(  # noqa: PLR0913, PLR0917 - a form's fields
    request: Request,
    parts: Wired,
    visitor: Visitor,
    who: Named,
    name: Text = "",
    code: Text = "",
    type: Text = "",  # noqa: A002 - the field's name
    system: Text = "",
    as_guessed: Text = "",
) -> Response:
    """Becomes one of ours under the code it was given, or by one click as what it says it is."""
    stranger = _stranger(parts, visitor, who)
    if as_guessed:
        return _enrol_as_guessed(request, parts, visitor, stranger)
    typed = Typed(name.strip(), code.strip() or stranger.device, type, system)
    if stranger.site_id is None or not typed.name or typed.type not in set(DeviceType):
        return _form(request, parts, visitor, stranger, typed, error="enrol.name_needed")
    if not is_code(typed.code):
        return _form(request, parts, visitor, stranger, typed, code_error="enrol.no_code")
    wanted = Enrolment(
        site_id=stranger.site_id,
        speaks_as=who,
        code=typed.code,
        name=typed.name,
        type=DeviceType(typed.type),
        system_id=_system(parts, stranger, typed.system),
        guess=stranger.guess,
    )
    try:
        with transaction(parts.database) as tx:
            device_id = enrolment.enrol(tx, wanted, visitor.me.id, visitor.now)
    except CodeTakenError as taken:
        why = "enrol.archived" if taken.archived else "enrol.taken"
        return _form(request, parts, visitor, stranger, typed, code_error=why)
    return go(request, f"/devices/{device_id}")


def _enrol_as_guessed(
    request: Request, parts: Parts, visitor: Viewer, stranger: Stranger
) -> Response:
    with transaction(parts.database) as tx:
        ids = enrolment.enrol_as_guessed(tx, [stranger], visitor.me.id, visitor.now)
    if not ids:
        return _form(request, parts, visitor, stranger, Typed(), error="enrol.name_needed")
    return go(request, f"/devices/{ids[0]}")


def _stranger(parts: Parts, visitor: Viewer, who: Key) -> Stranger:
    visitor.must(Verb.ENROL)
    with reading(parts.database) as tx:
        found = discovered_view.get(tx, who)
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


def _form(  # noqa: PLR0913 - a form, and what is wrong with it
    request: Request,
    parts: Parts,
    visitor: Viewer,
    stranger: Stranger,
    typed: Typed,
    *,
    error: str = "",
    code_error: str = "",
) -> Response:
    with reading(parts.database) as tx:
        known = systems.of_site(tx, stranger.site_id) if stranger.site_id else []
    return page(
        request,
        visitor,
        "discovered/enrol.html",
        status=422 if error or code_error else 200,
        stranger=stranger,
        typed=typed,
        systems=known,
        types=list(DeviceType),
        error=visitor.say(error) if error else "",
        code_error=visitor.say(code_error) if code_error else "",
    )


def _line(one: Stranger) -> list[str]:
    guess = one.guess
    known = {
        "site": one.site,
        "code": code_for(one.device, ()),
        "name": guess.name or one.device,
        "type": guess.type or DeviceType.OTHER,
        "dialect": one.dialect,
        "dialect_id": one.device,
    }
    return [str(known.get(name) or getattr(guess, name, "")) for name in _COLUMNS]
