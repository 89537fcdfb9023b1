"""Maintenance windows: who works on what, from when to when, and why."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, Table, func, insert, or_, select, update

from rules.evidence import Span
from rules.maintenance import Scope, Subject, Window, WindowId, Work
from rules.model import DeviceId, FaultId, SiteId
from storage.db import Tx
from storage.tables.company import devices
from storage.tables.maintenance import maintenance
from storage.tables.watch import faults

RUNNING = maintenance.c.ended_at.is_(None)


def add(tx: Tx, new: Work) -> Window:
    row = {name: getattr(new, name) for name in Work.__slots__}
    return _window(tx.execute(insert(maintenance).values(row).returning(maintenance)).one())


def get(tx: Tx, window_id: WindowId) -> Window | None:
    return _one(tx, maintenance.c.id == window_id)


def by_ids(tx: Tx, ids: Iterable[int]) -> list[Window]:
    """At most a page of them."""
    found = select(maintenance).where(maintenance.c.id.in_(list(ids)))
    return [_window(row) for row in tx.execute(found)]


def lock(tx: Tx, window_id: WindowId, *, skip_locked: bool = False) -> Window | None:
    found = select(maintenance).where(maintenance.c.id == window_id)
    row = tx.execute(found.with_for_update(skip_locked=skip_locked)).one_or_none()
    return _window(row) if row else None


def change(tx: Tx, window_id: WindowId, **columns: Any) -> Window:
    changed = update(maintenance).where(maintenance.c.id == window_id).values(columns)
    return _window(tx.execute(changed.returning(maintenance)).one())


def running(tx: Tx, site_id: SiteId | None = None) -> list[Window]:
    """Those that nobody has ended yet, of one site or of all; they are few."""
    found = select(maintenance).where(RUNNING)
    if site_id is not None:
        found = found.where(maintenance.c.site_id == site_id)
    return [_window(row) for row in tx.execute(found.order_by(maintenance.c.ends_at))]


def running_of(tx: Tx, subjects: Iterable[Subject], *, hold: bool = False) -> list[Window]:
    """Those of one of these subjects. `hold`: none of them ends while this transaction lasts."""
    found = select(maintenance).where(RUNNING, about(subjects))
    found = found.order_by(maintenance.c.id)
    rows = tx.execute(found.with_for_update(read=True) if hold else found)
    return [_window(row) for row in rows]


def spans(tx: Tx, device_ids: Sequence[DeviceId], span: Span) -> Mapping[DeviceId, list[Span]]:
    """When these devices were in maintenance within `span`, in one question however many."""
    m = maintenance.c
    ended = func.coalesce(m.ended_at, m.ends_at, type_=m.ends_at.type)
    during = select(m.scope, m.subject_id, m.starts_at, ended.label("over_at")).where(
        m.starts_at < span[1], ended > span[0]
    )
    by_subject: dict[tuple[str, int], list[Span]] = {}
    for row in tx.execute(during.order_by(m.starts_at)):
        by_subject.setdefault((row.scope, row.subject_id), []).append((row.starts_at, row.over_at))
    if not by_subject:
        return {}
    found: dict[DeviceId, list[Span]] = {}
    for start in range(0, len(device_ids), 500):
        here = devices.c.id.in_(device_ids[start : start + 500])
        for number, system, site in tx.execute(
            select(devices.c.id, devices.c.system_id, devices.c.site_id).where(here)
        ):
            subjects = ((Scope.DEVICE, number), (Scope.SYSTEM, system), (Scope.SITE, site))
            if mine := [one for each in subjects for one in by_subject.get(each, ())]:
                found[DeviceId(number)] = mine
    return found


def hold(tx: Tx, fault_id: FaultId, window_id: WindowId | None) -> None:
    """The fault waits for the end of this maintenance; None: for none any more."""
    held = update(faults).where(faults.c.id == fault_id).values(maintenance_id=window_id)
    tx.execute(held)


def held(tx: Tx, window_id: WindowId) -> list[FaultId]:
    """Open faults that wait for its end."""
    mine = faults.c.maintenance_id == window_id
    found = select(faults.c.id).where(mine, faults.c.cleared_at.is_(None))
    return [FaultId(number) for number in tx.scalars(found.order_by(faults.c.id))]


def about(subjects: Iterable[Subject], table: Table = maintenance) -> ColumnElement[bool]:
    """Of one of these."""
    scope, number = table.c.scope, table.c.subject_id
    return or_(*((scope == kind) & (number == which) for kind, which in subjects))


def _one(tx: Tx, *where: ColumnElement[bool]) -> Window | None:
    row = tx.execute(select(maintenance).where(*where)).one_or_none()
    return _window(row) if row else None


def _window(row: Row[Any]) -> Window:
    return Window(**{**row._asdict(), "scope": Scope(row.scope)})
