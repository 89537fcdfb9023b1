"""Who stands when, who would be called now, and who stood at any instant."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request, Response

from operations import duty as duty_desk
from operations import handovers as handover_desk
from operations import rota as rota_desk
from operations import rota_preview as preview_desk
from rules import duty as duty_rules
from rules.duty import Span
from rules.model import Layer
from rules.permits import Verb
from storage import company
from storage import people as people_rows
from storage import rotations as rotation_rows
from storage.db import Tx, reading
from web import rotas
from web.figures import instant_of, local_form
from web.lists import cursor
from web.wired import Viewer, Visitor, Wired, page
from wiring.parts import Parts

router = APIRouter()

WEEKS_SHOWN = 4
EARLIEST, LATEST = date(2000, 1, 3), date(2100, 1, 1)  # the calendar reaches so far


@dataclass(frozen=True, slots=True)
class Typed:
    """The form of an override as it was sent."""

    layer: str = Layer.FIRST
    person: str = ""
    starts: str = ""
    ends: str = ""
    reason: str = ""


@router.get("/rota")
def rota(
    request: Request, parts: Wired, visitor: Visitor, week: str = "", done: str = ""
) -> Response:
    visitor.must(Verb.SEE_ROTA)
    return rota_page(request, parts, visitor, fresh(visitor), week=week, done=done)


@router.get("/rota/past")
def past(request: Request, parts: Wired, visitor: Visitor, at: str = "") -> Response:
    """Who stood, stands or will stand at an instant, and by whose decision."""
    visitor.must(Verb.SEE_ROTA)
    instant = instant_of(at, visitor.timezone) if at else visitor.now
    if instant is None or not EARLIEST <= instant.date() < LATEST:
        error, instant = visitor.say("rota.past.wrong"), visitor.now
    else:
        error = ""
    with reading(parts.database) as tx:
        found = rota_desk.at(tx, instant, visitor.now)
        said = rotas.names(tx, visitor)
        lines = [
            (layer, found[layer], rotation_rows.override_at(tx, layer, instant))
            for layer in rotas.layers_shown(list(found.values()))
        ]
    return page(
        request,
        visitor,
        "rota/past.html",
        status=422 if error else 200,
        instant_asked=instant,
        typed=at or local_form(instant, visitor.timezone),
        lines=lines,
        said=said,
        error=error,
    )


def today(visitor: Viewer) -> date:
    """By the company's clocks."""
    return visitor.now.astimezone(ZoneInfo(visitor.timezone)).date()


def fresh(visitor: Viewer) -> Typed:
    """From the coming hour until eight the next morning: a night somebody steps in."""
    local = visitor.now.astimezone(ZoneInfo(visitor.timezone))
    hour = local.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    morning = hour.date() + timedelta(days=1)
    return Typed(starts=hour.strftime("%Y-%m-%dT%H:%M"), ends=f"{morning.isoformat()}T08:00")


def rota_page(  # noqa: PLR0913 - a page's own
    request: Request,
    parts: Parts,
    visitor: Viewer,
    typed: Typed,
    *,
    week: str = "",
    done: str = "",
    error: str = "",
) -> Response:
    """The weeks from `week` on, with the form as it was typed. `done`: what was just decided."""
    zone = ZoneInfo(visitor.timezone)
    monday = _monday(week) or duty_rules.monday_of(visitor.now, zone)
    with reading(parts.database) as tx:
        weeks, said = _weeks(tx, visitor, monday, zone)
        stands = preview_desk.as_it_stands(tx, parts.policy.rota, visitor.now)
        number = cursor(done)
        decided = rotation_rows.override_of(tx, number) if number else None
        on_duty = duty_desk.on_duty(tx, visitor.now)
        staff = people_rows.all_staff(tx)
        notes = handover_desk.waiting_for(tx, visitor.me.id, visitor.now)
    return page(
        request,
        visitor,
        "rota/page.html",
        status=422 if error else 200,
        weeks=weeks,
        this_week=monday == duty_rules.monday_of(visitor.now, zone),
        earlier=monday - timedelta(weeks=WEEKS_SHOWN),
        later=monday + timedelta(weeks=WEEKS_SHOWN),
        said=said,
        stands=stands,
        most=rotas.MOST_SAID,
        decided=decided if decided and not decided.revoked_at else None,
        called=on_duty,
        staff=staff,
        notes=notes,
        typed=typed,
        layers=list(Layer),
        error=error,
        today=today(visitor),
    )


def _weeks(
    tx: Tx, visitor: Viewer, monday: date, zone: ZoneInfo
) -> tuple[list[rotas.Week], rotas.Names]:
    mondays = [monday + timedelta(weeks=n) for n in range(WEEKS_SHOWN)]
    whole = Span(
        starts_at=duty_rules.midnight(monday, zone),
        ends_at=duty_rules.midnight(monday + timedelta(weeks=WEEKS_SHOWN), zone),
    )
    slots = rota_desk.standing(tx, whole, visitor.now)
    said, calendar = rotas.names(tx, visitor), company.calendar(tx)
    return [rotas.week(slots, on, visitor, said, calendar) for on in mondays], said


def day_of(typed: str) -> date | None:
    """What was typed as a day; None when it is none we can draw."""
    try:
        on = datetime.strptime(typed, "%Y-%m-%d").date()  # noqa: DTZ007 - a day, not an instant
    except ValueError:
        return None
    return on if EARLIEST <= on < LATEST else None


def _monday(typed: str) -> date | None:
    """Of the week in which that day lies."""
    on = day_of(typed)
    return on - timedelta(days=on.weekday()) if on else None
