"""Which distance zone a site lies in, and how soon we must be there (A03).

Point in polygon, smallest ring first, the boundary counts as inside: the shorter deadline.
Neither the straight line nor the driving time plays a part in the written rules.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from rules.coordinates import Point, distance_m, in_china, on_earth
from rules.model import Zone
from rules.policy import ZoneHours
from rules.rings import City

ON_THE_LINE_M = 0.01  # a centimetre: what floating point makes of a point on a boundary
FAR_FROM_CITY_M = 500_000  # a point further away is looked at for swapped figures
MOST_HOURS = 720.0
TABLE, SHORTENED = "zones.rule.table", "zones.rule.shortened"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """A sentence for people: message id and what fills its blanks."""

    id: str
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    zone: Zone
    why: Reason
    warnings: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    why: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class OnSite:
    """Hours from the notice to arrival, and by which rule; both are frozen into an order."""

    hours: float
    rule: Reason


def place(
    city: City | None, point: Point | None, address: str, *, warn_m: float
) -> Placed | Refused:
    """The zone of a WGS-84 point, or why it cannot be told. `warn_m`: near a ring is doubtful."""
    if point is None:
        return _no("zones.refused.no_coordinate")
    if city is None:
        return _no("zones.refused.no_rings")
    near = _near(city, point, warn_m)
    for ring in city.rings:
        if _covers(ring.area, point):
            return _is(ring.zone, "zones.why.inside_ring", near, ring=ring.zone.value)
    if city.border is None:
        return _no("zones.refused.no_border")
    if _covers(city.border, point):
        return _is(Zone.CITY, "zones.why.inside_border", near)
    return _outside(city, point, address, near)


def _outside(city: City, point: Point, address: str, near: tuple[Reason, ...]) -> Placed | Refused:
    if not city.neighbours:
        return _no("zones.refused.no_neighbours")
    for neighbour in city.neighbours:
        if neighbour.area is not None and _covers(neighbour.area, point):
            return _is(Zone.NEIGHBOUR, "zones.why.inside_neighbour", near, name=neighbour.names[0])
    for neighbour in city.neighbours:
        for name in neighbour.names:
            if name in address:
                return _is(Zone.NEIGHBOUR, "zones.why.address_names", near, name=name)
    if not address and any(neighbour.area is None for neighbour in city.neighbours):
        return _no("zones.refused.no_address")
    return _is(Zone.REMOTE, "zones.why.beyond_neighbours", near)


def swapped(point: Point, city: City | None = None) -> bool:
    """Are longitude and latitude in each other's place? Refuse the coordinate if so."""
    turned = Point(point.lat, point.lon)
    if not on_earth(turned):
        return False
    if not on_earth(point):
        return True
    if in_china(point) != in_china(turned):
        return in_china(turned)
    if city is None:
        return False
    here = Point(*city.rings[0].area.representative_point().coords[0])
    return distance_m(here, turned) < FAR_FROM_CITY_M < distance_m(here, point)


def on_site(
    zone: Zone, given_hours: float | None, hours: ZoneHours, *, by_contract: bool
) -> OnSite | Refused:
    """A03. `given_hours` may shorten the table; only a contract may replace it by a longer time."""
    table = hours.of(zone)
    if given_hours is None:
        return _by_table(zone, table)
    if not 0 < given_hours <= MOST_HOURS:
        return _no("zones.refused.hours", hours=given_hours, most=MOST_HOURS)
    facts = {"zone": zone.value, "hours": given_hours, "table": table}
    if table is None:
        rule = "zones.rule.contract" if zone is Zone.REMOTE else "zones.rule.chosen"
        del facts["table"]
    elif given_hours > table and not by_contract:
        return Refused(why=Reason(id="zones.refused.longer_without_contract", facts=facts))
    else:
        rule = _against(given_hours, table)
    return OnSite(hours=given_hours, rule=Reason(id=rule, facts=facts))


def in_force(zone: Zone, entered: OnSite, hours: ZoneHours) -> OnSite:
    """What holds today for a site that was entered under `entered` (A18).

    The table may have been changed since. Who has the table's hours has the new ones, and hours
    shorter than it never become longer than it; a contract's own hours stay.
    """
    table = hours.of(zone)
    own = entered.rule.id not in {TABLE, SHORTENED}
    if table is None or own or (entered.rule.id == SHORTENED and entered.hours < table):
        return entered
    return OnSite(hours=table, rule=Reason(id=TABLE, facts={"zone": zone.value, "hours": table}))


def _against(given_hours: float, table: float) -> str:
    if given_hours == table:
        return TABLE
    return SHORTENED if given_hours < table else "zones.rule.replaced"


def _by_table(zone: Zone, table: float | None) -> OnSite | Refused:
    if table is not None:
        facts = {"zone": zone.value, "hours": table, "table": table}
        return OnSite(hours=table, rule=Reason(id=TABLE, facts=facts))
    if zone is Zone.REMOTE:
        return _no("zones.refused.remote_without_hours")
    return _no("zones.refused.city_without_hours")


def _covers(area: BaseGeometry, point: Point) -> bool:
    if shapely.intersects_xy(area, point.lon, point.lat):
        return True
    return _metres(area, point) <= ON_THE_LINE_M


def _near(city: City, point: Point, warn_m: float) -> tuple[Reason, ...]:
    lines = [(ring.zone, ring.area) for ring in city.rings]
    if city.border is not None:
        lines.append((Zone.CITY, city.border))
    return tuple(
        Reason(id="zones.warning.near_ring", facts={"ring": zone.value, "metres": round(metres)})
        for zone, area in lines
        if (metres := _metres(area, point)) < warn_m
    )


def _metres(area: BaseGeometry, point: Point) -> float:
    """From the point to the boundary, over a plane that touches the earth at the point."""
    north = distance_m(point, Point(point.lon, point.lat + 0.5)) / 0.5
    east = distance_m(point, Point(point.lon + 0.5, point.lat)) / 0.5
    flat = shapely.transform(area.boundary, lambda xy: (xy - point) * (east, north))
    return float(shapely.distance(flat, shapely.Point(0, 0)))


def _is(zone: Zone, why: str, warnings: tuple[Reason, ...], **facts: Any) -> Placed:
    return Placed(zone=zone, why=Reason(id=why, facts=facts), warnings=warnings)


def _no(why: str, **facts: Any) -> Refused:
    return Refused(why=Reason(id=why, facts=facts))
