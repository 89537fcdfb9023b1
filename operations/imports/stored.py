"""What is stored, as the cells a file would hold: what forms show, and what changes are told by.

Reading these cells back changes nothing; a test proves it for every kind.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from operations.imports.outcome import Kind
from rules.assets import Contract, Customer, Device, Site, System
from rules.coordinates import Point, from_wgs84
from rules.model import (
    ContractId,
    CustomerId,
    DeviceId,
    Link,
    Person,
    PersonId,
    SiteId,
    SystemId,
)
from rules.push import CHANNEL
from storage import contracts as contract_rows
from storage import customers as customer_rows
from storage import devices as device_rows
from storage import people as people_rows
from storage import sites as site_rows
from storage import systems as system_rows
from storage.codes import Codes
from storage.db import Tx

Cells = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """One line of a list. `key` is what people call it by, `site_id` where it stands."""

    kind: Kind
    id: int
    key: str
    name: str
    cells: Cells
    archived_at: datetime | None
    site_id: SiteId | None = None
    customer_id: CustomerId | None = None


def one(tx: Tx, kind: Kind, number: int) -> Stored | None:
    """Also what is archived."""
    value = _GET[kind](tx, number)
    return None if value is None else _stored(kind, value, Codes(tx))


def all_of(tx: Tx, kind: Kind, site_codes: Collection[str] | None = None) -> dict[int, Stored]:
    """By id. `site_codes` spares reading the devices of other sites."""
    codes = Codes(tx)
    found = (_stored(kind, value, codes) for value in _values(tx, kind, site_codes))
    return {each.id: each for each in found}


def by_key(tx: Tx, kind: Kind, cells: Cells) -> Stored | None:
    """The line these cells speak of, if it is there; also if it is archived."""
    found = _BY_KEY[kind](tx, cells)
    return None if found is None else _stored(kind, found, Codes(tx))


def _values(tx: Tx, kind: Kind, site_codes: Collection[str] | None) -> Iterable[Any]:
    if kind is not Kind.DEVICES:
        return _ALL[kind](tx)
    if site_codes is None or len(site_codes) > 20:  # noqa: PLR2004 - as the importer reads them
        return device_rows.all_devices(tx, also_archived=True)
    sites = [site for code in site_codes if (site := site_rows.by_code(tx, code))]
    each = (device_rows.of_site(tx, site.id, also_archived=True) for site in sites)
    return [device for of_site in each for device in of_site]


def _stored(kind: Kind, value: Any, codes: Codes) -> Stored:
    cells: Cells = _CELLS[kind](value, codes)
    key = cells["number"] if kind is Kind.CONTRACTS else cells["code"]
    at_site = kind in {Kind.SYSTEMS, Kind.DEVICES}
    return Stored(
        kind=kind,
        id=value.id,
        key=f"{cells['site']}/{key}" if at_site else key,
        name=value.number if kind is Kind.CONTRACTS else value.name or key,
        cells=cells,
        archived_at=value.left_at if kind is Kind.PEOPLE else value.archived_at,
        site_id=value.id if kind is Kind.SITES else getattr(value, "site_id", None),
        customer_id=value.id if kind is Kind.CUSTOMERS else getattr(value, "customer_id", None),
    )


def _customer(one: Customer, _: Codes) -> Cells:
    return {
        name: getattr(one, name)
        for name in ("code", "name", "address", "phone", "email", "language")
    }


def _contract(one: Contract, codes: Codes) -> Cells:
    return {
        "number": one.number,
        "customer": codes.customers[one.customer_id],
        "tier": one.tier,
        "scope": one.scope,
        "start": _day(one.starts_on),
        "end": _day(one.ends_on),
        "free_until": _day(one.free_until),
        "retention_days": _figure(one.retention_days),
        "quarter": one.quarter,
        "survey_months": _figure(one.survey_months),
    }


def _site(one: Site, codes: Codes) -> Cells:
    """The coordinate in the system it was handed in; hours only where they are its own."""
    lon, lat, crs = _coordinate(one)
    return {
        "code": one.code,
        "name": one.name,
        "customer": codes.customers[one.customer_id],
        "contract": codes.contracts[one.contract_id] if one.contract_id else "",
        "address": one.address,
        "lon": lon,
        "lat": lat,
        "crs": crs,
        "zone": "auto" if one.zone_how == "auto" else one.zone.value,
        "on_site_hours": ""
        if one.on_site_rule == "zones.rule.table"
        else _figure(one.on_site_hours),
        "zone_reason": one.zone_reason,
        "key_project": _yes_no(one.key_project),
        "retention_days": _figure(one.retention_days),
        "access_note": one.access_note,
        "timezone": one.timezone,
    }


def _coordinate(one: Site) -> tuple[str, str, str]:
    if one.lon is None or one.lat is None or one.given_crs is None:
        return "", "", ""
    there = from_wgs84(Point(one.lon, one.lat), one.given_crs)
    return f"{there.lon:.6f}", f"{there.lat:.6f}", one.given_crs.value


def _system(one: System, codes: Codes) -> Cells:
    names = ("code", "name", "kind", "size", "complexity", "importance", "extra_cycles")
    return {
        "site": codes.sites[one.site_id],
        **{name: getattr(one, name) for name in names},
    }


_PLAIN = (
    *("importance", "location", "position", "model", "serial", "batch", "supplier"),
    *("asset_tag", "firmware", "ip", "mac", "dialect", "dialect_id"),
)


def _device(one: Device, codes: Codes) -> Cells:
    of_site = codes.devices(one.site_id) if one.links else {}
    return {
        "site": one.site_code,
        "system": codes.systems[one.system_id] if one.system_id else "",
        "code": one.code,
        "name": one.name,
        "type": one.type.value,
        **{link.value: of_site[one.links[link]] if link in one.links else "" for link in Link},
        "ups": _yes_no(one.ups),
        "monitored": one.monitored.value,
        **{name: getattr(one, name) for name in _PLAIN},
        "reporting_interval_s": _figure(one.reporting_interval_s),
        "installed": _day(one.installed_on),
        "warranty_end": _day(one.warranty_end),
    }


def _person(one: Person, codes: Codes) -> Cells:
    named = sorted(codes.sites[site] for site in one.site_ids)
    return {
        "code": one.code,
        "name": one.name,
        "roles": ";".join(sorted(one.roles)),
        "sites": ";".join(["*", *named] if one.all_sites else named),
        "customer": codes.customers[one.customer_id] if one.customer_id else "",
        "phone": one.phone,
        "email": one.email,
        "channels": ";".join(
            f"{each.channel}:{each.target}" for each in one.channels if each.channel != CHANNEL
        ),
        "language": one.language,
    }


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _figure(figure: float | None) -> str:
    return "" if figure is None else f"{figure:g}"


def _yes_no(value: bool) -> str:  # noqa: FBT001 - a cell's value
    return "yes" if value else "no"


_CELLS: Mapping[Kind, Callable[[Any, Codes], Cells]] = {
    Kind.CUSTOMERS: _customer,
    Kind.CONTRACTS: _contract,
    Kind.SITES: _site,
    Kind.SYSTEMS: _system,
    Kind.DEVICES: _device,
    Kind.PEOPLE: _person,
}
_BY_KEY: Mapping[Kind, Callable[[Tx, Cells], Any]] = {
    Kind.CUSTOMERS: lambda tx, cells: customer_rows.by_code(tx, cells["code"]),
    Kind.CONTRACTS: lambda tx, cells: contract_rows.by_number(tx, cells["number"]),
    Kind.SITES: lambda tx, cells: site_rows.by_code(tx, cells["code"]),
    Kind.SYSTEMS: lambda tx, cells: system_rows.by_code(tx, cells["site"], cells["code"]),
    Kind.DEVICES: lambda tx, cells: device_rows.by_code(tx, cells["site"], cells["code"]),
    Kind.PEOPLE: lambda tx, cells: people_rows.by_code(tx, cells["code"]),
}
_ALL: Mapping[Kind, Callable[[Tx], Iterable[Any]]] = {
    Kind.CUSTOMERS: lambda tx: customer_rows.all_customers(tx, also_archived=True),
    Kind.CONTRACTS: lambda tx: contract_rows.all_contracts(tx, also_archived=True),
    Kind.SITES: lambda tx: site_rows.all_sites(tx, also_archived=True),
    Kind.SYSTEMS: lambda tx: system_rows.all_systems(tx, also_archived=True),
    Kind.PEOPLE: people_rows.everyone,
}
_GET: Mapping[Kind, Callable[[Tx, int], Any]] = {
    Kind.CUSTOMERS: lambda tx, number: customer_rows.get(tx, CustomerId(number)),
    Kind.CONTRACTS: lambda tx, number: contract_rows.get(tx, ContractId(number)),
    Kind.SITES: lambda tx, number: site_rows.get(tx, SiteId(number)),
    Kind.SYSTEMS: lambda tx, number: system_rows.get(tx, SystemId(number)),
    Kind.DEVICES: lambda tx, number: device_rows.get(tx, DeviceId(number)),
    Kind.PEOPLE: lambda tx, number: people_rows.get(tx, PersonId(number)),
}
