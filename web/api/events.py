"""What changed, as it happens: the stream of the pages, for programs."""

import asyncio
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import Field

from operations import api_tokens as token_desk
from rules.permits import Verb
from rules.policy import Policy
from storage.db import Tx, reading
from storage.views import reach as reaches
from web import stream
from web.api.asked import Filter
from web.api.callers import Caller, EventListener
from web.api.problems import ProblemError, refused
from web.stream import MOST_TOPICS, Listener
from web.wired import Wired

router = APIRouter(tags=["events"])

Loop = Annotated[asyncio.AbstractEventLoop, Depends(stream.running_loop)]
SSE: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "event: the topic that changed; data: - (read it anew at its address)",
        "content": {"text/event-stream": {"schema": {"type": "string"}}},
    }
}


class Wanted(Filter):
    """Without `on`: the board, or for a customer their sites."""

    on: Annotated[str, Field(max_length=400)] = ""


@router.get("/events", response_class=Response, responses=SSE)
def events(
    request: Request,
    parts: Wired,
    caller: EventListener,
    asked: Annotated[Wanted, Query()],
    loop: Loop,
) -> Response:
    with reading(parts.database) as tx:
        who = _listener(tx, request, caller, asked.on)
    answer = stream.opened(request, parts, who, loop)
    if answer.status_code != HTTPStatus.OK:
        away = {"Retry-After": answer.headers["retry-after"]}
        raise ProblemError("away", "api.problem.away", {}, headers=away)
    return answer


def _listener(tx: Tx, request: Request, caller: Caller, on: str) -> Listener:
    board, sites = caller.may(Verb.SEE_BOARD).ok, reaches.site_ids(tx, caller.reach)
    topics = frozenset(on.split(",")) if on else frozenset({"board"})
    if not on and not board:
        topics = frozenset(f"site-{number}" for number in sorted(sites or ())[:MOST_TOPICS])
    if len(topics) > MOST_TOPICS or not all(map(stream.TOPIC.fullmatch, topics)):
        raise refused(("on", on, "api.accepts.topics"))
    return Listener(
        wanted=topics,
        sites=sites,
        board=board,
        token=request.headers["authorization"].partition(" ")[2].strip(),
        ends_at=caller.token.expires_at,
        holder=_holder,
    )


def _holder(tx: Tx, token: str, _: Policy, now: datetime) -> object:
    return token_desk.bearer(tx, token, now)
