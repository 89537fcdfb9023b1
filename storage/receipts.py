"""What providers told of letters they had taken; each thing told of a try stands once."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, or_, select, update

from rules.model import NoticeId
from rules.notices import Result, State
from storage.db import Tx, insert_into
from storage.outbox import Notice
from storage.tables.night import notice_attempts, notices
from storage.tables.oncall import receipts

_NAME = re.compile(r"([0-9]{1,18})-([0-9]{1,9})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """One thing told of one try; `words` are the provider's own."""

    notice_id: NoticeId
    attempt_id: int
    at: datetime
    status: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """A try to reach somebody, as a provider speaks of it."""

    id: int
    notice_id: NoticeId
    lease: int
    provider: str


def tries(tx: Tx, provider: str, *, ref: str = "", attempt: str = "") -> list[Tried]:
    """Whose letter this was: one try, or one of each notice that travelled in it.

    `ref` is the provider's name for it, `attempt` ours (`attempt_name`); either finds it, and only
    what this very provider was asked to carry.
    """
    own = notice_attempts.c.provider == provider
    found = (tx.execute(select(notice_attempts).where(own, one)) for one in _named(ref, attempt))
    first = next((row for rows in found for row in rows), None)
    if first is None:
        return []
    together = and_(
        notice_attempts.c.carried_by == first.carried_by, notice_attempts.c.at == first.at
    )
    same = notice_attempts.c.id == first.id
    all_of_it = select(*_TRIED).where(own, or_(same, together) if first.carried_by else same)
    rows = tx.execute(all_of_it.order_by(notice_attempts.c.notice_id)).mappings()
    return [Tried(**row) for row in rows]


def last_try(tx: Tx, notice_id: NoticeId, lease: int) -> Tried | None:
    """The try of that lease, if anything was told of it."""
    found = select(*_TRIED).where(
        notice_attempts.c.notice_id == notice_id,
        notice_attempts.c.lease == lease,
        exists().where(receipts.c.attempt_id == notice_attempts.c.id),
    )
    row = tx.execute(found).mappings().one_or_none()
    return Tried(**row) if row else None


def attempt_name(notice: Notice) -> str:
    """By what name a provider hands back to us which try of a leased notice it was."""
    return f"{notice.id}-{notice.lease}"


def put(tx: Tx, receipt: Receipt) -> bool:
    """False when that had been told of this try before."""
    row = insert_into(tx, receipts).values(
        notice_id=receipt.notice_id,
        attempt_id=receipt.attempt_id,
        at=receipt.at,
        status=receipt.status,
        words=receipt.words,
    )
    once = row.on_conflict_do_nothing(index_elements=["attempt_id", "status"])
    return tx.execute(once.returning(receipts.c.id)).first() is not None


def of_try(tx: Tx, attempt_id: int) -> list[Receipt]:
    """In the order they came."""
    found = select(*_COLUMNS).where(receipts.c.attempt_id == attempt_id).order_by(receipts.c.id)
    return [Receipt(**row) for row in tx.execute(found).mappings()]


def of_notices(tx: Tx, notice_ids: Sequence[NoticeId]) -> dict[NoticeId, list[Receipt]]:
    """All that was told of these notices, in the order it came."""
    told: dict[NoticeId, list[Receipt]] = {number: [] for number in notice_ids}
    found = select(*_COLUMNS).where(receipts.c.notice_id.in_(notice_ids)).order_by(receipts.c.id)
    for row in tx.execute(found).mappings():
        told[row["notice_id"]].append(Receipt(**row))
    return told


def lock_sent(tx: Tx, tried: Tried) -> Notice | None:
    """The notice, held, if it counts as sent by this very try; else nothing is left to undo."""
    found = select(notices).where(notices.c.id == tried.notice_id).with_for_update()
    row = tx.execute(found).mappings().one_or_none()
    notice = Notice(**row) if row else None
    sent = notice and notice.state == State.SENT and notice.lease == tried.lease
    return notice if sent else None


def undo(tx: Tx, tried: Tried, words: str, again_at: datetime | None, now: datetime) -> None:
    """The try had failed after all: the held notice goes out again then, or is dead."""
    tx.execute(
        update(notices)
        .where(notices.c.id == tried.notice_id)
        .values(
            state=State.FAILED if again_at else State.DEAD,
            not_before=again_at or notices.c.not_before,
            done_at=None if again_at else now,
        )
    )
    tx.execute(
        update(notice_attempts)
        .where(notice_attempts.c.id == tried.id)
        .values(result=Result.FAILED, words=words)
    )


_TRIED = tuple(notice_attempts.c[name] for name in ("id", "notice_id", "lease", "provider"))
_COLUMNS = tuple(column for column in receipts.c if column.name != "id")


def _named(ref: str, attempt: str) -> Iterator[ColumnElement[bool]]:
    """Where to look, each by an index of its own."""
    if found := _NAME.fullmatch(attempt):
        ours = notice_attempts.c.notice_id == int(found[1])
        yield and_(ours, notice_attempts.c.lease == int(found[2]))
    if ref:
        yield and_(notice_attempts.c.ref == ref, notice_attempts.c.ref != "")
