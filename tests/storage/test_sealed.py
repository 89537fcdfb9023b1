"""A sealed day gives back every reading it was given, whatever came when (D06)."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from rules.model import DeviceId
from scheduler.folding import fold, forget_hot
from storage import sealed
from storage import telemetry as readings
from storage.curves import Embedded, Span
from storage.db import Database, reading, transaction
from storage.sealed import Said, pack, unpack
from storage.tables.telemetry import SHARD
from storage.telemetry import ms_of

MIDNIGHT = datetime(2026, 6, 15, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ONE, TWO, FAR = DeviceId(1), DeviceId(2), DeviceId(SHARD * 3)

numbers = st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**53), 2**53)
metrics = st.dictionaries(st.text(max_size=8), numbers.map(float), min_size=1, max_size=5)
days = st.lists(st.tuples(st.integers(0, sealed.DAY_MS - 1), metrics), min_size=1, max_size=60)


@given(days)
def test_nothing_is_lost_and_nothing_is_rounded(said: list[Said]) -> None:
    rows = sorted(said, key=lambda one: one[0])
    assert list(unpack(pack(rows))) == rows


def test_a_day_of_a_sensor_takes_a_few_bytes_a_reading() -> None:
    """The disk promise stands on this: 3 metrics a minute, 4320 readings."""
    rows = [
        (
            n * 60_000 + n * 7919 % 251,
            {"battery_pct": 88.0 - n // 500, "temperature_c": n % 97 / 10},
        )
        for n in range(1440)
    ]
    assert len(pack(rows)) / (1440 * 2) < 3


def test_what_is_read_does_not_change_when_days_are_sealed_and_hot_rows_go(
    telemetry: Database,
) -> None:
    said = [(who, MIDNIGHT + n * HOUR / 2, float(n)) for n in range(200) for who in (ONE, FAR)]
    _hear(telemetry, said)
    before = {who: _all(telemetry, who) for who in (ONE, TWO, FAR)}
    now = MIDNIGHT + 200 * HOUR / 2 + HOUR
    for _ in range(2):
        fold(telemetry, now)
        forget_hot(telemetry, 48, now, None)
    assert {who: _all(telemetry, who) for who in (ONE, TWO, FAR)} == before
    assert len(before[ONE]) == 200
    with reading(telemetry) as tx:
        kept = readings.oldest(tx)
        assert sealed.edge_ms(tx) == ms_of(MIDNIGHT + 3 * DAY)
    assert kept is not None
    assert now - 49 * HOUR <= kept <= now - 47 * HOUR


def test_hot_rows_stay_until_they_are_sealed(telemetry: Database) -> None:
    """A short `hot_hours` cannot take what the night has not yet kept."""
    _hear(telemetry, [(ONE, MIDNIGHT + n * HOUR, 1.0) for n in range(40)])
    now = MIDNIGHT + 40 * HOUR  # the first day is over, but not for 18 hours
    fold(telemetry, now)
    forget_hot(telemetry, 1, now, None)
    assert len(_all(telemetry, ONE)) == 40
    fold(telemetry, now + 2 * HOUR)
    forget_hot(telemetry, 1, now + 2 * HOUR, None)
    assert len(_all(telemetry, ONE)) == 40
    with reading(telemetry) as tx:
        assert readings.oldest(tx) == MIDNIGHT + DAY


def test_what_comes_after_its_day_was_sealed_is_laid_into_it(telemetry: Database) -> None:
    """A backlog of two days: blob, hourly figures and curve all have it, once."""
    _hear(telemetry, [(ONE, MIDNIGHT + n * HOUR, 10.0) for n in range(96)])
    now = MIDNIGHT + 96 * HOUR
    fold(telemetry, now)
    forget_hot(telemetry, 48, now, None)
    late = [(ONE, MIDNIGHT + 5 * HOUR + HOUR / 2, 40.0), (TWO, MIDNIGHT + 6 * HOUR, 7.0)]
    for _ in range(2):  # the broker repeats
        _hear(telemetry, late, now)
    for _ in range(2):
        fold(telemetry, now + HOUR)
        forget_hot(telemetry, 48, now + HOUR, None)
    assert len(_all(telemetry, ONE)) == 97
    assert len(_all(telemetry, TWO)) == 1
    with reading(telemetry) as tx:
        hours = {one.at: one for one in readings.hours(tx, ONE, "temperature_c", MIDNIGHT)}
        assert readings.late(tx, readings.FOLD, 9) == []
        assert readings.late(tx, readings.SHIP, 9) == []
    torn = hours[MIDNIGHT + 5 * HOUR]
    assert (torn.low, torn.mean, torn.high) == (10, 25, 40)
    assert len(hours) == 96


def test_a_round_that_was_missed_is_made_up(telemetry: Database) -> None:
    """The scheduler was off for four days: every hour and every day has its turn."""
    _hear(telemetry, [(ONE, MIDNIGHT + n * HOUR, float(n)) for n in range(24 * 5)])
    now = MIDNIGHT + 5 * DAY + HOUR
    fold(telemetry, now)
    with reading(telemetry) as tx:
        assert len(readings.hours(tx, ONE, "temperature_c", MIDNIGHT)) == 24 * 5
        assert sealed.edge_ms(tx) == ms_of(MIDNIGHT + 4 * DAY)


def test_fine_steps_before_the_first_single_reading_come_from_hours(telemetry: Database) -> None:
    hour = ms_of(MIDNIGHT - 3 * HOUR) // readings.HOUR_MS
    with transaction(telemetry) as tx:
        readings.put_hours(tx, [(ONE, "temperature_c", hour, [5.0, 7.0])])
    _hear(telemetry, [(ONE, MIDNIGHT, 20.0)])
    span = Span(starts_at=MIDNIGHT - 4 * HOUR, ends_at=MIDNIGHT + HOUR, step=HOUR / 6)
    steps = Embedded(telemetry).steps(ONE, ["temperature_c"], span)["temperature_c"]
    assert [(one.at, one.low, one.mean, one.high) for one in steps] == [
        (MIDNIGHT - 3 * HOUR, 5, 6, 7),
        (MIDNIGHT, 20, 20, 20),
    ]


def _hear(
    database: Database,
    said: Sequence[tuple[DeviceId, datetime, float]],
    now: datetime | None = None,
) -> None:
    with transaction(database) as tx:
        points = [(who, at, {"temperature_c": value}) for who, at, value in said]
        readings.write(tx, points, now)


def _all(database: Database, who: DeviceId) -> list[Said]:
    with reading(database) as tx:
        return list(sealed.of_device(tx, who, 0, 2**62))
