"""A quiet device is silent only if we were listening all the while, but not for ever."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.model import DeviceType
from rules.policy import Silence
from rules.silence import Spell, allowance, deaf_since, deaf_time, plausible, silent_at

T0 = datetime(2026, 6, 15, 1, 0, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
CAMERA, SENSOR = DeviceType.CAMERA, DeviceType.SENSOR


def spell(start: timedelta, end: timedelta) -> Spell:
    return Spell(T0 + start, T0 + end)


def test_without_deafness_the_allowance_is_all() -> None:
    assert silent_at(T0, 3 * MINUTE, []) == T0 + 3 * MINUTE
    assert silent_at(T0, 3 * MINUTE, [spell(-HOUR, -MINUTE)]) == T0 + 3 * MINUTE


def test_after_a_deaf_spell_it_has_its_allowance_again() -> None:
    assert silent_at(T0, 3 * MINUTE, [spell(MINUTE, 2 * MINUTE)]) == T0 + 5 * MINUTE
    assert silent_at(T0, 3 * MINUTE, [spell(-MINUTE, 2 * MINUTE)]) == T0 + 5 * MINUTE


def test_a_dead_sensor_is_found_though_we_are_deaf_every_night() -> None:
    """25 h of allowance and a deaf minute every 24 h: `max(heard, listening)` never ends."""
    nights = [spell(n * 24 * HOUR, n * 24 * HOUR + MINUTE) for n in range(1, 30)]
    found = silent_at(T0, 25 * HOUR, nights)
    assert found == T0 + 50 * HOUR + 29 * MINUTE
    known_then = [night for night in nights if night.end <= T0 + 51 * HOUR]
    assert silent_at(T0, 25 * HOUR, known_then) == T0 + 50 * HOUR + 2 * MINUTE


def test_overlapping_spells_count_once() -> None:
    spells = [spell(MINUTE, 5 * MINUTE), spell(2 * MINUTE, 3 * MINUTE), spell(4 * MINUTE, HOUR)]
    assert deaf_time(spells, T0) == 59 * MINUTE
    assert deaf_time(spells, T0 + 30 * MINUTE) == 30 * MINUTE
    assert deaf_time([], T0) == timedelta()


SPELLS = st.lists(
    st.tuples(st.integers(-5000, 5000), st.integers(0, 3000)).map(
        lambda pair: spell(pair[0] * MINUTE, (pair[0] + pair[1]) * MINUTE)
    ),
    max_size=12,
)


@given(st.integers(1, 3000).map(lambda n: n * MINUTE), SPELLS)
def test_never_early_never_for_ever(held: timedelta, spells: list[Spell]) -> None:
    found = silent_at(T0, held, spells)
    assert found >= T0 + held
    assert found <= T0 + 2 * held + deaf_time(spells, T0)
    last = max((one.end for one in spells), default=T0)
    assert found <= max(last, T0) + held
    assert found == min(max(T0, last) + held, T0 + 2 * held + deaf_time(spells, T0))


@given(st.integers(1, 3000).map(lambda n: n * MINUTE), SPELLS, SPELLS)
def test_deafness_only_ever_gives_time(
    held: timedelta, few: list[Spell], more: list[Spell]
) -> None:
    assert silent_at(T0, held, few + more) >= silent_at(T0, held, few)


@pytest.mark.parametrize(
    ("kind", "interval_s", "seconds"),
    [
        (CAMERA, None, 180),
        (CAMERA, 10, 180),
        (CAMERA, 60, 180),
        (CAMERA, 300, 900),
        (SENSOR, None, 25 * 3600),
        (SENSOR, 600, 1800),
        (DeviceType.PANIC_BUTTON, None, 25 * 3600),
    ],
)
def test_allowance(kind: DeviceType, interval_s: float | None, seconds: float) -> None:
    assert allowance(kind, interval_s, Silence()) == timedelta(seconds=seconds)


def test_announced_sleep() -> None:
    assert allowance(CAMERA, 60, Silence(), sleeping=True) == 25 * HOUR
    assert allowance(SENSOR, 12 * 3600, Silence(), sleeping=True) == 36 * HOUR


def test_lost_words() -> None:
    assert deaf_since([], None)
    assert not deaf_since([], T0)
    assert not deaf_since([spell(-HOUR, -MINUTE)], T0)
    assert not deaf_since([spell(-HOUR, 0 * HOUR)], T0)
    assert deaf_since([spell(-HOUR, MINUTE)], T0)


@pytest.mark.parametrize(
    ("t", "good"),
    [(-HOUR, False), (0 * HOUR, True), (30 * MINUTE, True), (HOUR, True), (2 * HOUR, False)],
)
def test_a_devices_own_clock_is_believed_only_between_two_of_ours(
    t: timedelta, *, good: bool
) -> None:
    assert plausible(T0 + t, T0, T0 + HOUR) is good
    assert not plausible(T0 + t, None, T0 + HOUR)
    assert not plausible(None, T0, T0 + HOUR)
