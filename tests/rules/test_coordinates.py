"""Against prcoords, an independent implementation, and against the sizes seen in the field."""

import math

import prcoords
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.coordinates import Point, distance_m, from_wgs84, in_china, on_earth, to_wgs84
from rules.model import Crs

CHENGDU = Point(104.06354, 30.65984)

inland = st.builds(Point, st.floats(73.1, 135.0), st.floats(3.0, 53.5))
anywhere = st.builds(Point, st.floats(-180, 180), st.floats(-90, 90))
systems = st.sampled_from(Crs)
MILLIMETRE = 1e-8  # degrees


@given(inland)
def test_gcj02_is_what_the_oracle_says(point: Point) -> None:
    lat, lon = prcoords.wgs_gcj((point.lat, point.lon))
    assert from_wgs84(point, Crs.GCJ02) == pytest.approx((lon, lat), abs=MILLIMETRE)


@given(inland)
def test_bd09_is_what_the_oracle_says(point: Point) -> None:
    lat, lon = prcoords.wgs_bd((point.lat, point.lon))
    assert from_wgs84(point, Crs.BD09) == pytest.approx((lon, lat), abs=MILLIMETRE)


@given(inland, systems)
def test_there_and_back_is_the_same_place(point: Point, crs: Crs) -> None:
    assert distance_m(to_wgs84(from_wgs84(point, crs), crs), point) < 0.001


@given(anywhere.filter(lambda p: not in_china(p)), systems)
def test_nothing_is_shifted_outside_chinas_box(point: Point, crs: Crs) -> None:
    assert to_wgs84(point, crs) == from_wgs84(point, crs) == point


@given(anywhere)
def test_wgs84_is_left_alone(point: Point) -> None:
    assert to_wgs84(point, Crs.WGS84) == from_wgs84(point, Crs.WGS84) == point


@pytest.mark.parametrize(
    ("name", "lon", "lat", "metres"),
    [
        ("Chengdu", 104.0660, 30.6590, 361),
        ("Beijing", 116.3912, 39.9060, 556),
        ("Shanghai", 121.4737, 31.2304, 482),
        ("Guangzhou", 113.2644, 23.1291, 622),
        ("Urumqi", 87.6168, 43.8256, 265),
    ],
)
def test_the_shift_has_the_size_measured_in_the_field(
    name: str, lon: float, lat: float, metres: float
) -> None:
    point = Point(lon, lat)
    shift = distance_m(point, from_wgs84(point, Crs.GCJ02))
    assert shift == pytest.approx(metres, abs=12), name


def test_baidus_chengdu_is_about_a_kilometre_off() -> None:
    assert 900 < distance_m(CHENGDU, from_wgs84(CHENGDU, Crs.BD09)) < 1000


@pytest.mark.parametrize(
    ("lon", "lat", "fine"),
    [(104, 30, True), (180, 90, True), (181, 0, False), (30, 104, False), (math.nan, 1, False)],
)
def test_what_is_on_earth(lon: float, lat: float, *, fine: bool) -> None:
    assert on_earth(Point(lon, lat)) is fine
