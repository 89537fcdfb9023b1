"""Traps of two engines, each met once in measuring and never again (`docs/adr/`).

Those of single tables stand with them; here stands what must hold for every table, every
connection and every process.
"""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Date, DateTime, Index, Table, UniqueConstraint, func, select, text

from rules.faults import Condition
from rules.model import DeviceId
from storage import conditions, states
from storage.conditions import Key
from storage.db import ConflictError, Database, Utc, connect, reading, transaction
from storage.states import LastWord
from storage.tables import metadata, telemetry_metadata
from storage.tables.company import customers
from tests import servers
from tests.storage.assets import a_site, some_devices
from tests.storage.test_migrate import NEWEST

NOW = datetime(2026, 6, 15, 1, 2, 3, tzinfo=UTC)
ROOT = Path(__file__).parents[2]
TABLES = [*metadata.sorted_tables, *telemetry_metadata.sorted_tables]


def named(table: Table) -> str:
    return table.name


@pytest.mark.parametrize("table", TABLES, ids=named)
def test_no_unique_rule_rests_on_a_column_that_may_be_null(table: Table) -> None:
    """Two NULLs are different to both engines: the rule would hold nothing."""
    ruled = [index.columns for index in table.indexes if index.unique]
    ruled += [rule.columns for rule in table.constraints if isinstance(rule, UniqueConstraint)]
    assert [column.name for columns in ruled for column in columns if column.nullable] == []


@pytest.mark.parametrize("table", TABLES, ids=named)
def test_a_partial_index_is_partial_on_both(table: Table) -> None:
    """With `postgresql_where` alone it would be a full one on SQLite."""
    for index in table.indexes:
        assert where(index, "sqlite") == where(index, "postgresql"), index.name


def where(index: Index, engine: str) -> str:
    return str(index.dialect_options[engine]["where"])


@pytest.mark.parametrize("table", TABLES, ids=named)
def test_every_instant_is_of_the_one_kind(table: Table) -> None:
    """SQLite gives a plain `DateTime` back without its zone."""
    plain = [c.name for c in table.columns if isinstance(c.type, DateTime)]
    assert plain == []
    for column in table.columns:
        if column.name.endswith(("_at", "_until", "_since")):
            assert isinstance(column.type, Utc | Date), column.name


def test_postgresql_means_the_one_driver() -> None:
    database = connect("postgresql://u:p@127.0.0.1/none")
    assert database.writer.dialect.driver == "psycopg"
    database.close()


def test_the_same_key_twice_in_one_batch(database: Database) -> None:
    """`ON CONFLICT` with many values in one statement refuses that on PostgreSQL."""
    with transaction(database) as tx:
        (device,) = some_devices(tx, a_site(tx, "S1"), 1)
        words = [LastWord(device_id=device, seq=number) for number in (1, 2)]
        states.put_all(tx, words)
        key = Key(DeviceId(device), "TAMPER", "")
        since = [NOW, NOW + timedelta(seconds=1)]
        conditions.put_all(tx, [(key, Condition(true_since=at)) for at in since])
    with reading(database) as tx:
        assert states.get(tx, device) == words[1]
        assert conditions.everything(tx)[key].true_since == since[1]


def test_a_writer_that_waits_too_long_is_told_to_try_again(database: Database) -> None:
    """Not an error of its own kind on each engine, and never a hang."""
    shorten = "PRAGMA busy_timeout=50" if database.sqlite else "SET lock_timeout='50ms'"
    with transaction(database) as tx:
        tx.execute(customers.insert().values(code="C1"))
    with database.writer.connect() as other:
        raw = other.connection.cursor()
        raw.execute(shorten)
        if not database.sqlite:
            other.connection.commit()
        with transaction(database) as tx:
            tx.execute(customers.update().values(name="held"))
            with pytest.raises(ConflictError):
                other.execute(customers.update().values(name="too late"))
        other.invalidate()
    with reading(database) as tx:
        assert tx.scalar(select(customers.c.name)) == "held"


def test_two_processes_migrate_at_once(
    engine: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """From empty, under a lock: both succeed and the tables are made once."""
    if engine == "sqlite":
        assert _migrated(tmp_path, f"sqlite:///{tmp_path}/main.db") == [NEWEST]
        return
    with servers.fresh_database(request.getfixturevalue("postgres_server")) as url:
        assert _migrated(tmp_path, url) == [NEWEST]


def _migrated(folder: Path, url: str) -> list[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("RINGWATCH_")}
    environment = kept | {
        "RINGWATCH_DATA": str(folder / "var"),
        "RINGWATCH_DATABASE_URL": url,
        "PYTHONPATH": str(ROOT),
    }
    command = [sys.executable, "-m", "ringwatch", "migrate"]
    running = [
        subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    said = [process.communicate(timeout=120) for process in running]
    assert [process.returncode for process in running] == [0, 0], said
    database = connect(url)
    with reading(database) as tx:
        found = list(tx.scalars(text("SELECT version_num FROM schema_version")))
        assert tx.scalar(select(func.count()).select_from(customers)) == 0
    database.close()
    return found
