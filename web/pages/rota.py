"""Who stands when, and who would be called now."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request, Response

from operations import duty as duty_desk
from operations.duty import Week
from operations.rota import RotaError
from rules import duty as duty_rules
from rules.duty import Span
from rules.model import Layer, PersonId
from rules.permits import Verb
from storage import people as people_rows
from storage.db import Tx, reading, transaction
from web.lists import cursor
from web.pages.sessions import Text
from web.wired import Viewer, Visitor, Wired, go, page
from wiring.parts import Parts

router = APIRouter()

WEEKS_SHOWN = 4
LONGEST = timedelta(days=366)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A piece of a week's line: where it begins and how wide it is, in percent."""

    x: float
    width: float
    name: str
    kind: str
    span: Span


@dataclass(frozen=True, slots=True)
class Typed:
    layer: str
    person: str
    first: str
    last: str


@router.get("/rota")
def rota(request: Request, parts: Wired, visitor: Visitor) -> Response:
    visitor.must(Verb.SEE_ROTA)
    return _rota(request, parts, visitor, _this_week(visitor))


@router.post("/rota")
def put(  # noqa: PLR0913, PLR0917 - a form's fields
    request: Request,
    parts: Wired,
    visitor: Visitor,
    layer: Text = "",
    person: Text = "",
    first: Text = "",
    last: Text = "",
) -> Response:
    """Give whole days of a layer to a person, or to nobody."""
    visitor.must(Verb.SET_ROTA)
    typed, who = Typed(layer, person, first, last), cursor(person)
    span = _span(typed, visitor.timezone)
    if span is None or layer not in set(Layer):
        return _rota(request, parts, visitor, typed, error="rota.dates_needed")
    try:
        with transaction(parts.database) as tx:
            whom, by = PersonId(who) if who else None, visitor.me.id
            duty_desk.set_shift(tx, Layer(layer), whom, span, by=by, now=visitor.now)
    except RotaError as error:
        return _rota(request, parts, visitor, typed, error=error.message_id)
    return go(request, "/rota")


def _this_week(visitor: Viewer) -> Typed:
    monday = duty_rules.monday_of(visitor.now, ZoneInfo(visitor.timezone))
    sunday = monday + timedelta(days=6)
    return Typed(Layer.FIRST, "", monday.isoformat(), sunday.isoformat())


def _span(typed: Typed, timezone: str) -> Span | None:
    """From the first day's midnight to the end of the last; None when these are no dates."""
    try:
        first, last = date.fromisoformat(typed.first), date.fromisoformat(typed.last)
    except ValueError:
        return None
    if not timedelta() <= last - first <= LONGEST:
        return None
    zone = ZoneInfo(timezone)
    return Span(
        starts_at=duty_rules.midnight(first, zone),
        ends_at=duty_rules.midnight(last + timedelta(days=1), zone),
    )


def _rota(
    request: Request, parts: Parts, visitor: Viewer, typed: Typed, *, error: str = ""
) -> Response:
    with reading(parts.database) as tx:
        weeks = [_week(tx, visitor, n) for n in range(WEEKS_SHOWN)]
        on_duty = duty_desk.on_duty(tx, visitor.now)
        staff = people_rows.all_staff(tx)
    return page(
        request,
        visitor,
        "rota/page.html",
        status=422 if error else 200,
        weeks=weeks,
        called=on_duty,
        staff=staff,
        typed=typed,
        layers=list(Layer),
        error=visitor.say(error) if error else "",
        today=visitor.now.astimezone(ZoneInfo(visitor.timezone)).date(),
    )


def _week(tx: Tx, visitor: Viewer, ahead: int) -> dict[str, object]:
    week = duty_desk.week(tx, visitor.now + timedelta(weeks=ahead))
    lines = {layer: _bars(week, layer, visitor) for layer in Layer}
    span = Span(starts_at=week.days[0].starts_at, ends_at=week.days[-1].ends_at)
    inside = span.starts_at <= visitor.now < span.ends_at
    return {
        "monday": week.monday,
        "days": week.days,
        "lines": lines,
        "now_at": _share(span, visitor.now) if inside else None,
    }


def _bars(week: Week, layer: Layer, visitor: Viewer) -> list[Bar]:
    whole = Span(starts_at=week.days[0].starts_at, ends_at=week.days[-1].ends_at)
    bars = [
        _bar(whole, one, one.person.name, "mine" if one.person.id == visitor.me.id else "theirs")
        for one in week.stretches
        if one.layer == layer
    ]
    bars += [_bar(whole, gap, visitor.say("rota.gap"), "gap") for gap in week.gaps[layer]]
    return sorted(bars, key=lambda bar: bar.x)


def _bar(whole: Span, part: Span, name: str, kind: str) -> Bar:
    x = _share(whole, part.starts_at)
    return Bar(
        x=x, width=round(_share(whole, part.ends_at) - x, 3), name=name, kind=kind, span=part
    )


def _share(whole: Span, at: datetime) -> float:
    return round((at - whole.starts_at) / (whole.ends_at - whole.starts_at) * 100, 3)
