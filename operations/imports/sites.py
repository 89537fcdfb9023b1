"""`sites.csv`: where a site lies decides how soon we must be there (A03)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from operations.imports import cells
from operations.imports.cells import Column
from operations.imports.outcome import Row, Tally
from operations.imports.writing import Task, Wanted, in_use_only, without_doubles, write
from operations.places import city_of, hours_in_force
from rules.assets import Contract, Site
from rules.coordinates import Point, on_earth, to_wgs84
from rules.model import Crs, CustomerId, Zone
from rules.policy import ZoneHours
from rules.rings import City
from rules.zones import MOST_HOURS, Placed, Refused, on_site, place, swapped
from storage import company
from storage import contracts as contract_rows
from storage import customers as customer_rows
from storage import sites as site_rows

AUTO = "auto"
COLUMNS = (
    Column(name="code", read=cells.wire_id, example="S01", needed=True),
    Column(name="name", read=cells.text, example="总府路商场", needed=True),
    Column(name="customer", read=cells.name, example="C001", needed=True),
    Column(name="contract", read=cells.name, example="WB-2026-007", empty=None),
    Column(name="address", read=cells.text, example="成都市锦江区总府路1号"),
    Column(name="lon", read=cells.number(-180, 180), example="104.0635", empty=None),
    Column(name="lat", read=cells.number(-180, 180), example="30.6598", empty=None),
    Column(name="crs", read=cells.one_of(Crs), example="gcj02", empty=None),
    Column(name="zone", read=cells.one_of((AUTO, *Zone)), example=AUTO, empty=AUTO),
    Column(name="on_site_hours", read=cells.number(0.1, MOST_HOURS), example="24", empty=None),
    Column(name="zone_reason", read=cells.text, example="三环路外侧辅道,按合同计入三环"),
    Column(name="key_project", read=cells.yes_no, example="no", empty=False),
    Column(name="retention_days", read=cells.whole(1, 3650), example="90", empty=None),
    Column(name="access_note", read=cells.text, example="门卫室登记,电话 028-86660001"),
    Column(name="timezone", read=cells.timezone, example="Asia/Shanghai", empty=None),
)
_STORED = frozenset(field.name for field in fields(Site)) - {"id"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Map:
    """What a site is judged against."""

    city: City | None
    hours: ZoneHours
    customers: Mapping[str, CustomerId]
    contracts: Mapping[str, Contract]
    timezone: str


def bring_in(rows: Sequence[Row], task: Task) -> Tally:
    tx = task.tx
    known = {site.code: site for site in site_rows.all_sites(tx, also_archived=True)}
    around = _Map(
        city=city_of(tx),
        hours=hours_in_force(tx, task.policy),
        customers={one.code: one.id for one in customer_rows.all_customers(tx)},
        contracts={one.number: one for one in contract_rows.all_contracts(tx)},
        timezone=company.fact(tx, "timezone") or "Asia/Shanghai",
    )
    wanted = []
    sound = without_doubles(rows, ["code"], task.findings)
    for row in in_use_only(sound, known, lambda row: row.given["code"], "code", task.findings):
        columns = _judged(row, known.get(row.given["code"]), around, task)
        if row.sound:
            wanted.append(Wanted(key=row.given["code"], columns=columns))
    return write(
        wanted,
        known,
        add=lambda new: site_rows.add(tx, new),
        change=lambda number, columns: site_rows.change(tx, number, columns),
        says=_says,
    )


def _judged(row: Row, old: Site | None, around: _Map, task: Task) -> dict[str, Any]:
    """Every column of the site, stored values under given ones; refuses the row if unsound."""
    columns = {name: _says(old, name) for name in _STORED} if old else {}
    given = dict(row.given)
    _owners(row, given, columns, around, task)
    _coordinate(row, given, columns, around, task)
    zone = given.pop("zone", AUTO if old is None or old.zone_how == AUTO else old.zone.value)
    hours = given.pop("on_site_hours", _own_hours(old))
    columns |= {name: value for name, value in given.items() if name in _STORED}
    columns["timezone"] = columns.get("timezone") or around.timezone
    if row.sound:
        _zone(row, zone, columns, around, task)
    if row.sound:
        _hours(row, hours, columns, around, task)
    return columns


def _owners(
    row: Row, given: dict[str, Any], columns: dict[str, Any], around: _Map, task: Task
) -> None:
    customer = given.pop("customer")
    columns["customer_id"] = around.customers.get(customer)
    if columns["customer_id"] is None:
        task.findings.refuse(row, "customer", "import.error.no_such_customer")
    columns.setdefault("contract_id", None)
    if "contract" in given:
        number = given.pop("contract")
        contract = around.contracts.get(number) if number else None
        if number and contract is None:
            task.findings.refuse(row, "contract", "import.error.no_such_contract")
        columns["contract_id"] = contract.id if contract else None
    owners = {one.id: one.customer_id for one in around.contracts.values()}
    owner = owners.get(columns["contract_id"])
    if row.sound and owner not in (None, columns["customer_id"]):
        task.findings.refuse(row, "contract", "import.error.contract_of_another")


def _coordinate(
    row: Row, given: dict[str, Any], columns: dict[str, Any], around: _Map, task: Task
) -> None:
    """All three or none; converted to WGS-84 here, once."""
    parts = [name for name in ("lon", "lat", "crs") if name in given]
    lon, lat, crs = (given.pop(name, None) for name in ("lon", "lat", "crs"))
    columns.setdefault("given_crs", "")
    if not parts:
        return
    if lon is None and lat is None and crs is None:
        columns |= {"lon": None, "lat": None, "given_crs": ""}
    elif crs is None:
        task.findings.refuse(row, "crs", "import.error.no_crs", choices=", ".join(Crs))
    elif lon is None or lat is None:
        task.findings.refuse(row, "lon" if lon is None else "lat", "import.error.half_coordinate")
    elif swapped(Point(lon, lat), around.city):
        task.findings.refuse(row, "lon", "import.error.swapped", lon=lon, lat=lat)
    elif not on_earth(Point(lon, lat)):
        task.findings.refuse(row, "lat", "import.error.not_on_earth")
    else:
        point = to_wgs84(Point(lon, lat), Crs(crs))
        columns |= {"lon": point.lon, "lat": point.lat, "given_crs": crs}


def _zone(row: Row, zone: str, columns: dict[str, Any], around: _Map, task: Task) -> None:
    lon, lat = columns.get("lon"), columns.get("lat")
    point = Point(lon, lat) if lon is not None and lat is not None else None
    found = place(around.city, point, columns.get("address", ""), warn_m=task.policy.ring_warning_m)
    if isinstance(found, Placed):
        for warning in found.warnings:
            task.findings.warn(row, "zone", warning.id, **warning.facts)
    if zone == AUTO and isinstance(found, Refused):
        task.findings.refuse(row, "zone", found.why.id, **found.why.facts)
    elif isinstance(found, Placed) and zone not in (AUTO, found.zone):
        columns |= {"zone": zone, "zone_how": "manual"}
        if not columns.get("zone_reason"):
            task.findings.refuse(row, "zone_reason", "import.error.no_zone_reason", zone=found.zone)
    elif isinstance(found, Placed) and zone == AUTO:
        columns |= {"zone": found.zone.value, "zone_how": AUTO}
    else:
        columns |= {"zone": zone, "zone_how": "manual"}


def _hours(
    row: Row, given: float | None, columns: dict[str, Any], around: _Map, task: Task
) -> None:
    by_contract = columns["contract_id"] is not None
    found = on_site(Zone(columns["zone"]), given, around.hours, by_contract=by_contract)
    if isinstance(found, Refused):
        task.findings.refuse(row, "on_site_hours", found.why.id, **found.why.facts)
    else:
        columns |= {"on_site_hours": found.hours, "on_site_rule": found.rule.id}


def _own_hours(old: Site | None) -> float | None:
    """The hours the site was given for itself; None where the table gave them."""
    return None if old is None or old.on_site_rule == "zones.rule.table" else old.on_site_hours


def _says(site: Any, column: str) -> Any:
    value = getattr(site, column)
    return value or "" if column == "given_crs" else value
