"""A city's rings, its border and its neighbours, read from GeoJSON and proven sound.

Every area says in which system it was drawn and is converted to WGS-84 once, here.
`docs/zones.md` describes the file.
"""

import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import shapely
from shapely.geometry import MultiPolygon, Polygon, mapping
from shapely.geometry.base import BaseGeometry

from rules.coordinates import Point, in_china, on_earth, to_wgs84
from rules.model import Crs, Zone

RINGS = (Zone.RING1, Zone.RING2, Zone.RING3)
MOST_CORNERS = 200_000
_DRAWN_DEGREES = 0.00005  # some five metres: finer than a pixel of a city's map
_SYSTEMS = {"wgs84": Crs.WGS84, "gcj02": Crs.GCJ02, "bd09": Crs.BD09, "cgcs2000": Crs.WGS84}
_CRS84 = re.compile(r"(CRS84|EPSG:+4326)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ring:
    zone: Zone
    area: BaseGeometry


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbour:
    """A neighbouring city or county: by its area, or by its names in an address."""

    names: tuple[str, ...]
    area: BaseGeometry | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class City:
    """`rings` stand smallest first; `border` encloses them all."""

    rings: tuple[Ring, ...]
    border: BaseGeometry | None = None
    neighbours: tuple[Neighbour, ...] = ()
    approximate: bool = False


class RingsError(ValueError):
    """The file cannot be used; `message_id` and `facts` say what is wrong with which area."""

    def __init__(self, message_id: str, **facts: Any) -> None:
        super().__init__(f"{message_id} {facts}")
        self.message_id, self.facts = message_id, facts


@dataclass(slots=True)
class _Found:
    areas: dict[Zone, BaseGeometry] = field(default_factory=dict)
    neighbours: list[Neighbour] = field(default_factory=list)
    approximate: bool = False


def read_city(document: Any) -> City:
    """The city that a GeoJSON FeatureCollection draws. Raises `RingsError`."""
    if not isinstance(document, Mapping) or document.get("type") != "FeatureCollection":
        raise RingsError("rings.error.not_a_collection")
    features = document.get("features")
    if not isinstance(features, list) or not features:
        raise RingsError("rings.error.empty")
    found = _Found()
    for number, feature in enumerate(features, start=1):
        _take(found, feature, number, document)
    missing = [ring.value for ring in RINGS if ring not in found.areas]
    if missing:
        raise RingsError("rings.error.missing", missing=", ".join(missing))
    return _nested(found)


def drawn(city: City) -> dict[str, Any]:
    """The rings and the border in WGS-84, as GeoJSON for a map, largest first."""
    areas = [(ring.zone, ring.area) for ring in reversed(city.rings)]
    if city.border is not None:
        areas.insert(0, (Zone.CITY, city.border))
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": {"zone": zone.value},
                "geometry": mapping(area.simplify(_DRAWN_DEGREES)),
            }
            for zone, area in areas
        ],
    }


def _take(found: _Found, feature: Any, number: int, document: Mapping[str, Any]) -> None:
    if not isinstance(feature, Mapping):
        raise RingsError("rings.error.feature", feature=number)
    said = _mapping(feature.get("properties"))
    name = str(said.get("name") or "")
    zone = _zone(str(said.get("zone") or name), number)
    found.approximate |= "approx" in str(said.get("quality", "")).lower()
    geometry = feature.get("geometry")
    if zone is Zone.NEIGHBOUR:
        area = _area(geometry, _crs(said, document, number), number) if geometry else None
        found.neighbours.append(Neighbour(names=_names(said, name, number), area=area))
    elif zone in found.areas:
        raise RingsError("rings.error.twice", feature=number, zone=zone.value)
    else:
        found.areas[zone] = _area(geometry, _crs(said, document, number), number)


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _zone(word: str, number: int) -> Zone:
    accepted = (*RINGS, Zone.CITY, Zone.NEIGHBOUR)
    if word not in accepted:
        raise RingsError(
            "rings.error.zone", feature=number, value=word, accepted=", ".join(accepted)
        )
    return Zone(word)


