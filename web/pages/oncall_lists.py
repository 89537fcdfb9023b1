"""What stands behind the figures of being on call: orders, pages and shifts, also as files."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, TypeVar

from fastapi import APIRouter, Request, Response

from operations import oncall as oncall_desk
from rules import rota_fairness
from rules.model import OrderId, PersonId, Severity
from rules.oncall import Order, Orders, Page, Pages
from rules.rota_fairness import Measure, Portion
from storage.db import Tx, reading
from storage.views import names
from storage.views import oncall as oncall_view
from storage.views.oncall import Named
from web import exports
from web.lists import PAGE_ROWS, cursor, next_page
from web.pages.oncall import Asked, Given, of_month, of_severity
from web.wired import NotFoundError, Viewer, Visitor, Wired, page
from wiring.parts import Parts

router = APIRouter()

T = TypeVar("T")
Which = TypeVar("Which", bound=StrEnum)
ORDER_COLUMNS = ("order", "site", "code", "severity", "asked_at", "called_at", "answered_at")
PAGE_COLUMNS = ("at", "person", "kind", "order", "number", "delivered", "answered_at")
SHIFT_COLUMNS = ("person", "layer", "starts_at", "ends_at", *Measure)
DELIVERED = {True: "yes", False: "no", None: ""}


@router.get("/figures/on-call/orders")
def orders(
    request: Request, parts: Wired, visitor: Visitor, given: Given, before: str = ""
) -> Response:
    """The orders behind a figure, newest first."""
    with reading(parts.database) as tx:
        found = _orders(tx, parts, visitor, given)
        cut = _cut([(one.id, one) for one in reversed(found)], cursor(before))
        named = oncall_view.named(tx, [one.id for one in cut.shown])
    return _listed(request, visitor, given, "orders", cut, named=named)


@router.get("/figures/on-call/pages")
def pages(
    request: Request, parts: Wired, visitor: Visitor, given: Given, before: str = ""
) -> Response:
    """The pages behind a figure, newest first."""
    with reading(parts.database) as tx:
        found = _pages(tx, parts, visitor, given)
        cut = _cut([*enumerate(found, start=1)][::-1], cursor(before))
        named = oncall_view.named(tx, [one.order_id for one in cut.shown if one.order_id])
        people = names.of_people(tx, [one.person_id for one in cut.shown])
    return _listed(request, visitor, given, "pages", cut, named=named, people=people)


@router.get("/figures/on-call/shifts")
def shifts(
    request: Request, parts: Wired, visitor: Visitor, given: Given, before: str = ""
) -> Response:
    """The shifts behind a person's part of the rota, newest first, and their sum."""
    measure = _must_be(given, Measure)
    with reading(parts.database) as tx:
        found = _shifts(tx, given)
        cut = _cut([(one.shift.id, one) for one in reversed(found)], cursor(before))
        people = names.of_people(tx, [one.shift.person_id for one in cut.shown])
    total = sum(one.load.of(measure) for one in found)
    return _listed(request, visitor, given, "shifts", cut, people=people, total=total)


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


@router.get("/figures/on-call/shifts.csv")
def shifts_file(parts: Wired, visitor: Visitor, given: Given) -> Response:
    _must_be(given, Measure)

    def lines(tx: Tx) -> Iterator[Sequence[str]]:
        found = _shifts(tx, given)
        people = names.of_people(tx, [one.shift.person_id for one in found])
        for one in found:
            yield _shift_cells(one, people)

    return exports.on_record(parts, visitor, "oncall_shifts", SHIFT_COLUMNS, lines)


def _orders(tx: Tx, parts: Parts, visitor: Viewer, given: Asked) -> list[Order]:
    found = of_month(tx, parts, visitor, given).listed(_must_be(given, Orders))
    return of_severity(found, Severity(given.severity)) if given.severity else found


def _pages(tx: Tx, parts: Parts, visitor: Viewer, given: Asked) -> list[Page]:
    found = of_month(tx, parts, visitor, given).paged(_must_be(given, Pages))
    return [one for one in found if given.person in {None, one.person_id}]


def _shifts(tx: Tx, given: Asked) -> list[Portion]:
    """Oldest first, whatever the layer."""
    weighing = rota_fairness.weighing(
        oncall_desk.portions(tx, given.month), _must_be(given, Measure)
    )
    mine = [one for one in weighing if given.person in {None, one.shift.person_id}]
    return sorted(mine, key=lambda one: (one.shift.starts_at, one.shift.id))


def _must_be(given: Asked, lists: type[Which]) -> Which:
    if given.which not in set(lists):
        raise NotFoundError
    return lists(given.which)


@dataclass(frozen=True, slots=True)
class _Cut(Generic[T]):
    """One page of a list: what it shows, of how many, and the cursor of the next page."""

    shown: Sequence[T]
    count: int
    more: str


def _cut(rows: Sequence[tuple[int, T]], before: int | None) -> _Cut[T]:
    """What comes after the row of that id."""
    places = [place for place, (number, _) in enumerate(rows) if number == before]
    rest = rows[places[0] + 1 :] if places else rows
    shown = rest[:PAGE_ROWS]
    more = str(shown[-1][0]) if len(rest) > PAGE_ROWS else ""
    return _Cut([one for _, one in shown], len(rows), more)


def _listed(
    request: Request, visitor: Viewer, given: Asked, name: str, cut: _Cut[Any], **more: Any
) -> Response:
    return page(
        request,
        visitor,
        f"oncall/{name}.html",
        month=given.month,
        given=given,
        shown=cut.shown,
        count=cut.count,
        export=request.url.query,
        next=next_page(request, "before", cut.more),
        **more,
    )


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
    delivered, who = DELIVERED[one.delivered], people.get(one.person_id, "")
    return (one.at.isoformat(), who, one.kind, order, str(one.number), delivered, answered)


def _shift_cells(one: Portion, people: Mapping[PersonId, str]) -> tuple[str, ...]:
    shift = one.shift
    times = (shift.starts_at.isoformat(), shift.ends_at.isoformat())
    weights = (f"{one.load.of(each):.4f}" for each in Measure)
    return (people.get(shift.person_id, ""), shift.layer, *times, *weights)
