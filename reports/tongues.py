"""Messages in one language or two: on paper both stand side by side."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import words
from rules.periods import Month

LANGUAGES = {"zh": ("zh",), "en": ("en",), "both": ("zh", "en")}
Words = list[str]
Fact = str | int | float | Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Tongue:
    """What a message is called in each language of the document, in the document's order."""

    languages: Sequence[str]
    timezone: str

    def say(self, key: str, **facts: Fact) -> Words:
        """A fact that can be called is asked for its own words in each language."""
        return [words.say(one, key, **_in(one, facts)) for one in self.languages]

    def day(self, day: date) -> str:
        """`2026-11-23 周一`; both weekdays where there are two languages."""
        weekdays = " ".join(words.weekday(one, day) for one in self.languages)
        return f"{day.isoformat()} {weekdays}"

    def instant(self, at: datetime) -> str:
        local = words.to_zone(at, self.timezone)
        return f"{self.day(local.date())} {local:%H:%M}"

    def month(self, month: Month) -> Words:
        return self.say(f"paper.month_of.{month.month}", year=month.year)

    def short(self, at: datetime) -> str:
        """`11-23 09:02`, for places where the year is plain."""
        return f"{words.to_zone(at, self.timezone):%m-%d %H:%M}"


def named(key: str, **facts: Any) -> Callable[[str], str]:
    """A fact that is a message itself."""
    return lambda language: words.say(language, key, **facts)


def pct(share: float, *, places: int = 1) -> str:
    """Cut off, never rounded up: 99.96 is not told as 100, which alone stands without places."""
    scale = 10**places
    cut = math.floor(share * scale + 1e-9) / scale
    return "100" if cut == 100 else f"{cut:.{places}f}"  # noqa: PLR2004 - all of it


def value(number: float) -> str:
    """As it was measured, without a tail of noughts: 12.1, 0.5, 230."""
    told = f"{number:,.3f}".rstrip("0").rstrip(".")
    return "0" if told == "-0" else told.replace("-", "−")


def _in(language: str, facts: dict[str, Fact]) -> dict[str, Any]:
    return {name: one(language) if callable(one) else one for name, one in facts.items()}
