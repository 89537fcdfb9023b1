"""On call in figures: how fast somebody answers, what it costs whom, how evenly the rota weighs."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from operations import duty as duty_desk
from operations import oncall as oncall_desk
from operations.oncall import Figures
from rules import oncall as rules
from rules import periods
from rules.model import PersonId, Severity
from rules.oncall import Orders, Pages
from rules.permits import Verb
from rules.rota_fairness import Share
from storage.db import reading
from storage.views import names
from web.api.asked import Filter
from web.api.callers import StatisticsReader
from web.api.problems import refused
from web.wired import Wired

router = APIRouter(tags=["figures"])


class Asked(Filter):
    """Without `month` (`2026-11`) the running one, on the company's calendar."""

    month: Annotated[str, Field(max_length=7)] = ""


class Answers(BaseModel):
    """Seconds from page to answer, by nearest rank; null: nobody answered."""

    called: int
    answered: int
    median_s: float | None
    p90_s: float | None
    mean_s: float | None


class Kept(BaseModel):
    """C02. What is not answered and still has time is not judged."""

    emergency_in_time_pct: float | None
    ordinary_in_time_pct: float | None
    ordinary_mean_s: float | None
    too_late: int
    unanswered_for_a_day: int


class Borne(BaseModel):
    """What one person was called; `person` is a code.

    `unanswered` (B24): not answered in time, or delivered by no channel.
    """

    person: str
    pages: int
    night_pages: int
    nights: int
    repeated: int
    unanswered: int
    undelivered: int


class Load(BaseModel):
    """One person's part of the rota; `off_mean_pct`: how far from the mean each of them is."""

    person: str
    hours: float
    nights: float
    weekends: float
    holidays: float
    off_mean_pct: dict[str, float]


class OnCall(BaseModel):
    """`called_for_nothing`: orders that ended without anything to repair."""

    month: str
    answers: dict[Severity, Answers]
    kept: Kept
    orders: int
    pages: int
    night_pages: int
    called_for_nothing: int
    same_fault_again: int
    people: list[Borne]
    rota: list[Load]


@router.get("/figures/on-call")
def figures(parts: Wired, caller: StatisticsReader, asked: Annotated[Asked, Query()]) -> OnCall:
    caller.must(Verb.SEE_DUTY_FIGURES)
    with reading(parts.database) as tx:
        now_month = periods.month_of(caller.now, duty_desk.timezone(tx).key)
        month = _month(asked.month) if asked.month else now_month
        found = oncall_desk.month(tx, month, caller.reach, parts.policy, caller.now)
        shares = oncall_desk.fairness(tx, month)
        ids = [one.person_id for one in found.pages] + [one.person_id for one in shares]
        codes = names.codes_of_people(tx, ids)
    return _told(found, shares, codes)


def _month(asked: str) -> periods.Month:
    try:
        return periods.read(asked)
    except ValueError as error:
        raise refused(("month", asked, "api.accepts.month")) from error


def _told(found: Figures, shares: list[Share], codes: dict[PersonId, str]) -> OnCall:
    kept = rules.kept(found.orders, found.asking)
    return OnCall(
        month=str(found.period),
        answers={each: _answers(found, each) for each in Severity},
        kept=Kept(
            emergency_in_time_pct=kept.emergency_pct,
            ordinary_in_time_pct=kept.ordinary_pct,
            ordinary_mean_s=kept.ordinary_mean_s,
            too_late=kept.too_late,
            unanswered_for_a_day=kept.a_day,
        ),
        orders=len(found.orders),
        pages=len(found.paged(Pages.ALL)),
        night_pages=len(found.paged(Pages.NIGHT)),
        called_for_nothing=len(found.listed(Orders.FALSE)),
        same_fault_again=len(found.listed(Orders.AGAIN)),
        people=_borne(found, codes),
        rota=[_load(one, codes) for one in shares],
    )


def _answers(found: Figures, severity: Severity) -> Answers:
    told = rules.answers(one for one in found.orders if one.severity is severity)
    return Answers(
        called=told.called,
        answered=told.answered,
        median_s=told.median_s,
        p90_s=told.p90_s,
        mean_s=told.mean_s,
    )


def _borne(found: Figures, codes: dict[PersonId, str]) -> list[Borne]:
    return [
        Borne(
            person=codes[one.person_id],
            pages=one.pages,
            night_pages=one.night_pages,
            nights=one.nights,
            repeated=one.repeated,
            unanswered=one.unanswered,
            undelivered=one.undelivered,
        )
        for one in rules.borne(found.pages, found.asking)
    ]


def _load(one: Share, codes: dict[PersonId, str]) -> Load:
    return Load(
        person=codes[one.person_id],
        hours=one.load.hours,
        nights=one.load.nights,
        weekends=one.load.weekends,
        holidays=one.load.holidays,
        off_mean_pct=dict(one.off),
    )
