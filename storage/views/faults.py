"""Faults as a list, open and over, each with where it is."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, select

from rules.model import DeviceId, Fault, FaultId
from rules.permits import Reach
from storage import faults as fault_rows
from storage.db import Tx
from storage.tables.company import devices, sites
from storage.tables.watch import faults
from storage.views import names
from storage.views.names import Place
from storage.views.pages import Page, cut
from storage.views.reach import within


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    fault: Fault
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The filter of the list; empty means all. `site` and `device` are codes."""

    reach: Reach
    state: str = "open"
    site: str = ""
    device: str = ""
    code: str = ""
    severity: str = ""


def listed(tx: Tx, wanted: Wanted, *, before: int | None = None, limit: int) -> Page[Line]:
    """Newest first; `before` is the id to go on from. The whole is not counted."""
    joined = faults.join(devices, devices.c.id == faults.c.device_id).join(
        sites, sites.c.id == faults.c.site_id
    )
    found = select(faults.c.id).select_from(joined).where(_chosen(wanted))
    if before is not None:
        found = found.where(faults.c.id < before)
    ids = list(tx.scalars(found.order_by(faults.c.id.desc()).limit(limit + 1)))
    page = cut(ids, limit, len(ids), lambda one: one)
    return Page(lines(tx, page.rows), page.count, page.next)


def lines(tx: Tx, fault_ids: Sequence[FaultId]) -> list[Line]:
    """In the order of the ids."""
    known = fault_rows.by_ids(tx, fault_ids)
    return placed(tx, [known[number] for number in fault_ids])


def of_devices(tx: Tx, device_ids: Iterable[DeviceId]) -> list[Line]:
    """The open ones."""
    return placed(tx, fault_rows.open_of_devices(tx, device_ids))


def placed(tx: Tx, some: Sequence[Fault]) -> list[Line]:
    places = names.of_places(tx, [fault.device_id for fault in some])
    return [Line(fault=fault, place=places[fault.device_id]) for fault in some]


def _chosen(wanted: Wanted) -> ColumnElement[bool]:
    f = faults.c
    where = [within(wanted.reach, f.site_id)]
    if wanted.state != "all":
        where.append(
            f.cleared_at.is_(None) if wanted.state == "open" else f.cleared_at.is_not(None)
        )
    if wanted.site:
        where.append(sites.c.code == wanted.site)
    if wanted.device:
        where.append(devices.c.code == wanted.device)
    if wanted.code:
        where.append(f.code == wanted.code)
    if wanted.severity:
        where.append(f.severity == wanted.severity)
    return and_(*where)
