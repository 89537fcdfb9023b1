"""The first version, with a company's data, becomes this one: on both engines nothing is lost.

The dumps in `upgrades/` were written by the code of their version and are never changed.
"""

import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import MetaData, Table, select, text

from operations import calls as call_desk
from operations import inspections as inspection_desk
from operations import passwords
from operations import work_orders as order_desk
from operations.calls import Call
from rules.policy import Policy
from scheduler.tick import tick
from storage import api_tokens as token_rows
from storage import devices as device_rows
from storage import journal, migrate, telemetry
from storage import logins as login_rows
from storage import people as people_rows
from storage import work_orders as order_rows
from storage.db import Database, connect, reading, transaction
from storage.tables import metadata, telemetry_metadata
from tests import servers
from tests.collector.field import DAWN
from tests.storage.test_migrate import difference

FIRST = Path(__file__).parent / "upgrades/0.1.0"
LATER = DAWN + timedelta(hours=1)
Rows = dict[str, list[dict[str, Any]]]
VERSIONS = {"schema_version", "telemetry_schema_version"}
POLICY = Policy()
# Written by nobody as long as it was there; maintenance has rows of its own now.
GONE = {"devices": {"maintenance_until"}}


def load_sqlite(folder: Path) -> tuple[Database, Database]:
    for name in ("ringwatch", "telemetry"):
        raw = sqlite3.connect(folder / f"{name}.db")
        raw.executescript((FIRST / f"sqlite-{name}.sql").read_text("utf-8"))
        raw.close()
    return connect(f"sqlite:///{folder}/ringwatch.db"), connect(f"sqlite:///{folder}/telemetry.db")


@pytest.fixture
def old(
    engine: str, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[tuple[Database, Database]]:
    """A database as 0.1.0 left it."""
    if engine == "sqlite":
        pair = load_sqlite(tmp_path)
        yield pair
        for one in pair:
            one.close()
        return
    with servers.fresh_database(request.getfixturevalue("postgres_server")) as url:
        with psycopg.connect(url, autocommit=True) as raw:
            raw.execute((FIRST / "postgresql.sql").read_bytes())
        database = connect(url)
        yield database, database
        database.close()


def rows_of(pair: tuple[Database, Database]) -> Rows:
    """Every row of every table as the database holds it, whatever this program knows of it."""
    found: Rows = {}
    for database in dict.fromkeys(pair):
        here = MetaData()
        with database.reader.connect() as connection:
            here.reflect(connection)
            for name in set(here.tables) - VERSIONS:
                found[name] = _rows(connection, here.tables[name])
    return found


def _rows(connection: Any, table: Table) -> list[dict[str, Any]]:
    named = ", ".join(f'"{column.name}"' for column in table.columns)
    asked = text(f'SELECT {named} FROM "{table.name}"')  # noqa: S608 - names of our own tables
    return [dict(row) for row in connection.execute(asked).mappings()]


def test_every_row_is_there_afterwards_as_it_was(old: tuple[Database, Database]) -> None:
    before = rows_of(old)
    assert sum(map(len, before.values())) > 150
    with pytest.raises(migrate.MigrationError, match="ringwatch migrate"):
        migrate.require_ready(*old)
    main, _ = migrate.migrate(*old, LATER)
    assert main.before.now_at == "0002"
    assert (main.copy is not None) is old[0].sqlite
    migrate.require_ready(*old)
    after = rows_of(old)
    for name, rows in before.items():
        for row in rows:
            told = {key: value for key, value in row.items() if key not in GONE.get(name, ())}
            assert any(told.items() <= one.items() for one in after[name]), (name, row)
        assert len(after[name]) == len(rows), name


def test_its_tables_are_then_exactly_those_of_this_version(old: tuple[Database, Database]) -> None:
    migrate.migrate(*old, LATER)
    assert difference(old[0], metadata, "schema_version") == []
    assert difference(old[1], telemetry_metadata, "telemetry_schema_version") == []


@pytest.fixture
def upgraded(old: tuple[Database, Database]) -> tuple[Database, Database]:
    migrate.migrate(*old, LATER)
    return old


def test_what_was_promised_before_is_kept_after(upgraded: tuple[Database, Database]) -> None:
    """A02: nobody has answered the customer's call yet; the ladder goes on where it was."""
    database = upgraded[0]
    with reading(database) as tx:
        [waiting] = [one for one in order_rows.all_open(tx) if not one.received_at]
        paged = len([one for one in journal.of_order(tx, waiting.id) if one.verb == "paged"])
    tick(database, POLICY, lambda: LATER)
    with reading(database) as tx:
        now_paged = [one for one in journal.of_order(tx, waiting.id) if one.verb == "paged"]
    assert len(now_paged) > paged


def test_the_company_goes_on(upgraded: tuple[Database, Database]) -> None:
    """The same people and tokens come in, numbers go on, and what is new works on what is old."""
    database = upgraded[0]
    with transaction(database) as tx:
        known = login_rows.by_name(tx, "chen")
        assert known is not None
        assert passwords.fits("vier worte sind gut", known.password_hash)
        chen = people_rows.by_code(tx, "chen")
        assert chen is not None
        [token] = token_rows.everything(tx)
        assert token.name == "ERP"
        numbers = sorted(one.number for one in _orders(tx))
        device = device_rows.by_code(tx, "S1", "sw")
        assert device is not None
        said = Call(device_id=device.id, symptom="again", at=LATER, reporter="周")
        order = call_desk.receive(tx, said, chen.id, POLICY, LATER)
        assert order.number == f"2026-{int(numbers[-1][-5:]) + 1:05}"
        order_desk.acknowledge(tx, order.id, chen.id, LATER)
    with reading(upgraded[1]) as tx:
        assert telemetry.hours(tx, device.id, "battery_pct", DAWN - timedelta(hours=1))


def _orders(tx: Any) -> list[Any]:
    return list(tx.execute(select(metadata.tables["work_orders"])))


def test_inspections_are_planned_for_a_company_that_had_none(
    upgraded: tuple[Database, Database],
) -> None:
    """A09: this month and the next of its one system under contract, once."""
    with transaction(upgraded[0]) as tx:
        assert inspection_desk.plan(tx, LATER) == 2
        assert inspection_desk.plan(tx, LATER) == 0
