"""A03 by table and by property: which zone, how many hours, and when nobody can tell."""

import json
from importlib.resources import files
from itertools import pairwise
from typing import Any

import pytest
import shapely
import shapely.ops
from hypothesis import assume, given
from hypothesis import strategies as st

from rules.coordinates import Point, distance_m, from_wgs84, to_wgs84
from rules.model import Crs, Zone
from rules.policy import ZoneHours
from rules.rings import City, read_city
from rules.zones import OnSite, Placed, Refused, on_site, place, swapped

DEMO = json.loads((files("ringwatch.demo.company") / "chengdu_approx.geojson").read_text("utf-8"))
CHENGDU = read_city(DEMO)
TIANFU = Point(104.06354, 30.65984)
HOURS = ZoneHours(city=5.0)


def placed(point: Point, address: str = "", city: City | None = CHENGDU) -> Placed:
    found = place(city, point, address, warn_m=400)
    assert isinstance(found, Placed), found
    return found


def refused(point: Point | None, address: str = "", city: City | None = CHENGDU) -> str:
    found = place(city, point, address, warn_m=400)
    assert isinstance(found, Refused), found
    return found.why.id


@pytest.mark.parametrize(
    ("name", "lon", "lat", "address", "zone", "why"),
    [
        ("Tianfu Square", 104.06354, 30.65984, "", Zone.RING1, "zones.why.inside_ring"),
        ("Nijiaqiao", 104.06389, 30.62731, "", Zone.RING2, "zones.why.inside_ring"),
        ("south of ring 2", 104.0639, 30.605, "", Zone.RING3, "zones.why.inside_ring"),
        ("north of ring 3", 104.07, 30.75, "成都市", Zone.CITY, "zones.why.inside_border"),
        ("Wenxing", 103.98839, 30.55324, "文星镇", Zone.NEIGHBOUR, "zones.why.inside_neighbour"),
        ("Longquan", 104.27, 30.56, "龙泉驿区北京路", Zone.NEIGHBOUR, "zones.why.address_names"),
        ("Pixian", 103.88, 30.80, "郫县东大街", Zone.NEIGHBOUR, "zones.why.address_names"),
        ("Lhasa", 91.13, 29.65, "拉萨市北京中路", Zone.REMOTE, "zones.why.beyond_neighbours"),
    ],
)
def test_the_zone_of_a_place(
    name: str, lon: float, lat: float, address: str, zone: Zone, why: str
) -> None:
    found = placed(Point(lon, lat), address)
    assert (found.zone, found.why.id) == (zone, why), name


def test_where_it_cannot_tell_it_refuses() -> None:
    outside, no_border = Point(104.27, 30.56), _without(Zone.CITY)
    assert refused(None) == "zones.refused.no_coordinate"
    assert refused(TIANFU, city=None) == "zones.refused.no_rings"
    assert refused(outside, "龙泉驿区", no_border) == "zones.refused.no_border"
    assert refused(outside, "龙泉驿区", _without(Zone.NEIGHBOUR)) == "zones.refused.no_neighbours"
    assert refused(outside, "") == "zones.refused.no_address"
    assert placed(TIANFU, city=no_border).zone is Zone.RING1, "inside a ring all is said"


def test_near_a_ring_is_doubtful() -> None:
    edge = Point(*CHENGDU.rings[0].area.exterior.coords[0])
    (warning,) = placed(edge).warnings
    assert (warning.id, warning.facts) == (
        "zones.warning.near_ring",
        {"ring": "ring1", "metres": 0},
    )
    assert placed(TIANFU).warnings == ()
    assert place(CHENGDU, edge, "", warn_m=0) == Placed(zone=Zone.RING1, why=placed(edge).why)


edges = [
    (ring.zone, pair) for ring in CHENGDU.rings for pair in pairwise(ring.area.exterior.coords)
]


@given(st.sampled_from(edges), st.floats(0, 1))
def test_the_boundary_counts_as_inside(edge: tuple[Zone, Any], along: float) -> None:
    zone, ((lon_1, lat_1), (lon_2, lat_2)) = edge
    on_it = Point(lon_1 + (lon_2 - lon_1) * along, lat_1 + (lat_2 - lat_1) * along)
    assert placed(on_it).zone is zone


around = st.builds(Point, st.floats(103.9, 104.25), st.floats(30.5, 30.8))


@given(around)
def test_the_smallest_ring_that_holds_a_point_is_its_zone(point: Point) -> None:
    found = placed(point, "x").zone
    holding = [ring.zone for ring in CHENGDU.rings if ring.area.covers(shapely.Point(point))]
    if holding:
        assert found is holding[0]
    elif found in (Zone.RING1, Zone.RING2, Zone.RING3):
        area = next(ring.area for ring in CHENGDU.rings if ring.zone is found)
        assert area.exterior.distance(shapely.Point(point)) < 1e-6


@given(around, st.sampled_from(Crs))
def test_the_system_of_the_coordinate_does_not_move_a_site(point: Point, crs: Crs) -> None:
    assume(not placed(point, "x").warnings)
    again = to_wgs84(from_wgs84(point, crs), crs)
    assert placed(again, "x").zone is placed(point, "x").zone


