"""A quiet device is silent only if we were listening all the while.

`watermark` is when the last echo that came back to us was sent: everything the broker took
before it has been judged. Silence is judged against it, never against the wall clock. Time in
which messages may have been lost (a *deaf spell*) is not the device's fault, but it cannot
hide a dead device for ever: hence the second bound of `silent_at` (design §2).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from rules.model import DeviceType
from rules.policy import Silence

BATTERY_TYPES = frozenset({DeviceType.SENSOR, DeviceType.DETECTOR, DeviceType.PANIC_BUTTON})


@dataclass(frozen=True, slots=True)
class Spell:
    """A stretch of time in which messages may have been lost to us."""

    start: datetime
    end: datetime


def deaf_time(spells: Sequence[Spell], since: datetime) -> timedelta:
    """How long we were deaf after `since`; spells that overlap count once."""
    total, counted_to = timedelta(), since
    after = [spell for spell in spells if spell.end > since]
    for spell in sorted(after, key=lambda spell: spell.start):
        if spell.end > counted_to:
            total += spell.end - max(spell.start, counted_to)
            counted_to = spell.end
    return total


def deaf_since(spells: Sequence[Spell], heard_at: datetime | None) -> bool:
    """May messages of a device have been lost since it was last heard?"""
    return heard_at is None or any(spell.end > heard_at for spell in spells)


def silent_at(heard_at: datetime, allowance: timedelta, spells: Sequence[Spell]) -> datetime:
    """The instant from which the device counts as silent, if nothing is heard until then.

    >>> at = datetime(2026, 6, 15, 2)
    >>> silent_at(at, timedelta(minutes=3), ()) - at
    datetime.timedelta(seconds=180)
    """
    deaf_until = max((spell.end for spell in spells), default=heard_at)
    patient = max(heard_at, deaf_until) + allowance
    bound = heard_at + 2 * allowance + deaf_time(spells, heard_at)
    return min(patient, bound)


def allowance(
    kind: DeviceType,
    interval_s: float | None,
    figures: Silence,
    *,
    sleeping: bool = False,
    fixed_s: float | None = None,
) -> timedelta:
    """How long a device may be quiet (DEV_OFFLINE): three of its intervals, 180 s at least.

    `interval_s` is what the asset list says, else what the device said, else None: then a
    battery sensor has 25 h and everything else the default interval. `fixed_s`: an allowance
    that was set for this device, whatever its interval. A device that announced its sleep or a
    planned stop has 25 h at least.
    """
    if fixed_s is not None:
        seconds = fixed_s
    elif interval_s is None and kind in BATTERY_TYPES:
        seconds = figures.battery_sensor_s
    else:
        every = figures.default_interval_s if interval_s is None else interval_s
        seconds = max(figures.intervals * every, figures.least_s)
    if sleeping:
        seconds = max(seconds, figures.battery_sensor_s)
    return timedelta(seconds=seconds)


def plausible(device_t: datetime | None, heard_at: datetime | None, now: datetime) -> bool:
    """May the device's own time stand for when a queued reading was true?

    Only between the last time we heard it and now, give or take five seconds.
    """
    if device_t is None or heard_at is None:
        return False
    slack = timedelta(seconds=5)
    return heard_at - slack <= device_t <= now + slack
