"""What every request passes and every answer carries: the browser's own guards, switched on.

Cross-site requests are told apart by what browsers say of themselves (`Sec-Fetch-Site`, else
`Origin`), measured to hold on https, localhost and plain http in a LAN. No token to forget.
"""

import re
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# The token in the address of a personal link is the authority, no cookie counts there; its page
# gives no referrer, and browsers then say `Origin: null` on plain http.
LINKS = "/l/"
# Programs come by token; a cookie does not count there, so no other site can use one.
API = "/api/"
# Other programs tell us something: signed, or with a secret of ours in the address.
HOOKS = "/hooks/"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
MIB = 1024 * 1024
IMPORT_MIB = 32  # some 200,000 devices
LARGEST_BODY = MIB
# Where a file may come with the form: who takes it judges its size again.
UPLOADS: tuple[tuple[re.Pattern[str], int], ...] = (
    (re.compile(r"/inspections/\d+/points/\d+/photos"), 17 * MIB),
    (re.compile(r"/verify(/[^/]+)?"), 21 * MIB),
    (re.compile(r"/import"), (IMPORT_MIB + 1) * MIB),
)
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
    " connect-src 'self'; form-action 'self'; manifest-src 'self';"
    " base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(self), microphone=(), payment=(), usb=()",
}
_A_YEAR = 31_536_000


def is_same_site(method: str, headers: Headers) -> bool:
    """Whether a browser vouches that one of our own pages asked for this."""
    if method in SAFE_METHODS:
        return True
    said = headers.get("sec-fetch-site")
    if said is not None:
        return said in {"same-origin", "none"}
    origin = headers.get("origin", "")
    return bool(origin) and urlsplit(origin).netloc == headers.get("host")


class TooLargeError(HTTPException):
    """The body is longer than anything of ours. What reads the body passes this on as it is."""

    def __init__(self) -> None:
        super().__init__(413)


class Guard:
    """Pure ASGI, so that a stream passes through it message by message."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        answer = _answering(send, secure=scope["scheme"] == "https")
        headers = Headers(scope=scope)
        if refusal := _refusal(scope["method"], scope["path"], headers):
            await refusal(scope, receive, answer)
            return
        limited = _limited(receive, largest(scope["path"]))
        await self._app(_without_nul(scope), limited, answer)


def _without_nul(scope: Scope) -> Scope:
    """An address may hold a NUL, PostgreSQL's text may not: it is read as a letter of no word."""
    if scope["path"].startswith(API):
        return scope  # told as a problem document
    query = scope["query_string"].replace(b"%00", b"%EF%BF%BD").replace(b"\0", b"")
    return {**scope, "path": scope["path"].replace("\0", "\ufffd"), "query_string": query}


def largest(path: str) -> int:
    """How long a body may be that is sent to this address, in bytes."""
    return next((most for where, most in UPLOADS if where.fullmatch(path)), LARGEST_BODY)


def _refusal(method: str, path: str, headers: Headers) -> Response | None:
    """In both languages: nobody knows the reader yet."""
    if path.startswith(API):
        return None  # a body too long is noticed as it is read, and told as a problem document
    if not path.startswith((LINKS, HOOKS)) and not is_same_site(method, headers):
        text = "请求来自其他网站,已拒绝。\nThis came from another site and was refused.\n"
        return PlainTextResponse(text, status_code=403)
    said = headers.get("content-length", "0")
    most = largest(path)
    if not said.isdecimal() or int(said[:12]) > most:
        size = f"{most // MIB} MiB"
        text = f"内容太大,最多 {size}。\nThat is too large: at most {size}.\n"
        return PlainTextResponse(text, status_code=413)
    return None


def _limited(receive: Receive, most: int) -> Receive:
    """The body as it comes, up to the limit: what a header says of its length is only a hint."""
    taken = 0

    async def limited() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > most:
            raise TooLargeError
        return message

    return limited


def _answering(send: Send, *, secure: bool) -> Send:
    async def answer(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
            headers.setdefault("Cache-Control", "private, no-store")
            if secure:
                headers.setdefault("Strict-Transport-Security", f"max-age={_A_YEAR}")
        await send(message)

    return answer
