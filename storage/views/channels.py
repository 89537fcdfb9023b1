"""How each channel has been carrying: sent, failed and lost within a day, and my own tests."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from rules.model import PersonId
from rules.notices import Kind, State
from storage.db import Tx
from storage.ledger import Attempt, attempts_of
from storage.outbox import Notice
from storage.tables.night import notices


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """Notices of one channel within the span asked for; `last_sent_at` is of any time."""

    sent: int = 0
    waiting: int = 0
    failed: int = 0
    dead: int = 0
    last_sent_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Test:
    """The latest test to one address, and what the provider said."""

    notice: Notice
    attempts: tuple[Attempt, ...]


def carried(tx: Tx, since: datetime) -> dict[str, Carried]:
    """By the channel's name."""
    counted = (
        select(notices.c.channel, notices.c.state, func.count())
        .where(notices.c.created_at >= since)
        .group_by(notices.c.channel, notices.c.state)
    )
    states: dict[str, dict[str, int]] = {}
    for channel, state, number in tx.execute(counted):
        states.setdefault(channel, {})[state] = number
    sent = (
        select(notices.c.channel, func.max(notices.c.done_at))
        .where(notices.c.state == State.SENT)
        .group_by(notices.c.channel)
    )
    last = {channel: at for channel, at in tx.execute(sent)}  # noqa: C416 - a Result is no mapping
    return {name: _carried(states.get(name, {}), last.get(name)) for name in {*states, *last}}


def latest_tests(
    tx: Tx, person_id: PersonId, channels: Collection[str]
) -> Mapping[tuple[str, str], Test]:
    """By channel and target: the last test this person asked for."""
    mine = (
        select(func.max(notices.c.id))
        .where(notices.c.person_id == person_id, notices.c.kind == Kind.TEST)
        .where(notices.c.channel.in_(channels))
        .group_by(notices.c.channel, notices.c.target)
    )
    rows = tx.execute(select(notices).where(notices.c.id.in_(mine))).mappings()
    found = [Notice(**row) for row in rows]
    attempts = attempts_of(tx, [one.id for one in found])
    return {(one.channel, one.target): Test(one, tuple(attempts[one.id])) for one in found}


def _carried(states: Mapping[str, int], last_sent_at: datetime | None) -> Carried:
    return Carried(
        sent=states.get(State.SENT, 0),
        waiting=states.get(State.WAITING, 0) + states.get(State.SENDING, 0),
        failed=states.get(State.FAILED, 0),
        dead=states.get(State.DEAD, 0),
        last_sent_at=last_sent_at,
    )
