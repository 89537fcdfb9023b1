"""Contact cards (A13): which customer holds which, and the card itself."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel

from operations import documents as document_desk
from rules.documents import Kind
from rules.model import CustomerId
from rules.permits import Verb
from storage import contact_cards as card_rows
from storage import documents as document_rows
from storage.db import reading, transaction
from storage.views import contact_cards as card_view
from storage.views.contact_cards import Line, State
from storage.views.reach import reaches
from web.api import sheet_shapes as shapes
from web.api.asked import Id, Paged
from web.api.callers import CardReader
from web.api.inspections import PDF, Spoken, handed_over
from web.wired import NotFoundError, Wired

router = APIRouter(tags=["contact cards"])


class Card(BaseModel):
    """`customer` is an opaque id; `version` null: never issued. `outdated_at`: no longer true."""

    customer: str
    code: str
    name: str
    state: State
    version: int | None
    issued_at: datetime | None
    outdated_at: datetime | None
    documents: list[shapes.Paper]


class Cards(BaseModel):
    items: list[Card]
    next: str | None


class Asked(Paged):
    state: State | None = None


@router.get("/contact-cards")
def contact_cards(parts: Wired, caller: CardReader, asked: Annotated[Asked, Query()]) -> Cards:
    """Customers in use, the last entered first."""
    caller.must(Verb.SEE_CONTACT_CARD)
    with reading(parts.database) as tx:
        found = card_view.listed(
            tx, caller.reach, state=asked.state, before=asked.before, limit=asked.limit
        )
    return Cards(items=[_card(line) for line in found.rows], next=found.next or None)


@router.get("/contact-cards/{customer_id}/card.pdf", response_class=Response, responses=PDF)
def card(
    parts: Wired, caller: CardReader, customer_id: Id, asked: Annotated[Spoken, Query()]
) -> Response:
    """The one that counts. Numbers of people stand on it: the look is on record (C12)."""
    with transaction(parts.database) as tx:
        customer = CustomerId(int(customer_id))
        if not reaches(tx, caller.reach, customer):
            raise NotFoundError
        caller.must(Verb.SEE_CONTACT_CARD)
        issued = card_rows.newest_of(tx, customer)
        printed = document_rows.of_subject(tx, Kind.CONTACT_CARD, issued.id) if issued else []
        wanted = [one for one in printed if asked.lang in {None, one.language}]
        if not wanted:
            raise NotFoundError
        document_desk.seen(tx, wanted[-1], caller.me.id, caller.now)
    return handed_over(parts.files.get, wanted[-1])


def _card(line: Line) -> Card:
    path = f"/contact-cards/{line.customer_id}/card.pdf"
    return Card(
        customer=str(line.customer_id),
        code=line.code,
        name=line.name,
        state=line.state,
        version=line.version or None,
        issued_at=line.issued_at,
        outdated_at=line.outdated_at,
        documents=[shapes.paper(one, path) for one in line.documents],
    )
