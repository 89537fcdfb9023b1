"""Contact cards (A13): who holds which, which are out of date, who never had any; issued here.

The numbers on a card are people's: shown to whom they concern, and each look is on record (C12).
"""

from fastapi import APIRouter, Request, Response

from operations import contact_cards as card_desk
from operations.refusals import NotNowError
from rules import contact_cards as card_rules
from rules import permits
from rules.assets import Customer
from rules.contact_cards import Issued
from rules.documents import Kind, Language
from rules.model import CustomerId
from rules.permits import Verb
from storage import contact_cards as card_rows
from storage import customers as customer_rows
from storage import sites as site_rows
from storage.db import Tx, reading, transaction
from storage.views import contact_cards as card_view
from storage.views import handed_over, names
from storage.views.contact_cards import State
from web.lists import PAGE_ROWS, cursor, next_page
from web.pages.sessions import Text
from web.wired import ForbiddenError, NotFoundError, RowId, Viewer, Visitor, Wired, go, page
from wiring.parts import Parts

router = APIRouter()

DONE = ("issued", "line")
VERSIONS = 20
TABS = (State.OUTDATED, State.NEVER)


@router.get("/contact-cards")
def everything(
    request: Request,
    parts: Wired,
    visitor: Visitor,
    state: str = "",
    before: str = "",
    done: str = "",
) -> Response:
    visitor.must(Verb.SEE_CONTACTS)
    return _list(request, parts, visitor, state=state, before=before, done=done)


@router.post("/contact-cards/missing")
def issue_missing(request: Request, parts: Wired, visitor: Visitor) -> Response:
    """To every customer in use who never had a card."""
    visitor.must(Verb.ISSUE_CONTACT_CARD)
    _must_keep_all(visitor)
    with transaction(parts.database) as tx:
        card_desk.issue_missing(tx, by=visitor.me.id, now=visitor.now)
    return go(request, "/contact-cards?done=issued")


@router.post("/contact-cards/service-line")
def service_line(
    request: Request, parts: Wired, visitor: Visitor, service_line: Text = ""
) -> Response:
    """The first number on every card: whoever changes it changes them all."""
    visitor.must(Verb.ISSUE_CONTACT_CARD)
    _must_keep_all(visitor)
    try:
        with transaction(parts.database) as tx:
            card_desk.set_service_line(tx, service_line, by=visitor.me.id, now=visitor.now)
    except NotNowError as error:
        wrong = visitor.say(error.message_id)
        return _list(request, parts, visitor, typed=service_line, wrong=wrong)
    return go(request, "/contact-cards?done=line")


@router.get("/contact-cards/{customer_id}")
def one(
    request: Request,
    parts: Wired,
    visitor: Visitor,
    customer_id: RowId,
    reveal: str = "",
    done: str = "",
) -> Response:
    """`reveal` shows the numbers, and puts the look on record."""
    customer = _customer(parts, visitor, customer_id)
    if reveal:
        with transaction(parts.database) as tx:
            card_desk.seen(tx, customer, by=visitor.me.id, now=visitor.now)
    return _shown(request, parts, visitor, customer, reveal=bool(reveal), done=done)


@router.post("/contact-cards/{customer_id}/issue")
def issue(request: Request, parts: Wired, visitor: Visitor, customer_id: RowId) -> Response:
    customer = _customer(parts, visitor, customer_id, Verb.ISSUE_CONTACT_CARD)
    try:
        with transaction(parts.database) as tx:
            card_desk.issue(tx, customer.id, by=visitor.me.id, now=visitor.now)
    except NotNowError as error:
        wrong = visitor.say(error.message_id)
        return _shown(request, parts, visitor, customer, wrong=wrong)
    return go(request, f"/contact-cards/{customer.id}?done=issued")


