"""Customers' events and holidays (A08): what comes, what must be ready before it, who stands by."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Form, Request, Response

from operations import occasions as occasion_desk
from operations import preparations as preparation_desk
from operations.occasions import Wish
from operations.preparations import Item
from operations.refusals import NotNowError
from rules import occasions as occasion_rules
from rules.duty import Span
from rules.model import CustomerId
from rules.occasions import TEMPLATE, DaysOff, Occasion
from rules.permits import Verb
from storage import company
from storage.db import Tx, reading, transaction
from storage.views import occasions as occasion_view
from web.lists import PAGE_ROWS, cursor, next_page
from web.occasions import Typed, changeable, shown, sites_of
from web.pages.sessions import Text
from web.wired import RowId, Viewer, Visitor, Wired, go, page
from wiring.parts import Parts

router = APIRouter()

Chosen = Annotated[Sequence[str], Form()]
OVER = "over"
FOR_ALL = "all"  # a holiday is nobody's in particular
AHEAD = timedelta(days=7)
HOLIDAYS_AHEAD = 62  # days: as far as the rota is written down


@router.get("/occasions")
def everything(
    request: Request, parts: Wired, visitor: Visitor, state: str = "", after: str = ""
) -> Response:
    visitor.must(Verb.SEE_ROTA)
    over, now, reach = state == OVER, visitor.now, visitor.reach
    with reading(parts.database) as tx:
        found = occasion_view.listed(
            tx, reach, now, over=over, after=cursor(after), limit=PAGE_ROWS
        )
        coming = [line.occasion for line in found.rows] if not over else []
        pressing = {one.occasion.id: one for one in preparation_desk.pressing(tx, coming, now)}
        holidays = _holidays(tx, visitor) if not over else []
    return page(
        request,
        visitor,
        "occasions/page.html",
        found=found,
        over=over,
        pressing=pressing,
        holidays=holidays,
        next=next_page(request, "after", found.next),
    )


@router.get("/occasions/new")
def fresh(
    request: Request,
    parts: Wired,
    visitor: Visitor,
    name: str = "",
    first: str = "",
    last: str = "",
) -> Response:
    """A holiday of the calendar comes with its name and days."""
    visitor.must(Verb.SET_ROTA)
    day = (visitor.now.astimezone(ZoneInfo(visitor.timezone)) + AHEAD).date()
    begins, ends = _day(first) or day, _day(last) or _day(first) or day
    fields = {
        "name": name[:200],
        "starts_at": f"{begins}T00:00" if first else f"{begins}T08:00",
        "ends_at": f"{ends}T23:59" if first else f"{ends}T18:00",
        "customer": FOR_ALL if first else "",
        "template": "1",
    }
    return _form(request, parts, visitor, Typed(form="plan", fields=fields))


@router.post("/occasions/new")
def plan(  # noqa: PLR0913, PLR0917 - a form's fields
    request: Request,
    parts: Wired,
    visitor: Visitor,
    name: Text = "",
    customer: Text = "",
    starts_at: Text = "",
    ends_at: Text = "",
    note: Text = "",
    template: Text = "",
) -> Response:
    """With the list to begin from, if wanted: each item due so many days before."""
    visitor.must(Verb.SET_ROTA)
    fields = {"name": name, "customer": customer, "starts_at": starts_at, "ends_at": ends_at}
    typed = Typed(form="plan", fields={**fields, "note": note, "template": template})
    try:
        with transaction(parts.database) as tx:
            wish = _wish(visitor, typed, _customer(tx, visitor, customer))
            occasion = occasion_desk.plan(tx, wish, visitor.me.id, visitor.now)
            for item in _template(visitor, occasion) if template else ():
                preparation_desk.prepare(tx, occasion.id, item, visitor.me.id, visitor.now)
    except NotNowError as error:
        wrong = typed.refused(visitor, error.message_id, error.field, **error.facts)
        return _form(request, parts, visitor, wrong)
    return go(request, f"/occasions/{occasion.id}")


@router.get("/occasions/{occasion_id}")
def show(request: Request, parts: Wired, visitor: Visitor, occasion_id: RowId) -> Response:
    visitor.must(Verb.SEE_ROTA)
    return shown(request, parts, visitor, occasion_id)


@router.post("/occasions/{occasion_id}")
def change(  # noqa: PLR0913, PLR0917 - a form's fields
    request: Request,
    parts: Wired,
    visitor: Visitor,
    occasion_id: RowId,
    name: Text = "",
    starts_at: Text = "",
    ends_at: Text = "",
    note: Text = "",
    site: Chosen = (),
) -> Response:
    """The customer stays whose it was; all sites ticked, or none, stand for all of them."""
    fields = {"name": name, "starts_at": starts_at, "ends_at": ends_at, "note": note}
    typed = Typed(form="change", fields=fields, sites=frozenset(site))
    try:
        with transaction(parts.database) as tx:
            occasion = changeable(tx, visitor, occasion_id)
            here = {str(one.id): one.id for one in sites_of(tx, visitor, occasion)}
            chosen = [here[one] for one in here if one in typed.sites]
            wish = _wish(visitor, typed, occasion.customer_id)
            some = () if len(chosen) == len(here) else tuple(chosen)
            wish = replace(wish, site_ids=some)
            occasion_desk.change(tx, occasion.id, wish, visitor.me.id, visitor.now)
    except NotNowError as error:
        wrong = typed.refused(visitor, error.message_id, error.field, **error.facts)
        return shown(request, parts, visitor, occasion_id, wrong)
    return go(request, f"/occasions/{occasion_id}")


@router.post("/occasions/{occasion_id}/archive")
def archive(request: Request, parts: Wired, visitor: Visitor, occasion_id: RowId) -> Response:
    """Put away before by another is no mistake."""
    with transaction(parts.database) as tx:
        occasion = changeable(tx, visitor, occasion_id)
        if occasion.archived_at is None:
            occasion_desk.archive(tx, occasion.id, visitor.me.id, visitor.now)
    return go(request, f"/occasions/{occasion_id}")


def _holidays(tx: Tx, visitor: Viewer) -> list[DaysOff]:
    """The next ones nobody planned for; only for those who may plan for all of us."""
    if not (visitor.reach.everything and visitor.may(Verb.SET_ROTA)):
        return []
    zone, now = ZoneInfo(visitor.timezone), visitor.now
    span = Span(starts_at=now, ends_at=now + timedelta(days=HOLIDAYS_AHEAD))
    planned = [
        DaysOff(
            name=one.name,
            first=one.starts_at.astimezone(zone).date(),
            last=one.ends_at.astimezone(zone).date(),
        )
        for one in occasion_view.touching(tx, visitor.reach, span)
        if one.customer_id is None
    ]
    calendar, today = company.calendar(tx), now.astimezone(zone).date()
    return occasion_rules.holidays(calendar, today, HOLIDAYS_AHEAD, visitor.language, planned)


def _template(visitor: Viewer, occasion: Occasion) -> list[Item]:
    """The list to begin from, in the planner's words; what would be due before today is due now."""
    zone = ZoneInfo(visitor.timezone)
    first, today = occasion.starts_at.astimezone(zone).date(), visitor.now.astimezone(zone).date()
    return [
        Item(
            kind=kind,
            text=visitor.say(f"occasion.template.{name}"),
            due_on=max(first - timedelta(days=days), today),
        )
        for name, kind, days in TEMPLATE
    ]


