"""Maintenance mode: what is being worked on, and the form that begins, prolongs and ends it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from fastapi import APIRouter, Request, Response

from operations import maintenance as maintenance_desk
from operations.maintenance import Subject, Wish
from operations.refusals import NotNowError
from rules import maintenance as window_rules
from rules.maintenance import Scope, Window, WindowId
from rules.model import DeviceId, Fault, FaultId, PersonId
from rules.permits import Verb
from storage import devices as device_rows
from storage import faults as fault_rows
from storage import journal
from storage import maintenance as window_rows
from storage import systems as system_rows
from storage.db import Tx, reading, transaction
from storage.views import maintenance as maintenance_view
from storage.views import names
from storage.views.maintenance import Line, Wanted
from storage.views.names import Place
from web.lists import PAGE_ROWS, cursor, next_page
from web.pages.orders import goers
from web.pages.sessions import Text
from web.wired import NotFoundError, RowId, Viewer, Visitor, Wired, go, is_htmx, page
from wiring.parts import Parts

router = APIRouter()

HALF_HOURS = (1, 2, 4, 8, 16)  # what is offered: half an hour to eight hours
USUAL = 4
FORMER, HELD_SHOWN = 20, 20
OVER, PLANNED = "over", "planned"


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """A form as it came back, and what is wrong with it; `said` where no field is to blame."""

    half_hours: int = USUAL
    reason: str = ""
    owner: str = ""
    starts_at: str = ""
    planning: bool = False  # it was the form for later
    wrong: Mapping[str, str] = field(default_factory=dict)
    said: str = ""
    status: int = 422


@router.get("/maintenance")
def everything(
    request: Request, parts: Wired, visitor: Visitor, state: str = "", before: str = ""
) -> Response:
    visitor.must(Verb.SEE_BOARD)
    running, planned = state != OVER, state == PLANNED
    wanted = Wanted(reach=visitor.reach, running=running)
    with reading(parts.database) as tx:
        heard = journal.last_id(tx)
        found = maintenance_view.listed(tx, wanted, before=cursor(before), limit=PAGE_ROWS)
        ahead = maintenance_view.ahead(tx, visitor.reach)
    return page(
        request,
        visitor,
        "maintenance/list.html" if is_htmx(request) else "maintenance/page.html",
        found=found,
        running=running,
        planned=planned,
        ahead=ahead,
        next=next_page(request, "before", found.next),
        topics="board",
        heard=heard,
    )


@router.get("/maintenance/{scope}/{number}")
def show(request: Request, parts: Wired, visitor: Visitor, scope: Scope, number: RowId) -> Response:
    return _show(request, parts, visitor, scope, number)


@router.post("/maintenance/{scope}/{number}")
def start(  # noqa: PLR0913, PLR0917 - a form's fields
    request: Request,
    parts: Wired,
    visitor: Visitor,
    scope: Scope,
    number: RowId,
    half_hours: Text = "",
    reason: Text = "",
    owner: Text = "",
) -> Response:
    """From this moment on; the owner is whoever begins it, or whom the dispatcher names."""
    until = _until(half_hours, visitor.now)
    try:
        with transaction(parts.database) as tx:
            subject = seen_subject(tx, visitor, scope, number)
            chosen = cursor(owner) if may_name(visitor, subject) else None
            who = PersonId(chosen) if chosen is not None else visitor.me.id
            wish = Wish(owner_id=who, reason=reason, until=until)
            maintenance_desk.start(tx, subject, wish, visitor.me.id, visitor.now)
    except NotNowError as error:
        typed = Typed(half_hours=cursor(half_hours) or USUAL, reason=reason, owner=owner)
        return refused(request, parts, visitor, (scope, number), typed, error)
    return go(request, f"/maintenance/{scope}/{number}")


@router.post("/maintenance/windows/{window_id}/prolong")
def prolong(
    request: Request, parts: Wired, visitor: Visitor, window_id: RowId, half_hours: Text = ""
) -> Response:
    """Its end is set anew, reckoned from now."""
    until = _until(half_hours, visitor.now)
    window = _window(parts, visitor, window_id)
    try:
        with transaction(parts.database) as tx:
            maintenance_desk.prolong(tx, window.id, until, visitor.me.id, visitor.now)
    except NotNowError as error:
        typed = Typed(half_hours=cursor(half_hours) or USUAL)
        return refused(request, parts, visitor, window.subject, typed, error)
    return go(request, _address(window))


@router.post("/maintenance/windows/{window_id}/end")
def end(request: Request, parts: Wired, visitor: Visitor, window_id: RowId) -> Response:
    """What is still wrong is raised at once. Ended before by another is no mistake."""
    window = _window(parts, visitor, window_id)
    if window.ended_at is None:
        with transaction(parts.database) as tx:
            maintenance_desk.end(tx, window.id, visitor.me.id, visitor.now)
    return go(request, _address(window))


def _address(window: Window) -> str:
    return f"/maintenance/{window.scope}/{window.subject_id}"


def _until(half_hours: str, now: datetime) -> datetime:
    """Anything else than what is offered ends at once, which is refused beside the field."""
    chosen = cursor(half_hours) or 0
    return now + timedelta(minutes=30 * min(chosen, 100))


def seen_subject(tx: Tx, visitor: Viewer, scope: Scope, number: int) -> Subject:
    """Another's is not even there."""
    subject = maintenance_desk.subject_of(tx, scope, number)
    if subject is None or not subject.in_use:
        raise NotFoundError
    site = subject.site
    if not visitor.may(Verb.SEE_SITE, site.id, site.customer_id):
        raise NotFoundError
    visitor.must(Verb.MAINTAIN_DEVICE, site.id, site.customer_id)
    return subject


