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

    def each(self, told: Callable[[str], str]) -> Words:
        """Once, where the languages agree: a date or a figure is not printed twice."""
        return list(dict.fromkeys(told(one) for one in self.languages))

    def instant(self, at: datetime) -> Words:
        return self.each(lambda one: words.instant(one, at, self.timezone))

    def day(self, day: date) -> Words:
        return self.each(lambda one: words.date_only(one, day))

    def month(self, month: Month) -> Words:
        return self.say(f"paper.month_of.{month.month}", year=month.year)

    def duration(self, seconds: float) -> Words:
        return self.each(lambda one: words.duration(one, seconds))

    def short(self, at: datetime) -> str:
        """`11-23 09:02`, for places where the year is plain."""
        return f"{words.to_zone(at, self.timezone):%m-%d %H:%M}"


def named(key: str, **facts: Any) -> Callable[[str], str]:
    """A fact that is a message itself."""
    return lambda language: words.say(language, key, **facts)


def pct(share: float, *, places: int = 1) -> str:
    """Cut off, never rounded up: 99.96 is not told as 100."""
    scale = 10**places
    return f"{math.floor(share * scale + 1e-9) / scale:.{places}f}"


def value(number: float) -> str:
    """As it was measured, without a tail of noughts: 12.1, 0.5, 230."""
    return f"{number:,.3f}".rstrip("0").rstrip(".")


def _in(language: str, facts: dict[str, Fact]) -> dict[str, Any]:
    return {name: one(language) if callable(one) else one for name, one in facts.items()}
