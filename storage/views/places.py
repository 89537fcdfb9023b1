"""Sites as people look for them: how they stand, in counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select

from rules.assets import Site
from rules.model import Fault, Monitored, Severity, SiteId
from rules.permits import Reach
from storage import faults as fault_rows
from storage import sites as site_rows
from storage.db import Tx
from storage.tables.company import customers, devices, sites
from storage.tables.night import work_orders
from storage.tables.watch import faults
from storage.views import names
from storage.views.names import Place
from storage.views.pages import Page, cut
from storage.views.reach import holds, within

_OPEN = faults.c.cleared_at.is_(None)
DEPENDANTS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Devices that are watched, those ill on their own account, those behind one; open orders.

    `held`: devices with a fault that waits for the end of maintenance.
    """

    devices: int = 0
    ill: int = 0
    behind: int = 0
    held: int = 0
    orders: int = 0
    worst: Severity | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    site: Site
    customer: str
    counts: Counts


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """An open fault of its own and the devices behind it, at most `DEPENDANTS` of them named."""

    fault: Fault
    place: Place
    behind: int
    named: Sequence[Place] = ()


def listed(
    tx: Tx, reach: Reach, *, words: str = "", ill: bool = False, after: str = "", limit: int
) -> Page[Line]:
    """By code; `after` is the code to go on from."""
    chosen = _chosen(tx, reach, words, ill=ill)
    found = select(sites.c.id, customers.c.name).join_from(sites, customers).where(chosen)
    if after:
        found = found.where(sites.c.code > after)
    named = {
        SiteId(n): name for n, name in tx.execute(found.order_by(sites.c.code).limit(limit + 1))
    }
    whole = {site.id: site for site in site_rows.by_ids(tx, named)}
    count = tx.scalar(select(func.count()).select_from(sites.join(customers)).where(chosen)) or 0
    page = cut(list(named), limit, count, lambda one: whole[one].code)
    counted = counts_of(tx, page.rows)
    lines = [Line(site=whole[n], customer=named[n], counts=counted[n]) for n in page.rows]
    return Page(lines, page.count, page.next)


def counts_of(tx: Tx, site_ids: Sequence[SiteId]) -> dict[SiteId, Counts]:
    """Three questions, whatever their number."""
    watched = _per_site(
        tx,
        select(devices.c.site_id, func.count()).where(
            devices.c.disabled_at.is_(None),
            devices.c.archived_at.is_(None),
            devices.c.monitored != Monitored.NO,
        ),
        devices.c.site_id,
        site_ids,
    )
    raised, rank = faults.c.maintenance_id.is_(None), {s.value: s.rank for s in Severity}
    own = case((raised & faults.c.explained_by.is_(None), faults.c.device_id))
    ill = select(
        faults.c.site_id,
        func.count(own.distinct()),
        func.count(case((raised, faults.c.device_id)).distinct()),
        func.min(case((raised, case(rank, value=faults.c.severity, else_=9)), else_=9)),
        func.count(case((~raised, faults.c.device_id)).distinct()),
    ).where(_OPEN)
    sick = _per_site(tx, ill, faults.c.site_id, site_ids)
    running = select(work_orders.c.site_id, func.count()).where(work_orders.c.closed_at.is_(None))
    orders = _per_site(tx, running, work_orders.c.site_id, site_ids)
    severities = {severity.rank: severity for severity in Severity}
    counted = {}
    for number in site_ids:
        own_ill, all_ill, worst, held = sick.get(number, (0, 0, 9, 0))
        counted[number] = Counts(
            devices=watched.get(number, (0,))[0],
            ill=own_ill,
            behind=all_ill - own_ill,
            held=held,
            orders=orders.get(number, (0,))[0],
            worst=severities.get(worst),
        )
    return counted


def causes(tx: Tx, site_id: SiteId, *, limit: int) -> Page[Cause]:
    """What is wrong there, each cause with what it cuts off; the worst first."""
    here = and_(_OPEN, faults.c.site_id == site_id, faults.c.explained_by.is_(None))
    rank = case({s.value: s.rank for s in Severity}, value=faults.c.severity, else_=9)
    found = select(faults.c.id).where(here).order_by(rank, faults.c.opened_at).limit(limit)
    ids = list(tx.scalars(found))
    count = tx.scalar(select(func.count()).select_from(faults).where(here)) or 0
    known = fault_rows.by_ids(tx, ids)
    behind = names.affected(tx, ids)
    children = {number: names.behind(tx, number, limit=DEPENDANTS) for number in behind}
    every = [fault.device_id for fault in known.values()] + [
        d for c in children.values() for d in c
    ]
    places = names.of_places(tx, every)
    rows = [
        Cause(
            fault=known[number],
            place=places[known[number].device_id],
            behind=behind.get(number, 0),
            named=[places[device] for device in children.get(number, ())],
        )
        for number in ids
    ]
    return Page(rows, count)


def _per_site(
    tx: Tx, found: Select[Any], column: Any, site_ids: Sequence[SiteId]
) -> dict[SiteId, tuple[Any, ...]]:
    chosen = found.where(column.in_(site_ids)).group_by(column)
    return {SiteId(number): tuple(rest) for number, *rest in tx.execute(chosen)}


def _chosen(tx: Tx, reach: Reach, text: str, *, ill: bool) -> ColumnElement[bool]:
    where = [within(reach, sites.c.id), sites.c.archived_at.is_(None)]
    searched = (sites.c.name, sites.c.code, sites.c.address, customers.c.name)
    where += [or_(*(holds(tx, column, word) for column in searched)) for word in text.split()[:5]]
    if ill:
        where.append(sites.c.id.in_(select(faults.c.site_id).where(_OPEN)))
    return and_(*where)
