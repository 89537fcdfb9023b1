"""Where a site lies: the rings as a map draws them, and what a coordinate means (A03)."""

from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from operations.imports import columns_of
from operations.imports.cells import CellError
from operations.imports.outcome import Kind
from operations.places import city_of, hours_in_force
from rules import rings as ring_rules
from rules import zones
from rules.coordinates import Point, from_wgs84, on_earth, to_wgs84
from rules.model import Crs, Zone
from rules.permits import Verb
from rules.policy import ZoneHours
from rules.rings import City
from rules.zones import Placed
from storage.db import reading
from web import forms
from web.wired import Viewer, Visitor, Wired, page

router = APIRouter()

DEGREES = 6  # decimals: a tenth of a metre


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What is said beside the map: the zone and why, or why it cannot be told."""

    answer: str = ""
    why: str = ""
    doubts: tuple[str, ...] = ()
    wrong: str = ""


@router.get("/map/rings")
def drawn_rings(parts: Wired, visitor: Visitor) -> Response:
    """GeoJSON in WGS-84; no features as long as nobody brought rings."""
    visitor.must(Verb.KEEP_SITES)
    with reading(parts.database) as tx:
        city = city_of(tx)
    empty = {"type": "FeatureCollection", "features": []}
    return JSONResponse(ring_rules.drawn(city) if city else empty)


@router.get("/map/place")
def place(  # noqa: PLR0913, PLR0917 - a coordinate and its address
    request: Request,
    parts: Wired,
    visitor: Visitor,
    lon: str = "",
    lat: str = "",
    crs: str = "",
    address: str = "",
    wanted: str = "",
) -> Response:
    """The same rules as saving: which zone, why, and the coordinate in each system.

    `wanted` is the system in which the form goes on; the pin speaks WGS-84.
    """
    visitor.must(Verb.KEEP_SITES)
    with reading(parts.database) as tx:
        city, hours = city_of(tx), hours_in_force(tx, parts.policy)
    point, wrong = _point(visitor, lon, lat, crs, city)
    if point is None:
        return page(request, visitor, "records/place.html", told=Told(wrong=wrong), point=None)
    warn_m = parts.policy.ring_warning_m
    found = zones.place(city, point, address[:200], warn_m=warn_m)
    told = _told(visitor, found, hours)
    systems = {each: _written(from_wgs84(point, each)) for each in Crs}
    kept = Crs(wanted) if wanted in set(Crs) else Crs.WGS84
    return page(
        request,
        visitor,
        "records/place.html",
        told=told,
        point=point,
        systems=systems,
        kept=kept,
        approximate=city is not None and city.approximate,
    )


def _point(
    visitor: Viewer, lon: str, lat: str, crs: str, city: City | None
) -> tuple[Point | None, str]:
    """WGS-84, or what is wrong: by the cells' own readers."""
    if not (lon.strip() and lat.strip()):
        return None, ""
    if crs not in set(Crs):
        return None, visitor.say("import.error.no_crs", choices=", ".join(Crs))
    columns = {column.name: column for column in columns_of(Kind.SITES)}
    values = {}
    for name, cell in (("lon", lon), ("lat", lat)):
        try:
            values[name] = columns[name].read(cell.strip())
        except CellError as error:
            facts = {"value": cell[:80], "example": columns[name].example, **error.facts}
            return None, visitor.say(error.message_id, **facts)
    given = Point(values["lon"], values["lat"])
    if zones.swapped(given, city):
        facts = {"value": lon, "lon": given.lon, "lat": given.lat}
        return None, visitor.say("import.error.swapped", **facts)
    if not on_earth(given):
        return None, visitor.say("import.error.not_on_earth", value=lat)
    return to_wgs84(given, Crs(crs)), ""


def _told(visitor: Viewer, found: Any, hours: ZoneHours) -> Told:
    if not isinstance(found, Placed):
        return Told(wrong=forms.told(visitor, found.why.id, found.why.facts))
    of_zone = hours.of(found.zone)
    zone = visitor.say(f"zone.{found.zone}")
    answer = (
        visitor.say("map.place", zone=zone, hours=f"{of_zone:g}")
        if of_zone is not None and found.zone is not Zone.REMOTE
        else visitor.say("map.place_without", zone=zone)
    )
    why = forms.told(visitor, found.why.id, found.why.facts)
    doubts = tuple(forms.told(visitor, one.id, one.facts) for one in found.warnings)
    return Told(answer=answer, why=why, doubts=doubts)


def _written(point: Point) -> tuple[str, str]:
    return f"{point.lon:.{DEGREES}f}", f"{point.lat:.{DEGREES}f}"
