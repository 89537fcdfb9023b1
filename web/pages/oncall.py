"""On call in figures: how fast somebody answers, what it costs whom, how evenly the rota weighs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from operations import oncall as oncall_desk
from operations.oncall import Figures
from rules import oncall as rules
from rules import periods
from rules.model import PersonId, Severity
from rules.oncall import Order, Orders, Pages
from rules.periods import Month
from rules.permits import Verb
from rules.rota_fairness import Measure
from storage.db import Tx, reading
from storage.views import names
from web import exports
from web.lists import cursor
from web.wired import Viewer, Visitor, Wired, is_htmx, page
from wiring.parts import Parts

router = APIRouter()

MONTH_COLUMNS = ("month", "orders", "emergency_in_time_pct", "ordinary_mean_s", "pages")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the address asks: a month, one of the lists, and whose or how severe."""

    month: Month
    which: str = ""
    severity: str = ""
    person: PersonId | None = None


def _given(
    visitor: Visitor, month: str = "", which: str = "", severity: str = "", person: str = ""
) -> Asked:
    """A month that is none is this month; a list that is none is not there."""
    visitor.must(Verb.SEE_DUTY_FIGURES)
    try:
        asked = periods.read(month)
    except ValueError:
        asked = periods.month_of(visitor.now, visitor.timezone)
    who = cursor(person)
    return Asked(
        month=asked,
        which=which,
        severity=severity if severity in set(Severity) else "",
        person=PersonId(who) if who else None,
    )


Given = Annotated[Asked, Depends(_given)]


@router.get("/figures/on-call")
def figures(request: Request, parts: Wired, visitor: Visitor, given: Given) -> Response:
    """The running month asks for itself again; what is over stays as it is."""
    with reading(parts.database) as tx:
        found = of_month(tx, parts, visitor, given)
        this_month = periods.month_of(visitor.now, visitor.timezone)
        trend = _trend(tx, parts, visitor, given)
        shares = oncall_desk.fairness(tx, given.month)
        borne = rules.borne(found.pages, found.asking)
        ids = [one.person_id for one in borne] + [one.person_id for one in shares]
        people = names.of_people(tx, ids)
    return page(
        request,
        visitor,
        "oncall/live.html" if is_htmx(request) else "oncall/page.html",
        month=given.month,
        before=given.month.after(-1),
        following=given.month.after() if given.month < this_month else None,
        running=given.month == this_month,
        found=found,
        kept=rules.kept(found.orders, found.asking),
        answers={each: rules.answers(of_severity(found.orders, each)) for each in Severity},
        counts={which: len(found.listed(which)) for which in Orders},
        rung={which: len(found.paged(which)) for which in Pages},
        borne=borne,
        shares=shares,
        measures=list(Measure),
        people=people,
        trend=trend,
        limits=parts.policy.response,
        patience_s=parts.policy.ladder.again_s,
    )


@router.get("/figures/on-call/months.csv")
def months_file(parts: Wired, visitor: Visitor, given: Given) -> Response:
    def lines(tx: Tx) -> Iterator[Sequence[str]]:
        for month, one in _trend(tx, parts, visitor, given):
            figures = (one.orders, one.emergency_pct, one.ordinary_mean_s, one.pages)
            yield (str(month), *("" if each is None else f"{each:g}" for each in figures))

    return exports.on_record(parts, visitor, "oncall_months", MONTH_COLUMNS, lines)


def of_month(tx: Tx, parts: Parts, visitor: Viewer, given: Asked) -> Figures:
    return oncall_desk.month(tx, given.month, visitor.reach, parts.policy, visitor.now)


def of_severity(orders: Sequence[Order], severity: Severity) -> list[Order]:
    return [one for one in orders if one.severity is severity]


def _trend(tx: Tx, parts: Parts, visitor: Viewer, given: Asked) -> list[tuple[Month, rules.Month]]:
    """Up to this month, without those before anything was counted; the last one always."""
    last = max(given.month, periods.month_of(visitor.now, visitor.timezone))
    trend = oncall_desk.trend(tx, last, visitor.reach, parts.policy, visitor.now)
    lived = [place for place, (_, month) in enumerate(trend) if month != rules.Month()]
    return trend[lived[0] if lived else -1 :]
