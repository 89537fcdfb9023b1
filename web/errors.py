"""When a page cannot be shown: what happened, in the reader's words, and what to do now."""

import contextlib
import logging
from urllib.parse import quote

from fastapi import BackgroundTasks, FastAPI, Request, Response
from fastapi.exceptions import HTTPException, RequestValidationError
from starlette.exceptions import HTTPException as RawHTTPException

from storage.db import ConflictError, DatabaseDownError
from web.catching import Catch
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
    app.add_middleware(
        Catch, told=lambda request: explain(request, 500)
    )  # inside the guard's headers


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
            return stranger(request, parts, BackgroundTasks())
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
