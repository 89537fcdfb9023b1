"""What depends on what: links end at a device of the same site, and never go round."""

from collections.abc import Iterator, Mapping
from itertools import pairwise

from operations.imports.outcome import Findings, Row
from rules.assets import Device
from rules.causes import find_cycle
from rules.model import DeviceId, Link, SiteId
from storage import devices as device_rows
from storage.db import Tx

Key = tuple[SiteId, str]
Goals = dict[Link, str]  # by device code, within the site

MOST_CYCLES = 20


def check(rows: Mapping[Key, Row], known: Mapping[Key, Device], findings: Findings) -> None:
    for (site, code), row in rows.items():
        for link, goal in _given(row):
            if goal == code:
                findings.refuse(row, link, "import.error.own_parent")
            elif (site, goal) not in rows and not _in_use(known.get((site, goal))):
                at = row.given["site"]
                findings.refuse(row, link, "import.error.no_such_device", site=at)
    sound = {key: row for key, row in rows.items() if row.sound}
    _refuse_cycles(sound, _goals(sound, known), findings)


def _in_use(goal: Device | None) -> bool:
    return goal is not None and goal.archived_at is None


def changes(rows: Mapping[Key, Row], known: Mapping[Key, Device]) -> dict[Key, Goals]:
    """The links of every device of the file whose links are not those stored."""
    stored = _stored(known)
    goals = {key: _overlaid(row, stored.get(key, {})) for key, row in rows.items()}
    return {key: of_one for key, of_one in goals.items() if of_one != stored.get(key, {})}


def write(tx: Tx, changed: Mapping[Key, Goals]) -> None:
    """A goal that was itself refused is left out: nothing of such a file is kept anyway."""
    ids = device_rows.ids_by_code(tx, {site for site, _ in changed})
    device_rows.set_links(
        tx,
        {
            ids[key]: {
                link: ids[key[0], goal] for link, goal in goals.items() if (key[0], goal) in ids
            }
            for key, goals in changed.items()
        },
    )


def _given(row: Row) -> Iterator[tuple[Link, str]]:
    for link in Link:
        if goal := row.given.get(link):
            yield link, goal


def _overlaid(row: Row, stored: Goals) -> Goals:
    """A column that is missing keeps the stored link, an empty cell removes it."""
    kept = {link: goal for link, goal in stored.items() if link not in row.given}
    return {**kept, **dict(_given(row))}


def _stored(known: Mapping[Key, Device]) -> dict[Key, Goals]:
    codes = {device.id: device.code for device in known.values()}
    return {
        key: {link: codes[goal] for link, goal in device.links.items()}
        for key, device in known.items()
    }


def _goals(rows: Mapping[Key, Row], known: Mapping[Key, Device]) -> dict[Key, Goals]:
    """Who depends on whom once the file is written."""
    goals = _stored(known)
    goals.update({key: _overlaid(row, goals.get(key, {})) for key, row in rows.items()})
    return goals


def _refuse_cycles(rows: Mapping[Key, Row], goals: dict[Key, Goals], findings: Findings) -> None:
    keys = sorted(goals)
    numbers = {key: DeviceId(number) for number, key in enumerate(keys)}
    parents = {
        numbers[key]: {numbers[key[0], goal] for goal in of_one.values() if (key[0], goal) in goals}
        for key, of_one in goals.items()
    }
    for _ in range(MOST_CYCLES):
        cycle = find_cycle(parents)
        if cycle is None:
            return
        path = [keys[number] for number in cycle]
        key, link = _guilty(path, rows)
        way = " → ".join(code for _, code in path)
        findings.refuse(rows[key], link, "import.error.cycle", path=way)
        parents[numbers[key]] = set()


def _guilty(path: list[Key], rows: Mapping[Key, Row]) -> tuple[Key, Link]:
    """The first step of a cycle that the file takes: what is stored alone never goes round."""
    for key, (_, goal) in pairwise(path):
        for link, given in _given(rows[key]) if key in rows else ():
            if given == goal:
                return key, link
    raise AssertionError(f"stored links go round: {path}")
