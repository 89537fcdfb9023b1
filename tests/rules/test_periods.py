"""Months are those of the calendar at the place."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules import periods
from rules.periods import Month, month_of

ZONES = ["Asia/Shanghai", "America/New_York", "Europe/Berlin", "Pacific/Apia", "UTC"]
MONTHS = st.builds(Month, st.integers(2000, 2099), st.integers(1, 12))


@given(MONTHS, st.integers(-600, 600))
def test_there_and_back(month: Month, steps: int) -> None:
    assert month.after(steps).after(-steps) == month
    assert periods.read(str(month)) == month


@given(MONTHS, st.sampled_from(ZONES))
def test_months_meet_without_a_gap_and_hold_their_own_instants(month: Month, zone: str) -> None:
    start, end = month.span(zone)
    assert end == month.after().span(zone)[0]
    assert month_of(start, zone) == month_of(end - timedelta(microseconds=1), zone) == month
    assert month_of(end, zone) == month.after()


def test_the_last_day() -> None:
    assert Month(2028, 2).last_day == date(2028, 2, 29)
    assert Month(2026, 12).last_day == date(2026, 12, 31)
    assert Month(2026, 11).span("Asia/Shanghai")[0] == datetime(2026, 10, 31, 16, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026",
        "2026-13",
        "2026-00",
        "2026-1",
        "26-01",
        "2026-1a",
        "2026-01-01",
        "２０２６-01",
        "0001-01",
        "9999-12",
    ],
)
def test_what_is_no_month(text: str) -> None:
    with pytest.raises(ValueError, match="month"):
        periods.read(text)
