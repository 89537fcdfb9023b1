"""Fire drills: when they come again on the company's clock, and how their answers are counted."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.drills import (
    LATEST,
    Call,
    Drill,
    DrillId,
    RuleError,
    Stand,
    begins,
    following,
    median,
    percentile,
    repeated,
    report,
)
from rules.model import PersonId
from rules.notices import Kind, Standing, unwanted

SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 2, 6, 0, tzinfo=UTC)  # a Monday, 14:00 in Shanghai
LI, WANG, CHEN = PersonId(1), PersonId(2), PersonId(3)


def call(person: PersonId, channel: str, took_s: float | None = None) -> Call:
    answered = None if took_s is None else NOW + timedelta(seconds=took_s)
    return Call(person_id=person, channel=channel, told_at=NOW, answered_at=answered)


@pytest.mark.parametrize(
    ("rule", "comes_again"),
    [
        ("FREQ=WEEKLY", date(2026, 11, 9)),
        ("FREQ=WEEKLY;INTERVAL=4", date(2026, 11, 30)),
        ("freq=monthly", date(2026, 12, 2)),
        ("FREQ=MONTHLY;INTERVAL=3", date(2027, 2, 2)),
        ("FREQ=MONTHLY;BYDAY=1MO", date(2026, 12, 7)),
        ("FREQ=MONTHLY;BYDAY=-1FR", date(2026, 11, 27)),
        ("FREQ=WEEKLY;BYDAY=MO,TH", date(2026, 11, 5)),
        ("FREQ=MONTHLY;BYMONTHDAY=-1", date(2026, 11, 30)),
    ],
)
def test_it_comes_again_by_its_rule(rule: str, comes_again: date) -> None:
    at = following(repeated(rule, NOW, SHANGHAI), NOW, SHANGHAI)
    assert at is not None
    local = at.astimezone(SHANGHAI)
    assert (local.date(), local.hour) == (comes_again, 14)


@pytest.mark.parametrize(
    "rule",
    [
        *("", " ", "monthly", "FREQ=HOURLY", "FREQ=SECONDLY", "FREQ=DAILY;INTERVAL=0"),
        *("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "FREQ=MONTHLY;COUNT=3", "FREQ=MONTHLY;BYDAY=XX"),
        *("FREQ=WEEKLY;BYDAY=1MO", "FREQ=DAILY;FREQ=DAILY", "FREQ=MONTHLY\nDTSTART:19700101"),
    ],
)
def test_what_could_never_end_or_begin_is_refused(rule: str) -> None:
    with pytest.raises(RuleError):
        repeated(rule, NOW, SHANGHAI)


def test_once_is_once() -> None:
    assert following("", NOW, SHANGHAI) is None


def test_the_hour_stays_when_the_clocks_change() -> None:
    """14:00 in October and in November; 02:30 that is not there is 02:30 again a day later."""
    first = datetime(2026, 10, 24, 12, 0, tzinfo=UTC)  # 14:00, summer time
    kept = repeated("FREQ=WEEKLY", first, BERLIN)
    assert following(kept, first, BERLIN) == datetime(2026, 10, 31, 13, 0, tzinfo=UTC)
    night = repeated("FREQ=DAILY", datetime(2027, 3, 27, 1, 30, tzinfo=UTC), BERLIN)
    skipped = following(night, datetime(2027, 3, 27, 1, 30, tzinfo=UTC), BERLIN)
    assert skipped == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)  # 03:30: there is no 02:30
    assert following(night, skipped, BERLIN) == datetime(2027, 3, 29, 0, 30, tzinfo=UTC)


@given(
    first=st.datetimes(datetime(2026, 1, 1), datetime(2030, 1, 1)),  # noqa: DTZ001 - made aware
    days=st.integers(0, 800),
    zone=st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC"]),
    rule=st.sampled_from(["FREQ=DAILY", "FREQ=WEEKLY;INTERVAL=2", "FREQ=MONTHLY;BYDAY=-1SU"]),
)
def test_the_next_is_always_to_come_and_at_the_hour_that_was_chosen(
    first: datetime, days: int, zone: str, rule: str
) -> None:
    there = ZoneInfo(zone)
    began = first.replace(microsecond=0, tzinfo=UTC)
    after = began + timedelta(days=days)
    at = following(repeated(rule, began, there), after, there)
    assert at is not None
    assert at > after
    hours = at.astimezone(there).hour - began.astimezone(there).hour
    assert hours in {0, 1, -1}  # -1, 1: an hour that the change of the clocks took
    assert at - after <= timedelta(days=35, hours=1)  # from last Sunday to last Sunday


def test_it_waits_for_real_calls_and_is_left_out_when_its_hour_has_passed() -> None:
    assert begins(NOW, NOW, real_calls=False) == NOW
    waits = begins(NOW, NOW, real_calls=True)
    assert waits is not None
    assert waits > NOW
    assert begins(NOW, NOW + LATEST, real_calls=False) == NOW + LATEST
    assert begins(NOW, NOW + LATEST + timedelta(seconds=1), real_calls=False) is None


def test_each_channel_is_measured_for_itself_and_a_person_by_the_fastest() -> None:
    calls = [call(LI, "mail", 90), call(LI, "ntfy", 20), call(WANG, "mail"), call(CHEN, "")]
    told = report(calls)
    assert [(one.person_id, one.took_s) for one in told.people] == [
        (LI, 20),
        (WANG, None),
        (CHEN, None),
    ]
    assert [(one.name, one.called, one.answered, one.median_s) for one in told.channels] == [
        ("mail", 2, 1, 90),
        ("ntfy", 1, 1, 20),
    ]
    assert (told.answered, told.median_s) == (1, 20)
    assert [one.has_channel for one in told.people] == [True, True, False]


@given(values=st.lists(st.floats(0, 1e6), min_size=1), share=st.floats(1, 100))
def test_a_percentile_is_a_time_that_was_taken_and_enough_are_not_slower(
    values: list[float], share: float
) -> None:
    found = percentile(values, share)
    assert found in values
    not_slower = sum(one <= found for one in values)
    assert not_slower * 100 >= share * len(values) - 1e-6


def test_none_of_none() -> None:
    assert median([]) is None
    assert median([3, 1, 2]) == 2


@pytest.mark.parametrize(
    ("more", "stand"),
    [
        ({}, Stand.PLANNED),
        ({"started_at": NOW}, Stand.RUNNING),
        ({"started_at": NOW, "ended_at": NOW}, Stand.OVER),
        ({"started_at": NOW, "cancelled_at": NOW}, Stand.CANCELLED),
    ],
)
def test_where_it_stands(more: dict[str, datetime], stand: Stand) -> None:
    drill = Drill(
        id=DrillId(1),
        name="night",
        due_at=NOW,
        limit_s=300,
        made_at=NOW,
        made_by=CHEN,
        **more,  # type: ignore[arg-type]
    )
    assert drill.stand is stand
    assert drill.ends_at == NOW + timedelta(minutes=5)


def test_a_call_of_a_drill_that_is_over_is_wanted_no_more() -> None:
    assert unwanted(Kind.DRILL, LI, Standing()) is None
    assert unwanted(Kind.DRILL, LI, Standing(settled_at=NOW)) == "settled"