@router.post("/contact-cards/{customer_id}/copies")
def copies(
    request: Request, parts: Wired, visitor: Visitor, customer_id: RowId, language: Text = ""
) -> Response:
    """The card that counts in another language, as a document of its own."""
    customer = _customer(parts, visitor, customer_id, Verb.ISSUE_CONTACT_CARD)
    with transaction(parts.database) as tx:
        issued = card_rows.newest_of(tx, customer.id)
        if issued is None or language not in list(Language):
            raise NotFoundError
        card_desk.order_copy(tx, issued, Language(language), by=visitor.me.id, now=visitor.now)
    return go(request, f"/contact-cards/{customer.id}")


def _list(  # noqa: PLR0913 - what a filter and a form leave on the page
    request: Request,
    parts: Parts,
    visitor: Viewer,
    *,
    state: str = "",
    before: str = "",
    done: str = "",
    typed: str | None = None,
    wrong: str = "",
) -> Response:
    chosen = State(state) if state in list(State) else None
    with reading(parts.database) as tx:
        found = card_view.listed(
            tx, visitor.reach, state=chosen, before=cursor(before), limit=PAGE_ROWS
        )
        counts = {one: card_view.count(tx, visitor.reach, one) for one in State}
        line = card_desk.service_line(tx)
    return page(
        request,
        visitor,
        "contact_cards/page.html",
        status=422 if wrong else 200,
        found=found,
        counts=counts,
        chosen=chosen,
        tabs=TABS,
        line=line,
        typed=line if typed is None else typed,
        wrong=wrong,
        done=done if done in DONE else "",
        keeps_all=bool(visitor.may(Verb.ISSUE_CONTACT_CARD)) and visitor.me.all_sites,
        next=next_page(request, "before", found.next),
    )


def _shown(  # noqa: PLR0913 - what is shown, and what was done or refused
    request: Request,
    parts: Parts,
    visitor: Viewer,
    customer: Customer,
    *,
    reveal: bool = False,
    done: str = "",
    wrong: str = "",
) -> Response:
    with reading(parts.database) as tx:
        versions = card_rows.of_customer(tx, customer.id, limit=VERSIONS)
        issued = versions[0] if versions else None
        stands = card_desk.ground(tx).card(customer)
        papers = handed_over.of_subject(tx, Kind.CONTACT_CARD, issued.id) if issued else []
        due_at = card_desk.due_at(tx, issued) if issued else None
        people = names.of_people(tx, [one.issued_by for one in versions])
    return page(
        request,
        visitor,
        "contact_cards/one.html",
        status=422 if wrong else 200,
        customer=customer,
        issued=issued,
        card=issued.card if issued else stands,
        stands=stands,
        differences=_differences(issued, stands),
        due_at=due_at,
        papers=papers,
        versions=versions,
        people=people,
        reveal=reveal,
        done=done if done in DONE else "",
        wrong=wrong,
        customer_view=False,
        may_decide=visitor.may(Verb.ISSUE_CONTACT_CARD) and not customer.archived_at,
    )


def _differences(issued: Issued | None, stands: card_rules.Card) -> list[card_rules.Difference]:
    return card_rules.differences(issued.card, stands) if issued else []


def _customer(
    parts: Parts, visitor: Viewer, customer_id: int, verb: Verb = Verb.SEE_CONTACT_CARD
) -> Customer:
    """Another's customer is not even there."""
    visitor.must(Verb.SEE_CONTACTS)
    visitor.must(verb)
    with reading(parts.database) as tx:
        customer = customer_rows.get(tx, CustomerId(customer_id))
        if customer is None or not _near(tx, visitor, customer, verb):
            raise NotFoundError
    return customer


def _near(tx: Tx, visitor: Viewer, customer: Customer, verb: Verb) -> bool:
    here = [site.id for site in site_rows.of_customer(tx, customer.id)]
    return permits.may_for_customer(visitor.me, verb, customer.id, here).ok


def _must_keep_all(visitor: Viewer) -> None:
    """What touches every customer's card is for who looks after all sites."""
    if not visitor.me.all_sites:
        raise ForbiddenError("permit.site")
