"""`sites.csv`: a coordinate with its system, a zone with its reason, hours by which rule."""

import json
from importlib.resources import files

import pytest

from operations import places
from operations.imports import Kind
from rules.assets import Site
from rules.coordinates import Point, from_wgs84
from rules.model import Crs, Zone
from rules.policy import Policy
from rules.rings import RingsError
from storage import company, journal
from storage import sites as site_rows
from storage.db import Database, transaction
from tests.operations.imports.office import (
    CUSTOMERS,
    NOW,
    SITES,
    hand_in,
    opened,
    refused,
)

RINGS = (files("ringwatch.demo.company") / "chengdu_approx.geojson").read_bytes()
TIANFU = Point(104.06354, 30.65984)
HEAD = "code,name,customer,contract,address,lon,lat,crs,zone,on_site_hours,zone_reason\n"


@pytest.fixture
def office(database: Database) -> Database:
    opened(database, Kind.CONTRACTS)
    hand_in(database, Kind.CUSTOMERS, "code,name\nC2,别家\n")
    with transaction(database) as tx:
        places.take_rings(tx, RINGS, by=None, now=NOW)
    return database


def site_of(database: Database, code: str = "S1") -> Site:
    with transaction(database) as tx:
        site = site_rows.by_code(tx, code)
    assert site is not None
    return site


@pytest.mark.parametrize("crs", list(Crs))
def test_a_coordinate_is_converted_once_from_its_system(office: Database, crs: Crs) -> None:
    lon, lat = from_wgs84(TIANFU, crs)
    row = f"{HEAD}S1,总店,C1,,,{lon:.7f},{lat:.7f},{crs},auto,,\n"
    assert hand_in(office, Kind.SITES, row).created == 1
    assert hand_in(office, Kind.SITES, row).unchanged == 1, "never converted twice"
    site = site_of(office)
    assert (site.lon, site.lat) == pytest.approx(TIANFU, abs=1e-6)
    assert (site.given_crs, site.zone, site.zone_how) == (crs, Zone.RING1, "auto")
    assert (site.on_site_hours, site.on_site_rule) == (2.0, "zones.rule.table")
    assert site.timezone == "Asia/Shanghai"


@pytest.mark.parametrize(
    ("cells", "error"),
    [
        ("104.06,30.66,,auto,,", ("crs", "no_crs")),
        ("104.06,,wgs84,auto,,", ("lat", "half_coordinate")),
        (",30.66,wgs84,auto,,", ("lon", "half_coordinate")),
        (",,wgs84,auto,,", ("lon", "half_coordinate")),
        ("30.66,104.06,wgs84,auto,,", ("lon", "swapped")),
        ("104.06,30.66,mars,auto,,", ("crs", "one_of")),
        ("104.06°,30.66,wgs84,auto,,", ("lon", "number")),
        (",,,auto,,", ("zone", "no_coordinate")),
        (",,,ring9,,", ("zone", "one_of")),
        ("104.27,30.56,wgs84,auto,,", ("zone", "no_address")),
        ("104.06,30.66,wgs84,ring3,,", ("zone_reason", "no_zone_reason")),
        (",,,remote,,", ("on_site_hours", "remote_without_hours")),
        (",,,ring1,3,", ("on_site_hours", "longer_without_contract")),
        (",,,ring1,0,", ("on_site_hours", "number")),
        (",,,ring1,soon,", ("on_site_hours", "number")),
    ],
)
def test_what_cannot_be_placed_is_refused(
    office: Database, cells: str, error: tuple[str, str]
) -> None:
    found = refused(office, Kind.SITES, f"{HEAD}S1,总店,C1,,,{cells}\n")
    assert [(column, message) for _, column, _, message in found] == [error]


@pytest.mark.parametrize(
    ("cells", "zone", "how", "hours", "rule"),
    [
        (",,104.06389,30.62731,wgs84,auto,,", "ring2", "auto", 3.0, "table"),
        (",,104.06389,30.62731,wgs84,ring2,,", "ring2", "manual", 3.0, "table"),
        (",,104.06389,30.62731,wgs84,ring3,,桥上", "ring3", "manual", 4.0, "table"),
        (",,104.06389,30.62731,wgs84,auto,1.5,", "ring2", "auto", 1.5, "shortened"),
        ("K1,,104.06389,30.62731,wgs84,auto,8,", "ring2", "auto", 8.0, "replaced"),
        (",,104.07,30.75,wgs84,auto,,", "city", "auto", 5.0, "table"),
        (",龙泉驿区,104.27,30.56,wgs84,auto,,", "neighbour", "auto", 6.0, "table"),
        ("K1,拉萨市,91.13,29.65,wgs84,auto,48,", "remote", "auto", 48.0, "contract"),
        (",,,,,ring1,,", "ring1", "manual", 2.0, "table"),
    ],
)
def test_zone_and_hours_come_with_how_and_by_which_rule(
    office: Database, cells: str, zone: str, how: str, hours: float, rule: str
) -> None:
    outcome = hand_in(office, Kind.SITES, f"{HEAD}S1,总店,C1,{cells}\n")
    assert outcome.errors == ()
    site = site_of(office)
    assert (site.zone, site.zone_how, site.on_site_hours) == (zone, how, hours)
    assert site.on_site_rule == f"zones.rule.{rule}"


