"""One's own duty in one's own calendar: an address to subscribe to, and what is read there."""

import hashlib

import segno
from fastapi import APIRouter, Request, Response

from operations import feeds as feed_desk
from rules.model import Person, PersonId
from rules.permits import Verb
from storage import calendar_feeds as feed_rows
from storage import company
from storage import people as people_rows
from storage.calendar_feeds import Feed
from storage.db import Tx, reading, transaction
from web import calendar_file
from web.wired import NotFoundError, RowId, Viewer, Visitor, Wired, go, page
from wiring.parts import Parts

router = APIRouter()

PAGE, LONGEST_TOKEN = "/duty/calendar", 100
HEADERS = {"Cache-Control": "private, no-cache", "X-Robots-Tag": "none"}


@router.get(PAGE)
def calendar(request: Request, parts: Wired, visitor: Visitor) -> Response:
    visitor.must(Verb.SEE_ROTA)
    return _show(request, parts, visitor)


@router.post(f"{PAGE}/issue")
def issue(request: Request, parts: Wired, visitor: Visitor) -> Response:
    """The address is shown this once: only its hash is kept."""
    visitor.must(Verb.SEE_ROTA)
    with transaction(parts.database) as tx:
        token = feed_desk.issue(tx, visitor.me.id, visitor.now)
    return _show(request, parts, visitor, token)


@router.post(f"{PAGE}/revoke")
def revoke(request: Request, parts: Wired, visitor: Visitor) -> Response:
    visitor.must(Verb.SEE_ROTA)
    with transaction(parts.database) as tx:
        feed_desk.revoke(tx, visitor.me.id, visitor.now)
    return go(request, PAGE)


@router.post(f"{PAGE}/revoke/{{person_id}}")
def end(request: Request, parts: Wired, visitor: Visitor, person_id: RowId) -> Response:
    """Somebody else's."""
    visitor.must(Verb.END_FEED)
    with transaction(parts.database) as tx:
        person = people_rows.get(tx, PersonId(person_id))
        if person is None:
            raise NotFoundError
        feed_desk.end(tx, person, visitor.me.id, visitor.now)
    return go(request, f"{PAGE}#others")


@router.get("/ics/{token}.ics")
def feed(request: Request, parts: Wired, token: str) -> Response:
    """What a calendar program reads. The address is the key, as that of every such feed."""
    now = parts.clock()
    with reading(parts.database) as tx:
        opened = feed_desk.opened(tx, token[:LONGEST_TOKEN], now)
        name = company.fact(tx, "name") or ""
    if opened is None:
        raise NotFoundError
    if feed_desk.unnoted(opened.feed, now):
        with transaction(parts.database) as tx:
            feed_desk.note_read(tx, opened.feed, now)
    body = calendar_file.written(opened, parts.settings.base_url, name)
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {**HEADERS, "ETag": tag}
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    headers["Content-Disposition"] = 'inline; filename="duty.ics"'
    return Response(body, media_type="text/calendar; charset=utf-8", headers=headers)


def _show(request: Request, parts: Parts, visitor: Viewer, token: str = "") -> Response:
    with reading(parts.database) as tx:
        feed = feed_rows.of_person(tx, visitor.me.id)
        events = feed_desk.events_of(tx, visitor.me, visitor.now)
        others = _others(tx, visitor) if visitor.may(Verb.END_FEED) else []
    address = f"{parts.settings.base_url}/ics/{token}.ics" if token else ""
    webcal = f"webcal://{address.partition('://')[2]}" if token else ""
    coming = [one for one in events if one.ends_at and one.ends_at > visitor.now]
    answer = page(
        request,
        visitor,
        "feeds/page.html",
        feed=feed,
        address=address,
        webcal=webcal,
        picture=_picture(webcal) if token else "",
        coming=sorted(coming, key=lambda one: (one.starts_at or visitor.now, one.uid))[:5],
        count=len(events),
        others=others,
    )
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer


def _others(tx: Tx, visitor: Viewer) -> list[tuple[Person, Feed]]:
    """Whose calendars still read their duty here."""
    theirs = [one for one in feed_rows.open_ones(tx) if one.person_id != visitor.me.id]
    known = {one.id: one for one in people_rows.everyone(tx)} if theirs else {}
    return sorted(((known[one.person_id], one) for one in theirs), key=lambda one: one[0].name)


def _picture(address: str) -> str:
    """Dark on white in any theme: cameras want it so."""
    made = segno.make(address, error="m", micro=False)
    return made.svg_data_uri(scale=4, border=4, light="#fff")
