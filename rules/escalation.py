"""A02: who is called while nobody answers, and when the receiver goes without the head. Pure.

A plan is a timetable, not a chain of waits: rungs stand at fixed distances from its start, so a
late tick delays one call and never the ones after it. After its round it begins again.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from rules.escalation_plans import RECEIVER, Plan, Step, Target, everybody
from rules.model import Address, Layer, Person, PersonId, WorkOrder
from rules.policy import Ladder


class Why(StrEnum):
    """The reason a verdict carries into journal, message and test."""

    NEW_FAULT = "new_fault"
    NOBODY_ANSWERED = "nobody_answered"
    DECLINED = "declined"
    WORSE = "worse"
    NOT_UNDER_WAY = "not_under_way"
    TOO_EARLY = "too_early"
    ANSWERED = "answered"
    CLOSED = "closed"
    HEAD_ARRANGED = "head_arranged"
    HEAD_ANSWERED = "head_answered"
    ON_THE_WAY = "on_the_way"
    REPAIRED = "repaired"
    APPOINTED = "appointed"
    NOBODY_HAS_IT = "nobody_has_it"
    NOT_TRIED_YET = "not_tried_yet"
    HEAD_SILENT = "head_silent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One target of a step; no `channels`: all the person has."""

    target: Target
    channels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Who is called now, why, and when to ask again (None: never)."""

    why: Why
    calls: tuple[Call, ...] = ()
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    """Who is meant by a plan's targets at one moment.

    `people`: whom plans name themselves, as far as they are with us. `guards` stand at the site
    (A08): they are called with the first layer. `receiver`: who took it, else who was paged first.
    """

    layers: Mapping[Layer, Person]
    people: Mapping[PersonId, Person] = field(default_factory=dict)
    guards: tuple[Person, ...] = ()
    receiver: Person | None = None
    nobody_on_duty: bool = False

    def of(self, target: Target) -> list[tuple[str, Person]]:
        """Each with the place they stand in."""
        guards = self.guards if target == Layer.FIRST else ()
        if isinstance(target, Layer):
            place, person = target.value, self.layers.get(target)
        elif target == RECEIVER:
            place, person = RECEIVER, self.receiver
        else:
            place, person = "named", self.people.get(target)
        return [("guard", one) for one in guards] + ([(place, person)] if person else [])


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One person is called; without `addresses` in vain, and the next one at the same moment."""

    person: Person
    place: str  # message id `layer.<place>`: first ... deputy, guard, named, receiver
    addresses: tuple[Address, ...]


ASK_TRIES_S = 5  # how soon to look again whether the sender has made its tries
LATEST = 2  # after this many times `head_silent_s` a stuck sender is no reason to wait


def first_calls(plan: Plan) -> tuple[Call, ...]:
    """The first moment: the page of the first step. The head's *report* goes out with it."""
    return _calls(step for step in plan.steps if step.after_s == 0)


def next_calls(
    order: WorkOrder, plan: Plan, own: Plan, promised_at: datetime, now: datetime
) -> Verdict:
    """Whom to call for the rungs from `promised_at` up to `now`.

    `own`: the company's ladder, for when the plan's rounds are over. After a long stop each
    target is called once, not once for every rung that was missed.
    """
    if order.closed_at:
        return Verdict(why=Why.CLOSED)
    if order.answered:
        return Verdict(why=Why.ANSWERED)
    started_at = order.ladder_started_at or order.opened_at
    if now < promised_at:
        return Verdict(why=Why.TOO_EARLY, ask_again_at=promised_at)
    return Verdict(
        why=Why.NOBODY_ANSWERED,
        calls=_passed(started_at, plan, own, promised_at, now),
        ask_again_at=next_rung(started_at, plan, own, now),
    )


def next_rung(started_at: datetime, plan: Plan, own: Plan, now: datetime) -> datetime:
    """The first rung after `now`."""
    return min(
        at
        for part, begins_at in _parts(started_at, plan, own)
        for step in part.steps
        if (at := _next(part, begins_at + timedelta(seconds=step.after_s), now))
    )


