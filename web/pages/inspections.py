"""The monthly inspections: which are owed, how far each one is, and what is to be done next."""

from collections.abc import Mapping
from enum import StrEnum
from itertools import groupby
from typing import Any

from fastapi import APIRouter, Request, Response

from operations import inspections as inspection_desk
from operations.refusals import NotNowError
from rules import periods
from rules.assets import Contract
from rules.documents import Kind
from rules.inspections import Area, InspectionId, Point, Stand
from rules.model import PersonId, SiteId
from rules.periods import Month
from rules.permits import Verb
from storage import contracts as contract_rows
from storage import journal
from storage import sites as site_rows
from storage.db import Tx, reading, transaction
from storage.views import handed_over, months, names
from storage.views.months import LATE, Wanted
from web import inspecting
from web.inspecting import Seen, Trouble
from web.lists import PAGE_ROWS, cursor, next_page
from web.pages.orders import goers
from web.pages.sessions import Text
from web.wired import RowId, Viewer, Visitor, Wired, go, is_htmx, page
from wiring.parts import Parts

router = APIRouter()

LONGEST_SEARCH = 80
STANDS = (*Stand, LATE)


class Step(StrEnum):
    """What is done to a whole sheet."""

    ASSIGN = "assign"
    START = "start"
    REST = "rest"  # everything without a word is not checked, for one reason
    FINISH = "finish"
    ISSUE = "issue"


_PERMITS: Mapping[Step, Verb] = {
    Step.ASSIGN: Verb.DISPATCH,
    Step.START: Verb.INSPECT,
    Step.REST: Verb.INSPECT,
    Step.FINISH: Verb.INSPECT,
    Step.ISSUE: Verb.DECIDE_INSPECTION,
}


@router.get("/inspections")
def inspections(  # noqa: PLR0913, PLR0917 - a filter's fields
    request: Request,
    parts: Wired,
    visitor: Visitor,
    period: str = "",
    stand: str = "",
    q: str = "",
    mine: str = "",
    site: str = "",
    after: str = "",
) -> Response:
    visitor.must(Verb.SEE_INSPECTION)
    this_month = periods.month_of(visitor.now, visitor.timezone)
    month = _month(period) or this_month
    of_site = cursor(site)
    wanted = Wanted(
        reach=visitor.reach,
        period=str(month),
        stand=stand if stand in STANDS else "",
        words=q[:LONGEST_SEARCH],
        site_id=SiteId(of_site) if of_site is not None else None,
        assignee=visitor.me.id if mine else None,
        issued_only=inspecting.is_customer(visitor),
        today=inspecting.today(visitor),
    )
    with reading(parts.database) as tx:
        heard = journal.last_id(tx)
        found = months.listed(tx, wanted, after=after[:64], limit=PAGE_ROWS)
        counted = months.stands(tx, wanted)
    return page(
        request,
        visitor,
        "inspections/list.html" if is_htmx(request) else "inspections/page.html",
        found=found,
        wanted=wanted,
        counted=counted,
        stands=[one for one in STANDS if counted.get(one) or one == wanted.stand],
        month=month,
        this_month=this_month,
        link=_linked(request),
        next=next_page(request, "after", found.next),
        topics="board",
        heard=heard,
    )


@router.get("/inspections/{inspection_id}")
def inspection(request: Request, parts: Wired, visitor: Visitor, inspection_id: RowId) -> Response:
    return show(request, parts, visitor, inspection_id)


@router.post("/inspections/{inspection_id}/{step}")
def take_step(  # noqa: PLR0913, PLR0917 - a form's fields
    request: Request,
    parts: Wired,
    visitor: Visitor,
    inspection_id: RowId,
    step: Step,
    text: Text = "",
    person: Text = "",
) -> Response:
    """One step of the whole sheet. What another has done meanwhile is said, nothing is undone."""
    with reading(parts.database) as tx:
        inspecting.allowed(tx, visitor, _PERMITS[step], inspection_id)
    try:
        _stepped(parts, visitor, InspectionId(inspection_id), step, text=text, person=person)
    except NotNowError as error:
        message = visitor.say(error.message_id, **error.facts)
        trouble = Trouble(message=message, beside=step, note=text)
        return show(request, parts, visitor, inspection_id, trouble)
    if step is Step.START:
        return go(request, f"/inspections/{inspection_id}/next")
    if not is_htmx(request):
        return go(request, f"/inspections/{inspection_id}")
    return show(request, parts, visitor, inspection_id)


