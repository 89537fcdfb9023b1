"""Two engines, one way to open a transaction. Nothing outside `storage/` sees SQLAlchemy.

SQLite: WAL, synchronous FULL, every writing transaction begins IMMEDIATE, because the
driver's default mode loses updates without an error (two readers, two writers, one result).
"""

import contextlib
import errno
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    Connection,
    DateTime,
    Dialect,
    Engine,
    Table,
    create_engine,
    event,
)
from sqlalchemy.engine import make_url
from sqlalchemy.engine.interfaces import DBAPIConnection, ExceptionContext
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.types import TypeDecorator, TypeEngine

try:  # the wheel brings a SQLite without the WAL-reset bug of 3.7.0-3.51.2
    import pysqlite3 as sqlite_module
except ImportError:  # pragma: no cover - platforms without the wheel
    import sqlite3 as sqlite_module

Tx = Connection

POOL_SIZE = 16  # as many as the web server has threads: more threads would wait 30 s for a place
BUSY_MS = 10_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class DatabaseDownError(Exception):
    """The database cannot be used at all: connection gone, disk full, file damaged."""


class ConflictError(Exception):
    """Another transaction was in the way; the same work may be tried again at once."""


def stored_instant(at: datetime, *, sqlite: bool) -> Any:
    """An instant as the driver wants it. Raises ValueError for a naive one."""
    if at.tzinfo is None:
        raise ValueError(f"a naive datetime has no place in the database: {at!r}")
    return (at - _EPOCH) // _MICROSECOND if sqlite else at


