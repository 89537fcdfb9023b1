"""Links by mail: ask for one, open it (which only shows), and use it by its button, once."""

from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter, Request, Response

import words
from operations import access as access_desk
from operations import passwords
from operations.access import AccessError, Opened
from rules import access as access_rules
from rules.access import Purpose
from storage import logins as login_rows
from storage.db import reading, transaction
from storage.logins import Login
from web import entering, journeys, provider
from web.pages.outside import provider_of
from web.pages.sessions import AT_THE_DOOR, Text
from web.provider import ProviderDownError
from web.wired import NotFoundError, Stranger, Viewer, Wired, page
from wiring.parts import Parts

router = APIRouter()

HEADERS = {"Cache-Control": "no-store", "X-Robots-Tag": "none"}
LONGEST_TOKEN, LONGEST_NAME = 100, 64
PASSWORD, WITHOUT, OUTSIDE = "password", "without", "outside"


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What the form of a link held; passwords are not given back."""

    name: str = ""
    new: str = ""
    again: str = ""
    do: str = PASSWORD


@router.get("/login/mail")
def asking(request: Request, parts: Wired, stranger: Stranger) -> Response:
    """One field: a login name or a mail address."""
    if not entering.mail_channel(parts):
        raise NotFoundError
    return _asking(request, stranger)


@router.post("/login/mail")
def ask(
    request: Request, parts: Wired, stranger: Stranger, typed: Text = "", purpose: Text = ""
) -> Response:
    """The answer is the same whether anybody was meant or not."""
    channel = entering.mail_channel(parts)
    if not channel:
        raise NotFoundError
    if not typed.strip():
        return _asking(request, stranger, error=stranger.say("access.ask_needed"), status=422)
    wanted = Purpose.MAGIC if purpose == Purpose.MAGIC else Purpose.RESET
    address = entering.address_of(request)
    with transaction(parts.database) as tx:
        until = access_desk.ask(
            tx, typed[:200], wanted, address=address, channel=channel, now=stranger.now
        )
    if until:
        said = stranger.say("access.blocked", span=_span(stranger, until))
        answer = _asking(request, stranger, typed=typed, error=said, status=429)
        return _later(answer, stranger, until)
    spans = {
        each.value: words.duration(stranger.language, access_rules.LASTS[each].total_seconds())
        for each in Purpose
    }
    return page(request, stranger, "people/asked.html", typed=typed[:200], spans=spans)


@router.get("/a/{token}")
def show(request: Request, parts: Wired, stranger: Stranger, token: str) -> Response:
    """Mail scanners and previews open links: nothing happens here, and nothing is used up."""
    with reading(parts.database) as tx:
        opened = access_desk.opened(tx, token[:LONGEST_TOKEN], stranger.now)
        name = access_desk.free_name(tx, opened.person) if opened else ""
    return _page(request, stranger, opened, Typed(name=name))


@router.post("/a/{token}")
def use(  # noqa: PLR0913, PLR0917 - a form's fields
    request: Request,
    parts: Wired,
    stranger: Stranger,
    token: str,
    name: Text = "",
    new: Text = "",
    again: Text = "",
    do: Text = PASSWORD,
) -> Response:
    """What the link is for, once; then its holder is logged in."""
    typed = Typed(name=name, new=new, again=again, do=do)
    with reading(parts.database) as tx:
        opened = access_desk.opened(tx, token[:LONGEST_TOKEN], stranger.now)
    if opened is None:
        return _missed(request, parts, stranger)
    voice = _voice(stranger, opened)
    if opened.link.purpose is Purpose.INVITATION and do == OUTSIDE and provider_of(request):
        return _leave_for(request, parts, voice, opened)
    if opened.link.purpose is not Purpose.MAGIC and (wrong := _mistakes(voice, opened, typed)):
        return _page(request, stranger, opened, typed, wrong)
    return _done(request, parts, stranger, opened, typed)


def _done(
    request: Request, parts: Parts, stranger: Viewer, opened: Opened, typed: Typed
) -> Response:
    magic = opened.link.purpose is Purpose.MAGIC
    if not magic and not AT_THE_DOOR.acquire(blocking=False):
        busy = {"new": _voice(stranger, opened).say("login.busy")}
        return _page(request, stranger, opened, typed, busy, status=503)
    try:
        wanted = opened.password_needed or typed.do != WITHOUT
        secret = passwords.hashed(typed.new) if wanted and not magic else ""
    finally:
        if not magic:
            AT_THE_DOOR.release()
    how = "password" if secret else "link"
    try:
        with transaction(parts.database) as tx:
            if magic:
                login = access_desk.come_in(tx, opened, stranger.now)
            else:
                channel = entering.mail_channel(parts)
                login = access_desk.choose_password(
                    tx, opened, typed.name.strip(), secret, channel, stranger.now
                )
            session = entering.begin(request, tx, login, stranger, how)
    except AccessError as error:
        if not error.field:
            return _page(request, stranger, None, typed)
        said = _voice(stranger, opened).say(error.message_id)
        return _page(request, stranger, opened, typed, {error.field: said})
    return entering.led_in(request, login, session, how=how)


def _mistakes(voice: Viewer, opened: Opened, typed: Typed) -> dict[str, str]:
    """Field → what is wrong with it."""
    wrong: dict[str, str] = {}
    name = _name(opened.login, typed)
    if not name or " " in name or len(name) > LONGEST_NAME or not name.isprintable():
        wrong["name"] = voice.say("access.name_wrong")
    if typed.do == WITHOUT and not opened.password_needed:
        return wrong
    if key := passwords.weakness(typed.new, name):
        wrong["new"] = voice.say(key, n=passwords.LEAST)
    elif typed.new != typed.again:
        wrong["again"] = voice.say("password.differs")
    return wrong


def _name(login: Login | None, typed: Typed) -> str:
    return login.name if login else login_rows.folded(typed.name)


def _leave_for(request: Request, parts: Parts, voice: Viewer, opened: Opened) -> Response:
    """A page between: a form of ours may not lead to another's address."""
    theirs = provider_of(request)
    assert theirs is not None  # noqa: S101 - asked by the caller
    journey = provider.new_journey()
    try:
        address = theirs.address(journey)
    except ProviderDownError:
        said = voice.say("outside.down", provider=theirs.name)
        return page(request, voice, "people/outside.html", status=503, said=said)
    answer = page(request, voice, "people/leaving.html", address=address, provider=theirs.name)
    journeys.pack(request, answer, parts, journey, invitation=opened.link.id)
    return answer