def test_the_city_has_no_hours_until_somebody_chooses(office: Database) -> None:
    row = f"{HEAD}S1,总店,C1,,,104.07,30.75,wgs84,auto,,\n"
    (error,) = hand_in(office, Kind.SITES, row, policy=Policy()).errors
    assert error.message_id == "zones.refused.city_without_hours"
    with transaction(office) as tx:
        company.set_fact(tx, "city_hours", 4.5, NOW)
    assert hand_in(office, Kind.SITES, row, policy=Policy()).fine
    assert site_of(office).on_site_hours == 4.5


def test_without_rings_auto_cannot_tell(database: Database) -> None:
    hand_in(database, Kind.CUSTOMERS, CUSTOMERS)
    row = f"{HEAD}S1,总店,C1,,,104.06,30.66,wgs84,auto,,\n"
    assert [e[3] for e in refused(database, Kind.SITES, row)] == ["no_rings"]


def test_near_a_ring_the_importer_warns(office: Database) -> None:
    outcome = hand_in(office, Kind.SITES, f"{HEAD}S1,总店,C1,,,104.0702,30.6878,wgs84,auto,,\n")
    assert outcome.fine
    assert [w.facts["ring"] for w in outcome.warnings] == ["ring1"]


def test_contracts_and_customers_must_exist_and_belong_together(office: Database) -> None:
    rows = f"{HEAD}S1,甲,C9,,,,,,ring1,,\nS2,乙,C1,K9,,,,,ring1,,\nS3,丙,C2,K1,,,,,ring1,,\n"
    assert refused(office, Kind.SITES, rows) == [
        (2, "customer", "C9", "no_such_customer"),
        (3, "contract", "K9", "no_such_contract"),
        (4, "contract", "K1", "contract_of_another"),
    ]


def test_missing_columns_keep_zone_hours_and_coordinate(office: Database) -> None:
    hand_in(office, Kind.SITES, f"{HEAD}S1,总店,C1,K1,,104.06389,30.62731,gcj02,auto,8,\n")
    before = site_of(office)
    outcome = hand_in(office, Kind.SITES, "code,name,customer\nS1,总店,C1\n")
    assert outcome.unchanged == 1
    outcome = hand_in(office, Kind.SITES, "code,name,customer,key_project\nS1,新名,C1,yes\n")
    assert outcome.updated == 1
    after = site_of(office)
    assert (after.name, after.key_project) == ("新名", True)
    assert (after.zone, after.on_site_hours, after.lon) == (
        before.zone,
        before.on_site_hours,
        before.lon,
    )


def test_new_rings_move_no_site_by_themselves_but_say_which_they_would(office: Database) -> None:
    hand_in(office, Kind.SITES, f"{HEAD}S1,总店,C1,,,104.06354,30.65984,wgs84,auto,,\n")
    document = json.loads(RINGS)
    ring1 = document["features"][0]["geometry"]["coordinates"][0]
    ring1[:] = [[(lon + 104.045) / 2, (lat + 30.66) / 2] for lon, lat in ring1]
    smaller = [[104.04, 30.655], [104.05, 30.655], [104.05, 30.665], [104.04, 30.655]]
    document["features"][0]["geometry"]["coordinates"] = [smaller]
    with transaction(office) as tx:
        taken = places.take_rings(tx, json.dumps(document).encode(), by=None, now=NOW)
    assert taken.sites_elsewhere == ("S1",)
    assert site_of(office).zone is Zone.RING1
    assert hand_in(office, Kind.SITES, "code,name,customer\nS1,总店,C1\n").updated == 1
    assert site_of(office).zone is Zone.RING2


@pytest.mark.parametrize(
    ("data", "message_id"),
    [
        (b"{", "rings.error.json"),
        (b"\xff", "rings.error.json"),
        (b'{"a": NaN}', "rings.error.json"),
        (b"[" * 100_000, "rings.error.json"),
        (b"[]", "rings.error.not_a_collection"),
        (b"x" * (places.MOST_BYTES + 1), "rings.error.too_big"),
    ],
)
def test_rings_that_cannot_be_read_are_refused(
    database: Database, data: bytes, message_id: str
) -> None:
    with pytest.raises(RingsError) as caught, transaction(database) as tx:
        places.take_rings(tx, data, by=None, now=NOW)
    assert caught.value.message_id == message_id


def test_rings_are_journalled_and_a_dry_run_keeps_none(database: Database) -> None:
    with transaction(database) as tx:
        assert places.take_rings(tx, RINGS, by=None, now=NOW, dry_run=True).city.approximate
        assert places.city_of(tx) is None
        places.take_rings(tx, RINGS, by=None, now=NOW)
        city = places.city_of(tx)
        (entry,) = journal.after(tx, 0, NOW)
    assert city is not None
    assert len(city.neighbours) == 18
    assert (entry.verb, entry.facts) == ("rings_imported", {"neighbours": 18, "border": True})


def test_the_site_list_of_the_office_stands(database: Database) -> None:
    opened(database, Kind.SITES)
    assert hand_in(database, Kind.SITES, SITES).unchanged == 2
