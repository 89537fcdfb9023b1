"""`devices.csv` and `systems.csv`: links stay within a site and never go round."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from operations.imports import Kind
from rules.model import DeviceType, Link, Monitored
from storage import devices as device_rows
from storage import revision
from storage import systems as system_rows
from storage.db import Database, transaction
from tests.examples import examples
from tests.operations.imports.office import hand_in, opened, refused


@pytest.fixture
def office(database: Database) -> Database:
    opened(database, Kind.DEVICES)
    return database


def links_of(database: Database, code: str) -> dict[Link, str]:
    with transaction(database) as tx:
        devices = {one.id: one for one in device_rows.all_devices(tx)}
    (found,) = [one for one in devices.values() if one.code == code]
    return {link: devices[goal].code for link, goal in found.links.items()}


def test_a_device_with_everything(office: Database) -> None:
    text = (
        "site,system,code,name,type,via,powered_by,recorded_by,importance,ups,monitored,location,"
        "ip,mac,reporting_interval_s,installed,warranty_end,dialect,dialect_id\n"
        "S1,V,nvr,录像机,recorder,sw,,,key,yes,yes,机房,10.0.0.5,44-19-B6-00-00-01,30,2024-02-29,,"
        "zigbee2mqtt,0x01\n"
        "S1,V,cam2,,camera,sw,sw,nvr,normal,no,indirect,,,,,,,,\n"
    )
    assert hand_in(office, Kind.DEVICES, text).created == 2
    assert hand_in(office, Kind.DEVICES, text).unchanged == 2
    with transaction(office) as tx:
        nvr = device_rows.by_code(tx, "S1", "nvr")
        camera = device_rows.by_code(tx, "S1", "cam2")
    assert nvr is not None
    assert camera is not None
    assert (nvr.type, nvr.importance, nvr.ups) == (DeviceType.RECORDER, "key", True)
    assert (nvr.mac, nvr.installed_on) == ("44:19:b6:00:00:01", date(2024, 2, 29))
    assert (camera.name, camera.monitored, camera.dialect) == (
        "cam2",
        Monitored.INDIRECT,
        "native",
    )
    assert links_of(office, "cam2") == {
        Link.VIA: "sw",
        Link.POWERED_BY: "sw",
        Link.RECORDED_BY: "nvr",
    }


@pytest.mark.parametrize(
    ("row", "error"),
    [
        ("S9,x,camera,", (2, "site", "S9", "no_such_site")),
        ("S1,x,toaster,", (2, "type", "toaster", "one_of")),
        ("S1,大门,camera,", (2, "code", "大门", "id")),
        ("S1,a/b,camera,", (2, "code", "a/b", "id")),
        ("S1,x,camera,nobody", (2, "via", "nobody", "no_such_device")),
        ("S2,x,camera,sw", (2, "via", "sw", "no_such_device")),
        ("S1,x,camera,x", (2, "via", "x", "own_parent")),
    ],
)
def test_what_a_device_cannot_be(
    office: Database, row: str, error: tuple[int, str, str, str]
) -> None:
    assert refused(office, Kind.DEVICES, f"site,code,type,via\n{row}\n") == [error]


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("system", "X", "no_such_system"),
        ("ip", "10.0.0.256", "ip"),
        ("mac", "44:19", "mac"),
        ("reporting_interval_s", "0", "whole"),
        ("reporting_interval_s", "1.5", "whole"),
        ("installed", "2024-2-1", "date"),
        ("installed", "2023-02-29", "date"),
        ("ups", "true", "one_of"),
        ("dialect", "Zigbee 2", "word"),
    ],
)
def test_what_a_cell_cannot_say(office: Database, column: str, value: str, message: str) -> None:
    text = f"site,code,type,{column}\nS1,x,camera,{value}\n"
    assert refused(office, Kind.DEVICES, text) == [(2, column, value, message)]


def test_a_circle_is_refused_with_its_path(office: Database) -> None:
    outcome = hand_in(office, Kind.DEVICES, "site,code,type,via\nS1,up,uplink,cam\n")
    (error,) = outcome.errors
    assert (error.column, error.value) == ("via", "cam")
    assert error.facts["path"] == "cam → sw → up → cam"
    assert links_of(office, "up") == {}


def test_a_circle_over_two_kinds_of_link_is_one_too(office: Database) -> None:
    text = "site,code,type,powered_by\nS1,a,switch,b\nS1,b,ups,\n"
    hand_in(office, Kind.DEVICES, text)
    outcome = hand_in(office, Kind.DEVICES, "site,code,type,via\nS1,b,ups,a\n")
    assert [error.message_id for error in outcome.errors] == ["import.error.cycle"]


def test_every_circle_of_a_file_is_named(office: Database) -> None:
    text = "site,code,type,via\nS1,a,switch,b\nS1,b,switch,a\nS1,c,switch,d\nS1,d,switch,c\n"
    paths = [error.facts["path"] for error in hand_in(office, Kind.DEVICES, text).errors]
    assert paths == ["a → b → a", "c → d → c"]


def test_a_link_may_be_turned_round_in_one_file(office: Database) -> None:
    text = "site,code,type,via\nS1,up,uplink,sw\nS1,sw,switch,\n"
    assert hand_in(office, Kind.DEVICES, text).updated == 2
    assert (links_of(office, "up"), links_of(office, "sw")) == ({Link.VIA: "sw"}, {})


def test_a_missing_column_keeps_a_link_and_an_empty_cell_removes_it(office: Database) -> None:
    outcome = hand_in(office, Kind.DEVICES, "site,code,type\nS1,cam,camera\n")
    assert outcome.unchanged == 1
    assert links_of(office, "cam") == {Link.VIA: "sw"}
    outcome = hand_in(office, Kind.DEVICES, "site,code,type,via\nS1,cam,camera,\n")
    assert (outcome.updated, outcome.unchanged) == (1, 0)
    assert links_of(office, "cam") == {}


def test_the_collector_is_told_of_every_change(office: Database) -> None:
    def revision_now() -> int:
        with transaction(office) as tx:
            return revision.current(tx)

    before = revision_now()
    hand_in(office, Kind.DEVICES, "site,code,type,via\nS1,cam,camera,sw\n")
    assert revision_now() == before
    hand_in(office, Kind.DEVICES, "site,code,type,via\nS1,cam,camera,up\n")
    assert revision_now() == before + 1


def test_a_system_is_known_by_site_and_code(office: Database) -> None:
    text = "site,code,name,kind,size\nS2,V,监控,video,large\nS1,V,监控,video,\n"
    outcome = hand_in(office, Kind.SYSTEMS, text)
    assert (outcome.created, outcome.updated) == (1, 1)
    with transaction(office) as tx:
        assert [one.name for one in system_rows.all_systems(tx)] == ["监控", "监控"]
    assert refused(office, Kind.SYSTEMS, "site,code,kind\nS9,V,video\nS1,W,Video!\n") == [
        (3, "kind", "Video!", "word"),
        (2, "site", "S9", "no_such_site"),
    ]


CODES = [f"d{number}" for number in range(6)]
graphs = st.lists(st.tuples(st.sampled_from(CODES), st.sampled_from(["", *CODES])), max_size=12)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=examples(40))
@given(graphs)
def test_what_is_stored_never_goes_round(database: Database, graph: list[tuple[str, str]]) -> None:
    opened(database, Kind.SITES)
    text = "site,code,type,via\n" + "".join(f"S1,{c},switch,{g}\n" for c, g in graph)
    hand_in(database, Kind.DEVICES, text)
    with transaction(database) as tx:
        parents = {one.id: one.links.get(Link.VIA) for one in device_rows.all_devices(tx)}
    for first in parents.values():
        goal, steps = first, 0
        while goal is not None:
            goal, steps = parents[goal], steps + 1
            assert steps < len(parents)


def test_what_has_no_telemetry_is_inspected_only_unless_somebody_says_otherwise(
    office: Database,
) -> None:
    """A01: a point that cannot speak is never unknown for ever."""
    text = (
        "site,code,type,monitored\nS1,lens,lens,\nS1,spd,spd,\nS1,tv,monitor,yes\n"
        "S1,zone,zone,\nS1,dome,camera,\n"
    )
    assert hand_in(office, Kind.DEVICES, text).created == 5
    assert hand_in(office, Kind.DEVICES, text).unchanged == 5
    with transaction(office) as tx:
        every = device_rows.all_devices(tx)
    found = {one.code: one.monitored for one in every if f"S1,{one.code}," in text}
    assert found == {
        "lens": Monitored.NO,
        "spd": Monitored.NO,
        "tv": Monitored.YES,
        "zone": Monitored.INDIRECT,
        "dome": Monitored.YES,
    }
    assert hand_in(office, Kind.DEVICES, "site,code,type\nS1,tv,monitor\n").unchanged == 1
