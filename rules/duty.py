"""The rota: who stands when, where nobody stands, and what an override does to it. Pure.

A shift lasts from `starts_at` up to, not including, `ends_at`. Weeks begin on Monday 00:00
in the company's time zone; a day of a clock change has 23 or 25 hours and no gap.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from rules.model import Layer, PersonId

# Which night is what stands in docs/glossary.md.
DAY_FROM, DAY_TO = time(8), time(20)  # (ours) minor things may disturb people only then
NIGHT_FROM, NIGHT_TO = time(22), time(8)  # by day everybody is to be reached (B24); else sleep
GOES_OUT = frozenset({Layer.FIRST, Layer.SECOND, Layer.LEAD})  # whose hours weigh


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift(Span):
    layer: Layer
    person_id: PersonId
    id: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Day(Span):
    on: date


def standing(shifts: Iterable[Shift], layer: Layer, at: datetime) -> Shift | None:
    """Whose shift it is at that instant."""
    found = (s for s in shifts if s.layer == layer and s.starts_at <= at < s.ends_at)
    return next(found, None)


def cut(shifts: Iterable[Shift], layer: Layer, span: Span) -> list[Shift]:
    """What is left of `shifts` when `span` of that layer is given to somebody else.

    A shift around the span falls into two; the second piece has no id yet.
    """
    left: list[Shift] = []
    for shift in shifts:
        if shift.layer != layer or not common(shift, span):
            left.append(shift)
            continue
        before = shift.starts_at < span.starts_at
        if before:
            left.append(replace(shift, ends_at=span.starts_at))
        if span.ends_at < shift.ends_at:
            number = 0 if before else shift.id
            left.append(replace(shift, id=number, starts_at=span.ends_at))
    return left


def gaps(shifts: Iterable[Shift], layer: Layer, span: Span) -> list[Span]:
    """When nobody of that layer stands within `span`, in order."""
    found: list[Span] = []
    covered_to = span.starts_at
    for shift in sorted(_within(shifts, layer, span), key=lambda s: s.starts_at):
        if covered_to < shift.starts_at:
            found.append(Span(starts_at=covered_to, ends_at=shift.starts_at))
        covered_to = max(covered_to, shift.ends_at)
    if covered_to < span.ends_at:
        found.append(Span(starts_at=covered_to, ends_at=span.ends_at))
    return found


def common(one: Span, other: Span) -> Span | None:
    """The time two spans share."""
    begins, ends = max(one.starts_at, other.starts_at), min(one.ends_at, other.ends_at)
    return Span(starts_at=begins, ends_at=ends) if begins < ends else None


def clipped(shift: Shift, span: Span) -> Shift | None:
    """What of a shift lies within `span`."""
    cut = common(shift, span)
    return replace(shift, starts_at=cut.starts_at, ends_at=cut.ends_at) if cut else None


def monday_of(at: datetime, zone: ZoneInfo) -> date:
    """The Monday of the week in which `at` lies, on the company's calendar."""
    local = at.astimezone(zone).date()
    return local - timedelta(days=local.weekday())


def days_of_week(monday: date, zone: ZoneInfo) -> tuple[Day, ...]:
    """Seven days that touch each other, whatever the clocks do."""
    starts = [midnight(monday + timedelta(days=n), zone) for n in range(8)]
    return tuple(
        Day(on=monday + timedelta(days=n), starts_at=starts[n], ends_at=starts[n + 1])
        for n in range(7)
    )


def week_span(monday: date, zone: ZoneInfo) -> Span:
    return Span(
        starts_at=midnight(monday, zone), ends_at=midnight(monday + timedelta(days=7), zone)
    )


def midnight(on: date, zone: ZoneInfo) -> datetime:
    """The first instant of a local day, in UTC."""
    return instant_of(on, time(0), zone)


def instant_of(on: date, clock: time, zone: ZoneInfo) -> datetime:
    """When clocks of that zone show it, in UTC; a time the clocks skip is right after the skip."""
    return datetime.combine(on, clock, zone).astimezone(UTC)


def daytime_from(at: datetime, zone: ZoneInfo) -> datetime:
    """`at` itself between 08:00 and 20:00 local time, else the next 08:00."""
    local = at.astimezone(zone)
    if DAY_FROM <= local.time() < DAY_TO:
        return at
    on = local.date() + timedelta(days=int(local.time() >= DAY_TO))
    return instant_of(on, DAY_FROM, zone)


def merged(shifts: Sequence[Shift]) -> list[Shift]:
    """Neighbours of one person become one shift, so that a rota stays readable."""
    joined: list[Shift] = []
    for shift in sorted(shifts, key=lambda s: (s.layer, s.starts_at)):
        last = joined[-1] if joined else None
        if last and _touch(last, shift):
            joined[-1] = replace(last, ends_at=shift.ends_at)
        else:
            joined.append(shift)
    return joined


def _touch(one: Shift, other: Shift) -> bool:
    return (
        one.layer == other.layer
        and one.person_id == other.person_id
        and one.ends_at == other.starts_at
    )


def _within(shifts: Iterable[Shift], layer: Layer, span: Span) -> list[Shift]:
    return [s for s in shifts if s.layer == layer and common(s, span)]
