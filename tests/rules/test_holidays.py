"""Which day is worked: China with its make-up workdays, years to come, other countries (1)."""

from datetime import date

import pytest

from rules.holidays import Calendar, DayKind, Entered, countries, known, subdivisions

CHINA = Calendar()


@pytest.mark.parametrize(
    ("on", "kind", "name"),
    [
        ("2026-02-14", DayKind.MAKE_UP, ""),  # a Saturday, worked for 02-20
        ("2026-02-17", DayKind.HOLIDAY, "春节"),
        ("2026-09-20", DayKind.MAKE_UP, ""),
        ("2026-10-01", DayKind.HOLIDAY, "国庆节"),
        ("2026-10-07", DayKind.HOLIDAY, "休息日（由 2026-10-10 调休）"),
        ("2026-10-10", DayKind.MAKE_UP, ""),
        ("2026-10-11", DayKind.WEEKEND, ""),
        ("2026-10-12", DayKind.WORKDAY, ""),
    ],
)
def test_china_knows_its_holidays_and_make_up_workdays(on: str, kind: DayKind, name: str) -> None:
    day = CHINA.day(date.fromisoformat(on), "zh")
    assert (day.kind, day.name) == (kind, name)
    assert day.worked == (kind in {DayKind.WORKDAY, DayKind.MAKE_UP})


def test_a_date_in_a_name_is_not_ambiguous() -> None:
    assert CHINA.day(date(2026, 10, 7), "en").name == "Day off (substituted from 2026-10-10)"


def test_a_year_not_published_yet_stands_on_its_statutory_days_and_says_so() -> None:
    assert not CHINA.provisional(2026)
    assert CHINA.provisional(2027)
    assert CHINA.day(date(2027, 10, 1), "en").name == "National Day"
    assert CHINA.day(date(2027, 10, 9)).kind is DayKind.WEEKEND


def test_who_knows_the_make_up_workdays_enters_them_and_the_year_is_whole() -> None:
    entered = {date(2027, 10, 9): Entered(rest=False), date(2027, 10, 7): Entered(rest=True)}
    known_better = Calendar(entered=entered)
    assert not known_better.provisional(2027)
    assert known_better.day(date(2027, 10, 9)).kind is DayKind.MAKE_UP
    assert known_better.day(date(2027, 10, 7)).kind is DayKind.HOLIDAY
    assert known_better.provisional(2028)
    assert Calendar(entered={date(2027, 10, 7): Entered(rest=True)}).provisional(2027)


def test_other_countries_have_their_own_days_and_nothing_to_wait_for() -> None:
    bavaria = Calendar(country="DE", subdivision="BY")
    assert bavaria.day(date(2030, 1, 6)).kind is DayKind.HOLIDAY
    assert Calendar(country="DE").day(date(2032, 1, 6)).kind is DayKind.WORKDAY
    assert not bavaria.provisional(2032)
    saudi = Calendar(country="SA")
    assert saudi.day(date(2026, 6, 12)).kind is DayKind.WEEKEND  # a Friday
    assert saudi.day(date(2026, 6, 14)).kind is DayKind.WORKDAY  # a Sunday


def test_only_countries_and_parts_there_are_may_be_chosen() -> None:
    assert {"CN", "DE", "SG"} <= set(countries())
    assert "BY" in subdivisions("DE")
    assert known("DE", "BY")
    assert not known("DE", "ZZ")
    assert not known("XX")


@pytest.mark.parametrize("country", countries())
def test_every_country_tells_a_year(country: str) -> None:
    calendar = Calendar(country=country)
    assert any(calendar.day(date(2026, 1, 1 + n), "zh").worked for n in range(14))
