"""Fire drills: who was called on which channel, and how fast each answered."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel

from rules.drills import Stand
from rules.model import PersonId
from rules.permits import Verb
from storage.db import reading
from storage.views import drills as drill_view
from storage.views import names
from storage.views.drills import Line
from web.api.asked import Paged
from web.api.callers import NoticeReader
from web.wired import Wired

router = APIRouter(tags=["drills"])


class Call(BaseModel):
    """`person` is a code; `channel` is empty for somebody who has none. Seconds from the call."""

    person: str
    channel: str
    called_at: datetime
    delivered_at: datetime | None
    answered_at: datetime | None
    answered_after_s: float | None
    answered_how: str


class Drill(BaseModel):
    """`repeats` is an iCalendar rule; empty: once. `answered` counts people, not channels."""

    id: str
    name: str
    state: Stand
    due_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    limit_s: int
    repeats: str
    people: int
    answered: int
    median_s: float | None
    calls: list[Call]


class Drills(BaseModel):
    items: list[Drill]
    next: str | None


@router.get("/drills")
def drills(parts: Wired, caller: NoticeReader, asked: Annotated[Paged, Query()]) -> Drills:
    """What nobody announced is listed once it has begun, but for those who plan drills."""
    caller.must(Verb.SEE_DRILLS)
    secret = bool(caller.may(Verb.HOLD_DRILL))
    with reading(parts.database) as tx:
        found = drill_view.every(tx, secret=secret, before=asked.before, limit=asked.limit)
        called = [one.person_id for line in found.rows for one in line.report.people]
        codes = names.codes_of_people(tx, called)
    return Drills(items=[_drill(line, codes) for line in found.rows], next=found.next or None)


def _drill(line: Line, codes: dict[PersonId, str]) -> Drill:
    drill, report = line.drill, line.report
    return Drill(
        id=str(drill.id),
        name=drill.name,
        state=drill.stand,
        due_at=drill.due_at,
        started_at=drill.started_at,
        ended_at=drill.ended_at,
        limit_s=drill.limit_s,
        repeats=drill.rule,
        people=len(report.people),
        answered=report.answered,
        median_s=report.median_s,
        calls=[
            Call(
                person=codes[one.person_id],
                channel=one.channel,
                called_at=one.told_at,
                delivered_at=one.delivered_at,
                answered_at=one.answered_at,
                answered_after_s=one.took_s,
                answered_how=one.answered_how,
            )
            for person in report.people
            for one in person.calls
        ],
    )
