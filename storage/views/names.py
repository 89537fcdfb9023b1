"""Names of people, sites and devices for a page of rows: one question each, not one a row."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import CTE, func, select

from rules.model import CustomerId, DeviceId, DeviceType, FaultId, PersonId, SiteId
from storage.db import Tx
from storage.tables.company import customers, devices, people, sites
from storage.tables.watch import faults


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a fault is: the device and its site, as people call them."""

    device_id: DeviceId
    device: str
    device_code: str
    type: DeviceType
    location: str
    site_id: SiteId
    site: str
    site_code: str
    customer_id: CustomerId


def of_people(tx: Tx, ids: Iterable[PersonId | None]) -> dict[PersonId, str]:
    """Also of those who have left."""
    wanted = {number for number in ids if number is not None}
    if not wanted:
        return {}
    found = tx.execute(select(people.c.id, people.c.name).where(people.c.id.in_(wanted)))
    return {PersonId(number): name for number, name in found}


def codes_of_people(tx: Tx, ids: Iterable[PersonId | None]) -> dict[PersonId, str]:
    """The codes of the asset list, also of those who have left."""
    wanted = {number for number in ids if number is not None}
    found = tx.execute(select(people.c.id, people.c.code).where(people.c.id.in_(wanted)))
    return {PersonId(number): code for number, code in found}


def of_places(tx: Tx, device_ids: Iterable[DeviceId]) -> dict[DeviceId, Place]:
    found = (
        select(
            devices.c.id.label("device_id"),
            devices.c.name.label("device"),
            devices.c.code.label("device_code"),
            devices.c.type,
            devices.c.location,
            devices.c.site_id,
            sites.c.name.label("site"),
            sites.c.code.label("site_code"),
            sites.c.customer_id,
        )
        .join_from(devices, sites)
        .where(devices.c.id.in_(set(device_ids)))
    )
    places = (
        Place(**{**row, "type": DeviceType(row["type"])}) for row in tx.execute(found).mappings()
    )
    return {place.device_id: place for place in places}


def person(tx: Tx, person_id: PersonId | None) -> str:
    """Also of one who has left; empty for nobody."""
    return tx.scalar(select(people.c.name).where(people.c.id == person_id)) or ""


def customer(tx: Tx, customer_id: CustomerId) -> str:
    return tx.scalar(select(customers.c.name).where(customers.c.id == customer_id)) or ""


def affected(tx: Tx, causes: Iterable[FaultId]) -> dict[FaultId, int]:
    """How many devices wait behind each cause, also behind a cause that waits itself."""
    behind = waiting_behind(causes)
    counted = select(behind.c.root, func.count(behind.c.device_id.distinct()))
    return {FaultId(root): n for root, n in tx.execute(counted.group_by(behind.c.root))}


def behind(tx: Tx, cause: FaultId, *, limit: int) -> list[DeviceId]:
    """The first of the devices that wait behind a cause."""
    chain = waiting_behind([cause])
    found = select(chain.c.device_id).distinct().order_by(chain.c.device_id).limit(limit)
    return [DeviceId(number) for number in tx.scalars(found)]


def waiting_behind(causes: Iterable[FaultId]) -> CTE:
    """Open faults (`root`, `id`, `device_id`) behind each cause, however deep."""
    start = (
        select(faults.c.explained_by.label("root"), faults.c.id, faults.c.device_id)
        .where(faults.c.explained_by.in_(set(causes)), faults.c.cleared_at.is_(None))
        .cte("behind", recursive=True)
    )
    deeper = (
        select(start.c.root, faults.c.id, faults.c.device_id)
        .join_from(start, faults, faults.c.explained_by == start.c.id)
        .where(faults.c.cleared_at.is_(None))
    )
    return start.union(deeper)
