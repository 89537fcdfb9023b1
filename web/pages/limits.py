"""Limits of a device, its model, its type or its customer's: what holds, who changed it (A18)."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from fastapi import APIRouter, Request, Response

from operations import limits as limit_desk
from operations.limits import Wish
from operations.policy import RefusedError
from rules.assets import Device, Site
from rules.codes import CATALOGUE
from rules.limits import Override, Scope, of_code
from rules.model import CustomerId, DeviceId
from rules.permits import Verb
from storage import customers as customer_rows
from storage import devices as device_rows
from storage import limits as limit_rows
from storage.db import Tx, reading, transaction
from storage.views import limits as limit_view
from storage.views import names
from web import readings
from web.figures import Spoken
from web.lists import PAGE_ROWS, cursor, next_page
from web.pages.sessions import Text
from web.pages.sites import seen_site
from web.wired import ForbiddenError, NotFoundError, RowId, Viewer, Visitor, Wired, go, page
from wiring.parts import Parts

router = APIRouter()


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """The form as it was sent; `wrong` holds a sentence a field."""

    name: str = ""
    scope: str = Scope.DEVICE
    value: str = ""
    why: str = ""
    wrong: Mapping[str, str] = field(default_factory=dict)


@router.get("/limits")
def limits(request: Request, parts: Wired, visitor: Visitor, before: str = "") -> Response:
    """Every limit that stands for some devices only, the latest first."""
    visitor.must(Verb.SEE_POLICY)
    with reading(parts.database) as tx:
        found = limit_view.listed(tx, visitor.reach, before=cursor(before), limit=PAGE_ROWS + 1)
        shown = found[:PAGE_ROWS]
        told = {one.id: _told(tx, visitor, one) for one in shown}
        people = names.of_people(tx, {one.made_by for one in shown})
    following = str(shown[-1].id) if len(found) > PAGE_ROWS else ""
    return page(
        request,
        visitor,
        "limits/page.html",
        shown=shown,
        told=told,
        people=people,
        spoken=Spoken(visitor),
        next=next_page(request, "before", following),
    )


@router.get("/devices/{device_id}/limits/{fault_code}")
def limit(
    request: Request, parts: Wired, visitor: Visitor, device_id: RowId, fault_code: str
) -> Response:
    """The figures of one kind of fault on this device, and where each comes from."""
    visitor.must(Verb.SEE_POLICY)
    return _limit(request, parts, visitor, DeviceId(device_id), fault_code, None)


@router.post("/devices/{device_id}/limits/{fault_code}")
def change(  # noqa: PLR0913, PLR0917 - a form's fields
    request: Request,
    parts: Wired,
    visitor: Visitor,
    device_id: RowId,
    fault_code: str,
    name: Text = "",
    scope: Text = "",
    value: Text = "",
    why: Text = "",
) -> Response:
    """Written down with who and why; the collector judges by it from its next batch on."""
    with reading(parts.database) as tx:
        one, site = _seen(tx, visitor, DeviceId(device_id))
    visitor.must(Verb.SET_POLICY, site.id, site.customer_id)
    _must_reach(visitor, scope)
    if name not in {figure.name for figure in of_code(fault_code)}:
        raise NotFoundError
    wish = Wish(name=name, scope=scope, typed=value, why=why)
    try:
        with transaction(parts.database) as tx:
            limit_desk.change(tx, one, wish, parts.policy, by=visitor.me.id, now=visitor.now)
    except RefusedError as error:
        wrong = {each: visitor.say(unfit.id, **unfit.facts) for each, unfit in error.wrong.items()}
        typed = Typed(name=name, scope=scope, value=value, why=why, wrong=wrong)
        return _limit(request, parts, visitor, one.id, fault_code, typed)
    return go(request, f"/devices/{one.id}/limits/{fault_code}")


@router.post("/limits/{override_id}/withdraw")
def withdraw(
    request: Request, parts: Wired, visitor: Visitor, override_id: RowId, device: Text = ""
) -> Response:
    """From now on the less specific figure holds again; `device`: where the form stood."""
    visitor.must(Verb.SET_POLICY)
    with transaction(parts.database) as tx:
        known = limit_rows.get(tx, override_id)
        if known is None:
            raise NotFoundError
        if known.scope is Scope.DEVICE:
            _, site = _seen(tx, visitor, DeviceId(int(known.subject)))
            visitor.must(Verb.SET_POLICY, site.id, site.customer_id)
        _must_reach(visitor, known.scope)
        limit_desk.withdraw(tx, override_id, by=visitor.me.id, now=visitor.now)
    device_id = cursor(device)
    return go(request, "/limits" if device_id is None else f"/devices/{device_id}")


def _limit(
    request: Request,
    parts: Parts,
    visitor: Viewer,
    device_id: DeviceId,
    code: str,
    typed: Typed | None,
) -> Response:
    figures = of_code(code)
    if code not in CATALOGUE or not figures:
        raise NotFoundError
    with reading(parts.database) as tx:
        one, site = _seen(tx, visitor, device_id)
        subjects = limit_desk.subjects_of(tx, one)
        widest = list(subjects) if visitor.reach.everything else [Scope.DEVICE]
        every = limit_rows.of_subjects(tx, subjects.items(), [each.name for each in figures])
        given = readings.own(tx, parts, one).of(one)
        people = names.of_people(tx, {each.made_by for each in every})
        scopes = {scope: _subject(tx, visitor, scope, subjects[scope]) for scope in subjects}
    return page(
        request,
        visitor,
        "limits/device.html",
        status=422 if typed else 200,
        device=one,
        site=site,
        code=code,
        standings=limit_desk.standings(code, parts.policy, given),
        scopes=scopes,
        offered=[(scope, scopes[scope]) for scope in reversed(widest)],
        history=every,
        people=people,
        spoken=Spoken(visitor),
        typed=typed or Typed(name=figures[0].name),
        may_set=visitor.may(Verb.SET_POLICY, site.id, site.customer_id).ok,
    )


def _seen(tx: Tx, visitor: Viewer, device_id: DeviceId) -> tuple[Device, Site]:
    found = device_rows.get(tx, device_id)
    if found is None or found.archived_at is not None:
        raise NotFoundError
    return found, seen_site(tx, visitor, found.site_id)


def _must_reach(visitor: Viewer, scope: str) -> None:
    """What holds for devices of other sites too is changed by who sees all of them."""
    if scope != Scope.DEVICE and not visitor.reach.everything:
        raise ForbiddenError("permit.site")


def _told(tx: Tx, visitor: Viewer, one: Override) -> str:
    return _subject(tx, visitor, one.scope, one.subject)


def _subject(tx: Tx, visitor: Viewer, scope: Scope, subject: str) -> str:
    """Whom a limit is for, in words; '' for what this viewer may not see by name."""
    if scope is Scope.TYPE:
        return visitor.say(f"device_type.{subject}")
    if scope is Scope.MODEL:
        return subject
    if scope is Scope.CUSTOMER:
        customer = customer_rows.get(tx, CustomerId(int(subject)))
        return customer.name if customer else ""
    places = names.of_places(tx, [DeviceId(int(subject))])
    place = places.get(DeviceId(int(subject)))
    seen = place and visitor.may(Verb.SEE_DEVICE, place.site_id, place.customer_id).ok
    return f"{place.site} · {place.device}" if place and seen else ""