@given(around)
def test_the_warning_says_how_far_the_ring_is(point: Point) -> None:
    for warning in placed(point, "x").warnings:
        assert 0 <= warning.facts["metres"] <= 400
    ring = CHENGDU.rings[2].area.exterior
    nearest = Point(*shapely.ops.nearest_points(ring, shapely.Point(point))[0].coords[0])
    if distance_m(point, nearest) < 300:
        assert any(w.facts["ring"] == "ring3" for w in placed(point, "x").warnings)


@pytest.mark.parametrize(
    ("lon", "lat", "wrong"),
    [
        (104.06, 30.66, False),
        (30.66, 104.06, True),
        (26.6, 106.7, True),
        (2.35, 48.85, False),
        (999, 999, False),
    ],
)
def test_longitude_and_latitude_in_each_others_place(
    lon: float, lat: float, *, wrong: bool
) -> None:
    assert swapped(Point(lon, lat)) is wrong
    assert swapped(Point(lon, lat), CHENGDU) is wrong


def test_abroad_the_city_itself_tells_a_swap() -> None:
    paris = _square_city(2.35, 48.85)
    assert swapped(Point(48.85, 2.35), paris)
    assert not swapped(Point(2.35, 48.85), paris)
    assert not swapped(Point(48.85, 2.35))


@pytest.mark.parametrize(
    ("zone", "given_hours", "by_contract", "hours", "rule"),
    [
        (Zone.RING1, None, False, 2.0, "zones.rule.table"),
        (Zone.RING2, None, False, 3.0, "zones.rule.table"),
        (Zone.RING3, None, True, 4.0, "zones.rule.table"),
        (Zone.NEIGHBOUR, None, False, 6.0, "zones.rule.table"),
        (Zone.CITY, None, False, 5.0, "zones.rule.table"),
        (Zone.RING3, 4.0, False, 4.0, "zones.rule.table"),
        (Zone.RING3, 1.5, False, 1.5, "zones.rule.shortened"),
        (Zone.RING1, 8.0, True, 8.0, "zones.rule.replaced"),
        (Zone.REMOTE, 24.0, True, 24.0, "zones.rule.contract"),
        (Zone.REMOTE, 24.0, False, 24.0, "zones.rule.contract"),
    ],
)
def test_the_hours_on_site(
    zone: Zone, given_hours: float | None, *, by_contract: bool, hours: float, rule: str
) -> None:
    found = on_site(zone, given_hours, HOURS, by_contract=by_contract)
    assert isinstance(found, OnSite)
    assert (found.hours, found.rule.id) == (hours, rule)
    assert found.rule.facts["hours"] == hours


@pytest.mark.parametrize(
    ("zone", "given_hours", "why"),
    [
        (Zone.REMOTE, None, "zones.refused.remote_without_hours"),
        (Zone.CITY, None, "zones.refused.city_without_hours"),
        (Zone.RING1, 2.5, "zones.refused.longer_without_contract"),
        (Zone.RING1, 0.0, "zones.refused.hours"),
        (Zone.REMOTE, float("nan"), "zones.refused.hours"),
        (Zone.REMOTE, 9999.0, "zones.refused.hours"),
    ],
)
def test_hours_that_are_refused(zone: Zone, given_hours: float | None, why: str) -> None:
    found = on_site(zone, given_hours, ZoneHours(), by_contract=False)
    assert isinstance(found, Refused)
    assert found.why.id == why


def test_a_city_site_with_hours_of_its_own_needs_no_choice_for_all() -> None:
    found = on_site(Zone.CITY, 4.5, ZoneHours(), by_contract=False)
    assert isinstance(found, OnSite)
    assert (found.hours, found.rule.id) == (4.5, "zones.rule.chosen")


@given(zone=st.sampled_from(Zone), given_hours=st.none() | st.floats(), by_contract=st.booleans())
def test_without_a_contract_nobody_waits_longer_than_the_table(
    zone: Zone, given_hours: float | None, *, by_contract: bool
) -> None:
    found = on_site(zone, given_hours, HOURS, by_contract=by_contract)
    table = HOURS.of(zone)
    if isinstance(found, OnSite):
        assert found.hours > 0
        if table is not None and not by_contract:
            assert found.hours <= table


def _without(zone: Zone) -> City:
    kept = [feature for feature in DEMO["features"] if feature["properties"]["zone"] != zone]
    return read_city({**DEMO, "features": kept})


def _square_city(lon: float, lat: float) -> City:
    def square(zone: str, half: float) -> dict[str, Any]:
        corners = [(-half, -half), (half, -half), (half, half), (-half, half), (-half, -half)]
        line = [[lon + x, lat + y] for x, y in corners]
        geometry = {"type": "Polygon", "coordinates": [line]}
        return {"type": "Feature", "properties": {"zone": zone}, "geometry": geometry}

    features = [square("ring1", 0.1), square("ring2", 0.2), square("ring3", 0.3)]
    return read_city({"type": "FeatureCollection", "crs": "WGS-84", "features": features})
