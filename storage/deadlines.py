"""A promise is a row: what is owed, about whom, when. It outlives every process.

Whoever writes one holds its subject: order, fault -> deadline -> outbox, by ascending id.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

from sqlalchemy import ColumnElement, delete, exists, func, select, text, update

from rules.model import FaultId, Severity
from storage.db import Tx, insert_into
from storage.tables.night import deadlines
from storage.tables.watch import faults

SubjectKind = Literal[
    "order",
    "fault",
    "alert",
    "inspection",
    "maintenance",
    "drill",
    "swap",
    "occasion",
    "contact_card",
    "planned_maintenance",
]


class Kind(StrEnum):
    LADDER = "ladder"  # somebody must answer
    UNDER_WAY = "under_way"  # who took it must set out
    HEAD = "head"  # the head must answer, else the receiver goes
    ON_SITE = "on_site"  # somebody must be on site; step = per cent of the time
    CONFIRM = "confirm"  # a provisional fault must be explained or raised
    GRACE = "grace"  # what stays down after its cause cleared
    ALERT = "alert"  # an emergency of ours must be seen
    MINOR = "minor"  # a minor fault must become an order
    MINORS = "minors"  # a minor fault must be told of, when the quiet hours end
    QUIET = "quiet"  # a fault that kept coming back has been away for long enough
    SET_OUT = "set_out"  # the last moment to leave and still be there in time
    APPOINTMENT = "appointment"  # the agreed time is near
    MAINTENANCE = "maintenance"  # it ends by itself
    PLANNED = "planned"  # maintenance begins by itself
    DRILL = "drill"  # a fire drill begins; step 1: it ends; 2: the head is told
    SWAP = "swap"  # an offer nobody took ends
    OCCASION = "occasion"  # something before a customer's event is due
    CARD = "card"  # a customer's contact card is outdated for long enough: a new one
    RENDER = "render"  # something issued must become a signed PDF; `scheduler/printing.py`


TICKED = frozenset(Kind) - {Kind.RENDER}  # a page takes too long to print inside a tick


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """`promised_at` is what was promised; `due_at` moves on when its handler fails."""

    id: int
    kind: Kind
    subject_kind: SubjectKind
    subject_id: int
    step: int
    due_at: datetime
    promised_at: datetime
    failures: int = 0
    last_error: str = ""


def put(
    tx: Tx,
    kind: Kind,
    subject_kind: SubjectKind,
    subject_id: int,
    due_at: datetime | None,
    step: int = 0,
) -> None:
    """Promise it for `due_at`, whatever was promised before; None: nothing is owed any more."""
    if due_at is None:
        tx.execute(delete(deadlines).where(_is(kind, subject_kind, subject_id, step)))
        return
    fresh = {"due_at": due_at, "promised_at": due_at, "failures": 0, "last_error": ""}
    row = insert_into(tx, deadlines).values(
        kind=kind, subject_kind=subject_kind, subject_id=subject_id, step=step, **fresh
    )
    key = ["kind", "subject_kind", "subject_id", "step"]
    tx.execute(row.on_conflict_do_update(index_elements=key, set_=fresh))


def drop(tx: Tx, kind: Kind, subject_kind: SubjectKind, subject_id: int) -> None:
    """Forget every step of it."""
    tx.execute(
        delete(deadlines).where(
            deadlines.c.kind == kind,
            deadlines.c.subject_kind == subject_kind,
            deadlines.c.subject_id == subject_id,
        )
    )


def find(
    tx: Tx, kind: Kind, subject_kind: SubjectKind, subject_id: int, step: int = 0
) -> Deadline | None:
    found = select(deadlines).where(_is(kind, subject_kind, subject_id, step))
    return _one(tx.execute(found).mappings().first())


def of_subject(tx: Tx, subject_kind: SubjectKind, subject_id: int) -> list[Deadline]:
    found = select(deadlines).where(
        deadlines.c.subject_kind == subject_kind, deadlines.c.subject_id == subject_id
    )
    return _all(tx.execute(found.order_by(deadlines.c.due_at)).mappings().all())


def due(
    tx: Tx,
    now: datetime,
    limit: int,
    *,
    after: Deadline | None = None,
    kinds: frozenset[Kind] = TICKED,
) -> list[Deadline]:
    """What has passed, the longest overdue first. Takes no lock: `lock` each before acting."""
    known = deadlines.c.kind.in_(sorted(kinds))  # a newer scheduler beside us may know more
    found = select(deadlines).where(deadlines.c.due_at <= now, known)
    if after:
        same = (deadlines.c.due_at == after.due_at) & (deadlines.c.id > after.id)
        found = found.where((deadlines.c.due_at > after.due_at) | same)
    found = found.order_by(deadlines.c.due_at, deadlines.c.id).limit(limit)
    return _all(tx.execute(found).mappings().all())


def subjects_due(
    tx: Tx, kind: Kind, subject_kind: SubjectKind, now: datetime, limit: int
) -> list[int]:
    """Whatever else of this kind has come; takes no lock."""
    found = select(deadlines.c.subject_id).where(
        deadlines.c.kind == kind,
        deadlines.c.subject_kind == subject_kind,
        deadlines.c.due_at <= now,
    )
    return list(tx.scalars(found.order_by(deadlines.c.subject_id).limit(limit)))


def wait_little(tx: Tx) -> None:
    """For this transaction: a lock that is not free soon is a conflict, to be tried later."""
    if tx.dialect.name == "postgresql":
        tx.execute(text("SET LOCAL lock_timeout = '200ms'"))


def lock(tx: Tx, deadline_id: int, now: datetime) -> Deadline | None:
    """The row as it is now, held; None if it is no longer due or another holds it.

    The caller holds the subject already.
    """
    found = select(deadlines).where(deadlines.c.id == deadline_id, deadlines.c.due_at <= now)
    return _one(tx.execute(found.with_for_update(skip_locked=True)).mappings().first())


def lease(tx: Tx, deadline: Deadline, until: datetime) -> Deadline | None:
    """Nobody else's until then; None if it has changed since it was read. For long work only."""
    mine = (deadlines.c.id == deadline.id) & (deadlines.c.due_at == deadline.due_at)
    taken = update(deadlines).where(mine).values(due_at=until).returning(deadlines)
    return _one(tx.execute(taken).mappings().first())


