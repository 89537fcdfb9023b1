"""One line of the lists by hand: the importer's rules, a stamp, the archive and back (A18, C12)."""

from datetime import timedelta

import pytest

from operations import faults as fault_desk
from operations import records
from operations.faults import Finding
from operations.imports import Kind, stored
from operations.records import ChangedMeanwhileError, GoneError, Hand, RefusedError, Saved
from rules.causes import Verdict
from rules.duty import Shift, Span
from rules.faults import Condition
from rules.model import DeviceId, Layer, PersonId, Severity, SiteId
from storage import conditions, journal, revision, states
from storage import devices as device_rows
from storage import duty as duty_rows
from storage import faults as fault_rows
from storage import people as people_rows
from storage import sites as site_rows
from storage import systems as system_rows
from storage.conditions import Key
from storage.db import Database, Tx, transaction
from storage.states import LastWord
from tests.operations.imports.office import NOW, POLICY, hand_in, opened

LATER = NOW + timedelta(hours=1)
SITE = {
    "code": "S9",
    "name": "新店",
    "customer": "C1",
    "contract": "",
    "address": "",
    "lon": "",
    "lat": "",
    "crs": "",
    "zone": "ring1",
    "on_site_hours": "",
    "zone_reason": "",
    "key_project": "no",
    "retention_days": "",
    "access_note": "",
    "timezone": "",
}


@pytest.fixture
def office(database: Database) -> Database:
    opened(database, Kind.DEVICES)
    text = "code,name,roles,phone\nli,李敏,admin;head,+8613800000001\nwang,王强,engineer,\n"
    assert hand_in(database, Kind.PEOPLE, text).errors == ()
    return database


def by(person: int = 1) -> Hand:
    return Hand(by=PersonId(person), policy=POLICY, now=LATER)


def change(tx: Tx, kind: Kind, number: int, /, **typed: str) -> Saved:
    record = stored.one(tx, kind, number)
    assert record is not None
    return records.change(tx, kind, number, typed, records.stamp_of(record), by())


def wrong(saved: Saved) -> list[tuple[str, str]]:
    return [(one.column, one.message_id.rpartition(".")[2]) for one in saved.errors]


def verbs(tx: Tx, record: str) -> list[str]:
    return [entry.verb for entry in journal.of_record(tx, record, limit=9)]


def test_a_new_site_is_judged_as_a_file_would_be(office: Database) -> None:
    with transaction(office) as tx:
        saved = records.add(tx, Kind.SITES, {**SITE, "customer": "C7", "lon": "x"}, by())
        assert wrong(saved) == [("lon", "number")]
        saved = records.add(tx, Kind.SITES, {**SITE, "customer": "C7"}, by())
        assert wrong(saved) == [("customer", "no_such_customer")]
        assert site_rows.by_code(tx, "S9") is None
        saved = records.add(tx, Kind.SITES, SITE, by())
        assert saved.record is not None
        assert saved.record.cells["timezone"] == "Asia/Shanghai"
        assert verbs(tx, f"sites/{saved.record.id}") == ["record_added"]


def test_a_code_is_given_once_also_by_what_is_archived(office: Database) -> None:
    with transaction(office) as tx:
        assert wrong(records.add(tx, Kind.SITES, {**SITE, "code": "S1"}, by())) == [
            ("code", "taken")
        ]
        site_rows.change(tx, SiteId(2), {"archived_at": NOW})
        assert wrong(records.add(tx, Kind.SITES, {**SITE, "code": "S2"}, by())) == [
            ("code", "taken_archived")
        ]


def test_what_is_not_typed_stays_to_the_digit(office: Database) -> None:
    """A coordinate shown with six decimals is not moved by saving another field."""
    with transaction(office) as tx:
        change(tx, Kind.SITES, 1, lon="104.0635", lat="30.6598", crs="gcj02")
        before = site_rows.get(tx, SiteId(1))
        record = stored.one(tx, Kind.SITES, 1)
        assert before is not None
        assert record is not None
        saved = change(tx, Kind.SITES, 1, **{**record.cells, "name": "总店二"})
        assert saved.change is not None
        assert saved.change.fields == (("name", "总店", "总店二"),)
        after = site_rows.get(tx, SiteId(1))
        assert after is not None
        assert (after.lon, after.lat) == (before.lon, before.lat)


