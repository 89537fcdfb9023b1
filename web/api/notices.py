"""Notices: who was told what, by which way, and how each try ended. Addresses stay with us."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel

from rules.model import NoticeId
from rules.notices import State
from rules.permits import Verb
from rules.receipts import Status
from storage.db import reading
from storage.views import names
from storage.views import notices as notice_view
from storage.views.notices import Line, Whole
from web.api.asked import Id, Paged
from web.api.callers import NoticeReader
from web.wired import NotFoundError, Wired

router = APIRouter(tags=["notices"])


class Filter(Paged):
    state: State | None = None


class Attempt(BaseModel):
    at: datetime
    provider: str
    result: str


class Receipt(BaseModel):
    """What the provider told after it took the letter, where it tells."""

    at: datetime
    status: Status
    words: str


class Answer(BaseModel):
    """`way`: link, mail, call, sms, webhook or push; `result`: what became of it."""

    at: datetime
    way: str
    answer: str
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


class WholeNotice(Notice):
    """The proof: every try with the provider's words, its receipts, the reader's answers.

    `text` as it was sent, without the secret of its link; `taken_back`: why it did not go out.
    """

    text: str
    taken_back: str
    words: list[str]
    receipts: list[Receipt]
    answers: list[Answer]


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


@router.get("/notices/{notice_id}")
def notice(parts: Wired, caller: NoticeReader, notice_id: Id) -> WholeNotice:
    """The proof of one delivery."""
    with reading(parts.database) as tx:
        found = notice_view.whole(tx, NoticeId(int(notice_id)), caller.reach)
        codes = names.codes_of_people(tx, [found.line.person_id] if found else [])
    if found is None:
        raise NotFoundError
    caller.must(Verb.SEE_NOTICES)
    return _whole(found, codes[found.line.person_id])


def _whole(found: Whole, recipient: str) -> WholeNotice:
    pressed = [Answer(at=at, way="link", answer="", result="done") for at in found.links]
    said = [
        Answer(at=one.at, way=one.way, answer=one.verb, result=one.result) for one in found.answers
    ]
    return WholeNotice(
        **_notice(found.line, recipient).model_dump(),
        text=found.line.text,
        taken_back=found.why,
        words=[one.words for one in found.line.attempts],
        receipts=[
            Receipt(at=one.at, status=Status(one.status), words=one.words) for one in found.receipts
        ],
        answers=[*pressed, *said],
    )


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
