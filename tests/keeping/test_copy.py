"""From SQLite to PostgreSQL: every row as it was, and the next id is a new one."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from rules.policy import Policy
from storage.db import Database, connect, reading, transaction
from storage.migrate import migrate
from storage.tables import metadata, telemetry_metadata
from storage.tables.company import customers
from storage.tables.telemetry import hot
from storage.tables.watch import faults
from tests import company, servers
from tests.keeping.office import environment_for, ringwatch
from wiring.clock import SteadyClock
from wiring.health import Heart

NOW = datetime(2026, 6, 15, 1, 2, 3, 456789, tzinfo=UTC)


@pytest.fixture
def old(tmp_path: Path) -> Iterator[tuple[Database, Database]]:
    """A company on SQLite: orders, notices, a fault explained by a later one, bytes, readings."""
    main, readings = (
        connect(f"sqlite:///{tmp_path}/{name}.db") for name in ("ringwatch", "telemetry")
    )
    with closing(main), closing(readings):
        migrate(main, readings, NOW)
        with transaction(main) as tx:
            firm = company.found(tx, devices=2)
            for number in (0, 1):
                company.breaks(tx, firm, number, Policy(), NOW)
            first, *_, last = tx.scalars(select(faults.c.id).order_by(faults.c.id))
            own = {_own_column(): last}
            tx.execute(update(faults).where(faults.c.id == first).values(own))
            rows = [{"code": f"K{one}", "name": "天府", "language": "zh"} for one in range(4500)]
            tx.execute(insert(customers), rows)
        with transaction(readings) as tx:
            found_rows = [{"shard": 0, "at_ms": one, "lines": "[1]"} for one in range(4500)]
            tx.execute(insert(hot), found_rows)
        yield main, readings


def _own_column() -> str:
    return next(
        column.name
        for column in faults.columns
        if any(key.column.table is faults for key in column.foreign_keys)
    )


@pytest.fixture
def target(postgres_server: str) -> Iterator[str]:
    with servers.fresh_database(postgres_server) as url:
        yield url


def everything(main: Database, readings: Database) -> dict[str, list[tuple[Any, ...]]]:
    found_rows = {}
    for where, tables in ((main, metadata), (readings, telemetry_metadata)):
        with reading(where) as tx:
            for table in tables.sorted_tables:
                rows = tx.execute(select(table).order_by(*table.primary_key)).all()
                found_rows[table.name] = [tuple(row) for row in rows]
    return found_rows


def test_everything_arrives_and_numbers_go_on(
    old: tuple[Database, Database], target: str, tmp_path: Path
) -> None:
    mine = environment_for(tmp_path / "new", target)
    done = ringwatch(mine, "copy", tmp_path / "ringwatch.db")
    assert done.returncode == 0, done.stderr
    assert "4,500  hot" in done.stdout
    with closing(connect(target)) as new:
        before = everything(*old)
        assert everything(new, new) == before
        assert before["faults"]
        assert before["notices"]
        with transaction(new) as tx:
            row = {"code": "fresh", "name": "n", "language": "zh"}
            fresh = tx.execute(insert(customers).values(row).returning(customers.c.id)).scalar()
        assert fresh == before["customers"][-1][0] + 1
    again = ringwatch(mine, "copy", tmp_path / "ringwatch.db")
    assert again.returncode == 2
    assert "not empty" in again.stderr


def test_a_row_that_does_not_fit_leaves_nothing_behind(
    old: tuple[Database, Database], target: str, tmp_path: Path
) -> None:
    with transaction(old[0]) as tx:
        tx.execute(insert(customers).values(code="nul", name="a\0b", language="zh"))
    done = ringwatch(environment_for(tmp_path / "new", target), "copy", tmp_path / "ringwatch.db")
    assert done.returncode == 2
    assert "customers" in done.stderr
    assert "Nothing was copied" in done.stderr
    with closing(connect(target)) as new:
        assert not any(everything(new, new).values())


def test_not_while_it_runs_nor_without_a_target(
    old: tuple[Database, Database], target: str, tmp_path: Path
) -> None:
    assert old[0].sqlite
    beats_on = SteadyClock()() + timedelta(days=1)  # however long the command takes to start
    Heart(tmp_path, "collector", lambda: beats_on).beat()
    mine = environment_for(tmp_path / "new", target)
    done = ringwatch(mine, "copy", tmp_path / "ringwatch.db")
    assert (done.returncode, "collector" in done.stderr) == (2, True)
    done = ringwatch(environment_for(tmp_path / "new"), "copy", tmp_path / "ringwatch.db")
    assert "RINGWATCH_DATABASE_URL" in done.stderr
    done = ringwatch(mine, "copy", tmp_path / "nowhere.db")
    assert "is not there" in done.stderr
