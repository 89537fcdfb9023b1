"""What the engine is and whether it is one we trust; for the doctor."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text

from storage.db import Database, reading

_FIRST_SOUND_SQLITE = (3, 51, 3)  # before it, resetting the WAL could damage the file
_OLDEST_POSTGRESQL = 150_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    name: str
    version: str
    sound: bool
    clock: datetime | None = None  # PostgreSQL's own


def look(database: Database) -> Engine:
    """Raises `DatabaseDownError`."""
    with reading(database) as tx:
        if database.sqlite:
            version = str(tx.scalar(text("SELECT sqlite_version()")))
            sound = tuple(map(int, version.split("."))) >= _FIRST_SOUND_SQLITE
            return Engine(name="SQLite", version=version, sound=sound)
        number = int(str(tx.scalar(text("SHOW server_version_num"))))
        return Engine(
            name="PostgreSQL",
            version=str(tx.scalar(text("SHOW server_version"))),
            sound=number >= _OLDEST_POSTGRESQL,
            clock=tx.scalar(text("SELECT clock_timestamp()")),
        )


def settle(database: Database) -> None:
    """After a great write: bring it from SQLite's journal into its file and give the disk back."""
    if not database.sqlite:
        return
    connection = database.writer.raw_connection()
    try:
        connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        connection.close()


def size_bytes(database: Database) -> int:
    """What it takes on the disk."""
    with reading(database) as tx:
        if database.sqlite:
            pages, size = (
                tx.scalar(text(f"PRAGMA {name}")) for name in ("page_count", "page_size")
            )
            return int(pages or 0) * int(size or 0)
        return int(tx.scalar(text("SELECT pg_database_size(current_database())")) or 0)
