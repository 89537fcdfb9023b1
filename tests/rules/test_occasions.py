"""A08: when people hear what is due before an event, and which sites it concerns."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules import occasions as rules
from rules.holidays import Calendar
from rules.model import CustomerId, PersonId, SiteId
from rules.occasions import DaysOff, Kind, Occasion, Preparation, Stands

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 9, 20, 2, 0, tzinfo=UTC)  # Sunday 10:00 in Shanghai
EXPO = Occasion(
    id=1,
    customer_id=CustomerId(1),
    name="Expo",
    site_ids=(SiteId(1),),
    note="",
    made_at=NOW,
    made_by=PersonId(1),
    starts_at=NOW + timedelta(days=10),
    ends_at=NOW + timedelta(days=12),
)


def item(due_on: date, *, done: bool = False) -> Preparation:
    return Preparation(
        id=due_on.toordinal(),
        occasion_id=1,
        kind=Kind.CHECK,
        text="x",
        due_on=due_on,
        person_id=None,
        done_at=NOW if done else None,
    )


@pytest.mark.parametrize(
    ("days", "stands"),
    [(-1, Stands.OVERDUE), (0, Stands.SOON), (1, Stands.SOON), (2, Stands.LATER)],
)
def test_the_day_before_it_is_soon_the_day_after_overdue(days: int, stands: Stands) -> None:
    due_on = date(2026, 9, 20) + timedelta(days=days)
    assert rules.stands(item(due_on), date(2026, 9, 20)) is stands
    assert rules.stands(item(due_on, done=True), date(2026, 9, 20)) is Stands.DONE


def test_the_first_word_comes_the_morning_before() -> None:
    at = rules.next_morning(EXPO, [item(date(2026, 9, 25))], NOW, SHANGHAI)
    assert at == datetime(2026, 9, 24, 0, 0, tzinfo=UTC)  # 08:00 in Shanghai


def test_what_is_overdue_is_said_again_each_morning() -> None:
    overdue = [item(date(2026, 9, 1))]
    first = rules.next_morning(EXPO, overdue, NOW, SHANGHAI)
    assert first == datetime(2026, 9, 21, 0, 0, tzinfo=UTC)
    assert rules.next_morning(EXPO, overdue, first, SHANGHAI) == first + timedelta(days=1)


def test_what_is_done_or_over_is_said_no_more() -> None:
    assert rules.next_morning(EXPO, [item(date(2026, 9, 25), done=True)], NOW, SHANGHAI) is None
    assert rules.next_morning(EXPO, [], NOW, SHANGHAI) is None
    after = EXPO.ends_at - timedelta(hours=1)
    assert rules.next_morning(EXPO, [item(date(2026, 9, 1))], after, SHANGHAI) is None


@given(
    st.datetimes(datetime(2026, 9, 1), datetime(2026, 11, 30)),  # noqa: DTZ001 - UTC is put on below
    st.lists(st.dates(date(2026, 9, 1), date(2026, 12, 1)), min_size=1, max_size=5),
    st.sampled_from(["Asia/Shanghai", "Europe/Berlin", "America/New_York"]),
)
def test_the_next_word_is_always_ahead_at_eight_and_never_too_early(
    naive: datetime, days: list[date], name: str
) -> None:
    now, zone = naive.replace(tzinfo=UTC), ZoneInfo(name)
    at = rules.next_morning(EXPO, [item(day) for day in days], now, zone)
    if at is not None:
        local = at.astimezone(zone)
        assert at > now
        assert local.hour == 8
        assert local.date() >= min(days) - rules.AHEAD
        assert at < EXPO.ends_at


def test_the_most_overdue_comes_first() -> None:
    days = [date(2026, 9, 21), date(2026, 9, 10), date(2026, 9, 30)]
    found = rules.pressing([item(day) for day in days], date(2026, 9, 20))
    assert [one.due_on for one in found] == [days[1], days[0]]


def test_holidays_come_with_the_days_off_around_them() -> None:
    """National Day of 2026 as published: 1 to 7 October, 25 September before it on its own."""
    from_ = date(2026, 9, 20)
    found = rules.holidays(Calendar(), from_, 30, "zh", [])
    assert [(one.first, one.last) for one in found] == [
        (date(2026, 9, 25), date(2026, 9, 27)),
        (date(2026, 10, 1), date(2026, 10, 7)),
    ]
    assert "国庆" in found[1].name
    planned = [DaysOff(name="x", first=date(2026, 10, 2), last=date(2026, 10, 3))]
    assert len(rules.holidays(Calendar(), from_, 30, "zh", planned)) == 1
    assert rules.holidays(Calendar(), date(2026, 11, 1), 30, "zh", []) == []


def test_it_concerns_its_own_sites_and_a_holiday_all() -> None:
    assert rules.concerns(EXPO, SiteId(1), CustomerId(1))
    assert not rules.concerns(EXPO, SiteId(2), CustomerId(1))
    assert not rules.concerns(EXPO, SiteId(1), CustomerId(2))
