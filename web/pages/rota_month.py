"""A month of the rota on the company's calendar: who stands, holidays, make-up workdays, events."""

from calendar import Calendar as Weeks
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request, Response

from operations import calendars
from operations import rota as rota_desk
from operations.calendars import CalendarError
from rules import duty as duty_rules
from rules import holidays as holiday_rules
from rules import rotations as turns
from rules.duty import Span
from rules.holidays import CalendarDay, Entered
from rules.model import Layer
from rules.occasions import Occasion
from rules.permits import Verb
from rules.rotations import Slot
from storage import company
from storage import duty as duty_rows
from storage import rotations as rotation_rows
from storage.db import Tx, reading, transaction
from storage.views import occasions as occasion_view
from web import rotas
from web.pages.rota import day_of, today
from web.pages.sessions import Text
from web.wired import Viewer, Visitor, Wired, go, page
from wiring.parts import Parts

router = APIRouter()

DAY = timedelta(days=1)
LONGEST_NAME = 80
REST, WORK, AS_KNOWN = "rest", "work", "known"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A day of the month: what it is, who stands in each layer, what is on."""

    day: CalendarDay
    inside: bool  # of the month, not of the weeks around it
    people: Mapping[Layer, Sequence[Slot]]
    occasions: Sequence[Occasion]


@router.get("/rota/month")
def month(request: Request, parts: Wired, visitor: Visitor, month: str = "") -> Response:
    visitor.must(Verb.SEE_ROTA)
    return _page(request, parts, visitor, month)


@router.post("/rota/days")
def enter(
    request: Request,
    parts: Wired,
    visitor: Visitor,
    on: Text = "",
    kind: Text = "",
    name: Text = "",
) -> Response:
    """A day is worked or not, whatever the library says; or as the library says again."""
    visitor.must(Verb.SET_ROTA)
    day = day_of(on)
    if not day or kind not in {REST, WORK, AS_KNOWN} or len(name.strip()) > LONGEST_NAME:
        error = visitor.say("rota.calendar.day_wrong")
        return _page(request, parts, visitor, "", wrong={"on": error}, typed=(on, kind, name))
    told = None if kind == AS_KNOWN else Entered(rest=kind == REST, name=name.strip())
    with transaction(parts.database) as tx:
        calendars.enter(tx, day, told, by=visitor.me.id, now=visitor.now)
    return go(request, f"/rota/month?month={day:%Y-%m}")


@router.post("/rota/country")
def choose(
    request: Request, parts: Wired, visitor: Visitor, country: Text = "", subdivision: Text = ""
) -> Response:
    visitor.must(Verb.SET_ROTA)
    code = country.strip().upper()
    try:
        with transaction(parts.database) as tx:
            part = subdivision.strip()
            calendars.choose(tx, code, part, by=visitor.me.id, now=visitor.now)
    except CalendarError as error:
        wrong = {"country": visitor.say(error.message_id)}
        return _page(request, parts, visitor, "", wrong=wrong, chosen=(country, subdivision))
    return go(request, "/rota/month")


def _page(  # noqa: PLR0913 - a page with two forms
    request: Request,
    parts: Parts,
    visitor: Viewer,
    asked: str,
    *,
    wrong: Mapping[str, str] | None = None,
    typed: tuple[str, str, str] | None = None,
    chosen: tuple[str, str] | None = None,
) -> Response:
    first = _month(asked) or today(visitor).replace(day=1)
    with reading(parts.database) as tx:
        calendar = company.calendar(tx)
        weeks = Weeks().monthdatescalendar(first.year, first.month)
        span = _span(weeks[0][0], weeks[-1][-1] + DAY, visitor)
        slots = rota_desk.standing(tx, span, visitor.now)
        occasions = occasion_view.touching(tx, visitor.reach, span)
        said = rotas.names(tx, visitor)
        began = _began(tx, visitor)
    days = [[calendar.day(on, visitor.language) for on in week] for week in weeks]
    shown = [
        [_shown(day, first, slots, occasions, began, visitor) for day in week] for week in days
    ]
    return page(
        request,
        visitor,
        "rota/month.html",
        status=422 if wrong else 200,
        first=first,
        this_month=first == today(visitor).replace(day=1),
        weeks=shown,
        unplanned=began is None,
        before=began is not None and not any(each.people for week in shown for each in week),
        earlier=(first - DAY).replace(day=1),
        later=(first + 31 * DAY).replace(day=1),
        today=today(visitor),
        said=said,
        layers=rotas.layers_shown(slots),
        provisional=sorted(
            {on.year for week in weeks for on in week if calendar.provisional(on.year)}
        ),
        country=chosen or (calendar.country, calendar.subdivision),
        countries=holiday_rules.countries(),
        typed=typed or (today(visitor).isoformat(), REST, ""),
        kinds=[(each, visitor.say(f"rota.calendar.{each}")) for each in (REST, WORK, AS_KNOWN)],
        wrong=wrong or {},
    )


def _began(tx: Tx, visitor: Viewer) -> datetime | None:
    """When the first shift on record began, or what is planned will; None: no rota yet."""
    planned = rotation_rows.in_use(tx) or rotation_rows.overrides_page(tx, None, 1)
    return duty_rows.began(tx) or (visitor.now if planned else None)


def _shown(
    day: CalendarDay,
    first: date,
    slots: Sequence[Slot],
    occasions: Sequence[Occasion],
    began: datetime | None,
    visitor: Viewer,
) -> Shown:
    """Before the first shift on record there is no rota, and so no gap in it; None: no rota yet."""
    span = _span(day.on, day.on + DAY, visitor)
    layers = rotas.layers_shown(slots) if began and span.ends_at > began else ()
    return Shown(
        day=day,
        inside=day.on.month == first.month,
        people={layer: turns.within(slots, layer, span) for layer in layers},
        occasions=[one for one in occasions if duty_rules.common(one, span)],
    )


def _span(first: date, end: date, visitor: Viewer) -> Span:
    zone = ZoneInfo(visitor.timezone)
    return Span(starts_at=duty_rules.midnight(first, zone), ends_at=duty_rules.midnight(end, zone))


def _month(typed: str) -> date | None:
    return day_of(f"{typed}-01")
