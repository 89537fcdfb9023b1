"""A whole copy of a database that is in use, and whether a place is free to put one back.

SQLite: its online backup, in one step, so that the copy is one instant and nobody waits for it.
PostgreSQL has tools of its own; here is only how they are told where it is.
"""

import contextlib
from pathlib import Path
from typing import Any

from sqlalchemy import inspect
from sqlalchemy.engine import URL, make_url

from storage.db import Database, DatabaseDownError, reading


def copy_sqlite(database: Database, target: Path) -> None:
    """Raises `DatabaseDownError` when the copy is not sound: the file itself is damaged then."""
    target.touch(mode=0o600, exist_ok=False)
    raw = database.reader.raw_connection()
    try:
        source: Any = raw.driver_connection
        module = database.reader.dialect.loaded_dbapi
        with contextlib.closing(module.connect(str(target))) as copy:
            source.backup(copy)
            said = copy.execute("PRAGMA quick_check(1)").fetchone()[0]
    finally:
        raw.close()
    if said != "ok":
        raise DatabaseDownError(f"the database file is damaged ({said})")


def holds_tables(database: Database) -> bool:
    """Of any kind: what is restored goes only where nothing is."""
    with reading(database) as tx:
        return bool(inspect(tx).get_table_names())


def for_tools(url: str) -> tuple[str, str]:
    """The address for a command line, which others may read, and its password apart."""
    made = make_url(url)
    shown = URL.create(  # `set(password=None)` would leave the password where it is
        "postgresql", made.username, None, made.host, made.port, made.database, made.query
    )
    return shown.render_as_string(hide_password=False), str(made.password or "")
