"""How much room is left on the disk of the data folder; from when on nothing more is put there."""

import shutil
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

LEAST = 200_000_000  # bytes: what is left for paging people, and for whoever makes room
ENOUGH = 250_000_000  # full until there is this much again
_EVERY = timedelta(seconds=5)


def free_bytes(folder: Path) -> int:
    """Of the disk the folder is on, or will be on once somebody makes it."""
    there = next(one for one in (folder.absolute(), *folder.absolute().parents) if one.exists())
    return shutil.disk_usage(there).free


class Room:
    """Looks at most every five seconds; the last answer counts in between."""

    def __init__(self, folder: Path, free: Callable[[Path], int] = free_bytes) -> None:
        self._folder, self._free = folder, free
        self._looked_at: datetime | None = None
        self._full = False

    def full(self, now: datetime) -> bool:
        if self._looked_at is None or now - self._looked_at >= _EVERY:
            self._looked_at = now
            self._full = self._free(self._folder) < (ENOUGH if self._full else LEAST)
        return self._full

    @property
    def free_mb(self) -> int:
        return self._free(self._folder) // 1_000_000
