"""What a letter of several notices leads to: the list of them, to take one by one or all at once.

Like a link to one order it opens these verbs only, for one person and a day; opening it shows.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from operations.refusals import NotNowError
from rules.model import NoticeId, OrderId, Person
from rules.notices import Kind
from rules.workflow import Verb
from storage import letters as letter_rows
from storage import links
from storage.db import Tx, reading, transaction
from storage.links import Link
from storage.outbox import Notice
from storage.views import orders as order_view
from storage.views.orders import Line
from web import acts, trip
from web.acts import Typed
from web.pages.links import HEADERS, behind, voice_of
from web.pages.sessions import Text
from web.wired import Stranger, Viewer, Wired, page
from wiring.parts import Parts

router = APIRouter()

ALL = "all"
TAKING = (Verb.ACKNOWLEDGE, Verb.ARRANGE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An order of the list, why its reader was told of it, and what they can do for it."""

    line: Line
    kind: str
    verb: Verb | None
    mine: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    link: Link
    person: Person
    told: tuple[Told, ...]

    @property
    def takeable(self) -> list[Told]:
        return [one for one in self.told if one.verb]


@router.head("/l/list/{token}", include_in_schema=False)
@router.get("/l/list/{token}")
def show(request: Request, parts: Wired, stranger: Stranger, token: str) -> Response:
    with reading(parts.database) as tx:
        listed = _listed(tx, token, stranger)
        voice = voice_of(tx, stranger, listed.person if listed else None)
    answer = page(
        request, voice, "links/list.html", status=200 if listed else 404, listed=listed, all=ALL
    )
    answer.headers.update(HEADERS)
    return answer


@router.post("/l/list/{token}")
def take(
    request: Request, parts: Wired, stranger: Stranger, token: str, order: Text = ""
) -> Response:
    """As the person the link belongs to; what somebody else took meanwhile is shown, not done."""
    with reading(parts.database) as tx:
        listed = _listed(tx, token, stranger)
    if listed is None:
        return show(request, parts, stranger, token)
    wanted = [one for one in listed.takeable if order in {ALL, str(one.line.order.id)}]
    for one in wanted:
        _take(parts, listed, one, stranger)
    return RedirectResponse(f"/l/list/{token}", status_code=303, headers=HEADERS)


def _take(parts: Parts, listed: Listed, one: Told, stranger: Viewer) -> None:
    assert one.verb is not None  # noqa: S101 - only what can be taken
    typed = Typed(by=listed.person.id)
    try:
        with transaction(parts.database) as tx:
            acts.perform(tx, one.verb, one.line.order.id, typed, parts.policy, stranger.now)
            links.use(tx, listed.link.id, stranger.now)
    except NotNowError:
        return  # somebody was faster: the page shows who


def _listed(tx: Tx, token: str, stranger: Viewer) -> Listed | None:
    found = behind(tx, token, stranger)
    if found is None or found[0].subject_kind != "digest":
        return None
    link, person = found
    carried = letter_rows.carried(tx, NoticeId(link.subject_id))
    kinds = _kinds(one for one in carried if one.person_id == person.id)
    lines = order_view.lines(tx, list(kinds))
    told = tuple(_told(line, kinds[line.order.id], person) for line in _urgent_first(lines))
    return Listed(link=link, person=person, told=told)


def _kinds(carried: Iterable[Notice]) -> dict[OrderId, str]:
    """Why each order was told of; a report to the head says more than a page to the same."""
    kinds: dict[OrderId, str] = {}
    for notice in carried:
        if notice.order_id and kinds.get(notice.order_id) != Kind.REPORT:
            kinds[notice.order_id] = notice.kind
    return kinds


def _told(line: Line, kind: str, person: Person) -> Told:
    verbs = trip.verbs(line.order, person, line.place.customer_id, told_as_head=kind == Kind.REPORT)
    verb = next((one for one in verbs if one in TAKING), None)
    return Told(line=line, kind=kind, verb=verb, mine=trip.has_it(line.order, person))


def _urgent_first(lines: Iterable[Line]) -> Sequence[Line]:
    return sorted(
        lines, key=lambda line: (line.order.severity.rank, line.order.on_site_by, line.order.id)
    )
