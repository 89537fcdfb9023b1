"""Instants and spans in words. A date is never ambiguous: 2026-06-15 周一, 2026-06-15 Mon."""

import math
from datetime import date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from words.catalogue import say

_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def to_zone(when: datetime, timezone: str) -> datetime:
    """`when` on the clocks of `timezone`; an unknown zone is read as UTC."""
    return when.astimezone(_zone(timezone))


@cache
def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return ZoneInfo("UTC")


def weekday(language: str, day: date) -> str:
    return say(language, f"weekday.{day.isoweekday()}")


def date_only(language: str, day: date) -> str:
    """`2026-06-15 周一`."""
    return f"{day.isoformat()} {weekday(language, day)}"


def instant(language: str, when: datetime, timezone: str) -> str:
    """`2026-06-15 周一 09:02`."""
    local = to_zone(when, timezone)
    return f"{date_only(language, local.date())} {local:%H:%M}"


def clock_time(language: str, when: datetime, timezone: str, *, now: datetime) -> str:
    """`14:32` today, with the date and weekday on any other day."""
    local, today = to_zone(when, timezone), to_zone(now, timezone).date()
    if local.date() == today:
        return f"{local:%H:%M}"
    if local.date() == today + timedelta(days=1):
        return say(language, "time.tomorrow", time=f"{local:%H:%M}")
    return instant(language, when, timezone)


def duration(language: str, seconds: float) -> str:
    """The two greatest units: `1 小时 12 分`, `1 h 12 min`; under a minute in seconds."""
    left = round(abs(seconds))
    if left < _MINUTE:
        return _unit(language, "second", left)
    if left < _HOUR:
        return _unit(language, "minute", left // _MINUTE)
    if left < _DAY:
        return _two(language, ("hour", left // _HOUR), ("minute", left % _HOUR // _MINUTE))
    return _two(language, ("day", left // _DAY), ("hour", left % _DAY // _HOUR))


def stopwatch(seconds: float) -> str:
    """What is left as `1:12:04`; past the instant it counts up: `+0:07:12`. As the browser does."""
    whole = math.floor(abs(seconds))
    days, rest = divmod(whole, _DAY)
    hours, minutes, left = rest // _HOUR, rest % _HOUR // _MINUTE, rest % _MINUTE
    sign, ahead = "+" if seconds < 0 else "", f"{days} d " if days else ""
    return f"{sign}{ahead}{hours}:{minutes:02d}:{left:02d}"


def relative(language: str, when: datetime, *, now: datetime) -> str:
    """`12 分钟前`, `in 3 h`; within a minute: just now."""
    seconds = (when - now).total_seconds()
    if abs(seconds) < _MINUTE:
        return say(language, "time.just_now")
    key = "time.ago" if seconds < 0 else "time.in"
    minutes = int(abs(seconds)) // _MINUTE
    if minutes < _HOUR // _MINUTE:
        return say(language, key, span=_unit(language, "minute_alone", minutes))
    return say(language, key, span=duration(language, seconds))


def deadline(language: str, due: datetime, timezone: str, *, now: datetime) -> str:
    """`还剩 1 小时 12 分 · 14:32 前到场`; past it: how late, and when it was."""
    late = now > due
    span = duration(language, (due - now).total_seconds())
    at = clock_time(language, due, timezone, now=now)
    return say(language, "time.on_site_late" if late else "time.on_site_left", span=span, at=at)


def _two(language: str, great: tuple[str, int], small: tuple[str, int]) -> str:
    if small[1] == 0:
        return _unit(language, *great)
    return f"{_unit(language, *great)} {_unit(language, *small)}"


def _unit(language: str, unit: str, n: int) -> str:
    return say(language, f"unit.{unit}", n=n).strip("[]")
