"""Fire drills: the next ones, how fast the last ones were answered, and a new one."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from operations import drills as drill_desk
from operations.drills import Wish
from operations.refusals import NotNowError
from rules import drills as rules
from rules.drills import Call, DrillId
from rules.model import Layer, PersonId
from rules.permits import Verb
from storage import people as people_rows
from storage.db import Tx, reading, transaction
from storage.views import drills as drill_view
from storage.views.drills import Line
from web import exports
from web.figures import instant_of
from web.lists import PAGE_ROWS, cursor, next_page
from web.pages.sessions import Text
from web.wired import NotFoundError, RowId, Viewer, Visitor, Wired, go, is_htmx, page
from wiring.parts import Parts

router = APIRouter()

Several = Annotated[list[str], Form()]

ONCE, OWN = "", "own"
RHYTHMS = {  # what is offered; the words are `drill.rhythm.<name>`
    "weekly": "FREQ=WEEKLY",
    "four_weekly": "FREQ=WEEKLY;INTERVAL=4",
    "monthly": "FREQ=MONTHLY",
    "quarterly": "FREQ=MONTHLY;INTERVAL=3",
}
COLUMNS = ("person", "channel", "called_at", "delivered_at", "answered_at", "seconds", "how")


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """The form as it came back, and what is wrong with it."""

    name: str = ""
    when: str = "now"
    due: str = ""
    rhythm: str = ONCE
    rule: str = ""
    layers: Sequence[str] = (Layer.FIRST,)
    people: Sequence[str] = ()
    limit: str = str(rules.USUAL_LIMIT_S)
    announced: str = ""
    wrong: Mapping[str, str] = field(default_factory=dict)


@router.get("/drills")
def drills(request: Request, parts: Wired, visitor: Visitor, before: str = "") -> Response:
    visitor.must(Verb.SEE_DRILLS)
    with reading(parts.database) as tx:
        planned = drill_view.planned(tx, secret=bool(visitor.may(Verb.HOLD_DRILL)))
        past = drill_view.past(tx, before=cursor(before), limit=PAGE_ROWS)
    return page(
        request,
        visitor,
        "drills/page.html",
        planned=planned,
        past=past,
        rhythm_of=rhythm_of,
        next=next_page(request, "before", past.next),
    )


@router.get("/drills/new")
def new(request: Request, parts: Wired, visitor: Visitor) -> Response:
    visitor.must(Verb.HOLD_DRILL)
    return _form(request, parts, visitor, Typed())


@router.post("/drills/new")
def plan(  # noqa: PLR0913, PLR0917 - a form's fields
    request: Request,
    parts: Wired,
    visitor: Visitor,
    name: Text = "",
    when: Text = "",
    due: Text = "",
    rhythm: Text = "",
    rule: Text = "",
    layers: Several = [],  # noqa: B006 - FastAPI copies it
    people: Several = [],  # noqa: B006
    limit: Text = "",
    announced: Text = "",
) -> Response:
    visitor.must(Verb.HOLD_DRILL)
    typed = Typed(
        name=name,
        when=when,
        due=due,
        rhythm=rhythm,
        rule=rule,
        layers=layers,
        people=people,
        limit=limit,
        announced=announced,
    )
    try:
        wish = _wish(typed, visitor)
        with transaction(parts.database) as tx:
            drill = drill_desk.plan(tx, wish, visitor.me.id, visitor.now)
    except NotNowError as error:
        wrong = {error.field: visitor.say(error.message_id, **error.facts)}
        return _form(request, parts, visitor, replace(typed, wrong=wrong))
    return go(request, f"/drills/{drill.id}")


@router.get("/drills/{drill_id}")
def one(request: Request, parts: Wired, visitor: Visitor, drill_id: RowId) -> Response:
    visitor.must(Verb.SEE_DRILLS)
    line = _line(parts, visitor, drill_id)
    mine = [call for call in _calls(line) if call.person_id == visitor.me.id]
    return page(
        request,
        visitor,
        "drills/live.html" if is_htmx(request) else "drills/one.html",
        line=line,
        drill=line.drill,
        report=line.report,
        rhythm=rhythm_of(line.drill.rule),
        mine=[call for call in mine if call.channel and call.answered_at is None],
    )


@router.get("/drills/{drill_id}/report.csv")
def export(parts: Wired, visitor: Visitor, drill_id: RowId) -> Response:
    """A line for each person and channel; that it was taken is on record (C12)."""
    visitor.must(Verb.SEE_DRILLS)
    line = _line(parts, visitor, drill_id)

    def lines(_: Tx) -> Iterator[Sequence[str]]:
        for call in _calls(line):
            yield _cells(call, line.people.get(call.person_id, ""))

    return exports.on_record(parts, visitor, "drills", COLUMNS, lines)


@router.post("/drills/{drill_id}/answer")
def answer(
    request: Request, parts: Wired, visitor: Visitor, drill_id: RowId, channel: Text = ""
) -> Response:
    """One's own call, on the channel it came by; answered before, or too late, is no mistake."""
    visitor.must(Verb.SEE_DRILLS)
    _line(parts, visitor, drill_id)
    with transaction(parts.database) as tx:
        number, me = DrillId(drill_id), visitor.me.id
        drill_desk.answer(tx, number, me, channel, "app", visitor.now)
    return go(request, f"/drills/{drill_id}")


