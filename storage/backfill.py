"""Readings of a past that nobody measured: for the demo company and the benchmarks.

Plain tuples straight to the driver: a million rows in seconds. What stands already stays.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import Table

from rules.model import DeviceId
from storage.db import Tx
from storage.tables.telemetry import hot, hourly

HourFigures = tuple[DeviceId, str, int, int, float, float, float]
Minute = tuple[DeviceId, int, bytes]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MS = timedelta(milliseconds=1)
_pack = msgspec.msgpack.Encoder().encode


def hour_row(
    device_id: DeviceId, metric: str, hour: int, value: float, *, spread: float
) -> HourFigures:
    """An hour of 60 readings around `value`; `hour` counts from 1970."""
    return device_id, metric, hour, 60, value - spread, value + spread, value * 60


def minute_row(device_id: DeviceId, at: datetime, metrics: dict[str, float]) -> Minute:
    return device_id, (at - _EPOCH) // _MS, _pack(metrics)


def put_hours(tx: Tx, rows: Sequence[HourFigures]) -> None:
    _put(tx, hourly, rows)


def put_minutes(tx: Tx, rows: Sequence[Minute]) -> None:
    _put(tx, hot, rows)


def _put(tx: Tx, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
    if not rows:
        return
    names = [column.name for column in table.columns]
    mark = "?" if tx.dialect.name == "sqlite" else "%s"
    marks = ", ".join([mark] * len(names))
    words = f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({marks})"  # noqa: S608 - ours
    tx.exec_driver_sql(f"{words} ON CONFLICT DO NOTHING", list(rows))
