"""From people's turns and decisions to who stands when, gaps named. Pure.

Turns are counted from `starts_on` on the company's calendar. A daily or custom turn lasts so many
*counted* days (all, workdays or rest days); a weekly one whole weeks of seven days, whichever of
them count, so that it always changes on the same day of the week. A counted day lasts from its
hand-over to the next day's, or takes the hours given, over midnight where they end before they
begin. All clocks are the company's: a night of a clock change is 23 or 25 hours long, no gap.

What lies above: of overrides the youngest, then of rotations the youngest. Whoever has left
leaves a gap and not their predecessor's shift.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import pairwise
from zoneinfo import ZoneInfo

from rules import duty as duty_rules
from rules.duty import Shift, Span
from rules.model import Layer, PersonId

HORIZON_DAYS = 62  # (ours) so far ahead the rota is written down; two months, to see holidays come
DAY = timedelta(days=1)
A_WEEK = 7


class Turns(StrEnum):
    DAILY = "daily"
    WEEKLY = "weekly"
    CUSTOM = "custom"


class Days(StrEnum):
    """Which days a rotation covers."""

    EVERY = "every"
    WORKDAY = "workday"
    RESTDAY = "restday"


class Why(StrEnum):
    """What an override comes from."""

    OVERRIDE = "override"
    SWAP = "swap"
    OCCASION = "occasion"


class Gap(StrEnum):
    """Why nobody stands."""

    NOT_PLANNED = "not_planned"
    LEFT_EMPTY = "left_empty"  # on purpose
    HAS_LEFT = "has_left"  # whoever should stand is with us no longer


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotation:
    """`hours`: from and to of each counted day; None: from hand-over to hand-over.

    `ends_on` is its last day, which still lasts until the hand-over after it.
    """

    name: str
    layer: Layer
    kind: Turns
    turn_days: int
    members: tuple[PersonId, ...]
    starts_on: date
    ends_on: date | None = None
    handover: time = time(8)
    days: Days = Days.EVERY
    hours: tuple[time, time] | None = None
    id: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Override(Span):
    """A decision above the rotations. Without a person the layer is left empty on purpose."""

    layer: Layer
    person_id: PersonId | None
    reason: str = ""
    kind: Why = Why.OVERRIDE
    occasion_id: int | None = None
    made_at: datetime | None = None
    made_by: PersonId | None = None
    revoked_at: datetime | None = None
    revoked_by: PersonId | None = None
    id: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What turns are counted on: the company's clock, its calendar, and who is with us."""

    zone: ZoneInfo
    is_workday: Callable[[date], bool]
    present: frozenset[PersonId]


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot(Span):
    """Exactly one person in a layer, or nobody and why; and which rotation or override says so."""

    layer: Layer
    person_id: PersonId | None = None
    gap: Gap | None = None
    rotation_id: int = 0
    override_id: int = 0


def derive(
    rotations: Iterable[Rotation], overrides: Iterable[Override], ground: Ground, span: Span
) -> list[Slot]:
    """Who stands in each layer at every instant of `span`: by layer and time, without a hole."""
    claims = [slot for one in rotations for slot in windows(one, ground, span)]
    claims += [_said(one, ground) for one in overrides if one.revoked_at is None]
    return [slot for layer in Layer for slot in _laid(layer, claims, span)]


def written(shifts: Iterable[Shift], span: Span) -> list[Slot]:
    """What was written down for `span`, as `derive` would say it."""
    claims = [
        Slot(
            layer=shift.layer,
            person_id=shift.person_id,
            starts_at=shift.starts_at,
            ends_at=shift.ends_at,
        )
        for shift in shifts
    ]
    return [slot for layer in Layer for slot in _laid(layer, claims, span)]


def within(slots: Iterable[Slot], layer: Layer, span: Span) -> list[Slot]:
    """One layer's part of `span`; who stood and goes on standing is one slot."""
    joined: list[Slot] = []
    for slot in slots:
        cut = duty_rules.common(slot, span) if slot.layer == layer else None
        if cut is None:
            continue
        last = joined[-1] if joined else None
        if last and (last.person_id, last.gap) == (slot.person_id, slot.gap):
            joined[-1] = replace(last, ends_at=cut.ends_at, override_id=slot.override_id)
        else:
            joined.append(replace(slot, starts_at=cut.starts_at, ends_at=cut.ends_at))
    return joined


def shifts_of(slots: Iterable[Slot]) -> list[Shift]:
    """The people's share of it: neighbours of one person are one shift."""
    return duty_rules.merged(
        [
            Shift(
                layer=slot.layer,
                person_id=slot.person_id,
                starts_at=slot.starts_at,
                ends_at=slot.ends_at,
            )
            for slot in slots
            if slot.person_id is not None
        ]
    )


