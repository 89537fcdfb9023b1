"""Months, in the calendar of the place they are lived in: `2026-11`."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

MONTHS = 12
_WRITTEN = re.compile(r"20[0-9]{2}-[0-9]{2}")  # no month of ours lies elsewhere


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A calendar month. Raises ValueError for one that is not there.

    >>> str(Month(2026, 12).after())
    '2027-01'
    """

    year: int
    month: int

    def __post_init__(self) -> None:
        date(self.year, self.month, 1)

    def __str__(self) -> str:
        return f"{self.year:04}-{self.month:02}"

    @property
    def first_day(self) -> date:
        return date(self.year, self.month, 1)

    @property
    def last_day(self) -> date:
        return self.after().first_day - timedelta(days=1)

    def after(self, months: int = 1) -> "Month":
        """The month so many months later (earlier, if negative)."""
        count = self.year * MONTHS + self.month - 1 + months
        return Month(count // MONTHS, count % MONTHS + 1)

    def span(self, timezone: str) -> tuple[datetime, datetime]:
        """From its first instant at the place up to, not including, its end; both in UTC."""
        return _midnight(self.first_day, timezone), _midnight(self.after().first_day, timezone)


def read(text: str) -> Month:
    """`2026-11`, from 2000 to 2099, and nothing else; raises ValueError."""
    if not _WRITTEN.fullmatch(text):
        raise ValueError(f"a month is written like 2026-11, not {text!r}")
    year, month = text.split("-")
    return Month(int(year), int(month))


def month_of(at: datetime, timezone: str) -> Month:
    """The month that calendar shows at that instant."""
    local = at.astimezone(ZoneInfo(timezone))
    return Month(local.year, local.month)


def _midnight(day: date, timezone: str) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(timezone)).astimezone(UTC)