def end(tx: Tx, leased: Deadline) -> bool:
    """It is kept; False if its lease ran out and somebody else has it, or had it."""
    mine = (deadlines.c.id == leased.id) & (deadlines.c.due_at == leased.due_at)
    return tx.execute(delete(deadlines).where(mine)).rowcount == 1


def postpone(tx: Tx, deadline: Deadline, due_at: datetime, error: str) -> bool:
    """Its handler failed: it comes again at `due_at`. False if it has changed meanwhile."""
    moved = tx.execute(
        update(deadlines)
        .where(deadlines.c.id == deadline.id, deadlines.c.due_at == deadline.due_at)
        .values(due_at=due_at, failures=deadline.failures + 1, last_error=error)
    )
    return moved.rowcount == 1


def overdue(tx: Tx, now: datetime) -> tuple[int, datetime | None]:
    """How many wait to be handled, and since when: the scheduler's own lateness."""
    found = select(func.count(), func.min(deadlines.c.due_at)).where(deadlines.c.due_at <= now)
    count, oldest = tx.execute(found).one()
    return count, oldest


def minor_faults_without(tx: Tx, opened_before: datetime, limit: int) -> list[FaultId]:
    """Open minor faults older than that, with neither order nor a promise of one."""
    promised = exists().where(
        deadlines.c.kind == Kind.MINOR,
        deadlines.c.subject_kind == "fault",
        deadlines.c.subject_id == faults.c.id,
    )
    found = select(faults.c.id).where(
        faults.c.cleared_at.is_(None),
        faults.c.severity == Severity.MINOR,
        faults.c.order_id.is_(None),
        faults.c.explained_by.is_(None),
        faults.c.opened_at <= opened_before,
        ~promised,
    )
    return [FaultId(row.id) for row in tx.execute(found.order_by(faults.c.id).limit(limit))]


def _is(kind: Kind, subject_kind: str, subject_id: int, step: int) -> ColumnElement[bool]:
    return (
        (deadlines.c.kind == kind)
        & (deadlines.c.subject_kind == subject_kind)
        & (deadlines.c.subject_id == subject_id)
        & (deadlines.c.step == step)
    )


def _one(row: Any) -> Deadline | None:
    return Deadline(**{**row, "kind": Kind(row["kind"])}) if row else None


def _all(rows: Sequence[Any]) -> list[Deadline]:
    return [Deadline(**{**row, "kind": Kind(row["kind"])}) for row in rows]
