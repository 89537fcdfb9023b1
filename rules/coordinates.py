"""WGS-84, GCJ-02 and BD-09: what the same place is called in each. We keep WGS-84 only.

GCJ-02 is the shifted system of Amap and Tencent (up to 620 m), BD-09 Baidu's on top of it
(about 1 km). Taking one for the other puts 10-25 % of Chengdu's sites into the wrong ring,
so a coordinate without its system is no coordinate. Degrees throughout.
"""

import math
from collections.abc import Callable
from typing import NamedTuple

from rules.model import Crs

_AXIS_M, _FLATNESS = 6378245.0, 0.00669342162296594323  # Krasovsky 1940, as GCJ-02 takes it
_EARTH_M = 6371000.0
_SETTLED = 1e-11  # degrees: a thousandth of a millimetre


class Point(NamedTuple):
    """Longitude first, as GeoJSON has it."""

    lon: float
    lat: float


def on_earth(point: Point) -> bool:
    """Finite, and within the ranges of longitude and latitude."""
    return abs(point.lon) <= 180 and abs(point.lat) <= 90  # noqa: PLR2004 - a globe


def in_china(point: Point) -> bool:
    """The box outside of which neither GCJ-02 nor BD-09 shifts anything."""
    return 72.004 <= point.lon <= 137.8347 and 0.8293 <= point.lat <= 55.8271  # noqa: PLR2004


def to_wgs84(point: Point, crs: Crs) -> Point:
    """Convert once, at entry. Iterates, as the one-step inverse is wrong by metres."""
    if crs is Crs.WGS84 or not in_china(point):
        return point
    return _inverse(_gcj02 if crs is Crs.GCJ02 else _bd09, point)


def from_wgs84(point: Point, crs: Crs) -> Point:
    """For a map that speaks `crs`."""
    if crs is Crs.WGS84 or not in_china(point):
        return point
    return _gcj02(point) if crs is Crs.GCJ02 else _bd09(point)


def distance_m(one: Point, other: Point) -> float:
    """Metres over the ground (haversine)."""
    lat_1, lat_2 = math.radians(one.lat), math.radians(other.lat)
    north = math.sin((lat_2 - lat_1) / 2) ** 2
    east = math.sin(math.radians(other.lon - one.lon) / 2) ** 2
    return 2 * _EARTH_M * math.asin(math.sqrt(north + math.cos(lat_1) * math.cos(lat_2) * east))


def _inverse(shift: Callable[[Point], Point], goal: Point) -> Point:
    guess = goal
    for _ in range(30):
        reached = shift(guess)
        off_lon, off_lat = reached.lon - goal.lon, reached.lat - goal.lat
        guess = Point(guess.lon - off_lon, guess.lat - off_lat)
        if abs(off_lon) < _SETTLED and abs(off_lat) < _SETTLED:
            break
    return guess


def _gcj02(point: Point) -> Point:
    x, y = point.lon - 105, point.lat - 35
    bend = 1 - _FLATNESS * math.sin(math.radians(point.lat)) ** 2
    degree_lat = math.radians(_AXIS_M * (1 - _FLATNESS) / bend**1.5)
    degree_lon = math.radians(_AXIS_M * math.cos(math.radians(point.lat)) / math.sqrt(bend))
    return Point(point.lon + _east_m(x, y) / degree_lon, point.lat + _north_m(x, y) / degree_lat)


def _east_m(x: float, y: float) -> float:
    smooth = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * math.sqrt(abs(x))
    waves = _waves(x, (20, 6), (20, 2), (20, 1), (40, 1 / 3), (150, 1 / 12), (300, 1 / 30))
    return smooth + waves


def _north_m(x: float, y: float) -> float:
    smooth = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * math.sqrt(abs(x))
    waves = _waves(x, (20, 6), (20, 2))
    return smooth + waves + _waves(y, (20, 1), (40, 1 / 3), (160, 1 / 12), (320, 1 / 30))


def _waves(at: float, *waves: tuple[float, float]) -> float:
    return sum(height * math.sin(at * often * math.pi) for height, often in waves) * 2 / 3


def _bd09(point: Point) -> Point:
    lon, lat = _gcj02(point)
    radius = math.hypot(lon, lat) + 0.00002 * math.sin(math.radians(lat * 3000))
    angle = math.atan2(lat, lon) + 0.000003 * math.cos(math.radians(lon * 3000))
    return Point(radius * math.cos(angle) + 0.0065, radius * math.sin(angle) + 0.006)