def _window(parts: Parts, visitor: Viewer, window_id: int) -> Window:
    with reading(parts.database) as tx:
        window = window_rows.get(tx, WindowId(window_id))
        if window is None:
            raise NotFoundError
        seen_subject(tx, visitor, *window.subject)
    return window


def may_name(visitor: Viewer, subject: Subject) -> bool:
    return visitor.may(Verb.DISPATCH, subject.site.id, subject.site.customer_id).ok


def refused(
    request: Request,
    parts: Parts,
    visitor: Viewer,
    subject: window_rules.Subject,
    typed: Typed,
    error: NotNowError,
) -> Response:
    said = visitor.say(error.message_id, **error.facts)
    told = replace(
        typed,
        wrong={error.field: said} if error.field else {},
        said="" if error.field else said,
        status=422 if error.field else 409,
    )
    return _show(request, parts, visitor, *subject, told)


def _show(
    request: Request,
    parts: Parts,
    visitor: Viewer,
    scope: Scope,
    number: int,
    typed: Typed | None = None,
) -> Response:
    with reading(parts.database) as tx:
        heard = journal.last_id(tx)
        subject = seen_subject(tx, visitor, scope, number)
        running = _lines(tx, visitor, [(scope, number)], running=True)
        own = running[0] if running else None
        wider = _lines(tx, visitor, _above(tx, scope, number), running=True)
        held = _held(tx, own.window) if own else []
        former = _lines(tx, visitor, [(scope, number)], running=False)
        mine = [(scope, number), *_above(tx, scope, number)]
        ahead = maintenance_view.ahead(tx, visitor.reach, subjects=mine)
        systems = system_rows.of_site(tx, subject.site.id) if scope is Scope.SITE else []
        staff = goers(tx, subject.site.id) if may_name(visitor, subject) else []
    return page(
        request,
        visitor,
        "maintenance/live.html" if is_htmx(request) else "maintenance/one.html",
        status=typed.status if typed else 200,
        subject=subject,
        own=own,
        wider=wider,
        held=held,
        former=former,
        ahead=ahead,
        staff=staff,
        systems=systems,
        half_hours=HALF_HOURS,
        typed=typed or Typed(),
        topics=f"site-{subject.site.id}",
        heard=heard,
    )


def _lines(
    tx: Tx, visitor: Viewer, subjects: list[window_rules.Subject], *, running: bool
) -> list[Line]:
    if not subjects:
        return []
    wanted = Wanted(reach=visitor.reach, running=running, subjects=subjects)
    return list(maintenance_view.listed(tx, wanted, limit=FORMER).rows)


def _above(tx: Tx, scope: Scope, number: int) -> list[window_rules.Subject]:
    """Whose maintenance holds it too."""
    subject = maintenance_desk.subject_of(tx, scope, number)
    if subject is None or scope is Scope.SITE:
        return []
    if scope is Scope.SYSTEM:
        return [(Scope.SITE, subject.site.id)]
    [device] = device_rows.by_ids(tx, [DeviceId(number)])
    return [one for one in window_rules.subjects_of(device) if one[0] is not Scope.DEVICE]


def _held(tx: Tx, window: Window) -> list[tuple[Fault, Place]]:
    """What will be raised at its end if it is wrong then."""
    ids: list[FaultId] = window_rows.held(tx, window.id)[:HELD_SHOWN]
    found = fault_rows.by_ids(tx, ids)
    places = names.of_places(tx, {one.device_id for one in found.values()})
    return [(found[number], places[found[number].device_id]) for number in ids]
