"""Customers, sites and what is installed there: the asset list as frozen values.

What has an `archived_at` is out of the lists, out of planning and judging; it is never deleted.
"""

from dataclasses import dataclass, field
from datetime import date, datetime

from rules.model import (
    ContractId,
    Crs,
    CustomerId,
    DeviceId,
    DeviceType,
    Link,
    Monitored,
    SiteId,
    SystemId,
    Zone,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    id: CustomerId
    code: str
    name: str
    address: str = ""
    phone: str = ""
    email: str = ""
    language: str = "zh"
    archived_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    id: ContractId
    number: str
    customer_id: CustomerId
    tier: str
    scope: str
    starts_on: date
    ends_on: date
    free_until: date | None = None
    retention_days: int | None = None
    quarter: str = "natural"
    survey_months: int = 12
    archived_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """`lon`, `lat` are WGS-84 degrees; `given_crs` is the system they were handed in."""

    id: SiteId
    code: str
    name: str
    customer_id: CustomerId
    contract_id: ContractId | None
    zone: Zone
    on_site_hours: float
    on_site_rule: str
    timezone: str
    address: str = ""
    lon: float | None = None
    lat: float | None = None
    given_crs: Crs | None = None
    zone_how: str = "manual"
    zone_reason: str = ""
    key_project: bool = False
    retention_days: int | None = None
    access_note: str = ""
    archived_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class System:
    id: SystemId
    site_id: SiteId
    code: str
    name: str
    kind: str
    size: str = ""
    complexity: str = ""
    importance: str = ""
    extra_cycles: str = ""
    archived_at: datetime | None = None


# What has nothing to say it with is looked at on the round; a zone speaks through its panel.
_DUMB = frozenset(
    {DeviceType.LENS, DeviceType.SPD, DeviceType.GROUND, DeviceType.LINE, DeviceType.MONITOR}
)


def monitored_by_default(kind: DeviceType) -> Monitored:
    """How a device of this type is watched where nobody says otherwise (A01)."""
    if kind in _DUMB:
        return Monitored.NO
    return Monitored.INDIRECT if kind is DeviceType.ZONE else Monitored.YES


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """`links` names what the device depends on, within its own site; never a cycle."""

    id: DeviceId
    site_id: SiteId
    site_code: str
    code: str
    name: str
    type: DeviceType
    enrolled_at: datetime
    system_id: SystemId | None = None
    links: dict[Link, DeviceId] = field(default_factory=dict)
    importance: str = "normal"
    ups: bool = False
    monitored: Monitored = Monitored.YES
    location: str = ""
    position: str = ""
    model: str = ""
    serial: str = ""
    batch: str = ""
    supplier: str = ""
    asset_tag: str = ""
    ip: str = ""
    mac: str = ""
    firmware: str = ""
    reporting_interval_s: int | None = None
    installed_on: date | None = None
    warranty_end: date | None = None
    dialect: str = "native"
    dialect_id: str = ""
    disabled_at: datetime | None = None
    maintenance_until: datetime | None = None
    archived_at: datetime | None = None

    @property
    def spoken_name(self) -> tuple[str, str, str]:
        """Site, dialect and the id it speaks under: its code where no other is given."""
        return self.site_code, self.dialect, self.dialect_id or self.code