def show(
    request: Request,
    parts: Parts,
    visitor: Viewer,
    inspection_id: int,
    trouble: Trouble | None = None,
) -> Response:
    """The whole sheet, or for htmx its living part."""
    with reading(parts.database) as tx:
        heard = journal.last_id(tx)
        found = inspecting.seen(tx, visitor, inspection_id)
        values = _values(tx, visitor, found)
    return page(
        request,
        visitor,
        "inspections/live.html" if is_htmx(request) else "inspections/sheet.html",
        status=trouble.status if trouble else 200,
        trouble=trouble,
        topics=f"site-{found.place.site_id}",
        heard=heard,
        **values,
    )


def _stepped(
    parts: Parts, visitor: Viewer, number: InspectionId, step: Step, *, text: str, person: str
) -> None:
    me, now, who = visitor.me.id, visitor.now, cursor(person)
    with reading(parts.telemetry) as readings, transaction(parts.database) as tx:
        if step is Step.ASSIGN:
            assignee = PersonId(who) if who is not None else None
            inspection_desk.assign(tx, number, assignee, me, now)
        elif step is Step.START:
            inspection_desk.start(tx, number, me, now)
        elif step is Step.REST:
            inspection_desk.close_rest(tx, number, text, me, now)
        elif step is Step.FINISH:
            inspection_desk.finish(tx, number, text, me, parts.policy, now, readings=readings)
        else:
            inspection_desk.issue(tx, number, me, now)


def _values(tx: Tx, visitor: Viewer, found: Seen) -> dict[str, Any]:
    one, place = found.inspection, found.place
    customer = inspecting.is_customer(visitor)
    who = (one.assignee_id, one.started_by, one.finished_by, one.decided_by)
    people = names.of_people(tx, [*who, *(point.decided_by for point in found.sheet.points)])

    def allowed(verb: Verb) -> bool:
        return visitor.may(verb, place.site_id, place.customer_id).ok

    return {
        "inspection": one,
        "place": place,
        "areas": _areas(found.sheet.points),
        "count": months.count_of(found.sheet.points),
        "waiting": found.sheet.next_point(),
        "doubted": [] if customer else _doubted(visitor, found),
        "people": people,
        "staff": goers(tx, place.site_id) if allowed(Verb.DISPATCH) else [],
        "contract": _contract(tx, place.site_id),
        "papers": handed_over.of_subject(tx, Kind.INSPECTION, one.id) if one.issued_at else [],
        "may_inspect": allowed(Verb.INSPECT),
        "may_decide": allowed(Verb.DECIDE_INSPECTION),
        "may_assign": allowed(Verb.DISPATCH),
        "customer_view": customer,
        "late": one.due_on < inspecting.today(visitor) and one.issued_at is None,
        "editable": {point.id for point in found.sheet.points if inspecting.editable(one, point)},
    }


def _contract(tx: Tx, site_id: SiteId) -> Contract | None:
    """The brief that stands beside every inspection (A17)."""
    site = site_rows.get(tx, site_id)
    return contract_rows.get(tx, site.contract_id) if site and site.contract_id else None


def _areas(points: tuple[Point, ...]) -> list[tuple[Area, list[Point], months.Count]]:
    """In the order they are walked, each with how far it is."""
    grouped = ((area, list(those)) for area, those in groupby(points, key=lambda one: one.area))
    return [(area, those, months.count_of(those)) for area, those in grouped]


def _doubted(visitor: Viewer, found: Seen) -> list[tuple[Point, list[str]]]:
    zone = found.place.timezone
    return [
        (point, [inspecting.doubt(visitor, one, zone) for one in point.doubts])
        for point in found.sheet.points
        if point.doubts
    ]


def _month(text: str) -> Month | None:
    try:
        return periods.read(text)
    except ValueError:
        return None


def _linked(request: Request) -> Any:
    """The same list with some of its filter changed, from its first page."""

    def link(**changed: Any) -> str:
        address = request.url.remove_query_params(["after", *changed])
        given = {name: str(value) for name, value in changed.items() if value}
        return str(address.include_query_params(**given).replace(scheme="", netloc=""))

    return link
