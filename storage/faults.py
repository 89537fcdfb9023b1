"""Faults as they stand: one open row per device, code and point."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    bindparam,
    case,
    delete,
    exists,
    func,
    or_,
    select,
    update,
)

from rules.model import ClockSource, DeviceId, Fault, FaultId, OrderId, Severity, SiteId
from rules.repeats import REPEAT, Earlier
from storage.db import Tx, insert_into
from storage.deadlines import Kind
from storage.tables.night import deadlines, work_orders
from storage.tables.watch import faults

OPEN = faults.c.cleared_at.is_(None)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewFault:
    device_id: DeviceId
    site_id: SiteId
    code: str
    point: str
    severity: Severity
    source: ClockSource
    why: str
    evidence: Mapping[str, Any]
    opened_at: datetime
    began_after: datetime | None = None
    began_before: datetime | None = None
    explained_by: FaultId | None = None
    suspect_id: DeviceId | None = None
    provisional_until: datetime | None = None


def add(tx: Tx, new: NewFault) -> Fault | None:
    """Open a fault; None when this device, code and point has an open one already."""
    row = {name: getattr(new, name) for name in NewFault.__slots__}
    row["evidence"] = dict(new.evidence)
    written = insert_into(tx, faults).values(row).on_conflict_do_nothing().returning(faults)
    found = tx.execute(written).one_or_none()
    return _fault(found) if found else None


def get(tx: Tx, fault_id: FaultId) -> Fault | None:
    return _one(tx, faults.c.id == fault_id)


def by_ids(tx: Tx, fault_ids: Iterable[FaultId]) -> dict[FaultId, Fault]:
    """At most a page of them."""
    return {fault.id: fault for fault in _many(tx, faults.c.id.in_(list(fault_ids)))}


def evidence(tx: Tx, fault_id: FaultId) -> dict[str, Any]:
    """What made it a fault: metric, value, limit, or when it was last heard."""
    return tx.scalar(select(faults.c.evidence).where(faults.c.id == fault_id)) or {}


def order_of(tx: Tx, fault_id: FaultId) -> OrderId | None:
    """Read without a lock: the order must be locked before the fault."""
    return tx.scalar(select(faults.c.order_id).where(faults.c.id == fault_id))


def lock(tx: Tx, fault_id: FaultId, *, skip_locked: bool = False) -> Fault | None:
    """The fault, held until the transaction ends; None if it is gone (or held, if skipping)."""
    found = select(faults).where(faults.c.id == fault_id)
    row = tx.execute(found.with_for_update(skip_locked=skip_locked)).one_or_none()
    return _fault(row) if row else None


def lock_open_of(tx: Tx, device_id: DeviceId, code: str, point: str) -> Fault | None:
    here = (faults.c.device_id == device_id) & (faults.c.code == code) & (faults.c.point == point)
    row = tx.execute(select(faults).where(here, OPEN).with_for_update()).one_or_none()
    return _fault(row) if row else None


def open_of_device(tx: Tx, device_id: DeviceId) -> list[Fault]:
    return _many(tx, faults.c.device_id == device_id, OPEN)


def open_of_devices(tx: Tx, device_ids: Iterable[DeviceId]) -> list[Fault]:
    """Open faults of these devices; asked in pieces, whatever their number."""
    wanted = sorted(device_ids)
    found: list[Fault] = []
    for start in range(0, len(wanted), 500):
        found += _many(tx, faults.c.device_id.in_(wanted[start : start + 500]), OPEN)
    return found


def open_ones(tx: Tx, fault_ids: Iterable[FaultId]) -> list[Fault]:
    """Those of them that are open still; asked in pieces, whatever their number."""
    wanted = sorted(fault_ids)
    found: list[Fault] = []
    for start in range(0, len(wanted), 500):
        found += _many(tx, faults.c.id.in_(wanted[start : start + 500]), OPEN)
    return found


def open_of_kinds(tx: Tx, site_id: SiteId, codes: Iterable[str]) -> list[Fault]:
    return _many(tx, *_of_kinds(site_id, codes))


def of_one_blow(tx: Tx, site_id: SiteId, codes: Iterable[str], since: datetime) -> list[Fault]:
    """What the monitor found at a site since then, and that stands or waits on its own."""
    return _many(tx, *_alone(site_id, codes, since))


def count_of_one_blow(tx: Tx, site_id: SiteId, codes: Iterable[str], since: datetime) -> int:
    """Of how many devices: asked for each fault that opens, and so never loaded."""
    return _count_devices(tx, *_alone(site_id, codes, since))


def _of_kinds(site_id: SiteId, codes: Iterable[str]) -> list[ColumnElement[bool]]:
    return [faults.c.site_id == site_id, faults.c.code.in_(set(codes)), OPEN]


def _alone(site_id: SiteId, codes: Iterable[str], since: datetime) -> list[ColumnElement[bool]]:
    alone = faults.c.explained_by.is_(None) & (faults.c.source == ClockSource.MONITOR)
    return [*_of_kinds(site_id, codes), alone, faults.c.opened_at >= since]


def count_begun(
    tx: Tx, site_id: SiteId, codes: Iterable[str], since: datetime, until: datetime
) -> int:
    """Of how many devices something like that is open which may have begun in this time."""
    not_before = func.coalesce(faults.c.began_before, faults.c.opened_at) >= since
    not_after = func.coalesce(faults.c.began_after, faults.c.opened_at) <= until
    return _count_devices(tx, *_of_kinds(site_id, codes), not_before, not_after)


def _count_devices(tx: Tx, *where: ColumnElement[bool]) -> int:
    return tx.scalar(select(func.count(faults.c.device_id.distinct())).where(*where)) or 0


def with_a_suspect(tx: Tx, site_id: SiteId, codes: Iterable[str]) -> list[Fault]:
    """Open faults that wait, or waited, for word of another device, and that nothing explains."""
    waiting = faults.c.suspect_id.is_not(None) & faults.c.explained_by.is_(None)
    return _many(tx, *_of_kinds(site_id, codes), waiting)


def all_open(tx: Tx) -> list[Fault]:
    return _many(tx, OPEN)


def explained_by(tx: Tx, cause_id: FaultId) -> list[Fault]:
    """Open faults that wait behind this cause."""
    return _many(tx, faults.c.explained_by == cause_id, OPEN)


def explains_any(tx: Tx, cause_id: FaultId) -> bool:
    """Does an open fault wait behind this cause?"""
    return bool(tx.scalar(select(exists().where(faults.c.explained_by == cause_id, OPEN))))


def of_order(tx: Tx, order_id: OrderId) -> list[Fault]:
    return _many(tx, faults.c.order_id == order_id)


def of_orders(tx: Tx, order_ids: Iterable[OrderId]) -> list[Fault]:
    """At most a page of orders."""
    return _many(tx, faults.c.order_id.in_(list(order_ids)))


def count_open_of_order(tx: Tx, order_id: OrderId) -> int:
    return tx.scalar(select(func.count()).where(faults.c.order_id == order_id, OPEN)) or 0


def of_device(tx: Tx, device_id: DeviceId, *, since: datetime, limit: int = 200) -> list[Fault]:
    """History of a device, youngest first."""
    found = select(faults).where(
        faults.c.device_id == device_id,
        OPEN | (faults.c.cleared_at >= since),
    )
    rows = tx.execute(found.order_by(faults.c.opened_at.desc()).limit(limit))
    return [_fault(row) for row in rows]


def lived(
    tx: Tx, device_ids: Iterable[DeviceId], start: datetime, end: datetime
) -> dict[DeviceId, list[Fault]]:
    """Faults that were open at some time of [start, end), oldest first, by device."""
    wanted = sorted(device_ids)
    found: dict[DeviceId, list[Fault]] = {}
    during = (faults.c.opened_at < end) & (OPEN | (faults.c.cleared_at > start))
    for begin in range(0, len(wanted), 500):
        for fault in _many(tx, faults.c.device_id.in_(wanted[begin : begin + 500]), during):
            found.setdefault(fault.device_id, []).append(fault)
    return found


def change(tx: Tx, fault_id: FaultId, **columns: Any) -> None:
    tx.execute(update(faults).where(faults.c.id == fault_id).values(**columns))


def change_all(tx: Tx, fault_ids: Iterable[FaultId], **columns: Any) -> None:
    """The same change of each, by ascending id, as locks are taken."""
    ids = [{"which": fault_id} for fault_id in sorted(fault_ids)]
    if ids:
        tx.execute(update(faults).where(faults.c.id == bindparam("which")).values(**columns), ids)


def earlier(tx: Tx, fault: Fault, since: datetime) -> list[Earlier]:
    """The same fault of its own before this one, opened or repaired since then; oldest first."""
    f, o = faults.c, work_orders.c
    repaired_at = case((o.repaired_at.is_not(None), o.closed_at), else_=None)
    found = (
        select(f.id, f.opened_at, repaired_at)
        .join_from(faults, work_orders, f.order_id == o.id, isouter=True)
        .where(
            f.device_id == fault.device_id,
            f.code == fault.code,
            f.point == fault.point,
            f.id != fault.id,
            f.explained_by.is_(None),
            f.maintenance_id.is_(None),
            (f.opened_at > since) | (o.closed_at > since),
        )
    )
    rows = tx.execute(found.order_by(f.opened_at, f.id))
    return [Earlier(FaultId(number), opened, repaired) for number, opened, repaired in rows]


def repeats_of(tx: Tx, fault_id: FaultId) -> list[Fault]:
    """The faults that came after this one as the same again."""
    return _many(tx, faults.c.repeat_of == fault_id, faults.c.code != REPEAT)


def last_cleared(tx: Tx, device_id: DeviceId, code: str, point: str, now: datetime) -> datetime:
    """When the last fault of this kind ended; `now` while one is open."""
    f = faults.c
    here = (f.device_id == device_id) & (f.code == code) & (f.point == point)
    found = select(f.cleared_at).where(here).order_by(f.opened_at.desc(), f.id.desc()).limit(1)
    last: datetime | None = tx.scalar(found)
    return last or now


def forget_promises(tx: Tx, fault_ids: Iterable[FaultId]) -> None:
    """Nothing is owed about them by themselves any more: no confirming, no grace, no late order."""
    d, ids = deadlines.c, [{"which": fault_id} for fault_id in sorted(fault_ids)]
    owed = or_(*(d.kind == kind for kind in (Kind.CONFIRM, Kind.GRACE, Kind.MINOR)))
    of_it = (d.subject_kind == "fault") & (d.subject_id == bindparam("which")) & (d.step == 0)
    if ids:
        tx.execute(delete(deadlines).where(of_it, owed), ids)


def happened_again(tx: Tx, fault_id: FaultId) -> None:
    again = {"occurrences": faults.c.occurrences + 1}
    tx.execute(update(faults).where(faults.c.id == fault_id).values(again))


def _one(tx: Tx, *where: ColumnElement[bool]) -> Fault | None:
    row = tx.execute(select(faults).where(*where)).one_or_none()
    return _fault(row) if row else None


def _many(tx: Tx, *where: ColumnElement[bool]) -> list[Fault]:
    rows = tx.execute(select(faults).where(*where).order_by(faults.c.id))
    return [_fault(row) for row in rows]


def _fault(row: Row[Any]) -> Fault:
    return Fault(
        id=FaultId(row.id),
        device_id=DeviceId(row.device_id),
        site_id=SiteId(row.site_id),
        code=row.code,
        point=row.point,
        severity=Severity(row.severity),
        opened_at=row.opened_at,
        source=ClockSource(row.source),
        why=row.why,
        began_after=row.began_after,
        began_before=row.began_before,
        occurrences=row.occurrences,
        provisional=row.provisional_until is not None,
        explained_by=row.explained_by,
        suspect_id=row.suspect_id,
        order_id=row.order_id,
        maintenance_id=row.maintenance_id,
        cleared_at=row.cleared_at,
        clear_why=row.clear_why,
        repeat_of=row.repeat_of,
    )