def _missed(request: Request, parts: Parts, stranger: Viewer) -> Response:
    """Guessing is hopeless, and counted all the same."""
    with transaction(parts.database) as tx:
        until = access_desk.count_miss(tx, entering.address_of(request), stranger.now)
    answer = _page(request, stranger, None, Typed(), status=429 if until else 404)
    return _later(answer, stranger, until) if until else answer


def _voice(stranger: Viewer, opened: Opened | None) -> Viewer:
    """The words of the link's person, in whoever's browser; nobody is logged in by looking."""
    return Viewer(
        language=opened.person.language if opened else stranger.language,
        theme=stranger.theme,
        now=stranger.now,
        timezone=stranger.timezone,
        company=stranger.company,
    )


def _page(
    request: Request,
    stranger: Viewer,
    opened: Opened | None,
    typed: Typed,
    wrong: dict[str, str] | None = None,
    status: int = 200,
) -> Response:
    theirs = provider_of(request)
    status = 404 if opened is None and status == 200 else 422 if wrong and status == 200 else status  # noqa: PLR2004 - found, not found, not accepted
    answer = page(
        request,
        _voice(stranger, opened),
        "people/link.html",
        status=status,
        opened=opened,
        typed=typed,
        errors=wrong or {},
        least=passwords.LEAST,
        provider=theirs.name if theirs else "",
    )
    answer.headers.update(HEADERS)
    return answer


def _asking(
    request: Request, viewer: Viewer, *, typed: str = "", error: str = "", status: int = 200
) -> Response:
    return page(request, viewer, "people/ask.html", status=status, typed=typed[:200], error=error)


def _span(viewer: Viewer, until: datetime) -> str:
    return words.duration(viewer.language, (until - viewer.now).total_seconds())


def _later(answer: Response, viewer: Viewer, until: datetime) -> Response:
    answer.headers["Retry-After"] = str(int((until - viewer.now).total_seconds()) + 1)
    return answer
