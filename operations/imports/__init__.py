"""The company's lists from CSV files: customers, contracts, sites, systems, devices, people.

Everything is checked before anything is kept: a file with one error changes nothing. Importing
again updates by code and never deletes; a column that is missing keeps what is stored.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from operations.imports import (
    changes,
    contracts,
    customers,
    devices,
    people,
    sheet,
    sites,
    stored,
    systems,
)
from operations.imports.cells import Column
from operations.imports.changes import Change
from operations.imports.outcome import Findings, Kind, Outcome, Row, RowError, Tally
from operations.imports.writing import Task
from rules.model import PersonId
from rules.policy import Policy
from storage import company, journal, revision
from storage.db import Tx, savepoint
from storage.journal import Entry

__all__ = [
    "Change",
    "Kind",
    "Outcome",
    "RowError",
    "columns_of",
    "load",
    "load_files",
    "load_folder",
    "load_row",
]

_Writer = Callable[[Sequence[Row], Task], Tally]
_KINDS: Mapping[Kind, tuple[Sequence[Column], _Writer]] = {
    Kind.CUSTOMERS: (customers.COLUMNS, customers.bring_in),
    Kind.CONTRACTS: (contracts.COLUMNS, contracts.bring_in),
    Kind.SITES: (sites.COLUMNS, sites.bring_in),
    Kind.SYSTEMS: (systems.COLUMNS, systems.bring_in),
    Kind.DEVICES: (devices.COLUMNS, devices.bring_in),
    Kind.PEOPLE: (people.COLUMNS, people.bring_in),
}


class _RollBackError(Exception):
    """Takes back what was written: a dry run, or a file with errors."""


def columns_of(kind: Kind) -> Sequence[Column]:
    """For a template or a manual: names, which are needed, an example each."""
    return _KINDS[kind][0]


def load(  # noqa: PLR0913 - who, when and by which policy
    tx: Tx,
    kind: Kind,
    data: bytes,
    *,
    policy: Policy,
    by: PersonId | None,
    now: datetime,
    dry_run: bool = False,
) -> Outcome:
    """One file. `by` None: the command line or the demo did it."""
    outcomes = load_files(tx, {kind: data}, policy=policy, by=by, now=now, dry_run=dry_run)
    return outcomes[kind]


def load_folder(
    tx: Tx,
    folder: Path,
    *,
    policy: Policy,
    by: PersonId | None,
    now: datetime,
    dry_run: bool = False,
) -> dict[Kind, Outcome]:
    """Whichever of the six files lie in the folder, all of them or none."""
    paths = {kind: folder / f"{kind}.csv" for kind in Kind}
    files = {kind: path.read_bytes() for kind, path in paths.items() if path.is_file()}
    return load_files(tx, files, policy=policy, by=by, now=now, dry_run=dry_run)


def load_files(
    tx: Tx,
    files: Mapping[Kind, bytes],
    *,
    policy: Policy,
    by: PersonId | None,
    now: datetime,
    dry_run: bool = False,
) -> dict[Kind, Outcome]:
    """All or none, in the order in which they stand on each other."""
    outcomes: dict[Kind, Outcome] = {}
    company.lock_lists(tx)
    try:
        with savepoint(tx):
            for kind in Kind:
                if kind in files:
                    task = Task(tx=tx, policy=policy, by=by, now=now, findings=Findings())
                    outcomes[kind] = _bring_in(kind, files[kind], task, dry_run=dry_run)
            if dry_run or not all(outcome.fine for outcome in outcomes.values()):
                raise _RollBackError  # noqa: TRY301 - the savepoint undoes everything by it
    except _RollBackError:
        pass
    return outcomes


def load_row(kind: Kind, cells: Mapping[str, str], task: Task) -> Outcome:
    """One line as a form hands it in, judged by the same rules; nothing is kept if it is refused.

    Columns that are not named keep what is stored. The caller holds the lists (`lock_lists`).
    """
    outcome = Outcome(kind=kind)
    row = Row(line=0, raw={name: cell.strip() for name, cell in cells.items()})
    try:
        with savepoint(task.tx):
            sound = sheet.understood(row, columns_of(kind), task.findings)
            outcome = _write(kind, [row] if sound else [], task, alone=True)
            if not outcome.fine:
                raise _RollBackError  # noqa: TRY301 - the savepoint undoes everything by it
    except _RollBackError:
        pass
    return outcome


def _bring_in(kind: Kind, data: bytes, task: Task, *, dry_run: bool) -> Outcome:
    rows = sheet.read(data, columns_of(kind), task.findings)
    outcome = replace(_write(kind, rows, task), dry_run=dry_run)
    if outcome.created or outcome.updated:
        journal.write(task.tx, _entry(outcome, task))
    return outcome


def _write(kind: Kind, rows: Sequence[Row], task: Task, *, alone: bool = False) -> Outcome:
    """Every changed line goes into the journal with what it was; new ones only if `alone`."""
    where = {row.raw.get("site", "") for row in rows}
    before = stored.all_of(task.tx, kind, where)
    tally = _KINDS[kind][1](rows, task)
    found: list[Change] = []
    if tally.created or tally.updated:
        revision.bump(task.tx)
        found = changes.between(before, stored.all_of(task.tx, kind, where))
        told = [changes.entry(one, task.by, task.now) for one in found if alone or not one.fresh]
        journal.write_all(task.tx, told)
    return Outcome(
        kind=kind,
        created=tally.created,
        updated=tally.updated,
        unchanged=tally.unchanged,
        errors=tuple(task.findings.errors),
        errors_in_all=task.findings.errors_in_all,
        warnings=tuple(task.findings.warnings),
        changes=tuple(found),
    )


def _entry(outcome: Outcome, task: Task) -> Entry:
    facts = {
        "kind": outcome.kind.value,
        "created": outcome.created,
        "updated": outcome.updated,
    }
    actor = "system" if task.by is None else "person"
    return Entry(at=task.now, actor=actor, person_id=task.by, verb="imported", facts=facts)
