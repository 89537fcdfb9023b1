"""Files that were looked at and wait for a yes: private to one person, gone after an hour."""

import hashlib
import os
import secrets
from datetime import datetime, timedelta
from pathlib import Path

from rules.model import PersonId

KEPT_FOR = timedelta(hours=1)
MOST_WAITING = 50  # of everybody: a disk is not filled by previews


def keep(folder: Path, person_id: PersonId, data: bytes, now: datetime) -> str:
    """What to ask for it by; the name on the disk tells nobody."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    _sweep(folder, now)
    token = secrets.token_urlsafe(24)
    path = _path(folder, person_id, token)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)
    os.utime(path, (now.timestamp(), now.timestamp()))
    return token


def read(folder: Path, person_id: PersonId, token: str, now: datetime) -> bytes | None:
    """None for what never waited, waits no longer, or is another's."""
    path = _path(folder, person_id, token)
    try:
        if path.stat().st_mtime < (now - KEPT_FOR).timestamp():
            return None
        return path.read_bytes()
    except FileNotFoundError:
        return None


def forget(folder: Path, person_id: PersonId, token: str) -> None:
    _path(folder, person_id, token).unlink(missing_ok=True)


def _path(folder: Path, person_id: PersonId, token: str) -> Path:
    return folder / hashlib.sha256(f"{person_id} {token}".encode()).hexdigest()


def _sweep(folder: Path, now: datetime) -> None:
    """Too old, or one too many: the oldest go."""
    found = sorted(folder.iterdir(), key=lambda path: path.stat().st_mtime, reverse=True)
    oldest = (now - KEPT_FOR).timestamp()
    for place, path in enumerate(found):
        if place >= MOST_WAITING - 1 or path.stat().st_mtime < oldest:
            path.unlink(missing_ok=True)
