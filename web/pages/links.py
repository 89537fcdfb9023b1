"""The page a pager's link opens: what, where, by when, and two buttons. No login needed.

Opening it only shows, because mail scanners and chat previews open links. The token stands for
one person and one matter for a day, and opens these few verbs only.
"""

from dataclasses import dataclass, replace

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from operations import alerts as alert_desk
from operations import duty as duty_desk
from operations.refusals import NotNowError
from operations.replies import asks
from rules import workflow
from rules.model import OrderId, Person, PersonId
from rules.notices import Kind
from rules.workflow import Verb
from storage import alerts as alert_rows
from storage import company, ledger, links
from storage import people as people_rows
from storage.alerts import Alert
from storage.db import Tx, reading, transaction
from storage.links import Link
from storage.views import names
from storage.views import orders as order_view
from storage.views.orders import Whole
from web import acts, trip
from web.acts import Typed
from web.pages.sessions import Text
from web.trip import Trip
from web.wired import Stranger, Viewer, Wired, page
from wiring.parts import Parts

router = APIRouter()

HEADERS = {"Referrer-Policy": "no-referrer", "Cache-Control": "no-store", "X-Robots-Tag": "none"}
SEEN = "seen"  # what one does with an alert of our own
_LONGEST_TOKEN = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A link with whom it belongs to and what it is about."""

    link: Link
    person: Person
    whole: Whole | None = None
    alert: Alert | None = None
    seen_by: str = ""
    verbs: tuple[Verb, ...] = ()

    @property
    def mine(self) -> bool:
        """Is it with this person?"""
        return self.whole is not None and trip.has_it(self.whole.order, self.person)


@router.head("/l/{token}", include_in_schema=False)
@router.get("/l/{token}")
def show(request: Request, parts: Wired, stranger: Stranger, token: str) -> Response:
    with reading(parts.database) as tx:
        opened = _opened(tx, token, stranger)
        voice = voice_of(tx, stranger, opened.person if opened else None)
        elsewhere = "" if opened else _elsewhere(tx, token, voice)
    if elsewhere:
        return RedirectResponse(f"/l/{elsewhere}/{token}", status_code=303, headers=HEADERS)
    return _page(request, parts, voice, opened)


@router.post("/l/{token}")
def act(
    request: Request,
    parts: Wired,
    stranger: Stranger,
    token: str,
    verb: Text = "",
    text: Text = "",
) -> Response:
    """As the person the link belongs to. What is no longer possible is shown, not done."""
    with reading(parts.database) as tx:
        opened = _opened(tx, token, stranger)
        voice = voice_of(tx, stranger, opened.person if opened else None)
    if opened is None:
        return _page(request, parts, voice, None)
    if opened.alert and verb == SEEN:
        with transaction(parts.database) as tx:
            alert_desk.acknowledge_alert(tx, opened.alert.id, opened.person.id, voice.now)
            links.use(tx, opened.link.id, voice.now)
    elif verb in opened.verbs:
        trouble = _done(parts, opened, Verb(verb), text, voice)
        if trouble:
            return _page(request, parts, voice, opened, error=(verb, trouble), typed=text)
    return RedirectResponse(f"/l/{token}", status_code=303, headers=HEADERS)


def _done(parts: Parts, opened: Opened, verb: Verb, text: str, voice: Viewer) -> str:
    """What is wrong with what was typed; empty when it was done, or somebody was faster."""
    order_id = OrderId(opened.link.subject_id)
    typed = Typed(by=opened.person.id, text=text)
    try:
        with transaction(parts.database) as tx:
            acts.perform(tx, verb, order_id, typed, parts.policy, voice.now)
            links.use(tx, opened.link.id, voice.now)
    except NotNowError as error:
        if error.message_id in {"order.refused.text_needed", "order.refused.late_reason"}:
            return voice.say(error.message_id, **error.facts)
    return ""


def behind(tx: Tx, token: str, stranger: Viewer) -> tuple[Link, Person] | None:
    """The link and whose it is; None when it has run out, or the person has left."""
    link = links.find(tx, token[:_LONGEST_TOKEN], stranger.now)
    person = people_rows.present(tx, link.person_id) if link else None
    return (link, person) if link and person else None


def _opened(tx: Tx, token: str, stranger: Viewer) -> Opened | None:
    found = behind(tx, token, stranger)
    if found is None:
        return None
    link, person = found
    if link.subject_kind == "alert":
        alert = alert_rows.get(tx, link.subject_id)
        who = alert.acknowledged_by if alert else None
        seen_by = names.of_people(tx, [who])[who] if who else ""
        return Opened(link=link, person=person, alert=alert, seen_by=seen_by) if alert else None
    if link.subject_kind != "order":
        return None
    whole = order_view.whole(tx, OrderId(link.subject_id), stranger.now)
    if whole is None:
        return None
    notice = ledger.get(tx, link.notice_id) if link.notice_id else None
    as_head = notice is not None and asks(notice) == Kind.REPORT
    verbs = trip.verbs(whole.order, person, whole.site.customer_id, told_as_head=as_head)
    return Opened(link=link, person=person, whole=whole, verbs=verbs)


def _elsewhere(tx: Tx, token: str, voice: Viewer) -> str:
    """Links with a page of their own: to all that travelled in one letter, to a drill."""
    link = links.find(tx, token[:_LONGEST_TOKEN], voice.now)
    return {"digest": "list", "drill": "drill"}.get(link.subject_kind, "") if link else ""


def voice_of(tx: Tx, stranger: Viewer, person: Person | None) -> Viewer:
    """The words of the link's person, whoever's browser it is."""
    return Viewer(
        language=person.language if person else stranger.language,
        theme="dark",
        now=stranger.now,
        timezone=duty_desk.timezone(tx).key,
        company=company.fact(tx, "name") or "",
    )


def _page(
    request: Request,
    parts: Parts,
    voice: Viewer,
    opened: Opened | None,
    *,
    error: tuple[str, str] = ("", ""),
    typed: str = "",
) -> Response:
    late = bool(opened and opened.whole and voice.now > opened.whole.order.on_site_by)
    answer = page(
        request,
        voice,
        "links/page.html",
        status=404 if opened is None else 422 if error[0] else 200,
        opened=opened,
        trip=_trip(parts, opened, voice),
        holder=_holder(opened),
        stands=workflow.stand(opened.whole.order) if opened and opened.whole else "",
        late=late,
        error=error,
        typed=typed,
    )
    answer.headers.update(HEADERS)
    return answer


def _trip(parts: Parts, opened: Opened | None, voice: Viewer) -> Trip | None:
    """What stands around the order: for whoever may see the site at all."""
    if opened is None or opened.whole is None:
        return None
    order, person, zone = opened.whole.order, opened.person, opened.whole.site.timezone
    with reading(parts.database) as tx:
        found = trip.of_order(tx, order, person, parts.policy, voice.now, zone)
    return replace(found, card=trip.card(parts, order, person, voice.now))


def _holder(opened: Opened | None) -> str:
    order = opened.whole.order if opened and opened.whole else None
    who: PersonId | None = (order.assignee_id or order.received_by) if order else None
    return opened.whole.people.get(who, "") if opened and opened.whole and who else ""
