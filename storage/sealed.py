"""A day of one device's readings in one piece: columns as JSON, compressed, nothing left out.

Text and not doubles: sensors speak in few decimals, and those shrink to 1-2 bytes a reading
(measured, ADR 30). A sealed day is read from here; hot rows count from the first unsealed one.
"""

import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import accumulate, pairwise

import msgspec
from sqlalchemy import delete, func, select

from rules.model import DeviceId
from storage import telemetry
from storage.db import Tx, insert_into
from storage.tables.telemetry import SHARD, sealed
from storage.telemetry import Row, ms_of

DAY_MS = 86_400_000
SEAL = "seal"
_LEVEL = 6  # 9 takes half as long again and saves nothing

Said = tuple[int, dict[str, float]]  # milliseconds since 1970, readings


class _Columns(msgspec.Struct, array_like=True):
    """`at`: the first instant in milliseconds since 1970, then from one to the next."""

    at: list[int]
    metrics: dict[str, list[float | None]]


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(_Columns).decode


def pack(rows: Sequence[Said]) -> bytes:
    """`rows` oldest first, at least one."""
    first = rows[0][0]
    gaps = [later[0] - earlier[0] for earlier, later in pairwise(rows)]
    names = sorted({name for _, metrics in rows for name in metrics})
    columns = {name: [metrics.get(name) for _, metrics in rows] for name in names}
    return zlib.compress(_encode(_Columns([first, *gaps], columns)), _LEVEL)


def unpack(packed: bytes) -> Iterator[Said]:
    columns = _decode(zlib.decompress(packed))
    names = columns.metrics.keys()
    for at_ms, *values in zip(accumulate(columns.at), *columns.metrics.values(), strict=True):
        said = zip(names, values, strict=True)
        yield at_ms, {name: value for name, value in said if value is not None}


def edge_ms(tx: Tx) -> int:
    """The first instant that is not sealed; 0 before the first night."""
    edge = telemetry.progress(tx, SEAL)
    return ms_of(edge) if edge else 0


def of_device(tx: Tx, device_id: DeviceId, from_ms: int, to_ms: int) -> Iterator[Said]:
    """Every single reading of [from, to), oldest first, sealed or hot."""
    edge = edge_ms(tx)
    for _, packed in _days(tx, device_id, device_id, from_ms, min(to_ms, edge)):
        yield from (said for said in unpack(packed) if from_ms <= said[0] < to_ms)
    if to_ms > max(from_ms, edge):
        yield from telemetry.of_device(tx, device_id, max(from_ms, edge), to_ms)


def of_shard(tx: Tx, shard: int, from_ms: int, to_ms: int) -> Iterator[Row]:
    """The same for a shard of devices, in no order; [from, to) lies within one day."""
    if from_ms >= edge_ms(tx):
        yield from telemetry.of_shard(tx, shard, from_ms, to_ms)
        return
    first = shard * SHARD
    for device_id, packed in _days(tx, first, first + SHARD - 1, from_ms, to_ms):
        for at_ms, metrics in unpack(packed):
            if from_ms <= at_ms < to_ms:
                yield device_id, at_ms, metrics


def lay_over(tx: Tx, shard: int, day: int) -> dict[int, bytes]:
    """The hot rows of that day laid over what is sealed of it, by device; `put` keeps them."""
    from_ms, to_ms = day * DAY_MS, (day + 1) * DAY_MS
    fresh: dict[int, list[Said]] = {}
    for device_id, at_ms, metrics in telemetry.of_shard(tx, shard, from_ms, to_ms):
        fresh.setdefault(device_id, []).append((at_ms, metrics))
    first = shard * SHARD
    known = dict(_days(tx, first, first + SHARD - 1, from_ms, to_ms)) if fresh else {}
    return {one: pack(_joined(known.get(one), said)) for one, said in fresh.items()}


def put(tx: Tx, day: int, days: Mapping[int, bytes]) -> None:
    if not days:
        return
    row = insert_into(tx, sealed)
    upsert = row.on_conflict_do_update(
        index_elements=["device_id", "day"], set_={"readings": row.excluded.readings}
    )
    tx.execute(upsert, [{"device_id": n, "day": day, "readings": one} for n, one in days.items()])


def forget(tx: Tx, before: datetime, most: int) -> int:
    """Delete at most `most` device-days that ended before that; returns how many."""
    old = (
        select(sealed.c.device_id, sealed.c.day)
        .where(sealed.c.day < ms_of(before) // DAY_MS)
        .order_by(sealed.c.day)
        .limit(most)
    )
    days: dict[int, list[int]] = {}
    for device_id, day in tx.execute(old):
        days.setdefault(day, []).append(device_id)
    return sum(
        tx.execute(delete(sealed).where(sealed.c.day == day, sealed.c.device_id.in_(ids))).rowcount
        for day, ids in days.items()
    )


def first_ms(tx: Tx, device_id: DeviceId) -> int | None:
    """How far back its single readings go; None without any."""
    day = tx.scalar(select(func.min(sealed.c.day)).where(sealed.c.device_id == device_id))
    return telemetry.first_ms(tx, device_id) if day is None else day * DAY_MS


def _days(tx: Tx, first: int, last: int, from_ms: int, to_ms: int) -> list[tuple[int, bytes]]:
    """The sealed days that touch [from, to) of the devices `first` to `last`."""
    if from_ms >= to_ms:
        return []
    found = select(sealed.c.device_id, sealed.c.readings).where(
        sealed.c.device_id.between(first, last),
        sealed.c.day >= from_ms // DAY_MS,
        sealed.c.day <= (to_ms - 1) // DAY_MS,
    )
    return [(one, packed) for one, packed in tx.execute(found.order_by(sealed.c.day))]


def _joined(packed: bytes | None, said: Iterable[Said]) -> list[Said]:
    """A reading that is there already is the same reading: a broker repeats, a seal is redone."""
    once = {_encode(one): one for one in (*(unpack(packed) if packed else ()), *said)}
    return sorted(once.values(), key=lambda one: one[0])
