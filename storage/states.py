"""The last word of every device. Metrics and flags are overlaid: absent is not false."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Row, select

from rules.model import DeviceId
from storage.db import Tx, insert_into
from storage.tables.watch import device_states

_encode = msgspec.json.Encoder().encode
_decode_metrics = msgspec.json.Decoder(dict[str, float]).decode
_decode_flags = msgspec.json.Decoder(dict[str, bool]).decode


@dataclass(frozen=True, slots=True, kw_only=True)
class LastWord:
    """`last_heard_at` is our clock; `device_t` the device's own, kept as evidence only."""

    device_id: DeviceId
    wire_state: str = ""
    wire_state_at: datetime | None = None
    last_heard_at: datetime | None = None
    device_t: datetime | None = None
    seq: int | None = None
    clock_offset_s: float | None = None
    interval_s: float | None = None
    metrics: Mapping[str, float] = field(default_factory=dict)
    flags: Mapping[str, bool] = field(default_factory=dict)


def put_all(tx: Tx, last_words: Iterable[LastWord]) -> None:
    """Write the last words of a batch; each device at most once."""
    rows = [
        {
            "device_id": word.device_id,
            "wire_state": word.wire_state,
            "wire_state_at": word.wire_state_at,
            "last_heard_at": word.last_heard_at,
            "device_t": word.device_t,
            "seq": word.seq,
            "clock_offset_s": word.clock_offset_s,
            "interval_s": word.interval_s,
            "metrics": _encode(word.metrics).decode(),
            "flags": _encode(word.flags).decode(),
        }
        for word in last_words
    ]
    if rows:
        tx.execute(_upsert(tx), rows)


def get(tx: Tx, device_id: DeviceId) -> LastWord | None:
    found = select(device_states).where(device_states.c.device_id == device_id)
    row = tx.execute(found).one_or_none()
    return _last_word(row) if row else None


def of_devices(tx: Tx, device_ids: Sequence[DeviceId]) -> dict[DeviceId, LastWord]:
    found: dict[DeviceId, LastWord] = {}
    for start in range(0, len(device_ids), 500):
        some = select(device_states).where(
            device_states.c.device_id.in_(device_ids[start : start + 500])
        )
        found |= {DeviceId(row.device_id): _last_word(row) for row in tx.execute(some)}
    return found


def everything(tx: Tx) -> dict[DeviceId, LastWord]:
    rows = tx.execute(select(device_states))
    return {DeviceId(row.device_id): _last_word(row) for row in rows}


def _upsert(tx: Tx) -> Any:
    insert = insert_into(tx, device_states)
    fresh = {
        column.name: insert.excluded[column.name]
        for column in device_states.columns
        if column.name != "device_id"
    }
    return insert.on_conflict_do_update(index_elements=["device_id"], set_=fresh)


def _last_word(row: Row[Any]) -> LastWord:
    return LastWord(
        device_id=DeviceId(row.device_id),
        wire_state=row.wire_state,
        wire_state_at=row.wire_state_at,
        last_heard_at=row.last_heard_at,
        device_t=row.device_t,
        seq=row.seq,
        clock_offset_s=row.clock_offset_s,
        interval_s=row.interval_s,
        metrics=_decode_metrics(row.metrics),
        flags=_decode_flags(row.flags),
    )
