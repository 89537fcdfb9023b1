"""One search over everything a viewer may see; `/` opens it on every page."""

from fastapi import APIRouter, Request, Response

from rules.permits import Verb
from storage.db import Tx, reading
from storage.views import search as search_view
from storage.views.search import Hits
from web.lists import asked
from web.wired import Viewer, Visitor, Wired, is_htmx, page

router = APIRouter()

FEW, MANY = 5, 20


@router.get("/search")
def search(request: Request, parts: Wired, visitor: Visitor, q: str = "") -> Response:
    """Whole for a browser, the list of hits alone for the dialog."""
    said = asked(q)
    words = said.split()[: search_view.MOST_WORDS]
    enough = bool(words) and (len("".join(words)) > 1 or not said.strip().isascii())
    limit = FEW if is_htmx(request) else MANY
    groups: dict[str, Hits] = {}
    if enough:
        with reading(parts.database) as tx:
            groups = {name: hits for name, hits in _found(tx, visitor, words, limit) if hits.rows}
    template = "search/hits.html" if is_htmx(request) else "search/page.html"
    return page(request, visitor, template, words=said, enough=enough, groups=groups, ways_to=WAYS)


WAYS = {
    "orders": ("/orders/", "/orders?state=all&q=", "clipboard-list"),
    "sites": ("/sites/", "/sites?q=", "building"),
    "devices": ("/devices/", "/devices?q=", "cpu"),
    "customers": ("/manage/customers/", "/manage/customers?q=", "address-book"),
    "people": ("/manage/people/", "/manage/people?q=", "users"),
}


def _found(tx: Tx, visitor: Viewer, words: list[str], limit: int) -> list[tuple[str, Hits]]:
    reach, found = visitor.reach, []
    if visitor.may(Verb.SEE_ORDER):
        found.append(("orders", search_view.orders(tx, reach, words, limit)))
    if visitor.may(Verb.SEE_SITE):
        found.append(("sites", search_view.places(tx, reach, words, limit)))
    if visitor.may(Verb.SEE_DEVICE):
        found.append(("devices", search_view.things(tx, reach, words, limit)))
    if visitor.may(Verb.KEEP_CONTRACTS) and reach.everything:
        found.append(("customers", search_view.owners(tx, words, limit)))
    if visitor.may(Verb.KEEP_PEOPLE) and reach.everything:
        found.append(("people", search_view.persons(tx, words, limit)))
    return found
