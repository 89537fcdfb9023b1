"""`customers.csv`."""

from collections.abc import Sequence

from operations.imports import cells
from operations.imports.cells import Column
from operations.imports.outcome import Row, Tally
from operations.imports.writing import Task, Wanted, in_use_only, without_doubles, write
from storage import customers as customer_rows

COLUMNS = (
    Column(name="code", read=cells.name, example="C001", needed=True),
    Column(name="name", read=cells.text, example="锦江商业广场", needed=True),
    Column(name="address", read=cells.text, example="成都市锦江区总府路1号"),
    Column(name="phone", read=cells.phone, example="028-86660001"),
    Column(name="email", read=cells.email, example="li@example.com"),
    Column(name="language", read=cells.one_of(("zh", "en")), example="zh", empty="zh"),
)


def bring_in(rows: Sequence[Row], task: Task) -> Tally:
    every = customer_rows.all_customers(task.tx, also_archived=True)
    known = {customer.code: customer for customer in every}
    sound = without_doubles(rows, ["code"], task.findings)
    sound = in_use_only(sound, known, lambda row: row.given["code"], "code", task.findings)
    return write(
        [Wanted(key=row.given["code"], columns=row.given) for row in sound],
        known,
        add=lambda new: customer_rows.add(task.tx, new),
        change=lambda number, columns: customer_rows.change(task.tx, number, columns),
    )
