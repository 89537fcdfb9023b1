"""Notices: who was told what, by which way, and how each try ended. Addresses stay with us."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel

from rules.notices import State
from rules.permits import Verb
from storage.db import reading
from storage.views import names
from storage.views import notices as notice_view
from storage.views.notices import Line
from web.api.asked import Paged
from web.api.callers import NoticeReader
from web.wired import Wired

router = APIRouter(tags=["notices"])


class Filter(Paged):
    state: State | None = None


class Attempt(BaseModel):
    at: datetime
    provider: str
    result: str


class Notice(BaseModel):
    """`recipient` is a person's code, `work_order` an id."""

    id: str
    reason: str
    recipient: str
    channel: str
    state: State
    created_at: datetime
    done_at: datetime | None
    work_order: str | None
    attempts: list[Attempt]


class Notices(BaseModel):
    items: list[Notice]
    next: str | None


@router.get("/notices")
def notices(parts: Wired, caller: NoticeReader, asked: Annotated[Filter, Query()]) -> Notices:
    caller.must(Verb.SEE_NOTICES)
    wanted = notice_view.Wanted(reach=caller.reach, state=asked.state or "")
    with reading(parts.database) as tx:
        found = notice_view.newest(tx, wanted, before=asked.before, limit=asked.limit)
        codes = names.codes_of_people(tx, [line.person_id for line in found.rows])
    items = [_notice(line, codes[line.person_id]) for line in found.rows]
    return Notices(items=items, next=found.next or None)


def _notice(line: Line, recipient: str) -> Notice:
    return Notice(
        id=str(line.id),
        reason=line.kind,
        recipient=recipient,
        channel=line.channel,
        state=State(line.state),
        created_at=line.created_at,
        done_at=line.done_at,
        work_order=str(line.order_id) if line.order_id else None,
        attempts=[
            Attempt(at=one.at, provider=one.provider, result=one.result) for one in line.attempts
        ],
    )
