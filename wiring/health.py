"""How each process is: its heart writes a small file, anybody may read it.

A process beats from its own main loop, never from a thread beside it: a loop that hangs must
stop the beat. The parent, `ringwatch health NAME`, `/healthz` and `/metrics` read.
"""

import contextlib
import json
import os
import re
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path

from wiring.clock import Clock

STALE_S = 15.0  # a heart that is silent for longer is not beating
EVERY_S = 2.0
_NAME = re.compile(r"^[a-z][a-z0-9-]{0,31}$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Beat:
    """The last thing a process said about itself; `words` are for the administrator."""

    name: str
    pid: int
    at: datetime
    ok: bool
    words: str = ""

    def age_s(self, now: datetime) -> float:
        return (now - self.at).total_seconds()

    def healthy(self, now: datetime) -> bool:
        return self.ok and self.age_s(now) <= STALE_S


class Heart:
    """Call `beat` as often as you like: it writes when something changed, or every 2 s."""

    def __init__(self, data: Path, name: str, clock: Clock) -> None:
        self._path, self._name, self._clock = _path(data, name), name, clock
        self._last: Beat | None = None

    def beat(self, *, ok: bool = True, words: str = "") -> None:
        now = self._clock()
        last = self._last
        same = last is not None and (last.ok, last.words) == (ok, words)
        if last is not None and same and now - last.at < timedelta(seconds=EVERY_S):
            return
        self._last = Beat(name=self._name, pid=os.getpid(), at=now, ok=ok, words=words)
        _write(self._path, self._last)

    def stop(self) -> None:
        """An orderly end leaves no beat behind."""
        self._path.unlink(missing_ok=True)


def read(data: Path, name: str) -> Beat | None:
    """The last beat of `name`; None when it never beat or ended in order."""
    return _read(_path(data, name))


def beats(data: Path) -> list[Beat]:
    """Every process that has beaten on this folder, by name."""
    found = (_read(path) for path in sorted((data / "health").glob("*.json")))
    return [beat for beat in found if beat]


def forget(data: Path, name: str) -> None:
    _path(data, name).unlink(missing_ok=True)


def _path(data: Path, name: str) -> Path:
    if not _NAME.match(name):
        raise ValueError(f"no process is called {name!r}")
    return data / "health" / f"{name}.json"


def _read(path: Path) -> Beat | None:
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        return Beat(**{**said, "at": datetime.fromisoformat(said["at"])})
    except (OSError, ValueError, TypeError, KeyError):
        return None


def _write(path: Path, beat: Beat) -> None:
    """Whole or not at all. A full disk must not end a process that is otherwise well."""
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(f".{beat.pid}.tmp")
        said = {**asdict(beat), "at": beat.at.isoformat()}
        fresh.write_text(json.dumps(said, ensure_ascii=False), encoding="utf-8")
        fresh.replace(path)
