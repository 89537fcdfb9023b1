"""Readings as curves: one packed row per message, rolled up by the hour.

On SQLite they live in a file of their own (`Parts.telemetry`), committed before the batch that
brought them: a repeat writes the same row again.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import msgspec
from sqlalchemy import delete, func, select

from rules.model import DeviceId
from storage.db import Tx, insert_into
from storage.tables.telemetry import hot, hourly

HOUR_MS = 3_600_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MS = timedelta(milliseconds=1)
_pack = msgspec.msgpack.Encoder().encode
_unpack = msgspec.msgpack.Decoder(dict[str, float]).decode


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


def write(tx: Tx, points: Iterable[tuple[DeviceId, datetime, Mapping[str, float]]]) -> None:
    """Keep the readings of a batch; the same device and millisecond is overwritten."""
    rows = {
        (device_id, (at - _EPOCH) // _MS): {
            "device_id": device_id,
            "at_ms": (at - _EPOCH) // _MS,
            "packed": _pack(metrics),
        }
        for device_id, at, metrics in points
    }
    if rows:
        row = insert_into(tx, hot)
        upsert = row.on_conflict_do_update(
            index_elements=["device_id", "at_ms"], set_={"packed": row.excluded.packed}
        )
        tx.execute(upsert, list(rows.values()))


def recent(tx: Tx, device_id: DeviceId, since: datetime) -> list[Point]:
    found = select(hot).where(hot.c.device_id == device_id, hot.c.at_ms >= _ms(since))
    return [
        Point(device_id, _EPOCH + row.at_ms * _MS, _unpack(row.packed))
        for row in tx.execute(found.order_by(hot.c.at_ms))
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


def oldest(tx: Tx) -> datetime | None:
    at_ms = tx.scalar(select(func.min(hot.c.at_ms)))
    return None if at_ms is None else _EPOCH + at_ms * _MS


def roll_up(tx: Tx, hour_from: datetime, hour_to: datetime) -> int:
    """Fold the hot rows of whole hours [from, to) into hourly figures; twice does no harm."""
    found = select(hot).where(hot.c.at_ms >= _ms(hour_from), hot.c.at_ms < _ms(hour_to))
    sums: dict[tuple[int, str, int], list[float]] = {}
    for row in tx.execute(found):
        for metric, value in _unpack(row.packed).items():
            key = (row.device_id, metric, row.at_ms // HOUR_MS)
            sums.setdefault(key, []).append(value)
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


def _ms(at: datetime) -> int:
    return (at - _EPOCH) // _MS
