"""`devices.csv`: the asset list and what depends on what. Cycles are refused with their path."""

from collections.abc import Mapping, Sequence
from typing import Any

from operations.imports import cells, links
from operations.imports.cells import Column
from operations.imports.links import Key
from operations.imports.outcome import Row, Tally
from operations.imports.writing import Task, Wanted, without_doubles, write
from rules.assets import Device, monitored_by_default
from rules.model import DeviceType, Link, Monitored, SiteId, SystemId
from storage import devices as device_rows
from storage import discovered
from storage import sites as site_rows
from storage import systems as system_rows

COLUMNS = (
    Column(name="site", read=cells.wire_id, example="S01", needed=True),
    Column(name="system", read=cells.name, example="V", empty=None),
    Column(name="code", read=cells.wire_id, example="cam-01", needed=True),
    Column(name="name", read=cells.text, example="一楼大厅球机"),
    Column(name="type", read=cells.one_of(DeviceType), example="camera", needed=True),
    *(Column(name=link, read=cells.wire_id, example="sw-01", empty=None) for link in Link),
    Column(
        name="importance",
        read=cells.one_of(("normal", "key")),
        example="normal",
        empty="normal",
    ),
    Column(name="ups", read=cells.yes_no, example="no", empty=False),
    Column(name="monitored", read=cells.one_of(Monitored), example="yes", empty=None),
    *(
        Column(name=name, read=cells.text, example=example)
        for name, example in (
            ("location", "一楼大厅东侧"),
            ("position", "吊装 3.2 m"),
            ("model", "DS-2CD2T47"),
            ("serial", "E81234567"),
            ("batch", "2024-03"),
            ("supplier", "成都某公司"),
            ("asset_tag", "ZC-0001"),
            ("firmware", "V5.7.3"),
        )
    ),
    Column(name="ip", read=cells.ip, example="10.1.1.21"),
    Column(name="mac", read=cells.mac, example="44:19:b6:00:00:01"),
    Column(name="reporting_interval_s", read=cells.whole(1, 2_678_400), example="60", empty=None),
    Column(name="installed", read=cells.day, example="2024-03-01", empty=None),
    Column(name="warranty_end", read=cells.day, example="2026-03-01", empty=None),
    Column(name="dialect", read=cells.word, example="native", empty="native"),
    Column(name="dialect_id", read=cells.text, example="0x00158d0001"),
)


def bring_in(rows: Sequence[Row], task: Task) -> Tally:
    sites = {site.code: site.id for site in site_rows.all_sites(task.tx)}
    systems = {(one.site_id, one.code): one.id for one in system_rows.all_systems(task.tx)}
    standing = {
        (sites[row.given["site"]], row.given["code"]): row
        for row in without_doubles(rows, ["site", "code"], task.findings)
        if _stands(row, sites, systems, task)
    }
    known = _known({site for site, _ in standing}, task)
    for key, row in standing.items():
        if key in known and known[key].archived_at:
            task.findings.refuse(row, "code", "import.error.archived")
    links.check(standing, known, task.findings)
    sound = {key: row for key, row in standing.items() if row.sound}
    changes = links.changes(sound, known)
    tally = write(
        [_wanted(key, row, systems, known, task) for key, row in sound.items()],
        known,
        add=lambda new: device_rows.add(task.tx, new),
        change=lambda number, columns: device_rows.change(task.tx, number, columns),
        also=changes,
    )
    links.write(task.tx, changes)
    discovered.forget_listed(task.tx)
    return tally


def _stands(
    row: Row,
    sites: Mapping[str, SiteId],
    systems: Mapping[tuple[SiteId, str], SystemId],
    task: Task,
) -> bool:
    site = sites.get(row.given["site"])
    system = row.given.get("system")
    if site is None:
        task.findings.refuse(row, "site", "import.error.no_such_site")
    elif system and (site, system) not in systems:
        task.findings.refuse(row, "system", "import.error.no_such_system", site=row.given["site"])
    return row.sound


def _known(touched: set[SiteId], task: Task) -> dict[Key, Device]:
    if len(touched) > 20:  # noqa: PLR2004 - one large question is cheaper than many small ones
        found = device_rows.all_devices(task.tx, also_archived=True)
    else:
        each = (device_rows.of_site(task.tx, site, also_archived=True) for site in touched)
        found = [one for of_site in each for one in of_site]
    return {(one.site_id, one.code): one for one in found if one.site_id in touched}


def _wanted(
    key: Key,
    row: Row,
    systems: Mapping[tuple[SiteId, str], SystemId],
    known: Mapping[Key, Device],
    task: Task,
) -> Wanted:
    site, code = key
    columns: dict[str, Any] = {
        name: value for name, value in row.given.items() if name not in (*Link, "site", "system")
    }
    columns["site_id"] = site
    if "system" in row.given:
        system = row.given["system"]
        columns["system_id"] = systems[site, system] if system else None
    if "installed" in columns:
        columns["installed_on"] = columns.pop("installed")
    if not columns.get("name"):
        columns["name"] = known[key].name if key in known else code
    if key not in known:
        columns["enrolled_at"] = task.now
    if columns.get("monitored") is None and (key not in known or "monitored" in columns):
        columns["monitored"] = monitored_by_default(DeviceType(columns["type"]))
    return Wanted(key=key, columns=columns)
