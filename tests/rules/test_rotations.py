"""Turns and decisions by table and by property: one person or a named gap at every instant (1)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.duty import Shift, Span, instant_of, midnight
from rules.holidays import Calendar
from rules.model import Layer, PersonId
from rules.rotations import (
    Days,
    Gap,
    Ground,
    Override,
    Rotation,
    Slot,
    Turns,
    derive,
    horizon,
    settled,
    shifts_of,
)
from tests.rules.test_duty import ZONES

LI, WANG, CHEN = PersonId(1), PersonId(2), PersonId(3)
SHANGHAI = ZoneInfo("Asia/Shanghai")
BERLIN = ZoneInfo("Europe/Berlin")
CHINA = Calendar().is_workday
STAFF = frozenset({LI, WANG, CHEN})


def ground(
    zone: ZoneInfo = SHANGHAI,
    is_workday: Callable[[date], bool] = CHINA,
    gone: PersonId | None = None,
) -> Ground:
    return Ground(zone=zone, is_workday=is_workday, present=STAFF - {gone})


def rotation(  # noqa: PLR0913 - what a test varies
    kind: Turns = Turns.DAILY,
    turn_days: int = 1,
    *,
    members: tuple[PersonId, ...] = (LI, WANG),
    starts_on: date = date(2026, 6, 1),
    ends_on: date | None = None,
    days: Days = Days.EVERY,
    hours: tuple[time, time] | None = None,
    handover: time = time(8),
    number: int = 1,
) -> Rotation:
    return Rotation(
        id=number,
        name="duty",
        layer=Layer.FIRST,
        kind=kind,
        turn_days=turn_days,
        members=members,
        starts_on=starts_on,
        ends_on=ends_on,
        days=days,
        hours=hours,
        handover=handover,
    )


def days_from(on: date, count: int, zone: ZoneInfo = SHANGHAI) -> Span:
    return Span(starts_at=midnight(on, zone), ends_at=midnight(on + timedelta(days=count), zone))


def first(slots: list[Slot]) -> list[Slot]:
    return [slot for slot in slots if slot.layer is Layer.FIRST]


def at(slots: list[Slot], on: str, zone: ZoneInfo = SHANGHAI) -> PersonId | Gap | None:
    """Who stands at a local time, or why nobody does."""
    instant = datetime.fromisoformat(on).replace(tzinfo=zone)
    [slot] = [one for one in first(slots) if one.starts_at <= instant < one.ends_at]
    return slot.person_id or slot.gap


def of(one: Rotation, on: date, count: int, where: Ground | None = None) -> list[Slot]:
    where = where or ground()
    return derive([one], [], where, days_from(on, count, where.zone))


def test_days_change_hands_at_the_hand_over() -> None:
    slots = of(rotation(), date(2026, 6, 1), 4)
    assert at(slots, "2026-06-01T07:59") is Gap.NOT_PLANNED  # it begins with its first hand-over
    assert at(slots, "2026-06-01T08:00") == LI
    assert at(slots, "2026-06-02T07:59") == LI
    assert at(slots, "2026-06-02T08:00") == WANG
    assert at(slots, "2026-06-03T08:00") == LI


def test_a_week_changes_on_the_weekday_it_began() -> None:
    weekly = rotation(Turns.WEEKLY, 7, starts_on=date(2026, 6, 3))  # a Wednesday
    slots = of(weekly, date(2026, 6, 3), 21)
    assert at(slots, "2026-06-10T07:59") == LI
    assert at(slots, "2026-06-10T08:00") == WANG
    assert at(slots, "2026-06-17T08:00") == LI


def test_a_week_of_workdays_keeps_its_weekday_through_holidays() -> None:
    """Dragon Boat Friday 2026-06-19 is off; the next week still changes on Monday."""
    weekly = rotation(Turns.WEEKLY, 7, days=Days.WORKDAY, hours=(time(18), time(8)))
    slots = of(weekly, date(2026, 6, 15), 14)
    assert at(slots, "2026-06-18T20:00") == LI
    assert at(slots, "2026-06-19T20:00") is Gap.NOT_PLANNED
    assert at(slots, "2026-06-22T20:00") == WANG


def test_custom_turns_are_counted_in_counted_days() -> None:
    """Rest days only, two each: 6, 7 | 13, 14 | 19 (holiday), 20 | 21, 27 of June 2026."""
    duty = rotation(Turns.CUSTOM, 2, days=Days.RESTDAY, hours=(time(9), time(17)))
    slots = of(duty, date(2026, 6, 1), 30)
    people = {n: at(slots, f"2026-06-{n:02}T12:00") for n in (6, 7, 13, 14, 19, 20, 21, 27)}
    assert list(people.values()) == [LI, LI, WANG, WANG, LI, LI, WANG, WANG]
    assert at(slots, "2026-06-08T12:00") is Gap.NOT_PLANNED


def test_a_make_up_workday_is_a_workday_and_its_holiday_is_not() -> None:
    """China, National Day 2026: Sunday 09-20 and Saturday 10-10 are worked, 10-01 to 10-07 off."""
    duty = rotation(days=Days.WORKDAY, starts_on=date(2026, 9, 14), hours=(time(9), time(18)))
    slots = of(duty, date(2026, 9, 14), 30)
    assert at(slots, "2026-09-20T12:00") in STAFF
    assert at(slots, "2026-10-10T12:00") in STAFF
    assert {at(slots, f"2026-10-0{n}T12:00") for n in range(1, 8)} == {Gap.NOT_PLANNED}


def test_hours_over_midnight_belong_to_the_day_they_begin_on() -> None:
    night = rotation(hours=(time(22), time(6)))
    slots = of(night, date(2026, 6, 1), 4)
    assert at(slots, "2026-06-01T23:00") == LI
    assert at(slots, "2026-06-02T05:59") == LI
    assert at(slots, "2026-06-02T06:00") is Gap.NOT_PLANNED
    assert at(slots, "2026-06-02T22:00") == WANG


def test_a_rotation_ends_with_the_hand_over_after_its_last_day() -> None:
    slots = of(rotation(ends_on=date(2026, 6, 2)), date(2026, 6, 1), 5)
    assert at(slots, "2026-06-03T07:59") == WANG
    assert at(slots, "2026-06-03T08:00") is Gap.NOT_PLANNED


def test_whoever_has_left_leaves_a_gap_and_nobody_moves_up() -> None:
    slots = of(rotation(), date(2026, 6, 1), 4, ground(gone=LI))
    assert at(slots, "2026-06-01T12:00") is Gap.HAS_LEFT
    assert at(slots, "2026-06-02T12:00") == WANG
    assert at(slots, "2026-06-03T12:00") is Gap.HAS_LEFT


def test_turns_go_on_over_a_leap_day() -> None:
    duty = rotation(starts_on=date(2028, 2, 28))
    slots = of(duty, date(2028, 2, 28), 3)
    assert [at(slots, f"2028-0{on}T12:00") for on in ("2-28", "2-29", "3-01")] == [LI, WANG, LI]


def test_the_night_of_a_clock_change_has_its_own_length() -> None:
    night = rotation(hours=(time(20), time(8)), starts_on=date(2026, 1, 1))
    for on, hours in ((date(2026, 3, 28), 11), (date(2026, 10, 24), 13), (date(2026, 7, 1), 12)):
        slots = of(night, on, 2, ground(BERLIN, lambda _: True))
        begins = instant_of(on, time(20), BERLIN)
        [slot] = [one for one in first(slots) if one.starts_at == begins]
        assert slot.ends_at - slot.starts_at == timedelta(hours=hours)


def test_a_hand_over_the_clocks_skip_is_right_after_the_skip() -> None:
    duty = rotation(handover=time(2, 30), starts_on=date(2026, 3, 27))
    slots = of(duty, date(2026, 3, 28), 3, ground(BERLIN, lambda _: True))
    sunday = instant_of(date(2026, 3, 29), time(3, 30), BERLIN)
    assert sunday in {slot.starts_at for slot in first(slots)}
    assert Gap.NOT_PLANNED not in {slot.gap for slot in first(slots)}


def decided(
    person: PersonId | None, begins: int, hours: int, number: int, *, revoked: bool = False
) -> Override:
    start = datetime(2026, 6, 10, tzinfo=UTC) + timedelta(hours=begins)
    return Override(
        id=number,
        layer=Layer.FIRST,
        person_id=person,
        starts_at=start,
        ends_at=start + timedelta(hours=hours),
        revoked_at=start if revoked else None,
    )


def test_the_youngest_decision_lies_above_and_revoked_it_shows_what_was_below() -> None:
    weekly = rotation(Turns.WEEKLY, 7, members=(LI,))
    one, two, three = decided(WANG, 0, 24, 1), decided(None, 6, 6, 2), decided(CHEN, 8, 2, 3)
    span = days_from(date(2026, 6, 9), 4)
    slots = derive([weekly], [three, one, two], ground(), span)
    assert [slot.person_id or slot.gap for slot in first(slots)] == [
        LI,
        WANG,
        Gap.LEFT_EMPTY,
        CHEN,
        Gap.LEFT_EMPTY,
        WANG,
        LI,
    ]
    revoked = [one, decided(None, 6, 6, 2, revoked=True), three]
    slots = derive([weekly], revoked, ground(), span)
    assert [slot.person_id for slot in first(slots)] == [LI, WANG, CHEN, WANG, LI]


def test_of_two_rotations_the_younger_lies_above() -> None:
    every = rotation(Turns.WEEKLY, 7, members=(LI,))
    rest = rotation(members=(CHEN,), days=Days.RESTDAY, number=2)
    slots = derive([rest, every], [], ground(), days_from(date(2026, 6, 8), 8))
    assert at(slots, "2026-06-12T12:00") == LI
    assert at(slots, "2026-06-13T12:00") == CHEN
    assert at(slots, "2026-06-15T07:59") == CHEN
    assert at(slots, "2026-06-15T08:00") == LI


people = st.sampled_from([LI, WANG, CHEN])
clocks = st.times(time(0), time(23, 59)).map(lambda t: t.replace(second=0, microsecond=0))
rotations = st.builds(
    rotation,
    st.sampled_from(Turns),
    st.integers(1, 9),
    members=st.lists(people, max_size=4).map(tuple),
    starts_on=st.dates(date(2024, 1, 1), date(2026, 6, 20)),
    ends_on=st.none() | st.dates(date(2026, 6, 1), date(2026, 8, 1)),
    days=st.sampled_from(Days),
    hours=st.none() | st.tuples(clocks, clocks).filter(lambda t: t[0] != t[1]),
    handover=clocks,
    number=st.integers(1, 3),
)
overrides = st.lists(
    st.tuples(st.none() | people, st.integers(-100, 300), st.integers(1, 100), st.booleans()),
    max_size=8,
).map(
    lambda drawn: [
        decided(who, begins, hours, number, revoked=revoked)
        for number, (who, begins, hours, revoked) in enumerate(drawn, start=1)
    ]
)
zones = st.sampled_from(ZONES)
starts = st.dates(date(2024, 2, 25), date(2028, 3, 5))


@given(st.lists(rotations, max_size=3), overrides, zones, starts, st.integers(1, 12))
def test_at_every_instant_one_person_stands_or_a_gap_has_a_name(
    turns: list[Rotation], said: list[Override], zone: ZoneInfo, on: date, count: int
) -> None:
    span = days_from(on, count, zone)
    slots = derive(turns, said, ground(zone, gone=CHEN), span)
    for layer in Layer:
        own = [slot for slot in slots if slot.layer == layer]
        assert own[0].starts_at == span.starts_at
        assert own[-1].ends_at == span.ends_at
        assert all(one.ends_at == other.starts_at for one, other in pairwise(own))
        assert all((slot.person_id is None) == (slot.gap is not None) for slot in own)
        assert all(slot.starts_at < slot.ends_at for slot in own)
        assert CHEN not in {slot.person_id for slot in own}


@given(st.lists(rotations, max_size=3), overrides, zones, st.integers(0, 240))
def test_at_any_hour_the_uppermost_word_holds(
    turns: list[Rotation], said: list[Override], zone: ZoneInfo, hour: int
) -> None:
    instant = datetime(2026, 6, 8, tzinfo=UTC) + timedelta(hours=hour, minutes=30)
    span = Span(starts_at=instant, ends_at=instant + timedelta(minutes=1))
    whole = days_from(date(2026, 6, 1), 30, zone)
    standing = [one for one in said if one.revoked_at is None]
    over = [one for one in standing if one.starts_at <= instant < one.ends_at]
    [slot, *_] = first(derive(turns, said, ground(zone), span))
    if over:
        assert slot.person_id == over[-1].person_id
        assert slot.override_id == over[-1].id
    else:
        assert slot.override_id == 0
    of_whole = derive(turns, said, ground(zone), whole)
    [same] = [one for one in first(of_whole) if one.starts_at <= instant < one.ends_at]
    assert (same.person_id, same.gap) == (slot.person_id, slot.gap)


@given(rotations, zones, starts)
def test_a_day_later_asked_the_same_turns_come_out(
    turn: Rotation, zone: ZoneInfo, on: date
) -> None:
    """Turns hang on their first day alone, not on when they are asked for."""
    where, tail = ground(zone), days_from(on + timedelta(days=3), 4, zone)
    whole = first(derive([turn], [], where, days_from(on, 7, zone)))
    cut = [
        replace(slot, starts_at=max(slot.starts_at, tail.starts_at))
        for slot in whole
        if slot.ends_at > tail.starts_at
    ]
    assert cut == first(derive([turn], [], where, tail))


@given(
    st.lists(rotations, max_size=2), st.lists(rotations, max_size=2), overrides, overrides, zones
)
def test_the_past_is_kept_and_the_future_is_what_follows(
    old: list[Rotation],
    new: list[Rotation],
    said: list[Override],
    unsaid: list[Override],
    zone: ZoneInfo,
) -> None:
    """Whatever is planned at noon of the 11th, who stood before it stood there."""
    now = datetime(2026, 6, 11, 4, tzinfo=UTC)
    span = Span(starts_at=now - timedelta(days=9), ends_at=now + timedelta(days=9))
    future = Span(starts_at=now, ends_at=span.ends_at)
    numbered = [
        replace(shift, id=number)
        for number, shift in enumerate(shifts_of(derive(old, said, ground(zone), span)), start=1)
    ]
    after = settled(
        [one for one in numbered if one.ends_at > now],
        shifts_of(derive(new, unsaid, ground(zone), future)),
        now,
    )
    before = [one for one in numbered if one.ends_at <= now]
    assert _hours([*before, *after], span.starts_at, now) == _hours(numbered, span.starts_at, now)
    derived = shifts_of(derive(new, unsaid, ground(zone), future))
    assert _hours(after, now, span.ends_at) == _hours(derived, now, span.ends_at)
    keys = [(one.layer, one.starts_at) for one in after]
    assert len(keys) == len(set(keys))
    ids = [one.id for one in after if one.id]
    assert len(ids) == len(set(ids))


def _hours(shifts: list[Shift], begins: datetime, ends: datetime) -> list[list[PersonId]]:
    instants = [begins]
    while instants[-1] + timedelta(minutes=30) < ends:
        instants.append(instants[-1] + timedelta(minutes=30))
    return [
        [one.person_id for one in shifts if one.starts_at <= instant < one.ends_at]
        for instant in instants
    ]


def test_the_horizon_is_a_midnight_two_months_on() -> None:
    now = datetime(2026, 1, 31, 17, 0, tzinfo=UTC)  # the first of February in Shanghai
    assert horizon(now, SHANGHAI) == midnight(date(2026, 4, 5), SHANGHAI)


@pytest.mark.parametrize("zone", ZONES, ids=str)
def test_a_year_of_turns_has_no_hole_in_any_zone(zone: ZoneInfo) -> None:
    daily = rotation(starts_on=date(2027, 12, 1), handover=time(2, 15))
    slots = first(of(daily, date(2028, 1, 1), 366, ground(zone, lambda _: True)))
    assert {slot.gap for slot in slots} == {None}
    assert len(slots) == 367
