"""Out of use and back. What goes with a customer, site or system carries the same instant.

So every list asks one column of its own row, and bringing back takes along what went together
and nothing that had been archived before.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, func, or_, select, update

from rules.model import ContractId, DeviceId, FaultId, PersonId
from storage.db import Tx
from storage.tables.company import (
    contracts,
    customers,
    device_links,
    devices,
    shifts,
    sites,
    systems,
)
from storage.tables.night import work_orders
from storage.tables.watch import conditions, device_states, faults

_TABLES = {
    "customers": customers,
    "contracts": contracts,
    "sites": sites,
    "systems": systems,
    "devices": devices,
}


def along(tx: Tx, noun: str, number: int) -> dict[str, int]:
    """How many in use would go with it, noun by noun."""
    counts = {}
    for name, where in _below(noun, number).items():
        table = _TABLES[name]
        counted = (
            select(func.count()).select_from(table).where(where, table.c.archived_at.is_(None))
        )
        if found := tx.scalar(counted):
            counts[name] = found
    return counts


def put_away(tx: Tx, noun: str, number: int, now: datetime) -> None:
    """It, and what stands in it and is in use."""
    for name, where in _whole(noun, number).items():
        table = _TABLES[name]
        changed = update(table).where(where, table.c.archived_at.is_(None))
        tx.execute(changed.values(archived_at=now))
    gone = select(devices.c.id).where(devices.c.archived_at == now)
    tx.execute(delete(conditions).where(conditions.c.device_id.in_(gone)))


def bring_back(tx: Tx, noun: str, number: int, went_at: datetime, now: datetime) -> None:
    """It, and what went with it. A device begins anew: it must say its first word again."""
    back = select(devices.c.id).where(
        devices.c.archived_at == went_at, _whole(noun, number).get("devices", devices.c.id < 0)
    )
    tx.execute(delete(device_states).where(device_states.c.device_id.in_(back)))
    for name, where in _whole(noun, number).items():
        table = _TABLES[name]
        values: dict[str, Any] = {"archived_at": None}
        if name == "devices":
            values["enrolled_at"] = now
        tx.execute(update(table).where(where, table.c.archived_at == went_at).values(values))


def open_orders(tx: Tx, noun: str, number: int) -> list[str]:
    """Numbers of the orders that still run there."""
    here = _devices(noun, number)
    ours = select(faults.c.order_id).where(faults.c.device_id.in_(select(devices.c.id).where(here)))
    rooted = select(faults.c.id).where(faults.c.device_id.in_(select(devices.c.id).where(here)))
    found = select(work_orders.c.number).where(
        work_orders.c.closed_at.is_(None),
        or_(work_orders.c.id.in_(ours), work_orders.c.root_fault_id.in_(rooted)),
    )
    return list(tx.scalars(found.order_by(work_orders.c.id)))


def open_faults(tx: Tx, noun: str, number: int) -> list[FaultId]:
    here = select(devices.c.id).where(_devices(noun, number))
    found = select(faults.c.id).where(faults.c.cleared_at.is_(None), faults.c.device_id.in_(here))
    return [FaultId(one) for one in tx.scalars(found.order_by(faults.c.id))]


def dependants(tx: Tx, noun: str, number: int) -> list[str]:
    """Devices in use outside of it that depend on a device within."""
    within = select(devices.c.id).where(_devices(noun, number))
    found = (
        select(devices.c.code)
        .join(device_links, device_links.c.device_id == devices.c.id)
        .where(
            device_links.c.parent_id.in_(within),
            devices.c.id.not_in(within),
            devices.c.archived_at.is_(None),
        )
    )
    return sorted(set(tx.scalars(found)))


def archived_parents(tx: Tx, device_id: DeviceId) -> list[str]:
    """What a device depends on that is out of use."""
    found = (
        select(devices.c.code)
        .join(device_links, device_links.c.parent_id == devices.c.id)
        .where(device_links.c.device_id == device_id, devices.c.archived_at.is_not(None))
    )
    return sorted(set(tx.scalars(found)))


def sites_under(tx: Tx, contract_id: ContractId) -> list[str]:
    found = select(sites.c.code).where(
        sites.c.contract_id == contract_id, sites.c.archived_at.is_(None)
    )
    return sorted(tx.scalars(found))


def stands_until(tx: Tx, person_id: PersonId, now: datetime) -> datetime | None:
    """The end of the last shift the person has on the rota, if it is still to come."""
    last = select(func.max(shifts.c.ends_at)).where(
        shifts.c.person_id == person_id, shifts.c.ends_at > now
    )
    until: datetime | None = tx.scalar(last)
    return until


def _below(noun: str, number: int) -> dict[str, ColumnElement[bool]]:
    whole = _whole(noun, number)
    whole.pop(noun, None)
    return whole


def _whole(noun: str, number: int) -> dict[str, ColumnElement[bool]]:
    """Which rows of which table belong to it."""
    if noun == "customers":
        theirs = sites.c.customer_id == number
        of_sites = select(sites.c.id).where(theirs)
        return {
            "customers": customers.c.id == number,
            "contracts": contracts.c.customer_id == number,
            "sites": theirs,
            "systems": systems.c.site_id.in_(of_sites),
            "devices": devices.c.site_id.in_(of_sites),
        }
    if noun == "sites":
        return {
            "sites": sites.c.id == number,
            "systems": systems.c.site_id == number,
            "devices": devices.c.site_id == number,
        }
    if noun == "systems":
        return {"systems": systems.c.id == number, "devices": devices.c.system_id == number}
    return {noun: _TABLES[noun].c.id == number}


def _devices(noun: str, number: int) -> ColumnElement[bool]:
    chosen = _whole(noun, number).get("devices")
    return and_(chosen) if chosen is not None else devices.c.id < 0


def missing_parents(tx: Tx, noun: str, number: int) -> Sequence[str]:
    """What it stands in or under that is out of use: bring that back first."""
    if noun == "contracts":
        found = select(customers.c.name).join(contracts).where(contracts.c.id == number)
        return list(tx.scalars(found.where(customers.c.archived_at.is_not(None))))
    if noun == "sites":
        found = select(customers.c.name).join(sites).where(sites.c.id == number)
        return list(tx.scalars(found.where(customers.c.archived_at.is_not(None))))
    if noun in {"systems", "devices"}:
        table = _TABLES[noun]
        found = select(sites.c.name).join(table).where(table.c.id == number)
        names = list(tx.scalars(found.where(sites.c.archived_at.is_not(None))))
        if noun == "devices":
            over = select(systems.c.name).join(devices).where(devices.c.id == number)
            names += tx.scalars(over.where(systems.c.archived_at.is_not(None)))
        return names
    return []
