"""Readings as curves: rows of what an instant brought, rolled up by the hour.

On SQLite they live in a file of their own (`Parts.telemetry`), committed before the batch that
brought them. A row holds the readings of up to `SHARD` neighbouring devices: a batch of a
thousand messages then touches some thirty pages instead of a thousand (measured, ADR 16).
Days that are over are sealed (`storage/sealed.py`); `storage/curves.py` reads all of them as one.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import msgspec
from sqlalchemy import delete, func, select

from rules.model import DeviceId
from storage.db import Tx, insert_into
from storage.tables.telemetry import SHARD, curve_progress, hot, hourly, late_hours

HOUR_MS = 3_600_000
LATE = timedelta(seconds=20)  # older than this when it came: whoever has passed looks again
FOLD, SHIP = "fold", "ship"  # who looks again at a late hour
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MS = timedelta(milliseconds=1)
_FOR_EVER_MS = 2**62
_encode = msgspec.json.Encoder().encode
lines_of = msgspec.json.Decoder(tuple[int, dict[str, float]]).decode_lines

Taken = tuple[DeviceId, datetime, Mapping[str, float]]
Row = tuple[int, int, dict[str, float]]  # device id, milliseconds since 1970, readings
Readings = tuple[int, str, int, Sequence[float]]  # device id, metric, hour since 1970


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


def write(tx: Tx, points: Iterable[Taken], now: datetime | None = None) -> None:
    """Keep the readings of a batch; what the same instant brought before stays beside them.

    `now` is when they came: a backlog's are as old as the device says, and their hours are noted.
    """
    lines: dict[tuple[int, int], list[bytes]] = {}
    at, at_ms = None, 0
    for device_id, taken_at, metrics in points:
        if taken_at is not at:  # nearly always the instant of the whole batch
            at, at_ms = taken_at, ms_of(taken_at)
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
    if now is not None:
        latest = ms_of(now - LATE)
        _note_late(tx, {(shard, ms // HOUR_MS) for shard, ms in lines if ms < latest})


def _note_late(tx: Tx, hours: Collection[tuple[int, int]]) -> None:
    rows = [{"work": w, "shard": s, "hour": h} for w in (FOLD, SHIP) for s, h in sorted(hours)]
    if rows:
        tx.execute(insert_into(tx, late_hours).on_conflict_do_nothing(), rows)


def late(tx: Tx, work: str, most: int) -> list[tuple[int, int]]:
    """(shard, hour) of what came after `work` had passed there."""
    noted = select(late_hours.c.shard, late_hours.c.hour).where(late_hours.c.work == work)
    ordered = noted.order_by(late_hours.c.hour, late_hours.c.shard)
    return [(shard, hour) for shard, hour in tx.execute(ordered.limit(most))]


def settle(tx: Tx, work: str, shard: int, hour: int) -> None:
    """Before looking again, in the same transaction: what comes meanwhile is noted anew."""
    c = late_hours.c
    tx.execute(delete(late_hours).where(c.work == work, c.shard == shard, c.hour == hour))


def recent(tx: Tx, device_id: DeviceId, since: datetime) -> list[Point]:
    """The hot readings of one device, oldest first."""
    said = of_device(tx, device_id, ms_of(since), _FOR_EVER_MS)
    return [Point(device_id, instant_of(at_ms), metrics) for at_ms, metrics in said]


def of_device(
    tx: Tx, device_id: DeviceId, from_ms: int, to_ms: int
) -> Iterator[tuple[int, dict[str, float]]]:
    """The hot readings of [from, to), oldest first."""
    found = select(hot.c.at_ms, hot.c.lines).where(
        hot.c.shard == device_id // SHARD,
        hot.c.at_ms >= from_ms,
        hot.c.at_ms < to_ms,
        hot.c.lines.contains(f"[{device_id},"),
    )
    for at_ms, lines in tx.execute(found.order_by(hot.c.at_ms)):
        for found_id, metrics in lines_of(lines):
            if found_id == device_id:
                yield at_ms, metrics


def first_ms(tx: Tx, device_id: DeviceId) -> int | None:
    """The oldest hot row of its shard."""
    oldest_row = select(func.min(hot.c.at_ms)).where(hot.c.shard == device_id // SHARD)
    at_ms: int | None = tx.scalar(oldest_row)
    return at_ms


def hours(tx: Tx, device_id: DeviceId, metric: str, since: datetime) -> list[Hour]:
    found = select(hourly).where(
        hourly.c.device_id == device_id,
        hourly.c.metric == metric,
        hourly.c.hour >= ms_of(since) // HOUR_MS,
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
            hourly.c.hour >= ms_of(since) // HOUR_MS,
            hourly.c.hour < -(-ms_of(until) // HOUR_MS),
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
                hourly.c.hour >= ms_of(since) // HOUR_MS,
                hourly.c.hour < -(-ms_of(until) // HOUR_MS),
            )
        )
        found |= {DeviceId(number) for number in tx.scalars(asked)}
    return found


def oldest(tx: Tx) -> datetime | None:
    at_ms = tx.scalar(select(func.min(hot.c.at_ms)))
    return None if at_ms is None else instant_of(at_ms)


def shards(tx: Tx) -> range:
    """Every shard that may have hot rows."""
    first, last = (tx.scalar(select(edge(hot.c.shard))) for edge in (func.min, func.max))
    return range(0) if first is None or last is None else range(first, last + 1)


def of_shard(tx: Tx, shard: int, from_ms: int, to_ms: int) -> Iterator[Row]:
    """The hot readings of [from, to), oldest first."""
    found = select(hot.c.at_ms, hot.c.lines).where(
        hot.c.shard == shard, hot.c.at_ms >= from_ms, hot.c.at_ms < to_ms
    )
    for at_ms, lines in tx.execute(found.order_by(hot.c.at_ms)):
        for device_id, metrics in lines_of(lines):
            yield device_id, at_ms, metrics


def progress(tx: Tx, work: str) -> datetime | None:
    """Everything before it is done; None before the first time."""
    at_ms = tx.scalar(select(curve_progress.c.at_ms).where(curve_progress.c.work == work))
    return None if at_ms is None else instant_of(at_ms)


def advance(tx: Tx, work: str, done_until: datetime) -> None:
    row = insert_into(tx, curve_progress)
    upsert = row.on_conflict_do_update(
        index_elements=["work"],
        set_={"at_ms": row.excluded.at_ms},
        where=curve_progress.c.at_ms < row.excluded.at_ms,
    )
    tx.execute(upsert, {"work": work, "at_ms": ms_of(done_until)})


def figures(rows: Iterable[Row]) -> list[Readings]:
    """What `put_hours` wants, of readings of whole hours."""
    readings: dict[tuple[int, str, int], list[float]] = {}
    for device_id, at_ms, metrics in rows:
        for metric, value in metrics.items():
            readings.setdefault((device_id, metric, at_ms // HOUR_MS), []).append(value)
    return [(*key, values) for key, values in readings.items()]


def put_hours(tx: Tx, rows: Sequence[Readings]) -> None:
    """Write (device, metric, hours since 1970, readings) as hourly figures; twice does no harm."""
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
    return int(tx.execute(delete(hot).where(hot.c.at_ms < ms_of(before))).rowcount)


def ms_of(at: datetime) -> int:
    return (at - _EPOCH) // _MS


def instant_of(at_ms: int) -> datetime:
    return _EPOCH + at_ms * _MS
