"""A counter that falls: a restart, a wrap, a wake from sleep, or another unit under the same id."""

from datetime import UTC, datetime, timedelta

import pytest

from rules import restarts
from rules.restarts import Heard, Units

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def _heard(*said: tuple[float, float], asleep: bool = False) -> Units:
    """(second, uptime) one after the other."""
    units, before = Units(), None
    for second, uptime in said:
        now = Heard(uptime, NOON + timedelta(seconds=second))
        if before is not None:
            units = restarts.hear_uptime(units, before, now, asleep=asleep)
        before = now
    return units


def test_an_uptime_that_falls_is_a_restart() -> None:
    units = _heard((0, 5000), (60, 5060), (120, 12), (180, 72), (240, 5))
    assert [at.second + 60 * at.minute for at in units.restarts] == [120, 240]
    assert units.swaps == ()


def test_a_device_that_sleeps_starts_anew_each_time_and_does_not_restart() -> None:
    assert _heard((0, 8), (3600, 7), (7200, 5), asleep=True).restarts == ()


@pytest.mark.parametrize("limit", restarts.WRAPS_S)
def test_a_counter_that_wraps_is_no_restart(limit: float) -> None:
    assert _heard((0, limit - 20), (60, 40)).restarts == ()


def test_a_reading_that_jitters_is_no_restart() -> None:
    assert _heard((0, 100), (60, 160), (61, 159)).restarts == ()


def test_two_units_that_take_turns_are_no_restarts_but_swaps() -> None:
    said: list[tuple[float, float]] = []
    for turn in range(6):
        second = turn * 60
        said += [(second, 5000 + second), (second + 20, 40 + second)]
    units = _heard(*said)
    assert units.restarts == ()
    assert len(units.swaps) == 10, (
        "every change of speaker but the first, which looked like a start"
    )


def test_a_device_that_restarts_once_and_goes_on_is_not_two() -> None:
    said = [(0.0, 5000.0), *((60.0 * n, 60.0 * n - 50) for n in range(1, 60))]
    units = _heard(*said)
    assert (len(units.restarts), units.swaps) == (1, ())


def test_two_numberings_that_take_turns_are_two_units() -> None:
    units, before = Units(), None
    for n, seq in enumerate((100, 7, 101, 8, 102, 9, 103)):
        now = Heard(seq, NOON + timedelta(seconds=n))
        units = restarts.hear_seq(units, before, now) if before else units
        before = now
    assert len(units.swaps) == 5


def test_a_numbering_that_starts_anew_is_one_unit() -> None:
    units, before = Units(), Heard(900, NOON)
    for seq in range(200):
        now = Heard(seq, NOON + timedelta(seconds=seq))
        units, before = restarts.hear_seq(units, before, now), now
    assert units.swaps == ()


def test_a_word_right_after_a_will_is_a_connection_taken_over() -> None:
    assert restarts.take_over(Units(), NOON, NOON + timedelta(seconds=1)).swaps
    assert restarts.take_over(Units(), NOON, NOON + timedelta(minutes=1)) == Units()
    assert restarts.take_over(Units(), None, NOON) == Units()


def test_days_in_a_row_are_counted_back_from_now() -> None:
    def days(*ages_h: float) -> int:
        return restarts.days_in_a_row(tuple(NOON - timedelta(hours=h) for h in ages_h), NOON)

    assert days() == 0
    assert days(30) == 0, "none in the last day"
    assert days(1) == 1
    assert days(50, 26, 25, 1) == 3
    assert days(75, 25, 1) == 2
    assert days(145, 120.5, 95, 73, 48, 23, 0) == 7, "a little early or late"
