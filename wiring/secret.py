"""The installation's secret: from the file of the settings, else made once in the data folder."""

import secrets
from pathlib import Path

from operations.seals import LEAST_BYTES, Seal
from storage.files import write_whole
from wiring.settings import OWN_SECRET, Settings


def seal(settings: Settings) -> Seal:
    """Raises ValueError when the file holds too little to be a secret."""
    return Seal(_content(settings.secret_file or _own(settings.data)))


def is_long_enough(settings: Settings) -> bool:
    """What is in the file of the settings; for the doctor."""
    try:
        return len(_content(file_of(settings))) >= LEAST_BYTES
    except OSError:
        return False


def file_of(settings: Settings) -> Path:
    """Where it is, or will be at its first use."""
    return settings.secret_file or settings.data / OWN_SECRET


def _content(path: Path) -> bytes:
    return path.read_bytes().strip()


def _own(data: Path) -> Path:
    """Made whole before it has its name: another process never reads half of it."""
    path = data / OWN_SECRET
    if not path.exists():
        write_whole(path, f"{secrets.token_urlsafe(48)}\n".encode())
    return path
