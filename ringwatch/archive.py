"""One file that holds a backup: a list of what is in it with SHA-256, then the files.

The list comes first, so that a reader can refuse before it has written anything.
"""

import hashlib
import io
import json
import os
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from ringwatch.folder import StartError

FORMAT = 1
LIST = "manifest.json"
_LARGEST_LIST = 64 * 1024 * 1024
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    size: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """`revisions` by tree of tables; `left_out` names what an administrator must keep himself.

    `data` is the data folder it was made of; an archive of before does not say.
    """

    engine: str  # "sqlite" or "postgresql"
    made_at: str
    revisions: Mapping[str, str]
    files: Mapping[str, Entry]
    left_out: tuple[str, ...] = ()
    data: str = ""
    format: int = FORMAT
    program: str = field(default="ringwatch")


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def entries(folder: Path) -> dict[str, Entry]:
    """Every file below `folder` by its name in the archive."""
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    return {
        path.relative_to(folder).as_posix(): Entry(size=path.stat().st_size, sha256=sha256_of(path))
        for path in found
    }


def write(target: Path, folder: Path, manifest: Manifest) -> None:
    """The whole archive or none: it gets its name only when it is on the disk."""
    fresh = target.with_name(f"{target.name}.new")
    descriptor = os.open(fresh, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            with tarfile.open(fileobj=file, mode="w:gz", compresslevel=6) as tar:
                _add_list(tar, manifest)
                for name in manifest.files:
                    tar.add(folder / name, arcname=name, recursive=False)
            file.flush()
            os.fsync(file.fileno())
        os.link(fresh, target)  # unlike a renaming, this never takes another file's place
    except FileExistsError as error:
        raise StartError(f"{target} exists already; give the backup another name.") from error
    except OSError as error:
        raise StartError(f"{target} cannot be written: {error.strerror}") from error
    finally:
        fresh.unlink(missing_ok=True)


def _add_list(tar: tarfile.TarFile, manifest: Manifest) -> None:
    words = json.dumps(asdict(manifest), ensure_ascii=False, indent=1).encode()
    info = tarfile.TarInfo(LIST)
    info.size, info.mode = len(words), 0o600
    tar.addfile(info, io.BytesIO(words))


@contextmanager
def opened(path: Path) -> Iterator[tuple[Manifest, tarfile.TarFile]]:
    """Raises `StartError` in a sentence when this is no backup of ours, or a damaged one."""
    try:
        with tarfile.open(path, mode="r:gz") as tar:
            yield _list_of(tar, path), tar
    except (tarfile.TarError, EOFError, OSError) as error:
        raise StartError(f"{path} cannot be read as a backup: {error}") from error


def _list_of(tar: tarfile.TarFile, path: Path) -> Manifest:
    first = tar.next()
    file = tar.extractfile(first) if first and first.name == LIST else None
    if file is None:
        raise StartError(f"{path} is not a backup made by `ringwatch backup`.")
    try:
        found: dict[str, Any] = json.loads(file.read(_LARGEST_LIST))
        if found["format"] != FORMAT:
            raise StartError(f"{path} was made by a newer Ringwatch; restore it with that one.")
        files = {name: Entry(**one) for name, one in found.pop("files").items()}
        left_out = tuple(found.pop("left_out"))
        return Manifest(files=files, left_out=left_out, **found)
    except (ValueError, KeyError, TypeError) as error:
        raise StartError(f"{path}: its list of files cannot be read.") from error


def extract(tar: tarfile.TarFile, manifest: Manifest, folder: Path) -> None:
    """Exactly what the list names, each file checked; anything else is refused."""
    missing = set(manifest.files)
    while (member := tar.next()) is not None:
        entry = manifest.files.get(member.name)
        file = tar.extractfile(member) if member.isreg() else None
        if entry is None or file is None or not _stays_inside(member.name):
            raise StartError(f"The backup holds {member.name!r}, which its list does not name.")
        target = folder / member.name
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(target, os.O_CREAT | os.O_WRONLY, 0o600), "wb") as out:
            while part := file.read(_CHUNK):
                out.write(part)
        if (target.stat().st_size, sha256_of(target)) != (entry.size, entry.sha256):
            raise StartError(f"The backup is damaged: {member.name} is not what was saved.")
        missing.discard(member.name)
    if missing:
        raise StartError(f"The backup is damaged: {min(missing)} is missing.")


def _stays_inside(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return bool(parts) and not name.startswith("/") and ".." not in parts
