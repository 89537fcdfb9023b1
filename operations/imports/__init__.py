"""The company's lists from CSV files: customers, contracts, sites, systems, devices, people.

Everything is checked before anything is kept: a file with one error changes nothing. Importing
again updates by code and never deletes; a column that is missing keeps what is stored.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from operations.imports import contracts, customers, devices, people, sheet, sites, systems
from operations.imports.cells import Column
from operations.imports.outcome import Findings, Kind, Outcome, Row, RowError, Tally
from operations.imports.writing import Task
from rules.model import PersonId
from rules.policy import Policy
from storage import company, journal, revision
from storage.db import Tx, savepoint
from storage.journal import Entry

__all__ = ["Kind", "Outcome", "RowError", "columns_of", "load", "load_files", "load_folder"]

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


def _bring_in(kind: Kind, data: bytes, task: Task, *, dry_run: bool) -> Outcome:
    columns, write = _KINDS[kind]
    tally = write(sheet.read(data, columns, task.findings), task)
    if tally.created or tally.updated:
        revision.bump(task.tx)
        journal.write(task.tx, _entry(kind, tally, task))
    return Outcome(
        kind=kind,
        created=tally.created,
        updated=tally.updated,
        unchanged=tally.unchanged,
        errors=tuple(task.findings.errors),
        errors_in_all=task.findings.errors_in_all,
        warnings=tuple(task.findings.warnings),
        dry_run=dry_run,
    )


def _entry(kind: Kind, tally: Tally, task: Task) -> Entry:
    facts = {"kind": kind.value, "created": tally.created, "updated": tally.updated}
    actor = "system" if task.by is None else "person"
    return Entry(at=task.now, actor=actor, person_id=task.by, verb="imported", facts=facts)
