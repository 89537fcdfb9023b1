"""`contracts.csv`."""

from collections.abc import Mapping, Sequence
from typing import Any

from operations.imports import cells
from operations.imports.cells import Column
from operations.imports.outcome import Findings, Row, Tally
from operations.imports.writing import Task, Wanted, in_use_only, without_doubles, write
from rules.assets import Contract
from rules.model import CustomerId
from storage import contracts as contract_rows
from storage import customers as customer_rows

TIERS = ("basic", "advanced", "exclusive")
COLUMNS = (
    Column(name="number", read=cells.name, example="WB-2026-007", needed=True),
    Column(name="customer", read=cells.name, example="C001", needed=True),
    Column(name="tier", read=cells.one_of(TIERS), example="advanced", needed=True),
    Column(name="scope", read=cells.text, example="视频监控与入侵报警系统维护"),
    Column(name="start", read=cells.day, example="2026-01-01", needed=True),
    Column(name="end", read=cells.day, example="2026-12-31", needed=True),
    Column(name="free_until", read=cells.day, example="2026-06-30", empty=None),
    Column(name="retention_days", read=cells.whole(1, 3650), example="90", empty=None),
    Column(
        name="quarter",
        read=cells.one_of(("natural", "contract")),
        example="natural",
        empty="natural",
    ),
    Column(name="survey_months", read=cells.whole(6, 12), example="12", empty=12),
)
_STORED_AS = {"start": "starts_on", "end": "ends_on"}


def bring_in(rows: Sequence[Row], task: Task) -> Tally:
    customers = {one.code: one.id for one in customer_rows.all_customers(task.tx)}
    every = contract_rows.all_contracts(task.tx, also_archived=True)
    known = {contract.number: contract for contract in every}
    sound = without_doubles(rows, ["number"], task.findings)
    sound = in_use_only(sound, known, lambda row: row.given["number"], "number", task.findings)
    wanted = [
        Wanted(key=row.given["number"], columns=_columns(row, customers))
        for row in sound
        if _holds(row, customers, known, task.findings)
    ]
    return write(
        wanted,
        known,
        add=lambda new: contract_rows.add(task.tx, new),
        change=lambda number, columns: contract_rows.change(task.tx, number, columns),
    )


def _holds(
    row: Row,
    customers: Mapping[str, CustomerId],
    known: Mapping[str, Contract],
    findings: Findings,
) -> bool:
    given = row.given
    if given["customer"] not in customers:
        findings.refuse(row, "customer", "import.error.no_such_customer")
    if given["end"] < given["start"]:
        findings.refuse(row, "end", "import.error.ends_before_start", start=given["start"])
    old = known.get(given["number"])
    if old and row.sound and old.customer_id != customers[given["customer"]]:
        findings.refuse(row, "customer", "import.error.contract_of_another")
    return row.sound


def _columns(row: Row, customers: Mapping[str, CustomerId]) -> dict[str, Any]:
    columns = {_STORED_AS.get(name, name): value for name, value in row.given.items()}
    columns["customer_id"] = customers[columns.pop("customer")]
    return columns