def test_a_coordinate_is_one_thing_in_three_columns(office: Database) -> None:
    with transaction(office) as tx:
        change(tx, Kind.SITES, 1, lon="104.0635", lat="30.6598", crs="gcj02")
        assert change(tx, Kind.SITES, 1, lon="104.1").errors == ()
        record = stored.one(tx, Kind.SITES, 1)
        assert record is not None
        told = [record.cells[name] for name in ("lon", "lat", "crs")]
        assert told == ["104.100000", "30.659800", "gcj02"]
        assert wrong(change(tx, Kind.SITES, 1, lon="")) == [("lon", "half_coordinate")]


def test_nothing_different_is_nothing_done(office: Database) -> None:
    with transaction(office) as tx:
        before = revision.current(tx)
        assert change(tx, Kind.DEVICES, 3, name="cam").change is None
        assert revision.current(tx) == before
        assert verbs(tx, "devices/3") == []


def test_two_at_once_the_second_is_told(office: Database) -> None:
    with transaction(office) as tx:
        record = stored.one(tx, Kind.CUSTOMERS, 1)
        assert record is not None
        stamp = records.stamp_of(record)
        change(tx, Kind.CUSTOMERS, 1, name="锦江广场")
        with pytest.raises(ChangedMeanwhileError) as told:
            records.change(tx, Kind.CUSTOMERS, 1, {"phone": "028-1234567"}, stamp, by())
        assert told.value.record.cells["name"] == "锦江广场"
        with pytest.raises(GoneError):
            records.change(tx, Kind.CUSTOMERS, 99, {}, stamp, by())


def test_a_refused_form_keeps_nothing_also_not_the_new_code(office: Database) -> None:
    with transaction(office) as tx:
        saved = change(tx, Kind.CONTRACTS, 1, number="K2", end="2020-01-01")
        assert wrong(saved) == [("end", "ends_before_start")]
        record = stored.one(tx, Kind.CONTRACTS, 1)
        assert record is not None
        assert record.key == "K1"
        assert change(tx, Kind.CONTRACTS, 1, number="K2").errors == ()
        (entry,) = journal.of_record(tx, "contracts/1", limit=9)
        assert entry.facts["changes"] == [["number", "K1", "K2"]]


def test_a_code_on_the_wire_stays(office: Database) -> None:
    with transaction(office) as tx:
        assert change(tx, Kind.DEVICES, 3, code="cam-9", site="S2").change is None


def test_a_link_that_goes_round_is_refused_with_its_path(office: Database) -> None:
    with transaction(office) as tx:
        saved = change(tx, Kind.DEVICES, 1, via="cam")
        assert wrong(saved) == [("via", "cycle")]
        assert saved.errors[0].facts["path"] == "cam → sw → up → cam"


def test_a_site_goes_with_all_that_stands_in_it_and_comes_back_with_it(office: Database) -> None:
    with transaction(office) as tx:
        system_rows.change(tx, system_rows.all_systems(tx)[0].id, {"archived_at": NOW})
        before = revision.current(tx)
        assert records.archive(tx, Kind.SITES, 1, by()) == {"devices": 3}
        assert revision.current(tx) > before
        assert device_rows.all_devices(tx) == []
        assert [site.code for site in site_rows.all_sites(tx)] == ["S2"]
        with pytest.raises(GoneError):
            records.archive(tx, Kind.SITES, 1, by())
        with pytest.raises(RefusedError, match="parent_archived"):
            records.restore(tx, Kind.DEVICES, 3, by())
        records.restore(tx, Kind.SITES, 1, by())
        assert [one.code for one in device_rows.all_devices(tx)] == ["cam", "sw", "up"]
        assert system_rows.all_systems(tx) == []  # it had been archived before
        assert verbs(tx, "sites/1") == ["record_restored", "record_archived"]


