"""Work orders: where does it stand, what next, by when, who?"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request, Response

from operations.refusals import NotNowError
from rules import workflow
from rules.model import OrderId, Person, PersonId, Role, Severity, SiteId, WorkOrder
from rules.permits import Verb as Permit
from rules.workflow import Verb
from storage import escalations as plan_rows
from storage import journal
from storage import people as people_rows
from storage import sites as site_rows
from storage import work_orders as order_rows
from storage.db import Tx, reading, transaction
from storage.escalations import Kept
from storage.views import board as board_view
from storage.views import orders as order_view
from storage.views.orders import STATES, Wanted, Whole
from storage.views.reach import customer_of
from web import acts, timeline, wavering
from web import trip as trips
from web.acts import Typed
from web.lists import PAGE_ROWS, cursor, next_page
from web.pages.sessions import Text
from web.trip import Trip
from web.wired import NotFoundError, RowId, Viewer, Visitor, Wired, go, is_htmx, page
from wiring.parts import Parts

router = APIRouter()

LONGEST_SEARCH = 80
CONFLICT, REFUSED = 409, 422


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Why a verb was not done, beside the field it belongs to, with what was typed."""

    verb: Verb
    message: str
    typed: Typed
    status: int = REFUSED
    field: str = "text"
    at: str = ""


@router.get("/orders")
def orders(  # noqa: PLR0913, PLR0917 - a filter's fields
    request: Request,
    parts: Wired,
    visitor: Visitor,
    state: str = "open",
    severity: str = "",
    q: str = "",
    mine: str = "",
    site: str = "",
    before: str = "",
) -> Response:
    visitor.must(Permit.SEE_ORDER)
    of_site = cursor(site)
    wanted = Wanted(
        reach=visitor.reach,
        state=state if state in STATES else STATES[0],
        words=q[:LONGEST_SEARCH],
        severity=severity if severity in set(Severity) else "",
        holder=visitor.me.id if mine else None,
        site_id=SiteId(of_site) if of_site is not None else None,
    )
    with reading(parts.database) as tx:
        heard = journal.last_id(tx)
        found = order_view.listed(tx, wanted, before=cursor(before), limit=PAGE_ROWS)
    return page(
        request,
        visitor,
        "orders/list.html" if is_htmx(request) else "orders/page.html",
        found=found,
        wanted=wanted,
        states=STATES,
        severities=list(Severity),
        next=next_page(request, "before", found.next),
        topics="board",
        heard=heard,
    )


@router.get("/orders/{order_id}")
def order(request: Request, parts: Wired, visitor: Visitor, order_id: RowId) -> Response:
    return _show(request, parts, visitor, OrderId(order_id))


@router.post("/orders/{order_id}/{verb}")
def act(  # noqa: PLR0913, PLR0917 - a form's fields
    request: Request,
    parts: Wired,
    visitor: Visitor,
    order_id: RowId,
    verb: Verb,
    text: Text = "",
    person: Text = "",
    at: Text = "",
    seen: Text = "",
    view: Text = "",
) -> Response:
    """Do one thing with an order. Errors stand beside the field and keep what was typed."""
    number, who = OrderId(order_id), cursor(person)
    trouble = None
    with reading(parts.database) as tx:
        site_id = _must(tx, visitor, number, verb)
        agreed = _agreed(tx, site_id, at)
    typed = Typed(
        by=visitor.me.id,
        text=text,
        person=PersonId(who) if who is not None else None,
        appointment=agreed,
    )
    try:
        with transaction(parts.database) as tx:
            if _changed_meanwhile(tx, number, verb, seen):
                message = visitor.say("order.changed_meanwhile")
                trouble = Trouble(verb=verb, message=message, typed=typed, status=CONFLICT)
            else:
                acts.perform(tx, verb, number, typed, parts.policy, visitor.now)
    except NotNowError as error:
        if not _done_by_me_already(parts, number, verb, visitor):
            message = visitor.say(error.message_id, **_spoken(visitor, error.facts))
            field = "at" if error.message_id == "order.refused.appointment" else "text"
            trouble = Trouble(verb=verb, message=message, typed=typed, field=field, at=at)
    if is_htmx(request) and view == "row":
        return _row(request, parts, visitor, number, trouble.message if trouble else "")
    if trouble is None and not is_htmx(request):
        return go(request, f"/orders/{number}")
    return _show(request, parts, visitor, number, trouble)


def _must(tx: Tx, visitor: Viewer, order_id: OrderId, verb: Verb) -> SiteId:
    site_id = site_of(tx, visitor, order_id)
    visitor.must(acts.PERMITS[verb], site_id, customer_of(tx, site_id))
    return site_id


def _agreed(tx: Tx, site_id: SiteId, typed: str) -> datetime | None:
    """What was chosen, on the site's own clocks."""
    site = site_rows.get(tx, site_id)
    try:
        at = datetime.fromisoformat(typed)
    except ValueError:
        return None
    zone = ZoneInfo(site.timezone) if site else UTC
    return (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)


