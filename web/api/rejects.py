"""Messages we could not use, with the reason and the beginning of what was in them."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel

from rules.permits import Verb
from storage.db import reading
from storage.views import rejects as reject_view
from web.api.asked import Line, Paged
from web.api.callers import IntakeReader
from web.pages.rejects import readable
from web.wired import Wired

router = APIRouter(tags=["intake"])


class Filter(Paged):
    reason: Line = ""


class Reject(BaseModel):
    """`size` in bytes of the whole message; `body` is its beginning, as text or in hex."""

    id: str
    at: datetime
    topic: str
    reason: str
    size: int
    body: str


class Rejects(BaseModel):
    items: list[Reject]
    next: str | None


@router.get("/rejects")
def rejects(parts: Wired, caller: IntakeReader, asked: Annotated[Filter, Query()]) -> Rejects:
    caller.must(Verb.SEE_REJECTS)
    with reading(parts.database) as tx:
        found = reject_view.newest(tx, reason=asked.reason, before=asked.before, limit=asked.limit)
    items = [
        Reject(
            id=str(one.id),
            at=one.at,
            topic=one.topic,
            reason=one.reason,
            size=one.size,
            body=readable(one.body),
        )
        for one in found.rows
    ]
    return Rejects(items=items, next=found.next or None)
