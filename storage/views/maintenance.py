"""Maintenance as people look for it: who works on what, until when, and what waits for its end."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Table, and_, func, or_, select

from rules.maintenance import Planned, Scope, Subject, Window
from rules.model import CustomerId, SiteId
from rules.permits import Reach
from storage import maintenance as window_rows
from storage import planned_maintenance as planned_rows
from storage.db import Tx
from storage.tables.company import devices, people, sites, systems
from storage.tables.maintenance import maintenance, planned_maintenance
from storage.tables.watch import faults
from storage.views.pages import Page, cut
from storage.views.reach import within

STRIP, MOST_AHEAD = 10, 200
_NAMED = {Scope.DEVICE: devices, Scope.SYSTEM: systems, Scope.SITE: sites}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """`name` and `code` of what is worked on; `held`: the open faults that wait for its end."""

    window: Window
    name: str
    code: str
    site: str
    site_code: str
    customer_id: CustomerId
    owner: str
    owner_code: str
    held: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Ahead:
    """What is planned, named as a line of maintenance is."""

    planned: Planned
    name: str
    code: str
    site: str
    site_code: str
    timezone: str
    owner: str
    owner_code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The filter of a list; empty means all. `running` None: also what is over.

    `site` and `device` are codes; a device is in its system's and its site's maintenance too.
    """

    reach: Reach
    running: bool | None = None
    site: str = ""
    device: str = ""
    subjects: Sequence[Subject] = ()


def listed(tx: Tx, wanted: Wanted, *, before: int | None = None, limit: int) -> Page[Line]:
    """Newest first."""
    chosen = _chosen(maintenance, wanted)
    if wanted.running is not None:
        chosen &= window_rows.RUNNING if wanted.running else ~window_rows.RUNNING
    found = select(maintenance.c.id).where(chosen)
    if before:
        found = found.where(maintenance.c.id < before)
    ids = list(tx.scalars(found.order_by(maintenance.c.id.desc()).limit(limit + 1)))
    whole = select(func.count()).select_from(maintenance).where(chosen)
    page = cut(ids, limit, tx.scalar(whole) or 0, lambda one: one)
    return Page(_lines(tx, page.rows), page.count, page.next)


def running(tx: Tx, reach: Reach, *, site: str = "") -> Page[Line]:
    """Where people are at work now: enough of them for a strip on another page."""
    return listed(tx, Wanted(reach=reach, running=True, site=site), limit=STRIP)


def ahead(
    tx: Tx, reach: Reach, *, site_id: SiteId | None = None, subjects: Sequence[Subject] = ()
) -> list[Ahead]:
    """What is planned, the soonest first; nobody plans more than a page of it."""
    where = [within(reach, planned_maintenance.c.site_id)]
    if site_id is not None:
        where.append(planned_maintenance.c.site_id == site_id)
    if subjects:
        where.append(planned_rows.about(subjects))
    return named(tx, planned_rows.ahead(tx, *where, limit=MOST_AHEAD))


def planned(tx: Tx, wanted: Wanted, *, before: int | None = None, limit: int) -> Page[Ahead]:
    """What is still to come, planned last first; the page does not count the others."""
    where = [_chosen(planned_maintenance, wanted)]
    if before:
        where.append(planned_maintenance.c.id < before)
    found = named(tx, planned_rows.newest(tx, *where, limit=limit + 1))
    return cut(found, limit, len(found), lambda one: one.planned.id)


def named(tx: Tx, found: Sequence[Planned]) -> list[Ahead]:
    """Each with the names of what it is about."""
    names = _names(tx, found)
    there = _sites(tx, {one.site_id for one in found})
    owners = _people(tx, {one.owner_id for one in found})
    return [
        Ahead(
            planned=one,
            name=names[one.subject][0],
            code=names[one.subject][1],
            site=there[one.site_id].name,
            site_code=there[one.site_id].code,
            timezone=there[one.site_id].timezone,
            owner=owners[one.owner_id][0],
            owner_code=owners[one.owner_id][1],
        )
        for one in found
    ]


def _chosen(table: Table, wanted: Wanted) -> ColumnElement[bool]:
    where = [within(wanted.reach, table.c.site_id)]
    if wanted.site:
        of_code = select(sites.c.id).where(sites.c.code == wanted.site)
        where.append(table.c.site_id.in_(of_code))
    if wanted.device:
        where.append(_holds(table, wanted.device))
    if wanted.subjects:
        where.append(window_rows.about(wanted.subjects, table))
    return and_(*where)


def _holds(table: Table, device: str) -> ColumnElement[bool]:
    """Is it about a device of this code: itself, its system or its site?"""
    scope, number, d = table.c.scope, table.c.subject_id, devices.c
    itself = (scope == Scope.DEVICE) & (number == d.id)
    above = ((scope == Scope.SYSTEM) & (number == d.system_id)) | (scope == Scope.SITE)
    one = select(d.id).where(d.code == device, d.site_id == table.c.site_id, or_(itself, above))
    return one.correlate(table).exists()


def _lines(tx: Tx, ids: Sequence[int]) -> list[Line]:
    if not ids:
        return []
    windows: dict[int, Window] = {one.id: one for one in window_rows.by_ids(tx, ids)}
    named = _names(tx, windows.values())
    there = _sites(tx, {one.site_id for one in windows.values()})
    owners = _people(tx, {one.owner_id for one in windows.values()})
    counted = _held(tx, ids)
    lines = []
    for number in ids:
        window = windows[number]
        (name, code), site = named[window.subject], there[window.site_id]
        owner, owner_code = owners[window.owner_id]
        lines.append(
            Line(
                window=window,
                name=name,
                code=code,
                site=site.name,
                site_code=site.code,
                customer_id=CustomerId(site.customer_id),
                owner=owner,
                owner_code=owner_code,
                held=counted.get(number, 0),
            )
        )
    return lines


def _names(tx: Tx, windows: Iterable[Window | Planned]) -> dict[Subject, tuple[str, str]]:
    wanted: dict[Scope, list[int]] = {}
    for one in windows:
        wanted.setdefault(one.scope, []).append(one.subject_id)
    return {
        (scope, row.id): (row.name or row.code, row.code)
        for scope, numbers in wanted.items()
        for row in tx.execute(
            select(_NAMED[scope].c.id, _NAMED[scope].c.name, _NAMED[scope].c.code).where(
                _NAMED[scope].c.id.in_(numbers)
            )
        )
    }


def _sites(tx: Tx, numbers: Iterable[SiteId]) -> dict[SiteId, Any]:
    s = sites.c
    found = select(s.id, s.name, s.code, s.customer_id, s.timezone)
    rows = tx.execute(found.where(s.id.in_(set(numbers))))
    return {SiteId(row.id): row for row in rows}


def _people(tx: Tx, numbers: Iterable[int]) -> dict[int, tuple[str, str]]:
    found = select(people.c.id, people.c.name, people.c.code)
    rows = tx.execute(found.where(people.c.id.in_(set(numbers))))
    return {row.id: (row.name, row.code) for row in rows}


def _held(tx: Tx, numbers: Sequence[int]) -> dict[int, int]:
    waiting = faults.c.cleared_at.is_(None) & faults.c.maintenance_id.in_(numbers)
    counted = select(faults.c.maintenance_id, func.count()).where(waiting)
    grouped = tx.execute(counted.group_by(faults.c.maintenance_id))
    return {number: count for number, count in grouped if number is not None}
