"""The duty page: am I on call, what waits for me, and the one button that is next."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from fastapi import APIRouter, Request, Response

from operations import duty as duty_desk
from operations import handovers as handover_desk
from operations import site_access as access_desk
from operations.refusals import NotNowError
from rules import travel
from rules.duty import Shift, Span
from rules.model import Layer, OrderId
from rules.permits import Verb as Permit
from rules.workflow import Verb
from storage import duty as duty_rows
from storage.db import Tx, reading, transaction
from storage.views import my_duty
from storage.views.orders import Line
from storage.views.reach import customer_of
from web import acts, trip
from web.acts import Typed
from web.pages.orders import site_of
from web.pages.sessions import Text
from web.trip import Trip
from web.wired import NotFoundError, RowId, Viewer, Visitor, Wired, go, page
from wiring.parts import Parts

router = APIRouter()

MOST_SHOWN = 12
AHEAD = timedelta(weeks=8)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """An order with what its reader may press; `trip` only for the first, the one at hand."""

    line: Line
    verbs: tuple[Verb, ...]
    mine: bool
    leave_by: datetime | None
    trip: Trip | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Why a verb was not done, and what had been typed."""

    order_id: OrderId
    verb: Verb
    message: str
    typed: str


@router.get("/duty")
def duty(request: Request, parts: Wired, visitor: Visitor) -> Response:
    return _show(request, parts, visitor)


@router.post("/duty/{order_id}")
def act(
    request: Request,
    parts: Wired,
    visitor: Visitor,
    order_id: RowId,
    verb: Text = "",
    text: Text = "",
) -> Response:
    """One step of an order. What another did meanwhile is shown, not done again."""
    visitor.must(Permit.SEE_ROTA)
    number = OrderId(order_id)
    with reading(parts.database) as tx:
        site_id = site_of(tx, visitor, number)
        step = Verb(verb) if verb in set(Verb) else None
        if step is None:
            raise NotFoundError
        visitor.must(acts.PERMITS[step], site_id, customer_of(tx, site_id))
    try:
        with transaction(parts.database) as tx:
            typed = Typed(by=visitor.me.id, text=text)
            acts.perform(tx, step, number, typed, parts.policy, visitor.now)
    except NotNowError as error:
        message = visitor.say(error.message_id, **error.facts)
        trouble = Trouble(order_id=number, verb=step, message=message, typed=text)
        return _show(request, parts, visitor, trouble)
    return go(request, "/duty")


def _show(
    request: Request, parts: Parts, visitor: Viewer, trouble: Trouble | None = None
) -> Response:
    visitor.must(Permit.SEE_ROTA)
    with reading(parts.database) as tx:
        lines, count = my_duty.waiting(tx, visitor.me.id, visitor.reach, limit=MOST_SHOWN)
        jobs = [_job(tx, line, visitor, parts) for line in lines]
        shifts = _mine(tx, visitor)
        on_duty = duty_desk.on_duty(tx, visitor.now)
        notes = handover_desk.waiting_for(tx, visitor.me.id, visitor.now)
    jobs[:1] = [_at_hand(parts, job, visitor) for job in jobs[:1]]
    return page(
        request,
        visitor,
        "duty/page.html",
        status=422 if trouble else 200,
        jobs=jobs,
        more=count - len(jobs),
        standing=[shift for shift in shifts if shift.starts_at <= visitor.now],
        coming=next((shift for shift in shifts if shift.starts_at > visitor.now), None),
        called=[(layer, on_duty.of(layer)) for layer in Layer],
        trouble=trouble,
        notes=len(notes),
    )


def _job(tx: Tx, line: Line, visitor: Viewer, parts: Parts) -> Job:
    order = line.order
    way = access_desk.way(tx, order, parts.policy)
    return Job(
        line=line,
        verbs=trip.verbs(order, visitor.me, line.place.customer_id),
        mine=trip.has_it(order, visitor.me),
        leave_by=travel.leave_by(order, way) if way and travel.must_leave(order) else None,
    )


def _at_hand(parts: Parts, job: Job, visitor: Viewer) -> Job:
    """The first one whole: how to get in and what else is to be done there."""
    order, me, zone = job.line.order, visitor.me, visitor.timezone
    with reading(parts.database) as tx:
        found = trip.of_order(tx, order, me, parts.policy, visitor.now, zone)
    return replace(job, trip=replace(found, card=trip.card(parts, order, me, visitor.now)))


def _mine(tx: Tx, visitor: Viewer) -> list[Shift]:
    """My shifts from now on, what belongs together joined."""
    span = Span(starts_at=visitor.now, ends_at=visitor.now + AHEAD)
    found = duty_rows.between(tx, span)
    return sorted(
        (shift for shift in found if shift.person_id == visitor.me.id),
        key=lambda shift: shift.starts_at,
    )
