"""A customer's home: is all well, what is being done, and the papers. It only shows."""

from datetime import datetime
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request, Response

from rules.contact_cards import Issued
from rules.documents import Document, Kind
from rules.permits import Reach, Verb
from storage import contact_cards as card_rows
from storage import documents as document_rows
from storage import journal, listening
from storage.db import Tx, reading
from storage.views import orders as order_view
from storage.views import places as place_view
from storage.views import portal as portal_view
from web.stream import MOST_TOPICS
from web.wired import Visitor, Wired, is_htmx, page

router = APIRouter()

SITES, ORDERS, PAPERS, PLANNED, TOLD = 100, 20, 12, 12, 6


@router.get("/portal")
def portal(request: Request, parts: Wired, visitor: Visitor) -> Response:
    """The whole page, or for htmx the living part of it."""
    visitor.must(Verb.SEE_PORTAL)
    reach, period = visitor.reach, _period(visitor.now, visitor.timezone)
    with reading(parts.database) as tx:
        heard = journal.last_id(tx)
        places = place_view.listed(tx, reach, limit=SITES)
        running = order_view.listed(tx, order_view.Wanted(reach=reach), limit=ORDERS)
        papers = portal_view.papers(tx, reach, limit=PAPERS)
        planned = portal_view.planned(tx, reach, period, limit=PLANNED)
        told = portal_view.told(tx, reach, limit=TOLD)
        customer = portal_view.customer(tx, reach)
        card = _contact_card(tx, reach)
        deaf_since = listening.get(tx).stalled_since
    counts = [line.counts for line in places.rows]
    return page(
        request,
        visitor,
        "portal/live.html" if is_htmx(request) else "portal/page.html",
        places=places,
        devices=sum(one.devices for one in counts),
        ill=sum(one.ill for one in counts),
        running=running,
        papers=papers,
        planned=planned,
        told=told,
        customer=customer,
        card=card,
        deaf_since=deaf_since,
        topics=",".join(f"site-{line.site.id}" for line in places.rows[:MOST_TOPICS]),
        heard=heard,
    )


def _contact_card(tx: Tx, reach: Reach) -> tuple[Issued, Document] | None:
    """The one that counts, and its paper once it is printed (A13)."""
    issued = card_rows.newest_of(tx, reach.customer_id) if reach.customer_id else None
    printed = document_rows.of_subject(tx, Kind.CONTACT_CARD, issued.id) if issued else []
    return (issued, printed[0]) if issued and printed else None


def _period(now: datetime, timezone: str) -> str:
    """The month that is running, as inspections name it."""
    return now.astimezone(ZoneInfo(timezone)).strftime("%Y-%m")
