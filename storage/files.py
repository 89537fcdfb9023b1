"""Pictures, signatures and documents: written once, named by what is in them (SHA-256).

A file is written before the row that names it, so that every row has its file; nothing is ever
overwritten or deleted here. `ringwatch backup` takes the folder along.
"""

import contextlib
import hashlib
import os
import re
import secrets
from dataclasses import dataclass
from pathlib import Path

from storage.db import DatabaseDownError

_NAME = re.compile(r"[0-9a-f]{64}")


class NoSuchFileError(LookupError):
    """There is no file of that name, or it is not what its name says."""


@dataclass(frozen=True, slots=True)
class Files:
    """The store below `folder`; several processes may use it at once."""

    folder: Path

    def put(self, content: bytes) -> str:
        """Keep it and return its name. The same content again is the same file.

        On the disk when this returns. Raises `DatabaseDownError` when the disk does not take it.
        """
        name = hashlib.sha256(content).hexdigest()
        path = self._path(name)
        try:
            if not path.exists():
                write_whole(path, content)
        except OSError as error:
            raise DatabaseDownError(f"{path.parent}: {error.strerror}") from error
        return name

    def get(self, name: str) -> bytes:
        """Its bytes, checked against the name. Raises `NoSuchFileError`."""
        try:
            content = self._path(name).read_bytes()
        except OSError as error:
            raise NoSuchFileError(name) from error
        if hashlib.sha256(content).hexdigest() != name:
            raise NoSuchFileError(name)
        return content

    def has(self, name: str) -> bool:
        return bool(_NAME.fullmatch(name)) and self._path(name).is_file()

    def _path(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            raise NoSuchFileError(name)
        return self.folder / name[:2] / name


def write_whole(path: Path, content: bytes, *, anew: bool = False) -> None:
    """On the disk whole or not at all, readable by its owner alone.

    It gets its name only when it is on the disk. Not `anew`: what is there already stays.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.{secrets.token_hex(4)}.new")
    descriptor = os.open(fresh, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if anew:
            fresh.replace(path)
        else:
            with contextlib.suppress(FileExistsError):
                os.link(fresh, path)
    finally:
        fresh.unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
