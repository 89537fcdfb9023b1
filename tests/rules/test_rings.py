"""A file of rings is believed only when every area is sound and says its system."""

import copy
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.coordinates import Point, distance_m, from_wgs84
from rules.model import Crs, Zone
from rules.rings import City, RingsError, read_city

Feature = dict[str, Any]


def square(zone: str, half: float, **said: Any) -> Feature:
    corners = [(-half, -half), (half, -half), (half, half), (-half, half), (-half, -half)]
    line = [[104.06 + x, 30.66 + y] for x, y in corners]
    return {
        "type": "Feature",
        "properties": {"zone": zone, "crs": "WGS-84", **said},
        "geometry": {"type": "Polygon", "coordinates": [line]},
    }


def city(*more: Feature) -> dict[str, Any]:
    features = [square("ring3", 0.3), square("ring1", 0.1), square("ring2", 0.2), *more]
    return {"type": "FeatureCollection", "features": features}


def error(document: Any) -> str:
    with pytest.raises(RingsError) as caught:
        read_city(document)
    return caught.value.message_id


def test_rings_stand_smallest_first_whatever_their_order() -> None:
    found = read_city(city(square("city", 0.5)))
    assert [ring.zone for ring in found.rings] == [Zone.RING1, Zone.RING2, Zone.RING3]
    assert found.border is not None
    assert not found.approximate


def test_a_neighbour_is_known_by_area_or_by_name() -> None:
    by_name = {"properties": {"zone": "neighbour", "name": "郫都区", "aliases": ["郫县"]}}
    found = read_city(city(square("neighbour", 0.9, name="双流区"), {**by_name, "geometry": None}))
    assert [one.names for one in found.neighbours] == [("双流区",), ("郫都区", "郫县")]
    assert [one.area is None for one in found.neighbours] == [False, True]


def test_a_word_of_doubt_is_kept() -> None:
    assert read_city(city(square("city", 0.5, quality="Approximate, for the demo"))).approximate


@pytest.mark.parametrize(
    ("word", "crs"),
    [
        ("wgs84", Crs.WGS84),
        ("CGCS2000", Crs.WGS84),
        ("EPSG:4326", Crs.WGS84),
        ("urn:ogc:def:crs:OGC:1.3:CRS84", Crs.WGS84),
        ("GCJ-02", Crs.GCJ02),
        ("bd09", Crs.BD09),
    ],
)
def test_an_area_is_converted_once_from_the_system_it_names(word: str, crs: Crs) -> None:
    document = city()
    for feature in document["features"]:
        feature["properties"]["crs"] = word
        line = feature["geometry"]["coordinates"][0]
        line[:] = [list(from_wgs84(Point(*corner), crs)) for corner in line]
    assert _corners_apart_m(read_city(document), read_city(city())) < 0.01


def test_the_system_may_be_said_once_for_all() -> None:
    for crs in ("GCJ-02", {"type": "name", "properties": {"name": "GCJ-02"}}):
        document = {**city(), "crs": crs}
        for feature in document["features"]:
            del feature["properties"]["crs"]
        assert _corners_apart_m(read_city(document), read_city(city())) > 300


@pytest.mark.parametrize("document", [None, [], 7, {"type": "Feature"}, {"features": []}])
def test_only_a_collection_is_read(document: Any) -> None:
    assert error(document) == "rings.error.not_a_collection"


Change = Callable[[Feature], object]


@pytest.mark.parametrize(
    ("change", "message_id"),
    [
        (lambda f: f["properties"].pop("crs"), "rings.error.crs"),
        (lambda f: f["properties"].update(crs="mars"), "rings.error.crs"),
        (lambda f: f["properties"].update(zone="ring4"), "rings.error.zone"),
        (lambda f: f["properties"].update(zone="ring2"), "rings.error.twice"),
        (lambda f: f["properties"].update(zone="neighbour", name=""), "rings.error.neighbour_name"),
        (lambda f: f["geometry"].update(type="Point"), "rings.error.geometry"),
        (lambda f: f.update(geometry=None), "rings.error.geometry"),
        (lambda f: f["geometry"]["coordinates"][0].pop(), "rings.error.not_closed"),
        (lambda f: f["geometry"]["coordinates"].append(["x"]), "rings.error.coordinates"),
        (
            lambda f: f["geometry"]["coordinates"][0].insert(1, f["geometry"]["coordinates"][0][2]),
            "rings.error.crosses_itself",
        ),
        (lambda f: f["geometry"]["coordinates"][0].insert(1, [500, 1]), "rings.error.not_on_earth"),
        (lambda f: f["geometry"]["coordinates"][0].insert(1, [30.6, 104]), "rings.error.swapped"),
    ],
)
def test_what_is_unsound_is_refused_by_name(change: Change, message_id: str) -> None:
    document = copy.deepcopy(city())
    change(document["features"][0])
    assert error(document) == message_id


def test_every_ring_is_needed_and_lies_within_the_next() -> None:
    document = city()
    del document["features"][1]
    assert error(document) == "rings.error.missing"
    assert error(city(square("city", 0.25))) == "rings.error.not_nested"
    assert error({"type": "FeatureCollection", "features": []}) == "rings.error.empty"
    assert error({"type": "FeatureCollection", "features": [3]}) == "rings.error.feature"


json_like = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)


@given(st.sampled_from(["properties", "geometry"]), json_like)
def test_no_file_makes_it_stumble(part: str, value: Any) -> None:
    document = city()
    document["features"][0][part] = value
    with pytest.raises(RingsError):
        read_city(document)


@given(json_like)
def test_no_coordinates_make_it_stumble(value: Any) -> None:
    document = city()
    document["features"][0]["geometry"]["coordinates"] = value
    with pytest.raises(RingsError):
        read_city(document)


def _corners_apart_m(one: City, other: City) -> float:
    pairs = zip(one.rings[0].area.exterior.coords, other.rings[0].area.exterior.coords, strict=True)
    return max(distance_m(Point(*a), Point(*b)) for a, b in pairs)