def site_of(tx: Tx, visitor: Viewer, order_id: OrderId) -> SiteId:
    """Another's order is not even there."""
    known = order_rows.get(tx, order_id)
    if known is None or not visitor.may(
        Permit.SEE_ORDER, known.site_id, customer_of(tx, known.site_id)
    ):
        raise NotFoundError
    return known.site_id


def _changed_meanwhile(tx: Tx, order_id: OrderId, verb: Verb, seen: str) -> bool:
    """A stale page does no harm: what was decided on it is asked for again.

    Acknowledging needs no such care: the first one counts and the second is told so.
    """
    held = order_rows.lock(tx, order_id)
    if held is None or not seen or verb is Verb.ACKNOWLEDGE:
        return False
    return acts.fingerprint(held) != seen and workflow.refusal(held, verb) is None


def _done_by_me_already(parts: Parts, order_id: OrderId, verb: Verb, visitor: Viewer) -> bool:
    """The second of two clicks."""
    with reading(parts.database) as tx:
        known = order_rows.get(tx, order_id)
    mine = known is not None and known.received_by == visitor.me.id
    return verb is Verb.ACKNOWLEDGE and mine


def _spoken(visitor: Viewer, facts: dict[str, Any]) -> dict[str, Any]:
    if "code" in facts:
        return {**facts, "code": visitor.say(f"code.{facts['code']}.name")}
    return facts


def _row(request: Request, parts: Parts, visitor: Viewer, order_id: OrderId, said: str) -> Response:
    with reading(parts.database) as tx:
        row = board_view.row_of(tx, order_id)
    return page(request, visitor, "board/row.html", row=row, said=said)


def _show(
    request: Request,
    parts: Parts,
    visitor: Viewer,
    order_id: OrderId,
    trouble: Trouble | None = None,
) -> Response:
    with reading(parts.database) as tx:
        heard = journal.last_id(tx)
        site_of(tx, visitor, order_id)
        whole = order_view.whole(tx, order_id, visitor.now)
        if whole is None:
            raise NotFoundError
        values = _values(tx, visitor, whole, parts.policy.hold.grace_s)
    if not values["customer_view"]:
        values["trip"] = _trip(parts, visitor, whole)
    return page(
        request,
        visitor,
        "orders/live.html" if is_htmx(request) else "orders/order.html",
        status=trouble.status if trouble else 200,
        trouble=trouble,
        heard=heard,
        topics=f"order-{order_id},device-{whole.device.id}",
        **values,
    )


def _trip(parts: Parts, visitor: Viewer, whole: Whole) -> Trip:
    """How to get there and in, and what else is to be done there (E02-E04)."""
    order, zone = whole.order, whole.site.timezone
    with reading(parts.database) as tx:
        found = trips.of_order(tx, order, visitor.me, parts.policy, visitor.now, zone)
    return replace(found, card=trips.card(parts, order, visitor.me, visitor.now))


def _values(tx: Tx, visitor: Viewer, whole: Whole, grace_s: float) -> dict[str, Any]:
    site = whole.site
    customer = visitor.me.roles == {Role.CUSTOMER}
    holder = whole.order.assignee_id or whole.order.received_by

    def allowed(permit: Permit) -> bool:
        return visitor.may(permit, site.id, site.customer_id).ok

    return {
        "whole": whole,
        "order": whole.order,
        "stands": workflow.stand(whole.order),
        "steps": workflow.steps(whole.order),
        "current": workflow.current(whole.order),
        "choices": acts.choices(whole.order, visitor.me.id, allowed),
        "asks_text": lambda verb: acts.asks_text(whole.order, verb, visitor.now),
        "dangerous": acts.DANGEROUS,
        "seen": acts.fingerprint(whole.order),
        "moments": timeline.moments(
            visitor.language, whole.entries, whole.receipts, whole.people, customer=customer
        ),
        "staff": goers(tx, site.id) if allowed(Permit.DISPATCH) else [],
        "holder": whole.people[holder] if holder and not customer else "",
        "holds_it": visitor.me.id in {whole.order.assignee_id, whole.order.received_by},
        "customer_view": customer,
        "plan": None if customer else _plan(tx, whole.order),
        "trip": None,
        "before": wavering.before(tx, whole.faults),
        "comings": None if customer else wavering.comings(tx, whole.device, visitor.now),
        "grace": grace_s,
        "may_look": allowed(Permit.SEE_CONTACTS),
    }


def _plan(tx: Tx, order: WorkOrder) -> Kept | None:
    """By which people are called for it; None: by the company's own ladder."""
    return plan_rows.get(tx, order.escalation_id) if order.escalation_id else None


def goers(tx: Tx, site_id: SiteId) -> list[Person]:
    """Whom one can send there: engineers first."""
    able = [p for p in people_rows.all_staff(tx) if p.all_sites or site_id in p.site_ids]
    return sorted(able, key=lambda p: (Role.ENGINEER not in p.roles, p.code))
