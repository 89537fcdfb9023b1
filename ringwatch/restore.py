"""`ringwatch restore FILE`: only into an empty folder and an empty database.

Everything is unpacked and checked beside its place first; only then is it moved there.
"""

import shutil
import tempfile
from pathlib import Path

import words
from ringwatch import archive, backup, folder, pg_tools
from ringwatch.archive import Manifest
from ringwatch.folder import StartError
from storage import backup as copies
from storage import migrate as migrations
from storage.db import Database
from wiring.parts import Parts, assemble
from wiring.settings import DEFAULT_FILE, Settings, terminal_language


def run(settings: Settings, source: Path) -> int:
    _require_empty(settings.data)
    folder.prepare(settings.data)
    parts = assemble(settings)
    try:
        with archive.opened(source) as (manifest, tar):
            _require_fit(parts, manifest)
            with tempfile.TemporaryDirectory(prefix=".restore-", dir=settings.data) as name:
                archive.extract(tar, manifest, Path(name))
                _put(parts, manifest, Path(name))
        behind = any(not one.ready for one in migrations.standing(parts.database, parts.telemetry))
    finally:
        parts.close()
    _tell(settings, manifest, behind=behind)
    return 0


def _require_empty(data: Path) -> None:
    if data.exists() and any(data.iterdir()):
        raise StartError(
            f"The data folder {data.resolve()} is not empty. Restore into a new one:"
            " RINGWATCH_DATA=FOLDER."
        )


def _require_fit(parts: Parts, manifest: Manifest) -> None:
    """The same engine, nothing in it yet, and a backup this program is new enough for."""
    engine = "sqlite" if parts.database.sqlite else "postgresql"
    if manifest.engine != engine:
        raise StartError(
            f"This is a backup of {manifest.engine}, the settings name {engine}. Set"
            " RINGWATCH_DATABASE_URL to an empty database of the same kind; to change the kind,"
            " restore first, then `ringwatch copy`."
        )
    for tree, revision in manifest.revisions.items():
        if not migrations.knows(tree, revision):
            raise StartError(
                f"This backup was made by a newer Ringwatch ({tree} tables at {revision})."
                " Install that version first."
            )
    for one in (parts.database, parts.telemetry):
        _require_free(one)


def _require_free(database: Database) -> None:
    file = Path(database.writer.url.database or "")
    if file.exists() if database.sqlite else copies.holds_tables(database):
        raise StartError(
            f"The database {database.writer.url.database} is not empty. A backup is restored only"
            " where nothing is: make a new database and name it in RINGWATCH_DATABASE_URL."
        )


def _put(parts: Parts, manifest: Manifest, staging: Path) -> None:
    data = parts.settings.data
    if manifest.engine == "postgresql":
        pg_tools.restore(parts.settings.main_database, staging / backup.DUMP)
    else:
        for name, database in ((backup.MAIN, parts.database), (backup.TELEMETRY, parts.telemetry)):
            shutil.move(staging / name, Path(database.writer.url.database or ""))
    files = staging / backup.FILES
    for path in sorted(files.iterdir()) if files.exists() else ():
        shutil.move(path, data / path.name)
    toml = staging / backup.TOML
    if toml.exists():
        shutil.move(toml, data / DEFAULT_FILE)


def _tell(settings: Settings, manifest: Manifest, *, behind: bool) -> None:
    language = terminal_language()
    facts = {"folder": settings.data.resolve(), "made_at": manifest.made_at}
    print(words.say(language, "keeping.restore.done", **facts))  # noqa: T201
    for name in manifest.left_out:
        place = _place(settings.data.resolve(), manifest, Path(name))
        print(words.say(language, "keeping.restore.left_out", name=name, place=place))  # noqa: T201
    if behind:
        print(words.say(language, "keeping.restore.migrate"))  # noqa: T201
    print(words.say(language, "keeping.restore.start", folder=facts["folder"]))  # noqa: T201


def _place(data: Path, manifest: Manifest, secret: Path) -> Path:
    """Where it belongs now: what lay in the old data folder, in the new one."""
    inside = manifest.data and secret.is_relative_to(manifest.data)
    return data / secret.relative_to(manifest.data) if inside else secret
