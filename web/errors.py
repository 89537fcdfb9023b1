"""When a page cannot be shown: what happened, in the reader's words, and what to do now."""

import contextlib
import logging
from urllib.parse import quote

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import HTTPException, RequestValidationError
from starlette.exceptions import HTTPException as RawHTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from storage.db import ConflictError, DatabaseDownError
from web.wired import (
    ForbiddenError,
    LoginNeededError,
    NotFoundError,
    PasswordChangeNeededError,
    SecondFactorNeededError,
    SetupNeededError,
    Viewer,
    go,
    page,
    stranger,
    without_database,
)
from wiring.parts import Parts

log = logging.getLogger(__name__)

KNOWN = frozenset({403, 404, 405, 413, 429, 500, 503})


def install(app: FastAPI) -> None:
    app.add_exception_handler(LoginNeededError, _to_login)
    app.add_exception_handler(SetupNeededError, lambda request, _: go(request, "/setup"))
    app.add_exception_handler(PasswordChangeNeededError, lambda r, _: go(r, "/password"))
    app.add_exception_handler(SecondFactorNeededError, lambda r, _: go(r, "/account/second-factor"))
    app.add_exception_handler(ForbiddenError, _forbidden)
    app.add_exception_handler(NotFoundError, lambda request, _: explain(request, 404))
    app.add_exception_handler(RequestValidationError, lambda request, _: explain(request, 404))
    app.add_exception_handler(RawHTTPException, _http)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(DatabaseDownError, _down)
    app.add_exception_handler(ConflictError, lambda request, _: explain(request, 503))


class Catch:
    """What nobody foresaw: logged whole, shown without a detail. Inside the guard's headers."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = False

        async def sending(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, sending)
        except Exception:
            if scope["type"] != "http" or begun:
                raise
            facts = {"path": _without_token(scope["path"])}
            log.exception("a page could not be made", extra={"facts": facts})
            await explain(Request(scope, receive), 500)(scope, receive, send)


def _without_token(path: str) -> str:
    """A link of a mail is a key: whoever reads the log must not find it there."""
    return f"{path[:3]}***" if path.startswith(("/l/", "/a/")) else path


def explain(request: Request, status: int, *, why: str = "") -> Response:
    """A page, or for htmx a note in the page that is there."""
    viewer = _viewer(request, status)
    kind = status if status in KNOWN else 500
    template = "errors/note.html" if request.headers.get("hx-request") else "errors/page.html"
    answer = page(request, viewer, template, status=status, kind=kind, why=why)
    if request.headers.get("hx-request"):
        answer.headers["HX-Retarget"] = "#note"
        answer.headers["HX-Reswap"] = "innerHTML"
    if status == 503:  # noqa: PLR2004 - Service Unavailable
        answer.headers["Retry-After"] = "5"
    return answer


def _viewer(request: Request, status: int) -> Viewer:
    """Who asks, as far as it can be known: an address nobody serves has asked nobody yet."""
    known: Viewer | None = getattr(request.state, "viewer", None)
    if known:
        return known
    parts: Parts = request.app.state.parts
    if status < 500:  # noqa: PLR2004 - our own failures do not try the database again
        with contextlib.suppress(DatabaseDownError, ConflictError):
            return stranger(request, parts)
    return without_database(request, parts.clock())


def _to_login(request: Request, _: Exception) -> Response:
    back = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    plain = request.method == "GET" and not request.headers.get("hx-request")
    return go(request, f"/login?next={quote(back, safe='')}" if plain and back != "/" else "/login")


def _forbidden(request: Request, error: Exception) -> Response:
    return explain(request, 403, why=getattr(error, "why", ""))


def _http(request: Request, error: Exception) -> Response:
    return explain(request, getattr(error, "status_code", 500))


def _down(request: Request, error: Exception) -> Response:
    log.error("the database is down: %s", error)
    request.state.viewer = None
    return explain(request, 503)
