"""`systems.csv`."""

from collections.abc import Sequence

from operations.imports import cells
from operations.imports.cells import Column
from operations.imports.outcome import Row, Tally
from operations.imports.writing import Task, Wanted, in_use_only, without_doubles, write
from storage import sites as site_rows
from storage import systems as system_rows

COLUMNS = (
    Column(name="site", read=cells.wire_id, example="S01", needed=True),
    Column(name="code", read=cells.name, example="V", needed=True),
    Column(name="name", read=cells.text, example="视频监控系统"),
    Column(name="kind", read=cells.word, example="video", needed=True),
    Column(name="size", read=cells.text, example="large"),
    Column(name="complexity", read=cells.text, example="high"),
    Column(name="importance", read=cells.text, example="key"),
    Column(name="extra_cycles", read=cells.text, example="quarterly:battery"),
)


def bring_in(rows: Sequence[Row], task: Task) -> Tally:
    sites = {site.code: site.id for site in site_rows.all_sites(task.tx)}
    every = system_rows.all_systems(task.tx, also_archived=True)
    known = {(one.site_id, one.code): one for one in every}
    wanted = []
    sound = without_doubles(rows, ["site", "code"], task.findings)
    for row in in_use_only(
        sound,
        known,
        lambda row: (sites.get(row.given["site"]), row.given["code"]),
        "code",
        task.findings,
    ):
        if row.given["site"] not in sites:
            task.findings.refuse(row, "site", "import.error.no_such_site")
            continue
        columns = {**row.given, "site_id": sites[row.given["site"]]}
        del columns["site"]
        wanted.append(Wanted(key=(columns["site_id"], columns["code"]), columns=columns))
    return write(
        wanted,
        known,
        add=lambda new: system_rows.add(task.tx, new),
        change=lambda number, columns: system_rows.change(task.tx, number, columns),
    )