def _form(request: Request, parts: Parts, visitor: Viewer, typed: Typed) -> Response:
    with reading(parts.database) as tx:
        clients = occasion_view.clients(tx, visitor.reach)
    return page(
        request,
        visitor,
        "occasions/new.html",
        status=422 if typed.wrong or typed.said else 200,
        clients=clients,
        for_all=FOR_ALL if visitor.reach.everything else "",
        typed=typed,
    )


def _wish(visitor: Viewer, typed: Typed, customer_id: CustomerId | None) -> Wish:
    return Wish(
        name=typed.fields["name"],
        customer_id=customer_id,
        note=typed.fields["note"],
        starts_at=typed.instant("starts_at", visitor.timezone),
        ends_at=typed.instant("ends_at", visitor.timezone),
    )


def _customer(tx: Tx, visitor: Viewer, given: str) -> CustomerId | None:
    """None: for all of us, which only those may plan who see all of us."""
    if given == FOR_ALL and visitor.reach.everything:
        return None
    known = {str(one.id): one.id for one in occasion_view.clients(tx, visitor.reach)}
    if given not in known:
        raise NotNowError("occasion.refused.customer", field="customer")
    return known[given]


def _day(given: str) -> date | None:
    try:
        return date.fromisoformat(given)
    except ValueError:
        return None
