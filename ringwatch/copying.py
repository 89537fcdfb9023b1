"""`ringwatch copy FILE`: a company that began on SQLite goes on with PostgreSQL.

The target is the database of the settings, so that no password stands on a command line and the
next start uses what was just filled.
"""

from contextlib import closing
from pathlib import Path

import words
from ringwatch import folder
from ringwatch.folder import StartError
from storage import migrate as migrations
from storage.db import ConflictError, connect
from storage.moving import Copied, MovingError, copy_all
from wiring import health
from wiring.parts import Parts, assemble
from wiring.settings import Settings, terminal_language


def run(settings: Settings, source: Path) -> int:
    if settings.main_database.startswith("sqlite"):
        raise StartError(
            "The settings name no PostgreSQL. Make an empty database and name it in"
            " RINGWATCH_DATABASE_URL."
        )
    for path in (source, source.with_name("telemetry.db")):
        if not path.is_file():
            raise StartError(f"{path} is not there. Give the company's ringwatch.db.")
    parts = assemble(settings)
    try:
        with folder.alone(source.parent):
            _require_rest(source.parent, parts)
            copied = _copy(parts, source)
    except (MovingError, ConflictError) as error:
        raise StartError(f"{error} Nothing was copied.") from error
    finally:
        parts.close()
    _tell(copied)
    return 0


def _require_rest(data: Path, parts: Parts) -> None:
    """Whoever still ran would go on writing to the old files, and that would be lost."""
    now = parts.clock()
    running = [beat.name for beat in health.beats(data) if beat.healthy(now)]
    if running:
        raise StartError(f"Ringwatch still runs on {data} ({', '.join(running)}). Stop it first.")


def _copy(parts: Parts, source: Path) -> list[Copied]:
    main = connect(f"sqlite:///{source.resolve()}")
    readings = connect(f"sqlite:///{source.resolve().with_name('telemetry.db')}")
    with closing(main), closing(readings):
        migrations.require_ready(main, readings)
        migrations.migrate(parts.database, parts.telemetry, parts.clock())
        return copy_all(main, readings, parts.database)


def _tell(copied: list[Copied]) -> None:
    language = terminal_language()
    for one in copied:
        if one.rows:
            print(f"{one.rows:>12,}  {one.table}")  # noqa: T201 - a command line speaks
    rows = sum(one.rows for one in copied)
    print(words.say(language, "keeping.copy.done", tables=len(copied), rows=rows))  # noqa: T201
