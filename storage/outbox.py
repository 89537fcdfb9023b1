"""What we owe people: written in the transaction of its reason, sent outside of any.

A notice is leased by number. Who holds an old number cannot record any more, so two senders,
or one that was thought dead, never overwrite each other.
"""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    func,
    insert,
    literal,
    literal_column,
    or_,
    select,
    tuple_,
    update,
)

from rules import digests
from rules.digests import Reader
from rules.model import FaultId, NoticeId, OrderId, PersonId, Severity, SiteId
from rules.notices import Result, State
from storage.db import Tx, insert_into
from storage.tables.night import notice_attempts, notices

# Said in full, or SQLite does not see that its index will do.
_OPEN = notices.c.state.in_(
    [literal_column(f"'{state}'") for state in (State.WAITING, State.SENDING, State.FAILED)]
)
_CHANNELS = select(notices.c.channel).where(_OPEN).distinct()
_UNSENT = (State.WAITING, State.FAILED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """`key` names the reason: putting the same key twice is free.

    An alert's notice carries `facts["alert_id"]`.
    """

    key: str
    kind: str
    severity: Severity
    person_id: PersonId
    channel: str
    target: str
    order_id: OrderId | None = None
    fault_id: FaultId | None = None
    site_id: SiteId | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    not_before: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """`rank` 0 is an emergency. `lease` counts how often it was taken."""

    id: NoticeId
    key: str
    kind: str
    rank: int
    person_id: PersonId
    channel: str
    target: str
    order_id: OrderId | None
    fault_id: FaultId | None
    site_id: SiteId | None
    facts: dict[str, Any]
    state: str
    created_at: datetime
    not_before: datetime
    lease: int
    leased_until: datetime | None
    attempts: int
    done_at: datetime | None
    text: str
    why: str = ""
    alone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How it ended, and what the provider calls it (`ref`). `alone`: refused in company."""

    state: State
    result: Result
    words: str
    text: str
    again_at: datetime | None = None
    ref: str = ""
    alone: bool = False
    held_until: datetime | None = None  # the provider asked to be left alone


def put(tx: Tx, draft: Draft, now: datetime) -> bool:
    """Owe somebody a notice; False when this reason was already put."""
    said = asdict(draft)
    said |= {"rank": said.pop("severity").rank, "state": State.WAITING, "created_at": now}
    said["not_before"] = draft.not_before or now
    row = insert_into(tx, notices).values(said)
    once = row.on_conflict_do_nothing(index_elements=["key"]).returning(notices.c.id)
    return tx.execute(once).first() is not None


def silence(
    tx: Tx, order_id: OrderId, kinds: Collection[str], now: datetime, *, why: str = "answered"
) -> int:
    """Take back what has not gone out yet; what is being sent right now cannot be.

    `why` is one of the reasons of `rules.notices.unwanted`.
    """
    mine = and_(notices.c.order_id == order_id, notices.c.kind.in_(kinds))
    return _silence(tx, mine, now, why)


def hasten(tx: Tx, order_id: OrderId, kinds: Collection[str], severity: Severity) -> None:
    """What has not gone out yet is as urgent as its order is now."""
    mine = and_(notices.c.order_id == order_id, notices.c.kind.in_(kinds))
    ids = _unsent(tx, and_(mine, notices.c.rank > severity.rank))
    if ids:
        tx.execute(update(notices).where(notices.c.id.in_(ids)).values(rank=severity.rank))


def silence_alert(tx: Tx, alert_id: int, now: datetime, *, why: str = "answered") -> int:
    return _silence(tx, notices.c.facts["alert_id"].as_integer() == alert_id, now, why)


def silence_reason(tx: Tx, prefix: str, now: datetime, *, why: str) -> int:
    """Of all reasons whose key begins so."""
    return _silence(tx, notices.c.key.startswith(prefix, autoescape=True), now, why)


def silence_one(tx: Tx, notice: Notice, now: datetime, *, why: str) -> None:
    """A locked notice that nobody wants any more, be it a repeat after a lost sender."""
    _close_lost_attempt(tx, notice.id, now)
    tx.execute(
        update(notices)
        .where(notices.c.id == notice.id)
        .values(state=State.SILENCED, done_at=now, why=why)
    )


def _silence(tx: Tx, which: ColumnElement[bool], now: datetime, why: str) -> int:
    ids = _unsent(tx, which)
    taken_back = update(notices).where(notices.c.id.in_(ids))
    ended = {"state": State.SILENCED, "done_at": now, "why": why}
    return tx.execute(taken_back.values(ended)).rowcount if ids else 0


def _unsent(tx: Tx, which: ColumnElement[bool]) -> Sequence[int]:
    """Held, in the order of ids as every lock is taken."""
    mine = select(notices.c.id).where(which, notices.c.state.in_(_UNSENT))
    return tx.scalars(mine.order_by(notices.c.id).with_for_update()).all()


def due(
    tx: Tx, now: datetime, *, each: int, full: Collection[Reader] = frozenset()
) -> list[Notice]:
    """What waits to be sent, most urgent then oldest first; takes no locks.

    At most `each` of a channel, so that a channel that is stuck hides no other. Who is `full`
    may have no more ordinary letters now, and hides nobody either.
    """
    channels = tx.scalars(_CHANNELS).all()
    if not channels:  # as nearly always: a sender looks twenty times a second
        return []
    address = tuple_(notices.c.channel, notices.c.person_id, notices.c.target)
    held = address.in_([(one.channel, one.person_id, one.target) for one in full])
    where = and_(takeable(tx, now), ~and_(ordinary(), held)) if full else takeable(tx, now)
    found = [
        one
        for channel in channels
        for one in in_turn(tx, and_(where, notices.c.channel == channel), each)
    ]
    return sorted(found, key=lambda one: (one.rank, one.created_at, one.id))


def lock_due(tx: Tx, notice_id: NoticeId, now: datetime) -> Notice | None:
    """Held until the transaction ends; None when somebody else was faster."""
    mine = select(notices).where(notices.c.id == notice_id, takeable(tx, now))
    found = _notices(tx, mine.with_for_update(skip_locked=True))
    return found[0] if found else None


def lease(
    tx: Tx,
    notice: Notice,
    provider: str,
    now: datetime,
    *,
    lease_s: float,
    carried_by: NoticeId | None = None,
) -> Notice:
    """Take a locked notice for one attempt by `provider`. A lost attempt ends as unknown.

    `carried_by`: the first notice of a letter that holds several.
    """
    _close_lost_attempt(tx, notice.id, now)
    number = notice.lease + 1
    tx.execute(
        insert(notice_attempts).values(
            notice_id=notice.id,
            lease=number,
            at=now,
            provider=provider,
            result=Result.SENDING,
            carried_by=carried_by,
        )
    )
    taken = (
        update(notices)
        .where(notices.c.id == notice.id)
        .values(
            state=State.SENDING,
            lease=number,
            leased_until=_lease_clock(tx, now) + timedelta(seconds=lease_s),
            attempts=notices.c.attempts + 1,
        )
        .returning(notices)
    )
    return Notice(**tx.execute(taken).mappings().one())


def record(tx: Tx, taken: Notice, ending: Ending, now: datetime) -> bool:
    """Write down how the attempt ended; False when the lease has passed to somebody else."""
    done_at = None if ending.state == State.FAILED else now
    mine = and_(
        notices.c.id == taken.id,
        notices.c.lease == taken.lease,
        notices.c.state == State.SENDING,
    )
    ended = (
        update(notices)
        .where(mine)
        .values(
            state=ending.state,
            not_before=ending.again_at or notices.c.not_before,
            done_at=done_at,
            text=ending.text or notices.c.text,
            alone=or_(notices.c.alone, literal(ending.alone)),
        )
    )
    if not tx.execute(ended).rowcount:
        return False
    tried = notice_attempts.c
    said = {name: getattr(ending, name) for name in ("result", "words", "ref", "held_until")}
    itself = and_(tried.notice_id == taken.id, tried.lease == taken.lease)
    tx.execute(update(notice_attempts).where(itself).values(ended_at=now, **said))
    return True


def takeable(tx: Tx, now: datetime) -> ColumnElement[bool]:
    """Waiting and due, or left behind by a sender whose lease has run out."""
    clock = _lease_clock(tx, now)
    return and_(
        _OPEN,
        or_(
            and_(notices.c.state != State.SENDING, notices.c.not_before <= now),
            and_(notices.c.state == State.SENDING, notices.c.leased_until <= clock),
        ),
    )


def ordinary() -> ColumnElement[bool]:
    """As `rules.digests.is_ordinary` has it."""
    least = digests.ORDINARY.items()
    return or_(*(and_(notices.c.kind == kind, notices.c.rank >= rank) for kind, rank in least))


def in_turn(tx: Tx, where: ColumnElement[bool], limit: int) -> list[Notice]:
    """The most urgent of these, then the oldest."""
    order = (notices.c.rank, notices.c.created_at, notices.c.id)
    return _notices(tx, select(notices).where(where).order_by(*order).limit(limit))


def _lease_clock(tx: Tx, now: datetime) -> datetime:
    """Senders on several machines agree on one clock: the database's, where it has one."""
    if tx.dialect.name == "sqlite":
        return now
    told: datetime = tx.execute(select(func.clock_timestamp())).scalar_one()
    return told


def _close_lost_attempt(tx: Tx, notice_id: NoticeId, now: datetime) -> None:
    tx.execute(
        update(notice_attempts)
        .where(notice_attempts.c.notice_id == notice_id, notice_attempts.c.ended_at.is_(None))
        .values(ended_at=now, result=Result.UNKNOWN)
    )


def _notices(tx: Tx, found: Select[Any]) -> list[Notice]:
    return [Notice(**row) for row in tx.execute(found).mappings()]
