"""Readings as curves: rows of what an instant brought, rolled up by the hour.

On SQLite they live in a file of their own (`Parts.telemetry`), committed before the batch that
brought them. A row holds the readings of up to `SHARD` neighbouring devices: a batch of a
thousand messages then touches some thirty pages instead of a thousand (measured, ADR 16).
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import msgspec
from sqlalchemy import delete, func, select

from rules.model import DeviceId
from storage.db import Tx, insert_into
from storage.tables.telemetry import SHARD, hot, hourly

HOUR_MS = 3_600_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MS = timedelta(milliseconds=1)
_encode = msgspec.json.Encoder().encode
_decode_lines = msgspec.json.Decoder(tuple[int, dict[str, float]]).decode_lines

Taken = tuple[DeviceId, datetime, Mapping[str, float]]


@dataclass(frozen=True, slots=True)
class Point:
    device_id: DeviceId
    at: datetime
    metrics: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Hour:
    """One hour of one metric: lowest, mean and highest reading."""

    at: datetime
    low: float
    mean: float
    high: float


def write(tx: Tx, points: Iterable[Taken]) -> None:
    """Keep the readings of a batch; what the same instant brought before stays beside them."""
    lines: dict[tuple[int, int], list[bytes]] = {}
    at, at_ms = None, 0
    for device_id, taken_at, metrics in points:
        if taken_at is not at:  # nearly always the instant of the whole batch
            at, at_ms = taken_at, _ms(taken_at)
        lines.setdefault((device_id // SHARD, at_ms), []).append(_encode((device_id, metrics)))
    if not lines:
        return
    row = insert_into(tx, hot)
    upsert = row.on_conflict_do_update(
        index_elements=["shard", "at_ms"], set_={"lines": hot.c.lines + row.excluded.lines}
    )
    rows = [
        {"shard": shard, "at_ms": at_ms, "lines": b"\n".join((*some, b"")).decode()}
        for (shard, at_ms), some in lines.items()
    ]
    tx.execute(upsert, rows)


def recent(tx: Tx, device_id: DeviceId, since: datetime) -> list[Point]:
    """The readings of one device, oldest first."""
    found = select(hot.c.at_ms, hot.c.lines).where(
        hot.c.shard == device_id // SHARD,
        hot.c.at_ms >= _ms(since),
        hot.c.lines.contains(f"[{device_id},"),
    )
    return [
        Point(device_id, _EPOCH + at_ms * _MS, metrics)
        for at_ms, lines in tx.execute(found.order_by(hot.c.at_ms))
        for found_id, metrics in _decode_lines(lines)
        if found_id == device_id
    ]


def hours(tx: Tx, device_id: DeviceId, metric: str, since: datetime) -> list[Hour]:
    found = select(hourly).where(
        hourly.c.device_id == device_id,
        hourly.c.metric == metric,
        hourly.c.hour >= _ms(since) // HOUR_MS,
    )
    return [
        Hour(_EPOCH + timedelta(hours=row.hour), row.low, row.total / row.samples, row.high)
        for row in tx.execute(found.order_by(hourly.c.hour))
    ]


def ranges(
    tx: Tx,
    device_ids: Sequence[DeviceId],
    metrics: Collection[str],
    since: datetime,
    until: datetime,
) -> dict[tuple[DeviceId, str], tuple[float, float]]:
    """Lowest and highest hourly reading of each metric in [since, until), by device and metric."""
    found: dict[tuple[DeviceId, str], tuple[float, float]] = {}
    for start in range(0, len(device_ids), 500):
        asked = select(
            hourly.c.device_id, hourly.c.metric, func.min(hourly.c.low), func.max(hourly.c.high)
        ).where(
            hourly.c.device_id.in_(device_ids[start : start + 500]),
            hourly.c.metric.in_(metrics),
            hourly.c.hour >= _ms(since) // HOUR_MS,
            hourly.c.hour < -(-_ms(until) // HOUR_MS),
        )
        for device_id, metric, low, high in tx.execute(
            asked.group_by(hourly.c.device_id, hourly.c.metric)
        ):
            found[DeviceId(device_id), metric] = (low, high)
    return found


def spoke(
    tx: Tx, device_ids: Sequence[DeviceId], since: datetime, until: datetime
) -> set[DeviceId]:
    """Which of them left any hourly reading in [since, until)."""
    found: set[DeviceId] = set()
    for start in range(0, len(device_ids), 500):
        asked = (
            select(hourly.c.device_id)
            .distinct()
            .where(
                hourly.c.device_id.in_(device_ids[start : start + 500]),
                hourly.c.hour >= _ms(since) // HOUR_MS,
                hourly.c.hour < -(-_ms(until) // HOUR_MS),
            )
        )
        found |= {DeviceId(number) for number in tx.scalars(asked)}
    return found


def oldest(tx: Tx) -> datetime | None:
    at_ms = tx.scalar(select(func.min(hot.c.at_ms)))
    return None if at_ms is None else _EPOCH + at_ms * _MS


def roll_up(tx: Tx, hour_from: datetime, hour_to: datetime) -> int:
    """Fold the hot rows of whole hours [from, to) into hourly figures; twice does no harm."""
    sums: dict[tuple[int, str, int], list[float]] = {}
    for at_ms, device_id, metrics in _between(tx, _ms(hour_from), _ms(hour_to)):
        for metric, value in metrics.items():
            sums.setdefault((device_id, metric, at_ms // HOUR_MS), []).append(value)
    put_hours(tx, [(*key, values) for key, values in sums.items()])
    return len(sums)


def put_hours(tx: Tx, rows: Sequence[tuple[int, str, int, Sequence[float]]]) -> None:
    """Write (device, metric, hours since 1970, readings) as hourly figures."""
    if not rows:
        return
    row = insert_into(tx, hourly)
    names = ("samples", "low", "high", "total")
    upsert = row.on_conflict_do_update(
        index_elements=["device_id", "metric", "hour"],
        set_={name: row.excluded[name] for name in names},
    )
    values = [
        {
            "device_id": device_id,
            "metric": metric,
            "hour": hour,
            "samples": len(readings),
            "low": min(readings),
            "high": max(readings),
            "total": sum(readings),
        }
        for device_id, metric, hour, readings in rows
    ]
    tx.execute(upsert, values)


def forget_hot(tx: Tx, before: datetime) -> int:
    return int(tx.execute(delete(hot).where(hot.c.at_ms < _ms(before))).rowcount)


def _between(tx: Tx, from_ms: int, to_ms: int) -> Iterator[tuple[int, int, dict[str, float]]]:
    found = select(hot.c.at_ms, hot.c.lines).where(hot.c.at_ms >= from_ms, hot.c.at_ms < to_ms)
    for at_ms, lines in tx.execute(found):
        for device_id, metrics in _decode_lines(lines):
            yield at_ms, device_id, metrics


def _ms(at: datetime) -> int:
    return (at - _EPOCH) // _MS
