"""The delivery ledger: who was told what, how often it was tried, and how it ended."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select

from rules.model import NoticeId, OrderId, PersonId
from rules.notices import Kind, State
from storage.db import Tx
from storage.outbox import Notice
from storage.tables.company import people
from storage.tables.night import notice_attempts, notices

_CALLS = (Kind.PAGE, Kind.REPORT, Kind.GO, Kind.ASSIGNED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One try, with the provider's own `words` (secrets masked) and its name for it, `ref`.

    `carried_by`: the first notice of the letter that it travelled in together with others.
    `held_until`: the provider asked to be left alone until then.
    """

    id: int
    notice_id: NoticeId
    lease: int
    at: datetime
    ended_at: datetime | None
    provider: str
    result: str
    words: str
    ref: str = ""
    carried_by: NoticeId | None = None
    held_until: datetime | None = None


def get(tx: Tx, notice_id: NoticeId) -> Notice | None:
    found = _notices(tx, select(notices).where(notices.c.id == notice_id))
    return found[0] if found else None


def of_order(tx: Tx, order_id: OrderId) -> list[Notice]:
    """Everything anybody was told about an order, oldest first."""
    found = select(notices).where(notices.c.order_id == order_id)
    return _notices(tx, found.order_by(notices.c.id))


def of_reason(tx: Tx, prefix: str) -> list[Notice]:
    """Everything anybody was told for reasons whose key begins so, oldest first."""
    found = select(notices).where(notices.c.key.startswith(prefix, autoescape=True))
    return _notices(tx, found.order_by(notices.c.id))


def newest(
    tx: Tx, *, state: str | None = None, before: int | None = None, limit: int = 100
) -> list[Notice]:
    """Newest first; `before` is the id to go on from."""
    found = select(notices).order_by(notices.c.id.desc()).limit(limit)
    if state:
        found = found.where(notices.c.state == state)
    if before is not None:
        found = found.where(notices.c.id < before)
    return _notices(tx, found)


def attempts_of(tx: Tx, notice_ids: Sequence[NoticeId]) -> dict[NoticeId, list[Attempt]]:
    """Every attempt of these notices, oldest first."""
    found = (
        select(notice_attempts)
        .where(notice_attempts.c.notice_id.in_(notice_ids))
        .order_by(notice_attempts.c.id)
    )
    attempts: dict[NoticeId, list[Attempt]] = {number: [] for number in notice_ids}
    for row in tx.execute(found).mappings():
        attempts[row["notice_id"]].append(Attempt(**row))
    return attempts


def counts(tx: Tx) -> dict[str, int]:
    """How many notices wait, are being sent, will be tried again, or are dead."""
    asked = (State.WAITING, State.SENDING, State.FAILED, State.DEAD)
    found = select(notices.c.state, func.count().label("number")).where(notices.c.state.in_(asked))
    return {row.state: row.number for row in tx.execute(found.group_by(notices.c.state))}


def told_since(tx: Tx, person_id: PersonId, kinds: Collection[str], since: datetime) -> int:
    """How many notices of these kinds this person was owed since then."""
    found = select(func.count()).where(
        notices.c.person_id == person_id,
        notices.c.kind.in_(sorted(kinds)),
        notices.c.created_at > since,
    )
    return tx.scalar(found) or 0


def reached(tx: Tx, notice: Notice, reason: str) -> bool:
    """Whether the same reason got to the same person on another channel."""
    found = select(notices.c.id).where(
        notices.c.person_id == notice.person_id,
        notices.c.state == State.SENT,
        notices.c.key.startswith(f"{reason}:", autoescape=True),
    )
    return tx.execute(found.limit(1)).first() is not None


def names_told(tx: Tx, order_id: OrderId, *, but: PersonId) -> list[str]:
    """Who else was called about this order."""
    found = (
        select(people.c.name)
        .join(notices, notices.c.person_id == people.c.id)
        .where(
            notices.c.order_id == order_id,
            notices.c.person_id != but,
            notices.c.kind.in_(_CALLS),
        )
    )
    return list(tx.scalars(found.distinct().order_by(people.c.name)))


def _notices(tx: Tx, found: Select[Any]) -> list[Notice]:
    return [Notice(**row) for row in tx.execute(found).mappings()]
