"""Bring a database to the tables this program knows: under a lock, after a copy, or not at all.

Two trees of revisions: `main` (business data) and `telemetry` (readings). On SQLite each has a
file of its own, on PostgreSQL they share the database and differ by their version table.
"""

import contextlib
import fcntl
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, MetaData, inspect, text

from storage.db import Database
from storage.tables import metadata, telemetry_metadata

_HERE = Path(__file__).parent / "migrations"
_LOCK_KEY = 7_264_646_101  # any number nobody else takes for pg_advisory_lock


class MigrationError(Exception):
    """The database cannot be brought to this program's tables; the sentence says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    name: str
    metadata: MetaData
    version_table: str

    def config(self, connection: Connection | None = None) -> Config:
        """Alembic's own settings: found beside this file, so that the wheel needs no ini."""
        config = Config()
        config.set_main_option("script_location", str(_HERE).replace("%", "%%"))
        config.set_main_option("path_separator", "newline")
        versions = str(_HERE / "versions" / self.name)
        config.set_main_option("version_locations", versions.replace("%", "%%"))
        config.attributes.update(
            connection=connection, metadata=self.metadata, version_table=self.version_table
        )
        return config


MAIN = Tree(name="main", metadata=metadata, version_table="schema_version")
TELEMETRY = Tree(
    name="telemetry", metadata=telemetry_metadata, version_table="telemetry_schema_version"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a database is and where it should be; `now_at` is None when it is empty."""

    tree: str
    now_at: str | None
    should_be_at: str

    @property
    def ready(self) -> bool:
        return self.now_at == self.should_be_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Migrated:
    before: Standing
    copy: Path | None  # of the SQLite file as it was, when there was something to lose


def migrate(database: Database, telemetry: Database, now: datetime) -> list[Migrated]:
    """Raise every tree to its newest revision. Raises `MigrationError`; safe to ask twice."""
    return [
        _migrate_tree(MAIN, database, now),
        _migrate_tree(TELEMETRY, telemetry, now),
    ]


def standing(database: Database, telemetry: Database) -> list[Standing]:
    """For the doctor, and for every process before it starts to work."""
    found = []
    for tree, where in ((MAIN, database), (TELEMETRY, telemetry)):
        with where.reader.connect() as connection:
            found.append(_standing(tree, connection))
    return found


def knows(tree: str, revision: str) -> bool:
    """Whether this program is new enough for tables at that revision."""
    wanted = next((one for one in (MAIN, TELEMETRY) if one.name == tree), None)
    if wanted is None:
        return False
    try:
        return ScriptDirectory.from_config(wanted.config()).get_revision(revision) is not None
    except CommandError:
        return False


def require_ready(database: Database, telemetry: Database) -> None:
    for found in standing(database, telemetry):
        if not found.ready:
            raise MigrationError(
                f"The {found.tree} tables are at revision {found.now_at or 'none'}, this program"
                f" needs {found.should_be_at}. Run `ringwatch migrate` first."
            )


def _migrate_tree(tree: Tree, database: Database, now: datetime) -> Migrated:
    with _alone(database) as connection:
        before = _standing(tree, connection)
        if before.ready:
            return Migrated(before=before, copy=None)
        _refuse_strangers(tree, before, connection)
        copy = _copy_of(database, before, now) if before.now_at else None
        command.upgrade(tree.config(connection), "head")
        _check_references(connection)
        return Migrated(before=before, copy=copy)


def _standing(tree: Tree, connection: Connection) -> Standing:
    context = MigrationContext.configure(connection, opts={"version_table": tree.version_table})
    head = ScriptDirectory.from_config(tree.config()).get_current_head()
    assert head is not None, "every tree has a baseline"  # noqa: S101 - ours, never a user's
    return Standing(tree=tree.name, now_at=context.get_current_revision(), should_be_at=head)


def _refuse_strangers(tree: Tree, before: Standing, connection: Connection) -> None:
    if before.now_at is None:
        strangers = set(inspect(connection).get_table_names()) & set(tree.metadata.tables)
        if strangers:
            raise MigrationError(
                f"The database already holds tables ({', '.join(sorted(strangers)[:3])}...) but"
                " no revision: it was not made by Ringwatch. Give an empty database."
            )
        return
    try:
        ScriptDirectory.from_config(tree.config()).get_revision(before.now_at)
    except CommandError as error:
        raise MigrationError(
            f"The {tree.name} tables are at revision {before.now_at}; this program knows only up"
            f" to {before.should_be_at}. The database was used by a newer Ringwatch: install that"
            " version again, or restore the copy it made before its migration."
        ) from error


@contextlib.contextmanager
def _alone(database: Database) -> Iterator[Connection]:
    """One transaction that nobody else migrates beside; all of it or nothing is kept."""
    held = _file_lock(_file_of(database)) if database.sqlite else contextlib.nullcontext()
    with held, database.writer.connect() as connection:
        if database.sqlite:
            _references(connection, enforced=False)
        try:
            with connection.begin():
                if not database.sqlite:
                    connection.execute(text("SET LOCAL lock_timeout = 0"))
                    connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK_KEY})"))
                yield connection
        finally:
            if database.sqlite:
                _references(connection, enforced=True)


@contextlib.contextmanager
def _file_lock(path: Path) -> Iterator[None]:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_name(f"{path.name}.migrating").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _references(connection: Connection, *, enforced: bool) -> None:
    """SQLite rebuilds a table to alter it, which enforced references would forbid."""
    raw = connection.connection.driver_connection
    assert raw is not None, "an open connection has a driver's"  # noqa: S101
    raw.execute(f"PRAGMA foreign_keys={'ON' if enforced else 'OFF'}").close()


def _check_references(connection: Connection) -> None:
    if connection.dialect.name != "sqlite":
        return
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
    if broken:
        raise MigrationError(
            f"After the migration {len(broken)} rows of {broken[0][0]} point nowhere; nothing was"
            " changed. Please report this."
        )


def _file_of(database: Database) -> Path:
    return Path(database.writer.url.database or "")


def _copy_of(database: Database, before: Standing, now: datetime) -> Path | None:
    """A whole copy beside the file, by SQLite's own means; PostgreSQL has its backups."""
    if not database.sqlite:
        return None
    source = _file_of(database)
    copy = source.with_name(f"{source.stem}-{before.now_at}-{now:%Y%m%dT%H%M%SZ}{source.suffix}")
    copy.touch(mode=0o600, exist_ok=False)
    raw = database.reader.raw_connection()
    try:
        raw.driver_connection.execute("VACUUM INTO ?", (str(copy),)).close()  # type: ignore[union-attr]
    finally:
        raw.close()
    return copy
