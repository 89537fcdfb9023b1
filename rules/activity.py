"""A zone that used to be walked through and is not any more (ZONE_SILENT).

An activation is the change from quiet to open, or to motion. Who counts on a zone must know its
habit: only one with at least an activation a day, over a week, is missed when it is quiet.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

DAY = timedelta(days=1)
WEEK = timedelta(days=7)
BASELINE = timedelta(days=14)


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """Activations by day (whole days since 1970) of the last weeks, and the last of all."""

    days: tuple[tuple[int, int], ...] = ()
    last_at: datetime | None = None
    active: bool = False

    @property
    def a_day(self) -> float:
        """Mean activations a day from the first known day to that of the last; 0 under a week."""
        if not self.days:
            return 0
        spanned = self.days[-1][0] - self.days[0][0] + 1
        return sum(number for _, number in self.days) / spanned if spanned >= WEEK.days else 0


def hear(known: Activity, at: datetime, *, active: bool) -> Activity:
    """What the zone says; only its beginning is an activation."""
    if active is known.active:
        return known
    if not active:
        return Activity(days=known.days, last_at=known.last_at)
    today = _day(at)
    days = [(day, n) for day, n in known.days if today - BASELINE.days < day <= today]
    if days and days[-1][0] == today:
        days[-1] = (today, days[-1][1] + 1)
    else:
        days.append((today, 1))
    return Activity(days=tuple(days), last_at=at, active=True)


def missed_since(known: Activity) -> datetime | None:
    """Since when it is quiet, for a zone that is used every day; None for any other."""
    return known.last_at if known.a_day >= 1 and not known.active else None


def _day(at: datetime) -> int:
    return int(at.timestamp()) // 86_400
