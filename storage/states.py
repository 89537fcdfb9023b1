"""The last word of every device. Metrics and flags are overlaid: absent is not false."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Row, select

from rules.model import DeviceId
from storage.db import Tx, stored_instant, upsert_many
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
    sqlite = tx.dialect.name == "sqlite"
    rows = [_row(word, sqlite=sqlite) for word in last_words]
    if rows:
        upsert_many(tx, device_states, ("device_id",), rows)


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


def _row(word: LastWord, *, sqlite: bool) -> tuple[Any, ...]:
    """In the order of the table's columns (`tests/storage/test_states.py` holds them together)."""
    said_at, heard_at, device_t = word.wire_state_at, word.last_heard_at, word.device_t
    return (
        word.device_id,
        word.wire_state,
        None if said_at is None else stored_instant(said_at, sqlite=sqlite),
        None if heard_at is None else stored_instant(heard_at, sqlite=sqlite),
        None if device_t is None else stored_instant(device_t, sqlite=sqlite),
        word.seq,
        word.clock_offset_s,
        word.interval_s,
        _encode(word.metrics).decode(),
        _encode(word.flags).decode(),
    )


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
