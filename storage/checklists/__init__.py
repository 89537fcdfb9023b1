"""The lists of what is looked at each month: data files by version, kept as long as sheets live."""

import tomllib
from functools import cache
from pathlib import Path

from rules import checklists
from rules.checklists import Checklist

_FOLDER = Path(__file__).parent


def versions() -> list[str]:
    """Oldest first."""
    return sorted(path.stem for path in _FOLDER.glob("*.toml"))


def newest() -> Checklist:
    """The one new sheets are frozen from."""
    return of(versions()[-1])


@cache
def of(version: str) -> Checklist:
    """The list of that version; one that was never there is a LookupError."""
    if version not in versions():
        raise LookupError(f"there is no checklist {version!r}")
    text = (_FOLDER / f"{version}.toml").read_text(encoding="utf-8")
    return checklists.read(version, tomllib.loads(text))
