"""`ringwatch backup FILE`: databases, files and settings into one archive, while all runs.

Databases first, files after: a file is written before the row that names it, so that every row
in the copy has its file. Secrets stay out; what was left out is named.
"""

import re
import shutil
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import words
from ringwatch import archive, pg_tools, together
from ringwatch.archive import Manifest
from ringwatch.folder import StartError
from storage import backup as copies
from storage import migrate as migrations
from wiring.parts import Parts
from wiring.settings import Settings, config_file, secret_files, terminal_language

MAIN, TELEMETRY, DUMP = "databases/main.db", "databases/telemetry.db", "databases/main.dump"
FILES, TOML = "files", "settings/ringwatch.toml"
_PASSING = (
    "broker/",
    "health/",
    ".backup-",
    ".restore-",
)  # made anew at each start; the broker's folder holds passwords
_PASSING_FILE = re.compile(r"\.(lock|migrating|new)$|\.db(-wal|-shm|-journal)?$")
_POINTS_AT_SECRET = re.compile(r"(?:^file:|[?&](?:password|token|secret)_file=)([^&]+)")
_KEY = b"PRIVATE KEY-----"
_HEAD = 65536


def run(settings: Settings, target: Path) -> int:
    if target.exists():
        raise StartError(f"{target} exists already; give the backup another name.")
    target.parent.mkdir(parents=True, exist_ok=True)
    parts = together.ready_parts(settings)
    try:
        with tempfile.TemporaryDirectory(prefix=".backup-", dir=target.parent) as name:
            manifest = _gather(parts, Path(name), target)
            archive.write(target, Path(name), manifest)
    except OSError as error:
        raise StartError(f"The backup was not made: {error}") from error
    finally:
        parts.close()
    _tell(target, manifest)
    return 0


def _tell(target: Path, manifest: Manifest) -> None:
    language = terminal_language()
    size = f"{target.stat().st_size / 1_000_000:.1f}"
    facts = {"file": target, "files": len(manifest.files), "mb": size}
    line = words.say(language, "keeping.backup.done", **facts, sha256=archive.sha256_of(target))
    print(line)  # noqa: T201 - a command line speaks
    for name in manifest.left_out:
        print(words.say(language, "keeping.backup.left_out", name=name))  # noqa: T201


def _gather(parts: Parts, staging: Path, target: Path) -> Manifest:
    _databases(parts, staging)
    toml = config_file(parts.settings)
    secrets = {path.resolve() for path in (*secret_files(parts.settings), *_named_in(toml))}
    if toml:
        _take(toml, staging / TOML)
    left_out = {str(path) for path in secrets}
    data = parts.settings.data.resolve()
    for path in _files_of(data):
        inside = path.relative_to(data).as_posix()
        if path == (toml and toml.resolve()) or target.resolve().parent in _folders(path, data):
            continue
        if path in secrets or _holds_a_key(path):
            left_out.add(str(path))
        else:
            _take(path, staging / FILES / inside)
    return Manifest(
        engine="sqlite" if parts.database.sqlite else "postgresql",
        made_at=parts.clock().isoformat(),
        revisions={
            one.tree: one.should_be_at
            for one in migrations.standing(parts.database, parts.telemetry)
        },
        files=archive.entries(staging),
        left_out=tuple(sorted(left_out)),
        data=str(data),
    )


def _databases(parts: Parts, staging: Path) -> None:
    (staging / MAIN).parent.mkdir(mode=0o700)
    if parts.database.sqlite:
        copies.copy_sqlite(parts.database, staging / MAIN)
        copies.copy_sqlite(parts.telemetry, staging / TELEMETRY)
    else:
        pg_tools.dump(parts.settings.main_database, staging / DUMP)


def _files_of(data: Path) -> Iterator[Path]:
    """What is worth keeping; databases are copied by their own means."""
    for path in sorted(data.rglob("*")):
        inside = path.relative_to(data).as_posix()
        passing = inside.startswith(_PASSING) or _PASSING_FILE.search(path.name)
        if path.is_file() and not path.is_symlink() and not passing:
            yield path


def _folders(path: Path, data: Path) -> set[Path]:
    """Folders of `path` below the data folder: earlier backups kept in one are not taken again."""
    return {folder for folder in path.parents if folder != data and data in folder.parents}


def _take(path: Path, target: Path) -> None:
    """A file that goes away while we look was not worth keeping."""
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        shutil.copyfile(path, target)
    except FileNotFoundError:
        target.unlink(missing_ok=True)


def _holds_a_key(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return _KEY in file.read(_HEAD)
    except OSError:
        return False


def _named_in(toml: Path | None) -> Iterator[Path]:
    """Files of secrets the TOML file points at, in settings and in addresses of providers."""
    if toml is None:
        return
    for name, value in _leaves(tomllib.loads(toml.read_text(encoding="utf-8-sig"))):
        if name.endswith("_file"):
            yield Path(value)
        elif found := _POINTS_AT_SECRET.search(value):
            yield Path(found[1])


def _leaves(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _leaves(inner, key)
    elif isinstance(value, list):
        for inner in value:
            yield from _leaves(inner, name)
    elif isinstance(value, str):
        yield name, value
