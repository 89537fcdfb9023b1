"""Which day is worked, and what it is called: the company's country by the `holidays` library.

China moves workdays onto weekends around its holidays (调休) and publishes that each November for
the year to come (State Council; `domain rules on time`). A year whose moves are not known yet is
*provisional*: its statutory days stand, its weekends are rest days, and whoever plans is told.
Days a person entered stand above the library's. Nothing here asks the network or a clock.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType

import holidays

HOME = "CN"
MOVES_WORKDAYS = frozenset({HOME})  # countries whose make-up workdays make a year complete
_MONTH_FIRST = re.compile(r"\b(\d\d)/(\d\d)/(\d{4})\b")  # in the library's English names
_LANGUAGES = {"zh": ("zh_CN", "zh"), "en": ("en_US", "en_GB", "en")}


class DayKind(StrEnum):
    WORKDAY = "workday"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    MAKE_UP = "make_up"  # a weekend day that is worked


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """What a person knows of a day better than the library."""

    rest: bool
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarDay:
    on: date
    kind: DayKind
    name: str = ""
    entered: bool = False

    @property
    def worked(self) -> bool:
        return self.kind in {DayKind.WORKDAY, DayKind.MAKE_UP}


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """A country's days, or a part's of it, and those a person entered."""

    country: str = HOME
    subdivision: str = ""
    entered: Mapping[date, Entered] = field(default_factory=lambda: MappingProxyType({}))

    def day(self, on: date, language: str = "en") -> CalendarDay:
        known = _year(self.country, self.subdivision, on.year, language)
        weekend = on.weekday() in known.weekend
        if told := self.entered.get(on):
            return CalendarDay(
                on=on, kind=_kind(told, weekend=weekend), name=told.name, entered=True
            )
        if on in known.make_up:
            return CalendarDay(on=on, kind=DayKind.MAKE_UP)
        if on in known.names:
            return CalendarDay(on=on, kind=DayKind.HOLIDAY, name=known.names[on])
        return CalendarDay(on=on, kind=DayKind.WEEKEND if weekend else DayKind.WORKDAY)

    def is_workday(self, on: date) -> bool:
        return self.day(on).worked

    def provisional(self, year: int) -> bool:
        """Whether the year's make-up workdays are still to come.

        None is known, of a country that has some every year.
        """
        if self.country not in MOVES_WORKDAYS:
            return False
        made_up = (on for on in self.entered if on.year == year and self.is_workday(on))
        return not _year(self.country, self.subdivision, year, "en").make_up and not any(
            on.weekday() in _WEEKEND for on in made_up
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Year:
    names: Mapping[date, str]
    make_up: frozenset[date]
    weekend: frozenset[int]


_WEEKEND = frozenset({5, 6})


def countries() -> list[str]:
    """Two-letter codes of ISO 3166 the library knows."""
    return sorted(holidays.list_supported_countries(include_aliases=False))


def subdivisions(country: str) -> list[str]:
    """Codes of its parts that have holidays of their own."""
    return list(holidays.list_supported_countries(include_aliases=False).get(country, ()))


def known(country: str, subdivision: str = "") -> bool:
    return country in countries() and (not subdivision or subdivision in subdivisions(country))


def _kind(told: Entered, *, weekend: bool) -> DayKind:
    if told.rest:
        return DayKind.HOLIDAY
    return DayKind.MAKE_UP if weekend else DayKind.WORKDAY


@lru_cache(maxsize=256)
def _year(country: str, subdivision: str, year: int, language: str) -> _Year:
    spoken = holidays.country_holidays(country).supported_languages
    found = holidays.country_holidays(
        country,
        subdiv=subdivision or None,
        years=year,
        expand=False,
        language=next(
            (one for one in _LANGUAGES.get(language, _LANGUAGES["en"]) if one in spoken), None
        ),
    )
    worked = {on for on in found.weekend_workdays if on.year == year}
    return _Year(
        names=MappingProxyType(
            {
                on: _MONTH_FIRST.sub(r"\3-\1-\2", name)
                for on, name in found.items()
                if on not in worked
            }
        ),
        make_up=frozenset(worked),
        weekend=frozenset(found.weekend),
    )
