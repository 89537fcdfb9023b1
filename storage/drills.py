"""Fire drills, and who was called by them on which channel."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Select, insert, select, update

from rules.drills import Call, Drill, DrillId
from rules.model import Layer, NoticeId, PersonId
from rules.notices import Kind, State
from storage.db import Tx
from storage.tables.night import notices
from storage.tables.oncall import drill_calls, drills

OPEN = drills.c.ended_at.is_(None) & drills.c.cancelled_at.is_(None)


def add(tx: Tx, columns: dict[str, Any]) -> Drill:
    return drill_of(tx.execute(insert(drills).values(columns).returning(drills)).mappings().one())


def get(tx: Tx, drill_id: DrillId) -> Drill | None:
    return _one(tx, select(drills).where(drills.c.id == drill_id))


def lock(tx: Tx, drill_id: DrillId, *, skip_locked: bool = False) -> Drill | None:
    found = select(drills).where(drills.c.id == drill_id)
    return _one(tx, found.with_for_update(skip_locked=skip_locked))


def change(tx: Tx, drill_id: DrillId, **columns: Any) -> Drill:
    changed = update(drills).where(drills.c.id == drill_id).values(columns).returning(drills)
    return drill_of(tx.execute(changed).mappings().one())


def open_ones(tx: Tx) -> list[Drill]:
    """Planned or running, the next one first."""
    found = select(drills).where(OPEN).order_by(drills.c.due_at, drills.c.id)
    return [drill_of(row) for row in tx.execute(found).mappings()]


def call(tx: Tx, drill_id: DrillId, made: Call) -> None:
    """Once for each person and channel."""
    row = {
        "drill_id": drill_id,
        "person_id": made.person_id,
        "channel": made.channel,
        "notice_id": made.notice_id,
        "told_at": made.told_at,
    }
    tx.execute(insert(drill_calls).values(row))


def calls(tx: Tx, drill_id: DrillId) -> list[Call]:
    """With the instant at which the provider took each."""
    return calls_of(tx, [drill_id]).get(drill_id, [])


def calls_of(tx: Tx, ids: Iterable[DrillId]) -> dict[DrillId, list[Call]]:
    """Of several drills in one question."""
    c = drill_calls.c
    found = (
        select(drill_calls, notices.c.state, notices.c.done_at)
        .join_from(drill_calls, notices, notices.c.id == c.notice_id, isouter=True)
        .where(c.drill_id.in_(list(ids)))
        .order_by(c.id)
    )
    by_drill: dict[DrillId, list[Call]] = {}
    for row in tx.execute(found):
        by_drill.setdefault(DrillId(row.drill_id), []).append(_call(row))
    return by_drill


def answered(
    tx: Tx, drill_id: DrillId, person_id: PersonId, channel: str, how: str, now: datetime
) -> bool:
    """The first answer counts; False when there was one, or no such call."""
    c = drill_calls.c
    mine = (c.drill_id == drill_id) & (c.person_id == person_id) & (c.channel == channel)
    done = update(drill_calls).where(mine, c.answered_at.is_(None))
    return tx.execute(done.values(answered_at=now, answered_how=how)).rowcount == 1


def of_notice(tx: Tx, notice_id: NoticeId) -> tuple[DrillId, PersonId, str] | None:
    """By which drill this notice called whom, and on which channel; None: it is of no drill."""
    found = select(notices).where(notices.c.id == notice_id, notices.c.kind == Kind.DRILL)
    row = tx.execute(found).first()
    if row is None or "drill_id" not in row.facts:
        return None
    return DrillId(row.facts["drill_id"]), PersonId(row.person_id), row.channel


def drill_of(row: Any) -> Drill:
    return Drill(
        **{
            **row,
            "people": tuple(PersonId(number) for number in row["people"]),
            "layers": tuple(Layer(layer) for layer in row["layers"]),
        }
    )


def _one(tx: Tx, found: Select[Any]) -> Drill | None:
    row = tx.execute(found).mappings().first()
    return drill_of(row) if row else None


def _call(row: Any) -> Call:
    return Call(
        person_id=PersonId(row.person_id),
        channel=row.channel,
        notice_id=NoticeId(row.notice_id) if row.notice_id else None,
        told_at=row.told_at,
        delivered_at=row.done_at if row.state == State.SENT else None,
        answered_at=row.answered_at,
        answered_how=row.answered_how,
    )