class Utc(TypeDecorator[datetime]):
    """An aware instant. SQLite stores microseconds since 1970, PostgreSQL `timestamptz`."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        kind = BigInteger() if dialect.name == "sqlite" else DateTime(timezone=True)
        return dialect.type_descriptor(kind)

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        return stored_instant(value, sqlite=dialect.name == "sqlite")

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if dialect.name == "sqlite":
            return _EPOCH + timedelta(microseconds=value)
        return value.astimezone(UTC)  # type: ignore[no-any-return]


@dataclass(frozen=True, slots=True)
class Database:
    """An engine for work and one for reading pages; the second never takes the write lock."""

    writer: Engine
    reader: Engine

    @property
    def sqlite(self) -> bool:
        return self.writer.dialect.name == "sqlite"

    def close(self) -> None:
        self.writer.dispose()
        self.reader.dispose()


def connect(url: str) -> Database:
    """Open the database at `url` (`sqlite:///path` or `postgresql://...`); connects lazily."""
    if make_url(url).get_backend_name() == "sqlite":
        return Database(_sqlite(url, begin="BEGIN IMMEDIATE"), _sqlite(url, begin="BEGIN"))
    engine = create_engine(
        make_url(url).set(drivername="postgresql+psycopg"),
        pool_size=POOL_SIZE,
        max_overflow=0,
        pool_pre_ping=True,
        hide_parameters=True,  # names, numbers and hashes have no place in a log or a reject
        connect_args={"connect_timeout": 5, "options": "-c timezone=UTC -c lock_timeout=10s"},
    )
    _translate_errors(engine)
    _close_what_comes_late(engine)
    return Database(engine, engine)


def _sqlite(url: str, *, begin: str) -> Engine:
    engine = create_engine(
        url,
        module=sqlite_module,
        pool_size=POOL_SIZE,
        max_overflow=0,
        hide_parameters=True,
        connect_args={"check_same_thread": False},
    )

    @event.listens_for(engine, "connect")
    def _open(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (
            f"busy_timeout={BUSY_MS}",
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "temp_store=MEMORY",
            "cache_size=-32000",
            "wal_autocheckpoint=16000",  # 64 MB: a page written by every batch is copied once
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    _translate_errors(engine)
    return engine


def _close_what_comes_late(engine: Engine) -> None:
    """A thread that was still reading when we closed gives back a connection nobody owns."""
    closed = False

    @event.listens_for(engine, "engine_disposed")
    def _remember(_: Engine) -> None:
        nonlocal closed
        closed = True

    @event.listens_for(engine, "checkin")
    def _close(_: DBAPIConnection, record: ConnectionPoolEntry) -> None:
        if closed:
            record.invalidate()


def _translate_errors(engine: Engine) -> None:
    """Every driver error that says *again* or *down* leaves here under that name."""

    @event.listens_for(engine, "handle_error")
    def _judge(context: ExceptionContext) -> None:
        error = context.original_exception
        if _is_conflict(error):
            raise ConflictError(str(error)) from error
        if context.is_disconnect or _is_down(error):
            raise DatabaseDownError(str(error).strip().splitlines()[0]) from error


_CONFLICT_STATES = {"40001", "40P01", "55P03"}
_DOWN_STATES = {"53100", "53200", "57P01", "57P02", "57P03", "58030", "XX001", "XX002"}
_SQLITE_BUSY = {"SQLITE_BUSY", "SQLITE_LOCKED"}
_SQLITE_DOWN = (
    "SQLITE_FULL",
    "SQLITE_CORRUPT",
    "SQLITE_IOERR",
    "SQLITE_CANTOPEN",
    "SQLITE_NOTADB",
    "SQLITE_READONLY",
)


def _is_conflict(error: BaseException) -> bool:
    if getattr(error, "sqlstate", None) in _CONFLICT_STATES:
        return True
    name = getattr(error, "sqlite_errorname", None) or ""
    return name.split("_SNAPSHOT")[0] in _SQLITE_BUSY or "database is locked" in str(error)


def _is_down(error: BaseException) -> bool:
    state = getattr(error, "sqlstate", None)
    if state in _DOWN_STATES or (state or "").startswith("08"):
        return True
    name = getattr(error, "sqlite_errorname", None) or ""
    if name.startswith(_SQLITE_DOWN) or _sqlite_words_say_down(str(error)):
        return True
    return isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EIO}


def _sqlite_words_say_down(words: str) -> bool:
    return any(
        mark in words
        for mark in (
            "disk I/O error",
            "database or disk is full",
            "malformed",
            "unable to open database",
            "file is not a database",
            "attempt to write a readonly database",
            "connection failed",
            "connection is closed",
            "connection timeout",
            "consuming input failed",
            "server closed the connection",
            "terminating connection",
        )
    )


@contextlib.contextmanager
def transaction(database: Database) -> Iterator[Tx]:
    """One transaction for work. Raises `DatabaseDownError` or `ConflictError` by those names."""
    with _named_errors(), database.writer.begin() as tx:
        yield tx


@contextlib.contextmanager
def reading(database: Database) -> Iterator[Tx]:
    """One consistent view for a page: it blocks nobody, and writing through it is a mistake."""
    with _named_errors(), database.reader.begin() as tx:
        yield tx


@contextlib.contextmanager
def _named_errors() -> Iterator[None]:
    try:
        yield
    except (OperationalError, InterfaceError, DBAPIError) as error:
        original = error.orig or error
        if _is_conflict(original):
            raise ConflictError(str(original)) from error
        if error.connection_invalidated or _is_down(original):
            raise DatabaseDownError(str(original).strip().splitlines()[0]) from error
        raise


@contextlib.contextmanager
def savepoint(tx: Tx) -> Iterator[None]:
    """Work that may fail without taking the whole transaction with it."""
    with tx.begin_nested():
        yield


def insert_into(tx: Tx, table: Any) -> Any:
    """`INSERT` with `on_conflict_*`, in the dialect of this transaction."""
    if tx.dialect.name == "sqlite":
        from sqlalchemy.dialects import sqlite  # noqa: PLC0415 - one of two, chosen at run time

        return sqlite.insert(table)
    from sqlalchemy.dialects import postgresql  # noqa: PLC0415

    return postgresql.insert(table)


def upsert_many(tx: Tx, table: Table, key: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    """Write whole rows, in the table's column order, straight through the driver: the hot path.

    Values are the driver's own (`stored_instant`); the statement is the same on both engines.
    """
    names = [column.name for column in table.columns]
    mark = "?" if tx.dialect.name == "sqlite" else "%s"
    fresh = ", ".join(f"{name} = excluded.{name}" for name in names if name not in key)
    words = (
        f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({', '.join([mark] * len(names))}) "  # noqa: S608 - our own names
        f"ON CONFLICT ({', '.join(key)}) DO UPDATE SET {fresh}"
    )
    tx.exec_driver_sql(words, list(rows))
