"""What is stored can be said as cells again; every change is told with what it was."""

import csv
import io

import pytest

from operations.imports import Kind, columns_of, stored
from rules.model import CustomerId, PersonId, Role, SiteId
from storage import customers as customer_rows
from storage import devices as device_rows
from storage import journal
from storage import people as people_rows
from storage import sites as site_rows
from storage.db import Database, transaction
from tests.operations.imports.office import NOW, hand_in, opened, refused

PEOPLE = (
    "code,name,roles,sites,customer,phone,email,channels,language\n"
    "li,李敏,admin;head,*,,+8613800000001,li@example.com,mail:li@example.com;ntfy:li,zh\n"
    "zhou,Zhou,customer,S1;S2,C1,,,,en\n"
)
SITES = (
    "code,name,customer,contract,address,lon,lat,crs,zone,on_site_hours,zone_reason,key_project,"
    "retention_days,access_note,timezone\n"
    "S3,南店,C1,K1,天府大道 1 号,104.063512,30.659812,gcj02,ring2,1.5,试,yes,90,门卫,"
    "Asia/Shanghai\n"
)
DEVICES = (
    "site,system,code,name,type,via,powered_by,recorded_by,importance,ups,monitored,location,"
    "ip,mac,reporting_interval_s,installed,warranty_end,dialect,dialect_id\n"
    "S1,V,nvr,录像机,recorder,sw,up,,key,yes,yes,机房,10.0.0.5,44:19:b6:00:00:01,30,2024-02-29,"
    "2027-01-01,zigbee2mqtt,0x01\n"
)


@pytest.fixture
def office(database: Database) -> Database:
    opened(database, Kind.DEVICES)
    for kind, text in ((Kind.PEOPLE, PEOPLE), (Kind.SITES, SITES), (Kind.DEVICES, DEVICES)):
        assert hand_in(database, kind, text).errors == ()
    return database


@pytest.mark.parametrize("kind", Kind)
def test_what_is_stored_read_back_changes_nothing(office: Database, kind: Kind) -> None:
    with transaction(office) as tx:
        lines = list(stored.all_of(tx, kind).values())
    names = [column.name for column in columns_of(kind)]
    assert all(line.cells.keys() == set(names) for line in lines)
    out = io.StringIO()
    writer = csv.DictWriter(out, names)
    writer.writeheader()
    writer.writerows(dict(line.cells) for line in lines)
    outcome = hand_in(office, kind, out.getvalue())
    assert outcome.errors == ()
    assert (outcome.updated, outcome.unchanged) == (0, len(lines))


def test_a_changed_line_is_told_with_before_and_after(office: Database) -> None:
    hand_in(office, Kind.SITES, "code,name,customer,zone\nS1,新总店,C1,ring3\n")
    with transaction(office) as tx:
        (entry,) = journal.of_record(tx, "sites/1", limit=9)
    assert (entry.verb, entry.site_id) == ("record_changed", SiteId(1))
    assert entry.facts["changes"] == [["name", "总店", "新总店"], ["zone", "ring1", "ring3"]]


def test_personal_data_are_journalled_only_as_far_as_to_tell_them_apart(office: Database) -> None:
    """C12."""
    text = "code,name,roles,phone\nli,李敏,admin;head,+8613900000077\n"
    hand_in(office, Kind.PEOPLE, text)
    with transaction(office) as tx:
        (entry,) = journal.of_record(tx, "people/1", limit=9)
    assert entry.facts["changes"] == [["phone", "+86****01", "+86****77"]]


def test_a_preview_shows_the_same_changes_and_keeps_none(office: Database) -> None:
    text = "site,code,type,via\nS1,cam,camera,up\nS1,new,camera,sw\n"
    outcome = hand_in(office, Kind.DEVICES, text, dry=True)
    told = {(c.now.key, c.fresh): c.fields[:1] for c in outcome.changes}
    assert told["S1/cam", False] == (("via", "sw", "up"),)
    assert ("S1/new", True) in told
    with transaction(office) as tx:
        assert device_rows.by_code(tx, "S1", "new") is None
        assert [e.verb for e in journal.after(tx, 0, NOW)].count("record_changed") == 0


def test_what_is_archived_is_not_changed_and_not_named(office: Database) -> None:
    with transaction(office) as tx:
        customer_rows.change(tx, CustomerId(1), {"archived_at": NOW})
        site_rows.change(tx, SiteId(1), {"archived_at": NOW})
        cam = device_rows.by_code(tx, "S1", "cam")
        assert cam is not None
        device_rows.change(tx, cam.id, {"archived_at": NOW})
        people_rows.leave(tx, PersonId(2), NOW)
    assert refused(office, Kind.CUSTOMERS, "code,name\nC1,x\n") == [(2, "code", "C1", "archived")]
    assert refused(office, Kind.SYSTEMS, "site,code,kind\nS1,V,video\n") == [
        (2, "site", "S1", "no_such_site")
    ]
    text = "code,name,roles,customer\nzhou,Zhou,engineer,\n"
    assert refused(office, Kind.PEOPLE, text) == [(2, "code", "zhou", "left")]
    with transaction(office) as tx:
        site_rows.change(tx, SiteId(1), {"archived_at": None})
    text = "site,code,type,via\nS1,cam,camera,sw\nS1,cam9,camera,cam\n"
    assert [one[1:] for one in refused(office, Kind.DEVICES, text)] == [
        ("code", "cam", "archived"),
    ]
    text = "site,code,type,via\nS1,cam9,camera,cam\n"
    assert refused(office, Kind.DEVICES, text) == [(2, "via", "cam", "no_such_device")]


def test_the_last_administrator_stays_one(office: Database) -> None:
    text = "code,name,roles\nli,李敏,head\n"
    assert refused(office, Kind.PEOPLE, text) == [(2, "roles", "head", "last_admin")]
    assert hand_in(office, Kind.PEOPLE, text + "wu,吴,admin\n").errors == ()
    with transaction(office) as tx:
        assert [one.code for one in people_rows.with_role(tx, Role.ADMIN)] == ["wu"]
