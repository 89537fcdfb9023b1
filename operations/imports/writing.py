"""Rows that were found sound into the database: new ones added, changed ones changed."""

from collections.abc import Callable, Container, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from operations.imports.outcome import Findings, Row, Tally
from rules.model import PersonId
from rules.policy import Policy
from storage.db import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What every kind of file needs to be written."""

    tx: Tx
    policy: Policy
    by: PersonId | None
    now: datetime
    findings: Findings


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """`columns` are what shall be stored; those not named keep what is stored."""

    key: Hashable
    columns: Mapping[str, Any]


def without_doubles(rows: Sequence[Row], keys: Sequence[str], findings: Findings) -> list[Row]:
    """A code may stand in a file once; the second line is refused and names the first."""
    first: dict[tuple[Any, ...], int] = {}
    kept = []
    for row in rows:
        key = tuple(row.given[name] for name in keys)
        if key in first:
            findings.refuse(row, keys[-1], "import.error.twice", first=first[key])
            continue
        first[key] = row.line
        kept.append(row)
    return kept


def in_use_only(
    rows: Sequence[Row],
    known: Mapping[Any, Any],
    key: Callable[[Row], Hashable],
    column: str,
    findings: Findings,
) -> list[Row]:
    """An archived line is not changed behind the archive's back: restore it first."""
    kept = []
    for row in rows:
        old = known.get(key(row))
        if old is not None and old.archived_at is not None:
            findings.refuse(row, column, "import.error.archived")
        else:
            kept.append(row)
    return kept


def write(
    wanted: Sequence[Wanted],
    known: Mapping[Any, Any],
    *,
    add: Callable[[list[Mapping[str, Any]]], None],
    change: Callable[[Any, Mapping[str, Any]], None],
    says: Callable[[Any, str], Any] = getattr,
    also: Container[Hashable] = (),
) -> Tally:
    """`says(value, column)`: what a known value holds in that column. Never deletes.

    `also`: keys that change outside of their columns, in links or sites.
    """
    tally = Tally()
    fresh = [one.columns for one in wanted if one.key not in known]
    add(fresh)
    tally.created = len(fresh)
    for one in wanted:
        if (old := known.get(one.key)) is None:
            continue
        different = {name: new for name, new in one.columns.items() if says(old, name) != new}
        if different:
            change(old.id, different)
        if different or one.key in also:
            tally.updated += 1
        else:
            tally.unchanged += 1
    return tally
