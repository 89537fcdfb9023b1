"""Readings and answers of a past that nobody lived: for the demo company and the benchmarks.

Plain tuples straight to the driver: a million rows in seconds. What stands already stays.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Table, bindparam, update

from rules.model import DeviceId
from storage.db import Tx
from storage.tables.paper import inspection_items
from storage.tables.telemetry import hourly

HourFigures = tuple[DeviceId, str, int, int, float, float, float]


def hour_row(
    device_id: DeviceId, metric: str, hour: int, value: float, *, spread: float
) -> HourFigures:
    """An hour of 60 readings around `value`; `hour` counts from 1970."""
    return device_id, metric, hour, 60, value - spread, value + spread, value * 60


def put_hours(tx: Tx, rows: Sequence[HourFigures]) -> None:
    _put(tx, hourly, rows)


def _put(tx: Tx, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
    if not rows:
        return
    names = [column.name for column in table.columns]
    mark = "?" if tx.dialect.name == "sqlite" else "%s"
    marks = ", ".join([mark] * len(names))
    words = f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({marks})"  # noqa: S608 - ours
    tx.exec_driver_sql(f"{words} ON CONFLICT DO NOTHING", list(rows))


def put_answers(tx: Tx, rows: Sequence[Mapping[str, Any]]) -> None:
    """What was said of inspected items, by `item_id`: result, note, value, when, who, order."""
    if not rows:
        return
    names = ("result", "note", "value", "checked_at", "checked_by", "fault_id", "order_id")
    said = update(inspection_items).where(inspection_items.c.id == bindparam("item_id"))
    written = said.values({name: bindparam(f"said_{name}") for name in names})
    tx.execute(
        written,
        [{"item_id": row["item_id"], **{f"said_{one}": row[one] for one in names}} for row in rows],
    )
