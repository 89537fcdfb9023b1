"""One line of the company's lists, kept by hand: added, changed, archived and brought back.

A form is judged as a file of one line (`operations.imports`), so that a rule stands once,
whichever door a line comes through. Every step is in the journal with what was before and after.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from operations import faults as fault_desk
from operations import feeds, imports
from operations.imports import changes, stored
from operations.imports.changes import Change
from operations.imports.outcome import Findings, Kind, RowError
from operations.imports.stored import Cells, Stored
from operations.imports.writing import Task
from rules.model import ContractId, DeviceId, PersonId
from rules.policy import Policy
from storage import archive as archive_rows
from storage import company, journal, revision
from storage import contracts as contract_rows
from storage import customers as customer_rows
from storage import people as people_rows
from storage import systems as system_rows
from storage.db import Tx, savepoint

# The code is the name they speak and are filed under; these alone may be called otherwise later.
_RENAME: Mapping[Kind, Any] = {
    Kind.CUSTOMERS: customer_rows.change,
    Kind.CONTRACTS: contract_rows.change,
    Kind.SYSTEMS: system_rows.change,
    Kind.PEOPLE: people_rows.change,
}
_TOGETHER = (frozenset({"lon", "lat", "crs"}),)  # a coordinate is one thing in three columns


@dataclass(frozen=True, slots=True, kw_only=True)
class Hand:
    """Whose hand it is, when, and by which policy."""

    by: PersonId
    policy: Policy
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """Either `record` as it stands now, or what is wrong with which column; nothing is kept then.

    `change` is None where nothing but the code was different.
    """

    record: Stored | None = None
    change: Change | None = None
    errors: tuple[RowError, ...] = ()
    renamed: bool = False

    @property
    def different(self) -> bool:
        return self.renamed or self.change is not None


class GoneError(LookupError):
    """There is no such line."""


class ChangedMeanwhileError(Exception):
    """Another changed the line since it was read; `record` is how it stands now."""

    def __init__(self, record: Stored) -> None:
        super().__init__(record.key)
        self.record = record


class RefusedError(Exception):
    """It may not be archived or brought back now; `message_id` and `facts` say what is first."""

    def __init__(self, message_id: str, **facts: Any) -> None:
        super().__init__(message_id)
        self.message_id, self.facts = message_id, facts


class _RollBackError(Exception):
    pass


def stamp_of(record: Stored) -> str:
    """What a form carries along, to notice that the line is another by now."""
    told = json.dumps([record.archived_at is None, sorted(record.cells.items())])
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def key_of(kind: Kind) -> str:
    return "number" if kind is Kind.CONTRACTS else "code"


def fixed(kind: Kind) -> frozenset[str]:
    """Columns that are given once."""
    keys = frozenset() if kind in _RENAME else frozenset({"code"})
    return keys | ({"site"} if kind in {Kind.SYSTEMS, Kind.DEVICES} else frozenset())


def add(tx: Tx, kind: Kind, typed: Cells, hand: Hand) -> Saved:
    """A new line, all columns named."""
    company.lock_lists(tx)
    typed = {name: cell.strip() for name, cell in typed.items()}
    if taken := stored.by_key(tx, kind, typed):
        return Saved(errors=(_taken(kind, taken),))
    outcome = imports.load_row(kind, typed, _task(tx, hand))
    return _saved(outcome, stored.by_key(tx, kind, typed))


def change(tx: Tx, kind: Kind, number: int, typed: Cells, stamp: str, hand: Hand) -> Saved:
    """What was typed over what is stored; columns that are not named stay as they are.

    Raises `GoneError`, and `ChangedMeanwhileError` for a stamp that is not the present one.
    """
    company.lock_lists(tx)
    old = stored.one(tx, kind, number)
    if old is None:
        raise GoneError(kind, number)
    if stamp != stamp_of(old):
        raise ChangedMeanwhileError(old)
    typed = {name: cell.strip() for name, cell in typed.items() if name not in fixed(kind)}
    outcome = imports.Outcome(kind=kind)
    try:
        with savepoint(tx):
            if wrong := _renamed(tx, old, typed, hand):
                return Saved(errors=(wrong,))
            outcome = imports.load_row(kind, _worth_saying(old, typed), _task(tx, hand))
            if not outcome.fine:
                raise _RollBackError  # noqa: TRY301 - the savepoint undoes the renaming by it
    except _RollBackError:
        pass
    saved = _saved(outcome, stored.one(tx, kind, number))
    renamed = saved.record is not None and saved.record.key != old.key
    return replace(saved, renamed=renamed)


def archive(tx: Tx, kind: Kind, number: int, hand: Hand) -> dict[str, int]:
    """Out of the lists, of planning and of judging; returns what went with it, noun by noun.

    Raises `GoneError` and `RefusedError`. Open faults without an order are closed: nobody
    watches the devices any more.
    """
    company.lock_lists(tx)
    record = _present(tx, kind, number)
    if hindrance := in_the_way(tx, record, hand.by, hand.now):
        raise hindrance
    went = {} if kind is Kind.PEOPLE else archive_rows.along(tx, kind, number)
    if kind is Kind.PEOPLE:
        _leaves(tx, PersonId(number), hand)
    else:
        for fault_id in archive_rows.open_faults(tx, kind, number):
            fault_desk.clear(tx, fault_id, "archived", hand.policy, hand.now)
        archive_rows.put_away(tx, kind, number, hand.now)
    revision.bump(tx)
    journal.write(tx, changes.about(record, "record_archived", hand.by, hand.now, along=went))
    return went


def _leaves(tx: Tx, person_id: PersonId, hand: Hand) -> None:
    if person := people_rows.present(tx, person_id):
        feeds.end(tx, person, hand.by, hand.now)
    people_rows.leave(tx, person_id, hand.now)


def restore(tx: Tx, kind: Kind, number: int, hand: Hand) -> None:
    """Back into use, with what went along. Raises `GoneError` and `RefusedError`."""
    company.lock_lists(tx)
    record = stored.one(tx, kind, number)
    if record is None:
        raise GoneError(kind, number)
    if record.archived_at is None:
        return
    if missing := archive_rows.missing_parents(tx, kind, number):
        raise RefusedError("record.refused.parent_archived", names=", ".join(missing))
    if kind is Kind.DEVICES and (gone := archive_rows.archived_parents(tx, DeviceId(number))):
        raise RefusedError("record.refused.link_archived", names=", ".join(gone))
    if kind is Kind.PEOPLE:
        people_rows.change(tx, PersonId(number), {"left_at": None})
    else:
        archive_rows.bring_back(tx, kind, number, record.archived_at, hand.now)
    revision.bump(tx)
    journal.write(tx, changes.about(record, "record_restored", hand.by, hand.now))


def in_the_way(tx: Tx, record: Stored, by: PersonId, now: datetime) -> RefusedError | None:
    """What must be done before it can be archived."""
    kind, number = record.kind, record.id
    if kind is Kind.PEOPLE:
        return _person_in_the_way(tx, record, by, now)
    if kind is Kind.CONTRACTS and (under := archive_rows.sites_under(tx, ContractId(number))):
        return RefusedError("record.refused.sites_under", names=_few(under))
    if running := archive_rows.open_orders(tx, kind, number):
        return RefusedError("record.refused.open_orders", names=_few(running))
    if leaning := archive_rows.dependants(tx, kind, number):
        return RefusedError("record.refused.dependants", names=_few(leaning))
    return None


def seen(tx: Tx, record: Stored, by: PersonId, now: datetime) -> None:
    """Somebody looked at personal data: each look is on record (C12)."""
    journal.write(tx, changes.about(record, "personal_seen", by, now))


def _person_in_the_way(tx: Tx, record: Stored, by: PersonId, now: datetime) -> RefusedError | None:
    if record.id == by:
        return RefusedError("record.refused.yourself")
    if until := archive_rows.stands_until(tx, PersonId(record.id), now):
        return RefusedError("record.refused.on_the_rota", until=until.date().isoformat())
    return None


def _present(tx: Tx, kind: Kind, number: int) -> Stored:
    record = stored.one(tx, kind, number)
    if record is None or record.archived_at is not None:
        raise GoneError(kind, number)
    return record


def _renamed(tx: Tx, old: Stored, typed: Cells, hand: Hand) -> RowError | None:
    key = key_of(old.kind)
    wanted = typed.get(key, "")
    if not wanted or wanted == old.cells[key]:
        return None
    if taken := stored.by_key(tx, old.kind, {**old.cells, key: wanted}):
        return _taken(old.kind, taken)
    _RENAME[old.kind](tx, old.id, {key: wanted})
    called = changes.about(
        old, "record_changed", hand.by, hand.now, changes=[[key, old.cells[key], wanted]]
    )
    journal.write(tx, called)
    return None


def _worth_saying(old: Stored, typed: Cells) -> dict[str, str]:
    """What differs, and what every line must name; the rest keeps what is stored, to the digit."""
    different = {name for name, cell in typed.items() if cell != old.cells[name]}
    for group in _TOGETHER:
        different |= group if different & group else set()
    needed = {column.name for column in imports.columns_of(old.kind) if column.needed}
    return {name: typed.get(name, old.cells[name]) for name in different | needed}


def _taken(kind: Kind, record: Stored) -> RowError:
    key = key_of(kind)
    message = "record.error.taken" if record.archived_at is None else "record.error.taken_archived"
    value = record.cells[key]
    facts = {"line": 0, "column": key, "value": value, "name": record.name}
    return RowError(line=0, column=key, value=value, message_id=message, facts=facts)


def _task(tx: Tx, hand: Hand) -> Task:
    return Task(tx=tx, policy=hand.policy, by=hand.by, now=hand.now, findings=Findings())


def _saved(outcome: imports.Outcome, record: Stored | None) -> Saved:
    if not outcome.fine:
        return Saved(errors=outcome.errors)
    return Saved(record=record, change=next(iter(outcome.changes), None))


def _few(names: list[str]) -> str:
    shown = ", ".join(names[:5])
    return shown if len(names) <= 5 else f"{shown} … ({len(names)})"  # noqa: PLR2004 - a sentence
