"""Migrations: from empty they make exactly the tables the program speaks of, on both engines."""

import re
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import MetaData, insert, text

from storage import migrate
from storage.db import Database, connect, transaction
from storage.tables import metadata, telemetry_metadata
from storage.tables.company import customers
from tests import servers

NOW = datetime(2026, 6, 15, 1, 2, 3, tzinfo=UTC)
_WRITTEN = Path(migrate.__file__).parent / "migrations/versions/main"
NEWEST = max(path.name for path in _WRITTEN.glob("[0-9]*.py"))[:4]
FOLLOWING = f"{int(NEWEST) + 1:04}"
SCHEMA_OF_POSTGRESQL = """
    SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace
    UNION ALL SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
    UNION ALL SELECT table_name, column_name,
        concat_ws(' ', data_type, is_nullable, column_default, identity_generation)
    FROM information_schema.columns WHERE table_schema = 'public'
"""


@pytest.fixture
def empty(
    engine: str, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[tuple[Database, Database]]:
    """Two databases that nobody has written to yet; on PostgreSQL the same one twice."""
    if engine == "sqlite":
        pair = connect(f"sqlite:///{tmp_path}/a.db"), connect(f"sqlite:///{tmp_path}/t.db")
        yield pair
        for one in pair:
            one.close()
        return
    with servers.fresh_database(request.getfixturevalue("postgres_server")) as url:
        database = connect(url)
        yield database, database
        database.close()


def schema(database: Database) -> set[tuple[str, ...]]:
    """All the engine knows about our tables, checks and partial indexes included."""
    with database.writer.connect() as connection:
        if not database.sqlite:
            rows = connection.execute(text(SCHEMA_OF_POSTGRESQL))
            return {tuple(map(str, row)) for row in rows if "schema_version" not in row[0]}
        rows = connection.execute(text("SELECT tbl_name, name, sql FROM sqlite_master"))
        found = {(row[0], row[1], _parts(row[2] or "")) for row in rows}
        return {row for row in found if "schema_version" not in row[0]}


def _parts(sql: str) -> str:
    """Constraints stand in another order in a table written out by hand."""
    return " ".join(sorted(re.split(r"[\s,()\"]+", sql)))


def test_from_empty_equals_the_tables(
    empty: tuple[Database, Database], engine: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    migrate.migrate(*empty, NOW)
    migrated = [schema(database) for database in empty]
    trees: tuple[tuple[Database, MetaData, str], ...] = (
        (empty[0], metadata, "schema_version"),
        (empty[1], telemetry_metadata, "telemetry_schema_version"),
    )
    for database, tables, version_table in trees:
        assert difference(database, tables, version_table) == []
    if engine == "sqlite":
        created = [connect(f"sqlite:///{tmp_path}/{name}.db") for name in ("b", "u")]
        metadata.create_all(created[0].writer)
        telemetry_metadata.create_all(created[1].writer)
        assert [schema(database) for database in created] == migrated
        for database in created:
            database.close()
        return
    with servers.fresh_database(request.getfixturevalue("postgres_server")) as url:
        database = connect(url)
        metadata.create_all(database.writer)
        telemetry_metadata.create_all(database.writer)
        assert schema(database) == migrated[0]
        database.close()


def difference(database: Database, tables: MetaData, version_table: str) -> list[object]:
    with database.writer.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "compare_type": True,
                "version_table": version_table,
                "include_name": lambda name, kind, _: kind != "table" or name in tables.tables,
            },
        )
        return list(compare_metadata(context, tables))


def test_asking_twice_changes_nothing(empty: tuple[Database, Database]) -> None:
    first = migrate.migrate(*empty, NOW)
    second = migrate.migrate(*empty, NOW)
    assert [step.before.now_at for step in first] == [None, None]
    assert all(step.before.ready for step in second)
    assert all(step.copy is None for step in first + second)
    migrate.require_ready(*empty)


def test_a_process_refuses_a_database_that_was_never_migrated(
    empty: tuple[Database, Database],
) -> None:
    with pytest.raises(migrate.MigrationError, match="ringwatch migrate"):
        migrate.require_ready(*empty)


def test_four_at_once_migrate_one_after_the_other(empty: tuple[Database, Database]) -> None:
    outcomes: list[list[migrate.Migrated]] = []
    together = threading.Barrier(4)

    def one() -> None:
        together.wait()
        outcomes.append(migrate.migrate(*empty, NOW))

    threads = [threading.Thread(target=one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(outcomes) == 4
    assert sum(steps[0].before.now_at is None for steps in outcomes) == 1


def test_a_newer_database_is_refused_in_a_sentence(empty: tuple[Database, Database]) -> None:
    migrate.migrate(*empty, NOW)
    with transaction(empty[0]) as tx:
        tx.execute(text("UPDATE schema_version SET version_num = '9999'"))
    with pytest.raises(migrate.MigrationError, match="newer Ringwatch"):
        migrate.migrate(*empty, NOW)


def test_tables_of_somebody_else_are_refused(empty: tuple[Database, Database]) -> None:
    with transaction(empty[0]) as tx:
        tx.execute(text("CREATE TABLE customers (id integer)"))
    with pytest.raises(migrate.MigrationError, match="not made by Ringwatch"):
        migrate.migrate(*empty, NOW)


def test_a_copy_is_made_before_data_are_touched(
    empty: tuple[Database, Database], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    migrate.migrate(*empty, NOW)
    with transaction(empty[0]) as tx:
        tx.execute(insert(customers).values(code="C1", name="天府软件园"))
    _give_a_second_revision(monkeypatch, tmp_path)
    main, telemetry = migrate.migrate(*empty, NOW)
    assert main.before.now_at == NEWEST
    assert main.before.should_be_at == FOLLOWING
    assert telemetry.copy is None
    if not empty[0].sqlite:
        assert main.copy is None
        return
    assert main.copy is not None
    assert main.copy.name == f"a-{NEWEST}-20260615T010203Z.db"
    assert main.copy.stat().st_mode & 0o777 == 0o600
    copied = connect(f"sqlite:///{main.copy}")
    with transaction(copied) as tx:
        assert tx.scalar(text("SELECT name FROM customers")) == "天府软件园"
        assert tx.scalar(text("SELECT version_num FROM schema_version")) == NEWEST
    copied.close()


def test_a_failing_migration_leaves_everything_as_it_was(
    empty: tuple[Database, Database], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    migrate.migrate(*empty, NOW)
    before = schema(empty[0])
    _give_a_second_revision(monkeypatch, tmp_path, then="raise RuntimeError('half-way')")
    with pytest.raises(RuntimeError, match="half-way"):
        migrate.migrate(*empty, NOW)
    assert schema(empty[0]) == before
    assert migrate.standing(*empty)[0].now_at == NEWEST


def _give_a_second_revision(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, then: str = "pass"
) -> None:
    """A program one revision further, as the next release will be."""
    here = Path(migrate.__file__).parent / "migrations"
    there = tmp_path / "migrations"
    for path in here.rglob("*"):
        if path.suffix in {".py", ".mako"}:
            target = there / path.relative_to(here)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
    (there / f"versions/main/{FOLLOWING}_add.py").write_text(
        "from alembic import op\nimport sqlalchemy as sa\n"
        f"revision, down_revision = '{FOLLOWING}', '{NEWEST}'\n"
        "def upgrade():\n"
        "    with op.batch_alter_table('customers') as table:\n"
        "        table.add_column(sa.Column('nickname', sa.Text(), server_default=''))\n"
        f"    {then}\n",
        encoding="utf-8",
    )
    monkeypatch.setattr(migrate, "_HERE", there)