def test_a_device_others_depend_on_is_not_taken_away_from_under_them(office: Database) -> None:
    with transaction(office) as tx:
        with pytest.raises(RefusedError) as told:
            records.archive(tx, Kind.DEVICES, 2, by())
        assert (told.value.message_id, told.value.facts) == (
            "record.refused.dependants",
            {"names": "cam"},
        )
        records.archive(tx, Kind.DEVICES, 3, by())
        records.archive(tx, Kind.DEVICES, 2, by())
        with pytest.raises(RefusedError, match="link_archived"):
            records.restore(tx, Kind.DEVICES, 3, by())


def a_fault(tx: Tx, severity: Severity) -> None:
    seen = Finding(
        device_id=DeviceId(3),
        site_id=SiteId(1),
        code="CAM_VIDEO_LOSS",
        point="",
        severity=severity,
        opened_at=NOW,
        why="reading",
        evidence={},
        verdict=Verdict(why="own_evidence"),
    )
    fault_desk.open_found(tx, seen, POLICY, NOW)


@pytest.mark.parametrize(("kind", "number"), [(Kind.DEVICES, 3), (Kind.SITES, 1)])
def test_an_open_order_keeps_it_in_use(office: Database, kind: Kind, number: int) -> None:
    with transaction(office) as tx:
        a_fault(tx, Severity.MAJOR)
        with pytest.raises(RefusedError, match="open_orders"):
            records.archive(tx, kind, number, by())
        assert device_rows.by_code(tx, "S1", "cam") in device_rows.all_devices(tx)


def test_a_minor_fault_ends_with_its_device_which_later_begins_anew(office: Database) -> None:
    with transaction(office) as tx:
        a_fault(tx, Severity.MINOR)
        key = Key(DeviceId(3), "CAM_VIDEO_LOSS", "")
        conditions.put_all(tx, [(key, Condition(true_since=NOW))])
        states.put_all(tx, [LastWord(device_id=DeviceId(3), last_heard_at=NOW)])
        records.archive(tx, Kind.DEVICES, 3, by())
        (fault,) = fault_rows.of_device(tx, DeviceId(3), since=NOW)
        assert (fault.cleared_at, fault.clear_why) == (LATER, "archived")
        assert conditions.everything(tx) == {}
        records.restore(tx, Kind.DEVICES, 3, by())
        camera = device_rows.get(tx, DeviceId(3))
        assert camera is not None
        assert (camera.enrolled_at, states.get(tx, DeviceId(3))) == (LATER, None)


def test_a_contract_with_sites_under_it_stays(office: Database) -> None:
    with transaction(office) as tx:
        with pytest.raises(RefusedError, match="sites_under"):
            records.archive(tx, Kind.CONTRACTS, 1, by())
        assert records.archive(tx, Kind.CUSTOMERS, 1, by()) == {
            "contracts": 1,
            "sites": 2,
            "systems": 1,
            "devices": 3,
        }
        with pytest.raises(RefusedError, match="parent_archived"):
            records.restore(tx, Kind.CONTRACTS, 1, by())
        records.restore(tx, Kind.CUSTOMERS, 1, by())
        assert len(device_rows.all_devices(tx)) == 3


def test_who_stands_on_the_rota_or_is_oneself_does_not_leave(office: Database) -> None:
    week = Span(starts_at=NOW, ends_at=NOW + timedelta(days=7))
    shift = Shift(
        layer=Layer.FIRST, person_id=PersonId(2), starts_at=NOW, ends_at=NOW + timedelta(days=1)
    )
    with transaction(office) as tx:
        duty_rows.rewrite(tx, [], [shift])
        with pytest.raises(RefusedError, match="yourself"):
            records.archive(tx, Kind.PEOPLE, 1, by())
        with pytest.raises(RefusedError, match="on_the_rota"):
            records.archive(tx, Kind.PEOPLE, 2, by())
        duty_rows.rewrite(tx, duty_rows.between(tx, week), [])
        records.archive(tx, Kind.PEOPLE, 2, by())
        assert [one.code for one in people_rows.all_staff(tx)] == ["li"]
        records.restore(tx, Kind.PEOPLE, 2, by())
        assert [one.code for one in people_rows.all_staff(tx)] == ["li", "wang"]
        assert verbs(tx, "people/2") == ["record_restored", "record_archived"]