def settled(old: Sequence[Shift], future: Sequence[Shift], now: datetime) -> list[Shift]:
    """The rota that keeps what `old` says until `now` and says `future` from then on.

    What stays the same keeps its id. The past cannot be altered by anything decided now.
    """
    numbers = {(shift.layer, shift.starts_at): shift.id for shift in old}
    past = [
        replace(shift, ends_at=min(shift.ends_at, now)) for shift in old if shift.starts_at < now
    ]
    return [
        replace(shift, id=numbers.get((shift.layer, shift.starts_at), 0))
        for shift in duty_rules.merged([*past, *future])
    ]


def horizon(now: datetime, zone: ZoneInfo) -> datetime:
    """Until when the rota is written down: the first midnight after so many days."""
    return duty_rules.midnight(now.astimezone(zone).date() + timedelta(days=HORIZON_DAYS + 1), zone)


def windows(rotation: Rotation, ground: Ground, span: Span) -> Iterator[Slot]:
    """The rotation's own times around `span`, each with whose turn it is."""
    if not rotation.members:
        return
    first = span.starts_at.astimezone(ground.zone).date() - 2 * DAY
    last = span.ends_at.astimezone(ground.zone).date() + DAY
    for on, turn in _turns(rotation, ground, first, min(last, rotation.ends_on or last)):
        lasts = _lasts(rotation, on, ground.zone)
        if lasts.starts_at < lasts.ends_at:  # of a clock change may be nothing left
            whose = rotation.members[turn % len(rotation.members)]
            yield _stood(lasts, rotation.layer, whose, ground.present, rotation_id=rotation.id)


def _turns(
    rotation: Rotation, ground: Ground, first: date, last: date
) -> Iterator[tuple[date, int]]:
    """Each counted day from `first` to `last`, and the number of its turn."""
    by_calendar = rotation.kind is Turns.WEEKLY or rotation.days is Days.EVERY
    on = max(first, rotation.starts_on) if by_calendar else rotation.starts_on
    counted = 0
    while on <= last:
        if _counts(rotation.days, on, ground):
            ahead = (on - rotation.starts_on).days if by_calendar else counted
            counted += 1
            if on >= first:
                yield on, ahead // rotation.turn_days
        on += DAY


def _counts(days: Days, on: date, ground: Ground) -> bool:
    return days is Days.EVERY or ground.is_workday(on) == (days is Days.WORKDAY)


def _lasts(rotation: Rotation, on: date, zone: ZoneInfo) -> Span:
    begins, ends = rotation.hours or (rotation.handover, rotation.handover)
    next_day = on + DAY if ends <= begins else on
    return Span(
        starts_at=duty_rules.instant_of(on, begins, zone),
        ends_at=duty_rules.instant_of(next_day, ends, zone),
    )


def _said(override: Override, ground: Ground) -> Slot:
    if override.person_id is None:
        return Slot(
            layer=override.layer,
            starts_at=override.starts_at,
            ends_at=override.ends_at,
            gap=Gap.LEFT_EMPTY,
            override_id=override.id,
        )
    whose = override.person_id
    return _stood(override, override.layer, whose, ground.present, override_id=override.id)


def _stood(
    span: Span,
    layer: Layer,
    whose: PersonId,
    present: frozenset[PersonId],
    *,
    rotation_id: int = 0,
    override_id: int = 0,
) -> Slot:
    here = whose in present
    return Slot(
        layer=layer,
        starts_at=span.starts_at,
        ends_at=span.ends_at,
        person_id=whose if here else None,
        gap=None if here else Gap.HAS_LEFT,
        rotation_id=rotation_id,
        override_id=override_id,
    )


def _laid(layer: Layer, claims: Iterable[Slot], span: Span) -> list[Slot]:
    """The uppermost claim at each instant; neighbours of one origin are one slot."""
    waiting = sorted(
        (c for c in claims if c.layer == layer and duty_rules.common(c, span)),
        key=lambda c: c.starts_at,
        reverse=True,
    )
    edges = {edge for c in waiting for edge in (c.starts_at, c.ends_at)} | {
        span.starts_at,
        span.ends_at,
    }
    points = sorted(edge for edge in edges if span.starts_at <= edge <= span.ends_at)
    nobody = Slot(layer=layer, starts_at=span.starts_at, ends_at=span.ends_at, gap=Gap.NOT_PLANNED)
    active: list[Slot] = []
    laid: list[Slot] = []
    for begin, end in pairwise(points):
        while waiting and waiting[-1].starts_at <= begin:
            active.append(waiting.pop())
        active = [claim for claim in active if claim.ends_at > begin]
        top = max(active, key=_rank, default=nobody)
        _lay(laid, replace(top, starts_at=begin, ends_at=end))
    return laid


def _rank(claim: Slot) -> tuple[int, int, datetime]:
    return claim.override_id, claim.rotation_id, claim.starts_at


def _lay(laid: list[Slot], slot: Slot) -> None:
    last = laid[-1] if laid else None
    if last and replace(last, starts_at=slot.starts_at, ends_at=slot.ends_at) == slot:
        laid[-1] = replace(last, ends_at=slot.ends_at)
    else:
        laid.append(slot)
