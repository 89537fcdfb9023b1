"""The rota by table and by property: no instant is given twice, none is lost, DST or not."""

import itertools
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.duty import (
    Shift,
    Span,
    cut,
    days_of_week,
    daytime_from,
    gaps,
    merged,
    midnight,
    monday_of,
    standing,
    week_span,
)
from rules.model import Layer, PersonId

T0 = datetime(2026, 6, 15, tzinfo=UTC)
LI, WANG = PersonId(1), PersonId(2)
ZONES = [
    ZoneInfo(name)
    for name in (
        "Asia/Shanghai",
        "Europe/Berlin",
        "America/Santiago",  # its clocks change at midnight
        "Australia/Lord_Howe",  # by half an hour
        "UTC",
    )
]


def hours(number: float) -> datetime:
    return T0 + timedelta(hours=number)


def span(start: float, end: float) -> Span:
    return Span(starts_at=hours(start), ends_at=hours(end))


def shift(start: float, end: float, person: PersonId = LI, number: int = 7) -> Shift:
    return Shift(
        id=number,
        layer=Layer.FIRST,
        person_id=person,
        starts_at=hours(start),
        ends_at=hours(end),
    )


def test_a_shift_ends_just_before_the_next_begins() -> None:
    rota = [shift(0, 8, LI), shift(8, 16, WANG)]
    found = standing(rota, Layer.FIRST, hours(8))
    assert found is not None
    assert found.person_id == WANG
    assert standing(rota, Layer.FIRST, hours(16)) is None
    assert standing(rota, Layer.SECOND, hours(1)) is None


@pytest.mark.parametrize(
    ("taken", "left"),
    [
        (span(2, 4), [shift(0, 2), shift(4, 8, number=0)]),
        (span(0, 4), [shift(4, 8)]),
        (span(4, 8), [shift(0, 4)]),
        (span(0, 8), []),
        (span(-1, 9), []),
        (span(8, 9), [shift(0, 8)]),
    ],
)
def test_an_override_cuts_what_was_there(taken: Span, left: list[Shift]) -> None:
    assert cut([shift(0, 8)], Layer.FIRST, taken) == left


def test_an_override_leaves_other_layers_alone() -> None:
    assert cut([shift(0, 8)], Layer.HEAD, span(2, 4)) == [shift(0, 8)]


spans = st.tuples(st.integers(0, 50), st.integers(1, 20)).map(lambda s: span(s[0], s[0] + s[1]))


@given(st.lists(st.tuples(spans, st.sampled_from([LI, WANG])), max_size=12), st.integers(0, 70))
def test_the_last_word_holds_at_every_instant(
    words: list[tuple[Span, PersonId]], hour: int
) -> None:
    """Overrides laid one over the other: at most one person stands, and it is the last given."""
    rota: list[Shift] = []
    for given_span, person in words:
        rota = cut(rota, Layer.FIRST, given_span)
        rota.append(
            Shift(
                layer=Layer.FIRST,
                person_id=person,
                starts_at=given_span.starts_at,
                ends_at=given_span.ends_at,
            )
        )
        rota = merged(rota)
    at = hours(hour)
    expected = [person for s, person in words if s.starts_at <= at < s.ends_at]
    there = [s.person_id for s in rota if s.starts_at <= at < s.ends_at]
    assert there == expected[-1:]
    whole = span(0, 71)
    in_gap = any(gap.starts_at <= at < gap.ends_at for gap in gaps(rota, Layer.FIRST, whole))
    assert in_gap == (not there)


@pytest.mark.parametrize("zone", ZONES, ids=str)
@given(on=st.dates(date(2020, 1, 1), date(2035, 1, 1)))
def test_the_days_of_a_week_touch_each_other(zone: ZoneInfo, on: date) -> None:
    monday = on - timedelta(days=on.weekday())
    days = days_of_week(monday, zone)
    assert days[0].starts_at == week_span(monday, zone).starts_at
    assert days[-1].ends_at == week_span(monday, zone).ends_at
    for day, following in itertools.pairwise(days):
        assert day.ends_at == following.starts_at
        assert timedelta(hours=22) < day.ends_at - day.starts_at < timedelta(hours=26)


@pytest.mark.parametrize("zone", ZONES, ids=str)
@given(at=st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 - hypothesis adds the zone
def test_every_instant_lies_in_exactly_its_week(zone: ZoneInfo, at: datetime) -> None:
    week = week_span(monday_of(at, zone), zone)
    assert week.starts_at <= at < week.ends_at


def test_a_day_of_a_clock_change_has_its_own_length() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    spring = days_of_week(date(2026, 3, 23), berlin)[6]
    autumn = days_of_week(date(2026, 10, 19), berlin)[6]
    assert spring.ends_at - spring.starts_at == timedelta(hours=23)
    assert autumn.ends_at - autumn.starts_at == timedelta(hours=25)


def test_a_midnight_that_does_not_exist_is_the_moment_of_the_change() -> None:
    santiago = ZoneInfo("America/Santiago")
    first = midnight(date(2026, 9, 6), santiago)
    assert first.astimezone(santiago).isoformat() == "2026-09-06T01:00:00-03:00"


@pytest.mark.parametrize(
    ("local", "waits_until"),
    [
        ("2026-06-15T03:00", "2026-06-15T08:00"),
        ("2026-06-15T08:00", "2026-06-15T08:00"),
        ("2026-06-15T19:59", "2026-06-15T19:59"),
        ("2026-06-15T20:00", "2026-06-16T08:00"),
    ],
)
def test_minor_things_wait_for_the_day(local: str, waits_until: str) -> None:
    shanghai = ZoneInfo("Asia/Shanghai")
    at = datetime.fromisoformat(local).replace(tzinfo=shanghai).astimezone(UTC)
    expected = datetime.fromisoformat(waits_until).replace(tzinfo=shanghai).astimezone(UTC)
    assert daytime_from(at, shanghai) == expected
