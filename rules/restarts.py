"""What a device's own counters tell: that it restarted, or that two units speak under one id.

A unit's uptime grows with time, its sequence number by small steps. A counter that falls has
started anew, or is another unit's. When the counter that was left goes on where it was, two units
take turns: neither of them restarted.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from rules.patterns import kept

DAY = timedelta(days=1)
WEEK = 7 * DAY
MOST = 200
JITTER_S = 2.0
TOLERANCE_S, TOLERANCE = 30.0, 0.1  # how exactly an uptime goes on with the time between
NEXT_SEQ = 50  # how far a sequence number goes on, where some were lost
TAKEN_OVER = timedelta(seconds=5)  # a will and a new word so close: one id, two connections
# Uptimes that are counted in 32 bits start anew by themselves: in ms and in hundredths of a second.
WRAPS_S = (2**32 / 1000, 2**32 / 100)


@dataclass(frozen=True, slots=True)
class Heard:
    """A counter as it stood at an instant."""

    value: float
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Units:
    """`left_*`: the counter that was left when another began. Instants oldest first."""

    restarts: tuple[datetime, ...] = ()
    swaps: tuple[datetime, ...] = ()
    left_uptime: Heard | None = None
    left_seq: Heard | None = None


def hear_uptime(units: Units, before: Heard, now: Heard, *, asleep: bool) -> Units:
    """An uptime in seconds after the one `before`; `asleep`: it wakes from sleep each time."""
    left = units.left_uptime
    if left and _goes_on(left, now) and not _goes_on(before, now):
        true = tuple(at for at in units.restarts if at <= left.at)  # what came later was the other
        return _swapped(replace(units, restarts=true, left_uptime=before), now.at)
    if now.value >= before.value - JITTER_S or asleep or _wrapped(before, now):
        return units
    restarts = kept(units.restarts, now.at, WEEK, MOST)
    return replace(units, restarts=restarts, left_uptime=before)


def hear_seq(units: Units, before: Heard, now: Heard) -> Units:
    """A sequence number after the one `before`."""
    left = units.left_seq
    if left and _next(left, now) and not _next(before, now):
        return _swapped(replace(units, left_seq=before), now.at)
    if now.value < before.value:
        return replace(units, left_seq=before)
    return units


def take_over(units: Units, will_at: datetime | None, at: datetime) -> Units:
    """A word right after a last will: the broker closed one connection because another came."""
    if will_at is None or at - will_at > TAKEN_OVER:
        return units
    return _swapped(units, at)


def days_in_a_row(restarts: tuple[datetime, ...], now: datetime) -> int:
    """For how many days up to now there was a restart a day, give or take half a day."""
    if not restarts or now - restarts[-1] >= DAY:
        return 0
    first = restarts[-1]
    for at in reversed(restarts):
        if first - at > 1.5 * DAY:
            break
        first = at
    return int((restarts[-1] - first) / DAY + 0.5) + 1


def _swapped(units: Units, at: datetime) -> Units:
    return replace(units, swaps=kept(units.swaps, at, timedelta(hours=2), MOST))


def _next(before: Heard, now: Heard) -> bool:
    return 0 <= now.value - before.value <= NEXT_SEQ


def _goes_on(before: Heard, now: Heard) -> bool:
    between_s = (now.at - before.at).total_seconds()
    return abs(now.value - before.value - between_s) <= TOLERANCE_S + TOLERANCE * between_s


def _wrapped(before: Heard, now: Heard) -> bool:
    return any(_goes_on(Heard(before.value - limit, before.at), now) for limit in WRAPS_S)
