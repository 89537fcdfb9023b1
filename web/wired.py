"""What every page is handed: the parts, the viewer, and a way to render.

A handler is three steps: parse, call an operation or a view, render::

    @router.get("/rota")
    def rota(request: Request, parts: Wired, visitor: Visitor) -> Response:
        visitor.must(Verb.SEE_ROTA)
        with reading(parts.database) as tx:
            weeks = rota_view.weeks(tx, visitor.now)
        return page(request, visitor, "rota/page.html", weeks=weeks)

`Visitor` is whoever is logged in (nobody: the login page comes first). `Stranger` is whoever
asks, logged in or not. Every template sees `say(key, **facts)`, the filters of `web/render.py`,
`visitor`, `may(verb, site_id, customer_id)`, `url(name)` for static files, and `frame`.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Annotated, Any

from fastapi import BackgroundTasks, Depends, Path, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

import words
from operations import duty as duty_desk
from operations import setup as setup_desk
from operations.duty import OnDuty
from rules import access as access_rules
from rules import permits
from rules.model import CustomerId, Person, SiteId
from rules.permits import Reach, Verb, Verdict
from storage import company
from storage.db import Tx, reading
from storage.logins import Login
from storage.sessions import Session
from web import sessions
from web.together import Together
from wiring.parts import Parts

LANGUAGE_COOKIE, THEME_COOKIE = "language", "theme"
OPEN_WITHOUT_SECOND_FACTOR = frozenset(
    {"/password", "/account/second-factor", "/account/second-factor/confirm"}
)
THEMES = ("auto", "light", "dark")


class LoginNeededError(Exception):
    """Nobody is logged in: the login page, then back."""


class SetupNeededError(Exception):
    """There is no company yet: the set-up comes before anything else."""


class PasswordChangeNeededError(Exception):
    """The password was given by another: it must be changed before anything else."""


class SecondFactorNeededError(Exception):
    """The person's role must have a second factor, and there is none yet."""


class ForbiddenError(Exception):
    """`why` is a message id."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class NotFoundError(Exception):
    """What the address names is not there, or not for this viewer to know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """Who looks, in which language, at what time by whose clocks."""

    language: str
    theme: str
    now: datetime
    timezone: str = duty_desk.DEFAULT_TIMEZONE
    company: str = ""
    person: Person | None = None
    login: Login | None = None
    session: Session | None = None
    on_duty: OnDuty | None = field(default=None, repr=False)
    lacks_second_factor: bool = False

    @property
    def me(self) -> Person:
        """The person; only pages behind the login ask."""
        if self.person is None:
            raise LoginNeededError
        return self.person

    @property
    def reach(self) -> Reach:
        """Which sites this viewer's lists may show."""
        return permits.reach(self.me)

    def may(
        self, verb: Verb | str, site_id: SiteId | None = None, customer_id: CustomerId | None = None
    ) -> Verdict:
        if self.person is None:
            return Verdict(ok=False, why="permit.role")
        return permits.may(self.person, Verb(verb), site_id, customer_id)

    def must(
        self, verb: Verb | str, site_id: SiteId | None = None, customer_id: CustomerId | None = None
    ) -> None:
        """Raises `ForbiddenError` with the reason: what may not be done is not half done."""
        verdict = self.may(verb, site_id, customer_id)
        if not verdict:
            raise ForbiddenError(verdict.why)

    def say(self, key: str, /, **facts: Any) -> str:
        return words.say(self.language, key, **facts)


def _parts(request: Request) -> Parts:
    parts: Parts = request.app.state.parts
    return parts


Wired = Annotated[Parts, Depends(_parts)]


def stranger(request: Request, parts: Wired, later: BackgroundTasks) -> Viewer:
    """Whoever asks; the session's person when there is one. Reads, and never requires."""
    now = parts.clock()
    with reading(parts.database) as tx:
        known = sessions.find(tx, sessions.token_of(request), parts.policy, now)
        viewer = _viewer(request, tx, known, now)
    if known and _lacks_second_factor(parts, known):
        viewer = replace(viewer, lacks_second_factor=True)
    if known:
        later.add_task(sessions.note_seen, parts.database, known.session, now)
    request.state.viewer = viewer
    return viewer


