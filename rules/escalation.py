"""A02: who is called while nobody answers, and when the receiver goes without the head. Pure.

The ladder is a timetable, not a chain of waits: rungs stand at fixed distances from its start,
so a late tick delays one call and never the ones after it. After `loop_s` it begins again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from rules.model import Layer, PersonId, WorkOrder
from rules.policy import Ladder


class Why(StrEnum):
    """The reason a verdict carries into journal, message and test."""

    NEW_FAULT = "new_fault"
    NOBODY_ANSWERED = "nobody_answered"
    DECLINED = "declined"
    TOO_EARLY = "too_early"
    ANSWERED = "answered"
    CLOSED = "closed"
    HEAD_ARRANGED = "head_arranged"
    HEAD_ANSWERED = "head_answered"
    ON_THE_WAY = "on_the_way"
    NOT_TRIED_YET = "not_tried_yet"
    HEAD_SILENT = "head_silent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Which layers are called now, why, and when to ask again (None: never)."""

    why: Why
    calls: tuple[Layer, ...] = ()
    ask_again_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadVerdict:
    """Whether the receiver is told to go, why, and when to ask again."""

    why: Why
    go: bool = False
    ask_again_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tries:
    """On how many channels the head was really tried, and how many the head has."""

    made: int
    possible: int


ASK_TRIES_S = 5  # how soon to look again whether the sender has made its tries
LATEST = 2  # after this many times `head_silent_s` a stuck sender is no reason to wait


def first_calls() -> tuple[Layer, ...]:
    """The first moment: the page to the first layer. The head's *report* goes out with it."""
    return (Layer.FIRST,)


def next_calls(order: WorkOrder, ladder: Ladder, promised_at: datetime, now: datetime) -> Verdict:
    """Whom to call for the rungs from `promised_at` up to `now`.

    After a long stop each layer is called once, not once for every rung that was missed.
    """
    if order.closed_at:
        return Verdict(why=Why.CLOSED)
    if order.received_at:
        return Verdict(why=Why.ANSWERED)
    started_at = order.ladder_started_at or order.opened_at
    if now < promised_at:
        return Verdict(why=Why.TOO_EARLY, ask_again_at=promised_at)
    return Verdict(
        why=Why.NOBODY_ANSWERED,
        calls=_passed(started_at, ladder, promised_at, now),
        ask_again_at=next_rung(started_at, ladder, now),
    )


def next_rung(started_at: datetime, ladder: Ladder, now: datetime) -> datetime:
    """The first rung after `now`."""
    loop = _loop(ladder)
    firsts = (started_at + timedelta(seconds=offset) for _, offset in _rungs(ladder))
    return min(first + max((now - first) // loop + 1, 0) * loop for first in firsts)


def judge_head(order: WorkOrder, ladder: Ladder, tries: Tries, now: datetime) -> HeadVerdict:
    """Unreachable: tried on two channels (or all there are) and silent for ten minutes."""
    settled = _head_settled(order)
    if settled:
        return HeadVerdict(why=settled)
    told_at = order.head_informed_at or order.opened_at
    patience = timedelta(seconds=ladder.head_silent_s)
    if now < told_at + patience:
        return HeadVerdict(why=Why.TOO_EARLY, ask_again_at=told_at + patience)
    enough = tries.made >= min(ladder.head_channels, tries.possible)
    latest = told_at + LATEST * patience
    if not enough and now < latest:
        again = min(now + timedelta(seconds=ASK_TRIES_S), latest)
        return HeadVerdict(why=Why.NOT_TRIED_YET, ask_again_at=again)
    return HeadVerdict(why=Why.HEAD_SILENT, go=True)


def receiver(order: WorkOrder, others: Sequence[PersonId]) -> PersonId | None:
    """Who goes: whoever acknowledged, else the first one paged, else the next of `others`.

    A silent head is not told to replace himself while there is somebody else.
    """
    if order.received_by:
        return order.received_by
    asked = [person for person in (order.first_paged_id, *others) if person is not None]
    return next((person for person in asked if person != order.head_id), order.first_paged_id)


def _head_settled(order: WorkOrder) -> Why | None:
    if order.closed_at:
        return Why.CLOSED
    if order.arranged_at:
        return Why.HEAD_ARRANGED
    if order.head_id is not None and order.received_by == order.head_id:
        return Why.HEAD_ANSWERED
    on_the_way = (
        order.self_dispatched_at,
        order.dispatched_at,
        order.departed_at,
        order.arrived_at,
    )
    return Why.ON_THE_WAY if any(on_the_way) else None


def _rungs(ladder: Ladder) -> tuple[tuple[Layer, float], ...]:
    """Seconds into the loop. The head's page may fall on the first moment of the next loop."""
    return (
        (Layer.FIRST, 0),
        (Layer.FIRST, ladder.again_s),
        (Layer.SECOND, ladder.second_s),
        (Layer.HEAD, ladder.head_page_s),
    )


def _loop(ladder: Ladder) -> timedelta:
    return timedelta(seconds=max(ladder.loop_s, *(at for _, at in _rungs(ladder)), 1))


def _passed(
    started_at: datetime, ladder: Ladder, since: datetime, now: datetime
) -> tuple[Layer, ...]:
    called = {
        layer for layer, offset in _rungs(ladder) if _fell(started_at, ladder, offset, since, now)
    }
    return tuple(layer for layer in Layer if layer in called)


def _fell(
    started_at: datetime, ladder: Ladder, offset: float, since: datetime, now: datetime
) -> bool:
    """Whether the rung at `offset` of any loop lies in [since, now]."""
    loop = _loop(ladder)
    first = started_at + timedelta(seconds=offset)
    loops = max(-((first - since) // loop), 0)  # the first loop whose rung is not before `since`
    return since <= first + loops * loop <= now


def warning_steps(order: WorkOrder, warn_at: Sequence[float]) -> list[tuple[int, datetime]]:
    """Per cent of the frozen on-site time, and when they are gone (A03)."""
    frozen = order.on_site_by - order.clock_started_at
    return [(round(part * 100), order.clock_started_at + part * frozen) for part in warn_at]
