"""Readings: kept in shards, read by device, folded by the hour, forgotten in time."""

from datetime import UTC, datetime, timedelta

from rules.model import DeviceId
from storage import telemetry as readings
from storage.db import Database, reading, transaction
from storage.tables.telemetry import SHARD
from storage.telemetry import ms_of

NOON = datetime(2026, 6, 15, 12, tzinfo=UTC)
ONE, TWO, FAR = DeviceId(1), DeviceId(12), DeviceId(SHARD + 1)


def _after(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def test_each_device_reads_its_own_oldest_first(telemetry: Database) -> None:
    _write(telemetry, [(ONE, _after(1), 10.0), (TWO, _after(1), 20.0), (FAR, _after(1), 30.0)])
    _write(telemetry, [(ONE, _after(0), 9.0)])
    assert _read(telemetry, ONE) == [(_after(0), 9.0), (_after(1), 10.0)]
    assert _read(telemetry, TWO) == [(_after(1), 20.0)]
    assert _read(telemetry, FAR) == [(_after(1), 30.0)]


def test_a_second_batch_of_the_same_instant_stands_beside_the_first(telemetry: Database) -> None:
    _write(telemetry, [(ONE, NOON, 10.0)])
    _write(telemetry, [(TWO, NOON, 20.0)])
    assert _read(telemetry, ONE) == [(NOON, 10.0)]
    assert _read(telemetry, TWO) == [(NOON, 20.0)]


def test_hours_hold_lowest_mean_and_highest_and_folding_twice_changes_nothing(
    telemetry: Database,
) -> None:
    rows = [(ONE, ms_of(_after(m)), {"temperature_c": float(m)}) for m in (0, 15, 30)]
    for _ in range(2):
        with transaction(telemetry) as tx:
            readings.put_hours(tx, readings.figures(rows))
    with reading(telemetry) as tx:
        [hour] = readings.hours(tx, ONE, "temperature_c", NOON)
    assert (hour.at, hour.low, hour.mean, hour.high) == (NOON, 0.0, 15.0, 30.0)


def test_only_what_came_late_is_noted_for_those_who_have_passed(telemetry: Database) -> None:
    """A broker's backlog is placed at the device's own time, hours ago."""
    now = _after(180)
    fresh, old = [(ONE, now, {"luma": 1.0})], [(FAR, _after(5), {"luma": 1.0})]
    with transaction(telemetry) as tx:
        readings.write(tx, [*fresh, *old], now)
        readings.write(tx, old, now)
        for work in (readings.FOLD, readings.SHIP):
            assert readings.late(tx, work, 9) == [(1, ms_of(NOON) // readings.HOUR_MS)]
        readings.settle(tx, readings.FOLD, 1, ms_of(NOON) // readings.HOUR_MS)
        assert readings.late(tx, readings.FOLD, 9) == []
        assert readings.late(tx, readings.SHIP, 9) != []


def test_what_is_old_is_forgotten(telemetry: Database) -> None:
    _write(telemetry, [(ONE, _after(0), 1.0), (ONE, _after(5), 2.0)])
    with transaction(telemetry) as tx:
        assert readings.forget_hot(tx, _after(5)) == 1
    assert _read(telemetry, ONE) == [(_after(5), 2.0)]
    with reading(telemetry) as tx:
        assert readings.oldest(tx) == _after(5)


def _write(database: Database, said: list[tuple[DeviceId, datetime, float]]) -> None:
    with transaction(database) as tx:
        readings.write(tx, [(who, at, {"temperature_c": value}) for who, at, value in said])


def _read(database: Database, device_id: DeviceId) -> list[tuple[datetime, float]]:
    with reading(database) as tx:
        points = readings.recent(tx, device_id, NOON - timedelta(days=1))
    return [(point.at, point.metrics["temperature_c"]) for point in points]
