"""What a file or a form changed, line by line: what the journal keeps and a preview shows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from operations.imports.outcome import Kind
from operations.imports.stored import Cells, Stored
from rules.model import DeviceId, PersonId
from storage.journal import Entry

# Telephone numbers, addresses of people and how one gets in: shown by role, never journalled bare.
PRIVATE: Mapping[Kind, frozenset[str]] = {
    Kind.CUSTOMERS: frozenset({"phone", "email"}),
    Kind.SITES: frozenset({"access_note"}),
    Kind.PEOPLE: frozenset({"phone", "email", "channels"}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """`fields` are (column, before, after) as cells; `before` is empty for a new line."""

    now: Stored
    fresh: bool
    fields: tuple[tuple[str, str, str], ...]


def between(before: Mapping[int, Stored], after: Mapping[int, Stored]) -> list[Change]:
    """Every line that is new or says something else than it did, in the order of the list."""
    found = []
    for number, stored in after.items():
        old = before.get(number)
        fields = _different(old.cells if old else {}, stored.cells)
        if fields or old is None:
            found.append(Change(now=stored, fresh=old is None, fields=fields))
    return found


def entry(change: Change, by: PersonId | None, now: datetime) -> Entry:
    """With every value before and after; personal data only as far as to tell them apart."""
    private = PRIVATE.get(change.now.kind, frozenset())
    told = [
        [name, masked(before), masked(after)] if name in private else [name, before, after]
        for name, before, after in change.fields
    ]
    return about(
        change.now, "record_added" if change.fresh else "record_changed", by, now, changes=told
    )


def about(stored: Stored, verb: str, by: PersonId | None, now: datetime, **facts: Any) -> Entry:
    """A line of the journal about a line of a list."""
    return Entry(
        at=now,
        actor="system" if by is None else "person",
        person_id=by,
        verb=verb,
        site_id=stored.site_id,
        device_id=DeviceId(stored.id) if stored.kind is Kind.DEVICES else None,
        record=f"{stored.kind}/{stored.id}",
        facts={"kind": stored.kind.value, "key": stored.key, "name": stored.name, **facts},
    )


def masked(value: str) -> str:
    """Enough to tell one from another: `+86****78`."""
    if not value:
        return ""
    shown = 3 if len(value) > 8 else 1  # noqa: PLR2004 - of a short one less is shown
    return f"{value[:shown]}****{value[-2:] if shown > 1 else ''}"


def _different(before: Cells, after: Cells) -> tuple[tuple[str, str, str], ...]:
    return tuple(
        (name, before.get(name, ""), value)
        for name, value in after.items()
        if before.get(name, "") != value
    )
