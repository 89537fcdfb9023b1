"""Every row of every table from SQLite into an empty PostgreSQL; ids go on where they were."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import (
    Column,
    MetaData,
    Table,
    bindparam,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.exc import DBAPIError

from storage.db import Database, Tx, transaction
from storage.tables import metadata, telemetry_metadata

_AT_ONCE = 2000


class MovingError(Exception):
    """Nothing was copied; the sentence says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Copied:
    table: str
    rows: int


def copy_all(main: Database, telemetry: Database, target: Database) -> list[Copied]:
    """In one transaction of the target: all of it or nothing. All at this program's tables.

    The source is held meanwhile, so that nobody can write to it. Raises `MovingError`.
    """
    with transaction(main) as old, transaction(telemetry) as readings, transaction(target) as new:
        for tables in (metadata, telemetry_metadata):
            for table in tables.sorted_tables:
                if _count(table, new):
                    raise MovingError(f"The database to copy into is not empty ({table.name}).")
        return [
            *_copy_tables(metadata, old, new),
            *_copy_tables(telemetry_metadata, readings, new),
        ]


def _copy_tables(tables: MetaData, old: Tx, new: Tx) -> Iterator[Copied]:
    """Parents before children."""
    for table in tables.sorted_tables:
        try:
            _copy_rows(table, old, new)
        except DBAPIError as error:
            why = str(error.orig).splitlines()[0]
            raise MovingError(f"A row of {table.name} does not fit: {why}") from error
        _number_on(table, new)
        before, now = _count(table, old), _count(table, new)
        if before != now:
            raise MovingError(f"Of {before} rows of {table.name} {now} arrived.")
        yield Copied(table=table.name, rows=now)


def _copy_rows(table: Table, old: Tx, new: Tx) -> None:
    """What points at a row of the same table is filled in when all of them are there.

    What the database computes by itself it computes anew.
    """
    looped = [column for column in table.columns if _points_at_own(column)]
    written = [column for column in table.columns if column.computed is None]
    for rows in old.execute(select(*written)).mappings().partitions(_AT_ONCE):
        unlooped = {column.name: None for column in looped}
        new.execute(insert(table), [{**row, **unlooped} for row in rows])
    for column in looped:
        pairs = old.execute(select(table.c.id, column).where(column.is_not(None)))
        fill = update(table).where(table.c.id == bindparam("row_id"))
        fill = fill.values({column.name: bindparam("points_to")})
        for some in pairs.partitions(_AT_ONCE):
            new.execute(fill, [{"row_id": row[0], "points_to": row[1]} for row in some])


def _points_at_own(column: "Column[object]") -> bool:
    return any(key.column.table is column.table for key in column.foreign_keys)


def _number_on(table: Table, new: Tx) -> None:
    """The next id follows the highest that ever was copied."""
    name = table.autoincrement_column
    if name is None:
        return
    counter = new.scalar(select(func.pg_get_serial_sequence(f'"{table.name}"', name.name)))
    highest = new.scalar(select(func.max(name)))
    if counter and highest:
        new.execute(select(func.setval(counter, highest)))


def _count(table: Table, tx: Tx) -> int:
    return tx.scalar(select(func.count()).select_from(table)) or 0