def _names(said: Mapping[str, Any], name: str, number: int) -> tuple[str, ...]:
    aliases = said.get("aliases") or []
    names = [name, *aliases] if isinstance(aliases, list) else [name]
    kept = tuple(word for word in names if isinstance(word, str) and len(word.strip()) > 1)
    if not kept or kept[0] == Zone.NEIGHBOUR:
        raise RingsError("rings.error.neighbour_name", feature=number)
    return kept


def _crs(said: Mapping[str, Any], document: Mapping[str, Any], number: int) -> Crs:
    word = said.get("crs") or document.get("crs")
    if isinstance(word, Mapping):  # the manner of GeoJSON 2008
        word = _mapping(word.get("properties")).get("name")
    plain = re.sub(r"[^a-z0-9]", "", str(word or "").lower())
    if _CRS84.search(str(word or "")):
        return Crs.WGS84
    if plain not in _SYSTEMS:
        raise RingsError("rings.error.crs", feature=number, value=str(word or ""))
    return _SYSTEMS[plain]


def _area(geometry: Any, crs: Crs, number: int) -> BaseGeometry:
    kind = geometry.get("type") if isinstance(geometry, Mapping) else None
    parts = geometry.get("coordinates") if isinstance(geometry, Mapping) else None
    if kind not in ("Polygon", "MultiPolygon") or not isinstance(parts, list) or not parts:
        raise RingsError("rings.error.geometry", feature=number, value=str(kind))
    try:
        polygons = [_polygon(rings, crs, number) for rings in _each(kind, parts)]
    except (TypeError, ValueError, LookupError, OverflowError) as error:
        if isinstance(error, RingsError):
            raise
        raise RingsError("rings.error.coordinates", feature=number) from error
    area = polygons[0] if len(polygons) == 1 else MultiPolygon(polygons)
    if not area.is_valid:
        why = shapely.is_valid_reason(area)
        raise RingsError("rings.error.crosses_itself", feature=number, why=why)
    return area


def _each(kind: str, parts: list[Any]) -> Iterator[list[Any]]:
    yield from parts if kind == "MultiPolygon" else [parts]


def _polygon(rings: list[Any], crs: Crs, number: int) -> Polygon:
    lines = [[_corner(pair, crs, number) for pair in ring] for ring in rings]
    if sum(map(len, lines)) > MOST_CORNERS:
        raise RingsError("rings.error.too_many_corners", feature=number, most=MOST_CORNERS)
    for line in lines:
        if len(line) < 4 or line[0] != line[-1]:  # noqa: PLR2004 - RFC 7946, 3.1.6
            raise RingsError("rings.error.not_closed", feature=number)
    return Polygon(lines[0], lines[1:])


def _corner(pair: Any, crs: Crs, number: int) -> Point:
    point = Point(float(pair[0]), float(pair[1]))
    turned = Point(point.lat, point.lon)
    if on_earth(turned) and in_china(turned) and not in_china(point):
        raise RingsError("rings.error.swapped", feature=number, lon=point.lon, lat=point.lat)
    if not on_earth(point):
        raise RingsError("rings.error.not_on_earth", feature=number, lon=point.lon, lat=point.lat)
    return to_wgs84(point, crs)


def _nested(found: _Found) -> City:
    rings = tuple(Ring(zone=zone, area=found.areas[zone]) for zone in RINGS)
    border = found.areas.get(Zone.CITY)
    chain = [*rings, *([Ring(zone=Zone.CITY, area=border)] if border is not None else [])]
    for inner, outer in itertools.pairwise(chain):
        if not outer.area.covers(inner.area):
            raise RingsError(
                "rings.error.not_nested", inner=inner.zone.value, outer=outer.zone.value
            )
    return City(
        rings=rings,
        border=border,
        neighbours=tuple(found.neighbours),
        approximate=found.approximate,
    )