Stranger = Annotated[Viewer, Depends(stranger)]


def visitor(request: Request, parts: Wired, viewer: Stranger) -> Viewer:
    """The logged-in viewer, past the first change of password."""
    if viewer.login is None:
        with reading(parts.database) as tx:
            if setup_desk.needed(tx):
                raise SetupNeededError
        raise LoginNeededError
    if viewer.login.must_change and request.url.path != "/password":
        raise PasswordChangeNeededError
    if viewer.lacks_second_factor and request.url.path not in OPEN_WITHOUT_SECOND_FACTOR:
        raise SecondFactorNeededError
    return viewer


Visitor = Annotated[Viewer, Depends(visitor)]

RowId = Annotated[int, Path(ge=1, le=2**63 - 1)]  # in an address; anything else is a 404


def without_database(request: Request, now: datetime) -> Viewer:
    """For the page that says the database is down: it can only go by cookies and headers."""
    return Viewer(language=_language(request, None), theme=_theme(request), now=now)


def page(
    request: Request, viewer: Viewer, template: str, *, status: int = 200, **values: Any
) -> Response:
    """A whole page or a fragment of one: the template decides what it extends."""
    html = request.app.state.render(request, viewer, template, values)
    return HTMLResponse(html, status_code=status, headers={"Vary": "HX-Request, Cookie"})


def as_others(request: Request, alike: Hashable, made: Callable[[], Response]) -> Response:
    """What all who ask the same at this moment are given. `alike`: all that it depends on."""
    together: Together[bytes] = request.app.state.together
    html = together.ask(alike, lambda: bytes(made().body))
    return HTMLResponse(html, headers={"Vary": "HX-Request, Cookie"})


def is_htmx(request: Request) -> bool:
    """Whether a piece of a page was asked for, not a page."""
    return request.headers.get("hx-request") == "true"


def go(request: Request, address: str) -> Response:
    """On to another page of ours, for a browser and for htmx alike."""
    if is_htmx(request):
        return Response(status_code=200, headers={"HX-Redirect": address})
    return RedirectResponse(address, status_code=303)


def local_path(address: str, otherwise: str = "/") -> str:
    """`address` when it is a path of ours: a link may not lead a fresh login elsewhere."""
    plain = address.startswith("/") and not address.startswith(("//", "/\\"))
    clean = all(letter.isprintable() and letter not in "\\\r\n" for letter in address)
    return address if plain and clean else otherwise


def _lacks_second_factor(parts: Parts, known: sessions.Known) -> bool:
    """The company's own door asks for its own."""
    required = parts.settings.second_factor_roles
    needed = access_rules.must_have_second_factor(known.person, required)
    return needed and not known.login.second_factor and known.session.how != "oidc"


def _viewer(request: Request, tx: Tx, known: sessions.Known | None, now: datetime) -> Viewer:
    ours = known is not None and permits.may(known.person, Verb.SEE_ROTA).ok
    return Viewer(
        language=_language(request, known.person if known else None),
        theme=_theme(request),
        now=now,
        timezone=duty_desk.timezone(tx).key,
        company=company.fact(tx, "name") or "",
        person=known.person if known else None,
        login=known.login if known else None,
        session=known.session if known else None,
        on_duty=duty_desk.on_duty(tx, now) if ours and not is_htmx(request) else None,
    )


def _language(request: Request, person: Person | None) -> str:
    """What was switched to, else the person's own, else the browser's first that we speak."""
    chosen = request.cookies.get(LANGUAGE_COOKIE, "")
    if chosen in {*words.LANGUAGES, words.PSEUDO}:
        return chosen
    if person is not None:
        return person.language
    for wanted in request.headers.get("accept-language", "").split(","):
        if (short := wanted.strip()[:2].lower()) in words.LANGUAGES:
            return short
    return words.LANGUAGES[0]


def _theme(request: Request) -> str:
    chosen = request.cookies.get(THEME_COOKIE, "")
    return chosen if chosen in THEMES else THEMES[0]
