"""Units that stood at a point before the one that stands there now, and who has which number."""

from typing import Any

from sqlalchemy import insert, select

from rules.assets import Device
from rules.model import DeviceId
from rules.swaps import UNIQUE, Unit, Whereabouts
from storage.db import Tx
from storage.tables.columns import in_use
from storage.tables.company import devices, sites
from storage.tables.maintenance import device_units


def add(tx: Tx, unit: Unit) -> None:
    tx.execute(insert(device_units).values({name: getattr(unit, name) for name in Unit.__slots__}))


def of_device(tx: Tx, device_id: DeviceId) -> list[Unit]:
    """The one that was taken out last first."""
    mine = select(device_units).where(device_units.c.device_id == device_id)
    rows = tx.execute(mine.order_by(device_units.c.removed_at.desc(), device_units.c.id.desc()))
    return [_unit(row._asdict()) for row in rows]


def double_of(tx: Tx, device: Device) -> tuple[str, str] | None:
    """A number this device shares with another in use: which column, and whose (site/code)."""
    for name in UNIQUE:
        value = getattr(device, name)
        column = devices.c[name]
        other = (column == value) & (devices.c.id != device.id) & in_use(devices)
        named = select(sites.c.code, devices.c.code).join_from(devices, sites).where(other)
        if value and (found := tx.execute(named.limit(1)).one_or_none()):
            return name, f"{found[0]}/{found[1]}"
    return None


def _unit(values: dict[str, Any]) -> Unit:
    values.pop("id")
    return Unit(**{**values, "whereabouts": Whereabouts(values["whereabouts"])})