@router.post("/drills/{drill_id}/cancel")
def cancel(
    request: Request, parts: Wired, visitor: Visitor, drill_id: RowId, series: Text = ""
) -> Response:
    visitor.must(Verb.HOLD_DRILL)
    _line(parts, visitor, drill_id)
    with transaction(parts.database) as tx:
        number, me = DrillId(drill_id), visitor.me.id
        drill_desk.cancel(tx, number, me, visitor.now, series=bool(series))
    return go(request, "/drills")


def rhythm_of(rule: str) -> str:
    """By which of the offered ones it repeats; `own` for any other rule."""
    if not rule:
        return ONCE
    return next((name for name, offered in RHYTHMS.items() if offered == rule), OWN)


def _wish(typed: Typed, visitor: Viewer) -> Wish:
    """Raises `NotNowError` for what is no date."""
    due_at = None if typed.when == "now" else _instant(typed.due, visitor.timezone)
    rule = typed.rule if typed.rhythm == OWN else RHYTHMS.get(typed.rhythm, "")
    if typed.rhythm == OWN and not rule.strip():
        raise NotNowError("drill.refused.rule", field="rule")
    return Wish(
        name=typed.name,
        due_at=due_at,
        rule=rule,
        people=tuple(PersonId(number) for one in typed.people if (number := cursor(one))),
        layers=tuple(layer for layer in Layer if layer in typed.layers),
        announced=bool(typed.announced),
        limit_s=cursor(typed.limit) or 0,
    )


def _instant(typed: str, timezone: str) -> datetime:
    at = instant_of(typed, timezone)
    if at is None:
        raise NotNowError("drill.refused.due", field="due")
    return at.astimezone(UTC)


def _form(request: Request, parts: Parts, visitor: Viewer, typed: Typed) -> Response:
    with reading(parts.database) as tx:
        staff = people_rows.all_staff(tx)
    return page(
        request,
        visitor,
        "drills/new.html",
        status=422 if typed.wrong else 200,
        typed=typed,
        staff=[person for person in staff if person.channels],
        layers=list(Layer),
        limits=rules.LIMITS_S,
        rhythms=[ONCE, *RHYTHMS, OWN],
    )


def _line(parts: Parts, visitor: Viewer, drill_id: int) -> Line:
    """One that nobody announced is not even there for those who are to be called."""
    with reading(parts.database) as tx:
        line = drill_view.one(tx, DrillId(drill_id))
    if line is None:
        raise NotFoundError
    secret = line.drill.started_at is None and not line.drill.announced
    if secret and not visitor.may(Verb.HOLD_DRILL):
        raise NotFoundError
    return line


def _calls(line: Line) -> list[Call]:
    return [call for person in line.report.people for call in person.calls]


def _cells(call: Call, name: str) -> tuple[str, ...]:
    def said(at: datetime | None) -> str:
        return at.isoformat() if at else ""

    took = "" if call.took_s is None else f"{call.took_s:.1f}"
    times = (said(call.told_at), said(call.delivered_at), said(call.answered_at))
    return (name, call.channel, *times, took, call.answered_how)
