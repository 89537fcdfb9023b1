"""On call in figures: how fast somebody answers, what it costs whom, how evenly the rota weighs."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, TypeVar

from fastapi import APIRouter, Depends, Request, Response

from operations import oncall as oncall_desk
from operations.oncall import Figures
from rules import oncall as rules
from rules import periods
from rules.model import OrderId, PersonId, Severity
from rules.oncall import Order, Orders, Page, Pages
from rules.periods import Month
from rules.permits import Verb
from storage.db import Tx, reading
from storage.views import names
from storage.views import oncall as oncall_view
from storage.views.oncall import Named
from web import exports
from web.lists import PAGE_ROWS, cursor, next_page
from web.wired import NotFoundError, Viewer, Visitor, Wired, page
from wiring.parts import Parts

router = APIRouter()

T = TypeVar("T")
ORDER_COLUMNS = ("order", "site", "code", "severity", "asked_at", "called_at", "answered_at")
PAGE_COLUMNS = ("at", "person", "kind", "order", "number", "delivered", "answered_at")


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
    with reading(parts.database) as tx:
        found = _figures(tx, parts, visitor, given)
        this_month = periods.month_of(visitor.now, visitor.timezone)
        last = max(given.month, this_month)
        trend = oncall_desk.trend(tx, last, visitor.reach, parts.policy, visitor.now)
        shares = oncall_desk.fairness(tx, given.month)
        borne = rules.borne(found.pages, found.asking)
        ids = [one.person_id for one in borne] + [one.person_id for one in shares]
        people = names.of_people(tx, ids)
    return page(
        request,
        visitor,
        "oncall/page.html",
        month=given.month,
        before=given.month.after(-1),
        following=given.month.after() if given.month < this_month else None,
        running=given.month == this_month,
        found=found,
        kept=rules.kept(found.orders, found.asking),
        answers={each: rules.answers(_of(found.orders, each)) for each in Severity},
        counts={which: len(found.listed(which)) for which in Orders},
        rung={which: len(found.paged(which)) for which in Pages},
        borne=borne,
        shares=shares,
        people=people,
        trend=_from_the_first(trend),
        limits=parts.policy.response,
    )


@router.get("/figures/on-call/orders")
def orders(
    request: Request, parts: Wired, visitor: Visitor, given: Given, before: str = ""
) -> Response:
    """The orders behind a figure, newest first."""
    with reading(parts.database) as tx:
        found = _orders(tx, parts, visitor, given)
        shown, more = _cut([(one.id, one) for one in reversed(found)], cursor(before))
        named = oncall_view.named(tx, [one.id for one in shown])
    return page(
        request,
        visitor,
        "oncall/orders.html",
        month=given.month,
        given=given,
        shown=shown,
        named=named,
        count=len(found),
        export=request.url.query,
        next=next_page(request, "before", more),
    )


@router.get("/figures/on-call/pages")
def pages(
    request: Request, parts: Wired, visitor: Visitor, given: Given, before: str = ""
) -> Response:
    """The pages behind a figure, newest first."""
    with reading(parts.database) as tx:
        found = _pages(tx, parts, visitor, given)
        rows = [(one.notice_id, one) for one in reversed(found)]
        shown, more = _cut(rows, cursor(before))
        named = oncall_view.named(tx, [one.order_id for one in shown if one.order_id])
        people = names.of_people(tx, [one.person_id for one in shown])
    return page(
        request,
        visitor,
        "oncall/pages.html",
        month=given.month,
        given=given,
        shown=shown,
        named=named,
        people=people,
        count=len(found),
        export=request.url.query,
        next=next_page(request, "before", more),
    )


@router.get("/figures/on-call/orders.csv")
def orders_file(parts: Wired, visitor: Visitor, given: Given) -> Response:
    _must_be(given, Orders)

    def lines(tx: Tx) -> Iterator[Sequence[str]]:
        found = _orders(tx, parts, visitor, given)
        named = _named(tx, [one.id for one in found])
        for one in found:
            yield _order_cells(one, named)

    return exports.on_record(parts, visitor, "oncall_orders", ORDER_COLUMNS, lines)


@router.get("/figures/on-call/pages.csv")
def pages_file(parts: Wired, visitor: Visitor, given: Given) -> Response:
    _must_be(given, Pages)

    def lines(tx: Tx) -> Iterator[Sequence[str]]:
        found = _pages(tx, parts, visitor, given)
        named = _named(tx, [one.order_id for one in found if one.order_id])
        people = names.of_people(tx, [one.person_id for one in found])
        for one in found:
            yield _page_cells(one, named, people)

    return exports.on_record(parts, visitor, "oncall_pages", PAGE_COLUMNS, lines)


def _figures(tx: Tx, parts: Parts, visitor: Viewer, given: Asked) -> Figures:
    return oncall_desk.month(tx, given.month, visitor.reach, parts.policy, visitor.now)


def _orders(tx: Tx, parts: Parts, visitor: Viewer, given: Asked) -> list[Order]:
    _must_be(given, Orders)
    found = _figures(tx, parts, visitor, given).listed(Orders(given.which))
    return _of(found, Severity(given.severity)) if given.severity else found


def _pages(tx: Tx, parts: Parts, visitor: Viewer, given: Asked) -> list[Page]:
    _must_be(given, Pages)
    found = _figures(tx, parts, visitor, given).paged(Pages(given.which))
    return [one for one in found if given.person in {None, one.person_id}]


def _from_the_first(trend: list[tuple[Month, rules.Month]]) -> list[tuple[Month, rules.Month]]:
    """Without the months before anything was counted; the last one always."""
    lived = [place for place, (_, month) in enumerate(trend) if month != rules.Month()]
    return trend[lived[0] if lived else -1 :]


def _must_be(given: Asked, lists: type[Orders] | type[Pages]) -> None:
    if given.which not in set(lists):
        raise NotFoundError


def _of(orders: Sequence[Order], severity: Severity) -> list[Order]:
    return [one for one in orders if one.severity is severity]


def _cut(rows: Sequence[tuple[int, T]], before: int | None) -> tuple[list[T], str]:
    """A page of what comes after the row of that id, and the cursor of the next page."""
    places = [place for place, (number, _) in enumerate(rows) if number == before]
    rest = rows[places[0] + 1 :] if places else rows
    shown = rest[:PAGE_ROWS]
    return [one for _, one in shown], str(shown[-1][0]) if len(rest) > PAGE_ROWS else ""


def _named(tx: Tx, ids: Sequence[OrderId]) -> dict[OrderId, Named]:
    """Of a whole file, a piece at a time."""
    known: dict[OrderId, Named] = {}
    for start in range(0, len(ids), 500):
        known |= oncall_view.named(tx, ids[start : start + 500])
    return known


def _order_cells(one: Order, named: Mapping[OrderId, Named]) -> tuple[str, ...]:
    known = named[one.id]
    instants = (one.asked_at, one.called_at, one.answered_at)
    times = (at.isoformat() if at else "" for at in instants)
    return (known.number, known.site, known.code, one.severity, *times)


def _page_cells(
    one: Page, named: Mapping[OrderId, Named], people: Mapping[PersonId, str]
) -> tuple[str, ...]:
    order = named[one.order_id].number if one.order_id else ""
    answered = one.answered_at.isoformat() if one.answered_at else ""
    delivered = "yes" if one.delivered else "no"
    who = people.get(one.person_id, "")
    return (one.at.isoformat(), who, one.kind, order, str(one.number), delivered, answered)
