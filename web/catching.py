"""What nobody foresaw: logged whole, told without a detail, in the manner of each door."""

import logging
from collections.abc import Callable

from fastapi import Request, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web.security import HOOKS

log = logging.getLogger(__name__)

KEYS = (HOOKS, "/l/", "/a/", "/ics/")  # what follows lets somebody in


class Catch:
    """`told` makes the answer; where one has begun already, the failure goes on its way."""

    def __init__(self, app: ASGIApp, told: Callable[[Request], Response]) -> None:
        self._app, self._told = app, told

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
            log.exception("an answer could not be made", extra={"facts": facts})
            await self._told(Request(scope, receive))(scope, receive, send)


def _without_token(path: str) -> str:
    """A link of a mail is a key: whoever reads the log must not find it there."""
    key = next((one for one in KEYS if path.startswith(one)), None)
    return f"{key}***" if key else path
