"""E08: another unit at the same point. What belongs to the unit goes with it, the rest stays."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from rules.model import DeviceId, PersonId

# Columns of the asset list that tell of the unit, not of the point it stands at.
OF_THE_UNIT = (
    *("model", "serial", "batch", "supplier", "asset_tag", "mac", "firmware"),
    *("dialect", "dialect_id", "installed", "warranty_end"),
)
# What no two units in use share.
UNIQUE = ("serial", "mac", "asset_tag")


class Whereabouts(StrEnum):
    """Where the old unit went."""

    REPAIR = "repair"
    SPARE = "spare"
    SUPPLIER = "supplier"
    SCRAPPED = "scrapped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """One that stood at a point and was taken out."""

    device_id: DeviceId
    model: str
    serial: str
    batch: str
    supplier: str
    asset_tag: str
    mac: str
    firmware: str
    dialect: str
    dialect_id: str
    installed_on: date | None
    warranty_end: date | None
    removed_at: datetime
    removed_by: PersonId
    reason: str
    whereabouts: Whereabouts