def pages(
    calls: Sequence[Call], plan: Plan, cast: Cast, *, but: PersonId | None = None
) -> list[Page]:
    """Who is paged on what; if none of them can be told at all, the others at the same moment.

    `but` is not called: who cannot come, or took it and did not set out. A person whom none of
    the named channels reaches is called on all there are: a page too many is better than none.
    """
    asked = {call.target for call in calls}
    others = (Call(target=target) for target in everybody(plan) if target not in asked)
    made: list[Page] = []
    for call in (*calls, *others):
        if call.target not in asked and any(page.addresses for page in made):
            break
        known = {page.person.id for page in made} | {but}
        made += (
            Page(person=one, place=place, addresses=_addresses(one, call.channels))
            for place, one in cast.of(call.target)
            if one.id not in known
        )
    return made


def report_on(head: Person, paged: Sequence[Page]) -> tuple[Address, ...]:
    """Where the head's report goes: everywhere but where he is just being paged (A02)."""
    called = {one for page in paged if page.person.id == head.id for one in page.addresses}
    return tuple(one for one in head.channels if one not in called)


def next_other(plan: Plan, cast: Cast, but: PersonId) -> tuple[Call, ...]:
    """The first of the plan who is not that person."""
    others = (t for t in everybody(plan) if any(one.id != but for _, one in cast.of(t)))
    return tuple(Call(target=target) for target in others)[:1]


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


def under_way(order: WorkOrder) -> Why:
    """Whether whoever took it still owes setting out (`NOT_UNDER_WAY`), or why not any more.

    An agreed appointment has a reminder of its own.
    """
    reasons = (
        (order.closed_at, Why.CLOSED),
        (order.departed_at or order.arrived_at, Why.ON_THE_WAY),
        (order.repaired_at, Why.REPAIRED),
        (order.appointment_at, Why.APPOINTED),
        (order.holder_id is None, Why.NOBODY_HAS_IT),
    )
    return next((why for holds, why in reasons if holds), Why.NOT_UNDER_WAY)


def receiver(order: WorkOrder, others: Sequence[PersonId]) -> PersonId | None:
    """Who goes: whoever acknowledged, else the first one paged, else the next of `others`.

    A silent head is not told to replace himself while there is somebody else.
    """
    if order.received_by:
        return order.received_by
    asked = [person for person in (order.first_paged_id, *others) if person is not None]
    return next((person for person in asked if person != order.head_id), order.first_paged_id)


def warning_steps(order: WorkOrder, warn_at: Sequence[float]) -> list[tuple[int, datetime]]:
    """Per cent of the frozen on-site time, and when they are gone (A03)."""
    frozen = order.on_site_by - order.clock_started_at
    return [(round(part * 100), order.clock_started_at + part * frozen) for part in warn_at]


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


def _addresses(person: Person, channels: Sequence[str]) -> tuple[Address, ...]:
    named = tuple(one for one in person.channels if one.channel in channels)
    return named or person.channels


def _parts(started_at: datetime, plan: Plan, own: Plan) -> Iterator[tuple[Plan, datetime]]:
    """What is gone through, and from when: the plan, and after its last round our own ladder."""
    yield plan, started_at
    if plan.loops:
        yield own, started_at + plan.loops * timedelta(seconds=plan.loop_s)


def _passed(
    started_at: datetime, plan: Plan, own: Plan, since: datetime, now: datetime
) -> tuple[Call, ...]:
    return _calls(
        step
        for part, begins_at in _parts(started_at, plan, own)
        for step in part.steps
        if _fell(part, begins_at + timedelta(seconds=step.after_s), since, now)
    )


def _calls(steps: Iterable[Step]) -> tuple[Call, ...]:
    """Each target once; called by two steps, on the channels of both."""
    asked: dict[Target, tuple[str, ...]] = {}
    for step in steps:
        for target in step.targets:
            known = asked.get(target, step.channels)
            both = dict.fromkeys((*known, *step.channels)) if known and step.channels else ()
            asked[target] = tuple(both)
    return tuple(Call(target=target, channels=named) for target, named in asked.items())


def _fell(plan: Plan, first: datetime, since: datetime, now: datetime) -> bool:
    """Whether the rung whose first time is `first` falls into [since, now] in any round."""
    loop = timedelta(seconds=plan.loop_s)
    rounds = max(-((first - since) // loop), 0)  # the first round whose rung is not before `since`
    return not _over(plan, rounds) and since <= first + rounds * loop <= now


def _next(plan: Plan, first: datetime, now: datetime) -> datetime | None:
    loop = timedelta(seconds=plan.loop_s)
    rounds = max((now - first) // loop + 1, 0)
    return None if _over(plan, rounds) else first + rounds * loop


def _over(plan: Plan, rounds: int) -> bool:
    return bool(plan.loops) and rounds >= plan.loops
