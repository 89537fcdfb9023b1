"""What would happen: a fault at a site at an hour, and who gets what when (A02, A03)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request, Response

from operations import escalation_simulation as simulation
from operations.escalation_simulation import Answer, Question
from rules.assets import Site
from rules.escalation import Why
from rules.escalation_simulation import Told
from rules.model import ClockSource, PersonId, Severity
from rules.notices import Kind
from rules.permits import Verb
from storage import sites as site_rows
from storage.db import Tx, reading
from web.figures import instant_of, local_form
from web.wired import Viewer, Visitor, Wired, page

router = APIRouter()

MOST_OFFERED = 500
SATURDAY, HOUR = 5, 2
TAKEN_AFTER = {"": None, "5": 300.0, "15": 900.0}  # minutes as offered -> seconds
FURTHEST = timedelta(days=366)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """As it stands in the address."""

    site: str = ""
    severity: str = Severity.EMERGENCY
    source: str = ClockSource.MONITOR
    at: str = ""
    taken: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """`again`: a call of a later round, like those before it."""

    told: Told
    at: datetime
    day: date
    again: bool


@router.get("/escalations/simulate")
def simulate(  # noqa: PLR0913, PLR0917 - what the address asks
    request: Request,
    parts: Wired,
    visitor: Visitor,
    site: str = "",
    severity: str = Severity.EMERGENCY,
    source: str = ClockSource.MONITOR,
    at: str = "",
    taken: str = "",
) -> Response:
    """Nothing is written and nobody is told."""
    visitor.must(Verb.SEE_ESCALATION)
    default_at = local_form(_saturday(visitor), visitor.timezone)
    asked = Asked(
        site=site[:100], severity=severity, source=source, at=at or default_at, taken=taken
    )
    answer: Answer | None = None
    zone = ZoneInfo(visitor.timezone)
    with reading(parts.database) as tx:
        offered = [one for one in site_rows.all_sites(tx) if _seen(visitor, one)]
        question, wrong = _question(tx, visitor, asked)
        if question:
            answer = simulation.ask(tx, question, parts.policy)
    moments = _moments(answer, zone) if answer else []
    return page(
        request,
        visitor,
        "escalations/simulate.html",
        status=422 if wrong else 200,
        asked=asked,
        wrong={name: visitor.say(said) for name, said in wrong.items()},
        answer=answer,
        shown=[one for one in moments if not one.again],
        later=[one for one in moments if one.again],
        sites=offered[:MOST_OFFERED],
        severities=list(Severity),
        sources=list(ClockSource),
        taken_after=list(TAKEN_AFTER),
        hour=lambda instant: f"{instant.astimezone(zone):%H:%M}",
    )


def _question(tx: Tx, visitor: Viewer, asked: Asked) -> tuple[Question | None, dict[str, str]]:
    """What is asked, or a message id a field; neither while nothing is asked."""
    if not asked.site.strip():
        return None, {}
    wrong: dict[str, str] = {}
    site = site_rows.by_code(tx, asked.site.strip())
    at = instant_of(asked.at, visitor.timezone)
    if site is None or not _seen(visitor, site):
        wrong["site"] = "escalations.unfit.site"
    if at is None or abs(at - visitor.now) > FURTHEST:
        wrong["at"] = "escalations.unfit.moment"
    if wrong or site is None or at is None:
        return None, wrong
    fits = asked.severity in set(Severity)
    return (
        Question(
            site=site,
            severity=Severity(asked.severity) if fits else Severity.EMERGENCY,
            source=ClockSource.MONITOR
            if asked.source == "monitor"
            else ClockSource.CUSTOMER_NOTICE,
            at=at,
            taken_after_s=TAKEN_AFTER.get(asked.taken),
        ),
        {},
    )


def _moments(answer: Answer, zone: ZoneInfo) -> list[Moment]:
    """In order; what only repeats a round is told apart."""
    known: set[tuple[PersonId, str, Why | None]] = set()
    moments = []
    for told in answer.course.told:
        same = told.person.id, told.place, told.why
        again = told.kind is Kind.PAGE and same in known
        known.add(same)
        day = told.at.astimezone(zone).date()
        moments.append(Moment(told=told, at=told.at, day=day, again=again))
    return moments


def _seen(visitor: Viewer, site: Site) -> bool:
    return bool(visitor.may(Verb.SEE_SITE, site.id, site.customer_id))


def _saturday(visitor: Viewer) -> datetime:
    """The next Saturday, two in the morning: when it is hardest to reach anybody."""
    zone = ZoneInfo(visitor.timezone)
    today = visitor.now.astimezone(zone).date()
    ahead = (SATURDAY - today.weekday()) % 7 or 7
    on = today + timedelta(days=ahead)
    return datetime(on.year, on.month, on.day, HOUR, tzinfo=zone)
