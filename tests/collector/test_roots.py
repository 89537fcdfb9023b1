"""Root causes: one fault pages, what hangs on it waits, and nothing is forgotten."""

from datetime import timedelta

import pytest

from operations import work_orders as order_desk
from rules.model import Fault, FaultId
from storage import faults as fault_rows
from storage.db import reading, transaction
from tests.collector.field import Field
from tests.company import LI

CAMERAS = [f"cam-{n:02}" for n in range(40)]


def a_site(field: Field, cameras: list[str], **switch: object) -> None:
    """Cameras behind a switch behind an uplink, each speaking once a minute at its own second."""
    field.has("uplink", "uplink")
    field.has("switch", "switch", via="uplink", **switch)
    for camera in cameras:
        field.has(camera, via="switch")
    field.voices = {device: {} for device in ["uplink", "switch", *cameras]}
    field.passes(minutes=3)
    assert field.open() == []


def silence(field: Field, *devices: str) -> None:
    for device in devices:
        del field.voices[device]


def causes(faults: list[Fault]) -> set[FaultId | None]:
    return {fault.explained_by for fault in faults}


def test_forty_cameras_behind_a_dead_uplink(field: Field) -> None:
    a_site(field, CAMERAS)
    silence(field, *list(field.voices))
    field.passes(minutes=8)
    [uplink] = field.faults("uplink")
    [switch] = field.faults("switch")
    assert uplink.code == "NET_UPLINK_DOWN"
    assert switch.explained_by == uplink.id
    assert len(field.faults(*CAMERAS)) == 40
    assert causes(field.faults(*CAMERAS)) <= {uplink.id, switch.id}
    [order] = field.orders()
    assert order.root_fault_id == uplink.id
    assert field.told("page").count(LI) == order.pages_made
    first_hour = [fault.opened_at for fault in field.faults()]
    assert max(first_hour) - min(first_hour) < timedelta(minutes=2)

    field.voices = {"uplink": {}, "switch": {}}
    for camera in CAMERAS[:38]:  # they come back one by one
        field.voices[camera] = {}
        field.passes(10)
    field.passes(minutes=4)
    assert field.open() == [("cam-38", "DEV_OFFLINE"), ("cam-39", "DEV_OFFLINE")]
    assert field.orders() == []
    field.passes(minutes=10)
    own = field.faults()
    assert causes(own) == {None}
    assert {order.root_fault_id for order in field.orders()} == {fault.id for fault in own}


@pytest.mark.parametrize("offset", [0, 20, 40])
def test_child_and_parent_in_any_order(field: Field, offset: int) -> None:
    """Whoever spoke last before the end: only the root is paged."""
    field.has("switch", "switch")
    field.has("cam", via="switch")
    field.says("switch")
    field.passes(offset)
    field.says("cam")
    field.passes(60 - offset)
    field.says("switch")
    field.passes(offset)
    if offset == 20:
        field.says("cam")
    field.passes(minutes=6)
    [switch], [camera] = field.faults("switch"), field.faults("cam")
    assert camera.explained_by == switch.id
    [order] = field.orders()
    assert order.root_fault_id == switch.id
    assert field.told("page").count(LI) == order.pages_made


def test_a_camera_alone_is_paged_at_once(field: Field) -> None:
    a_site(field, ["a", "b"])
    silence(field, "a")
    field.passes(minutes=3.5)
    [order] = field.orders()
    [fault] = field.faults("a")
    assert order.root_fault_id == fault.id
    assert order.opened_at - fault.opened_at <= timedelta(seconds=5)


def test_wills_of_a_whole_switch(field: Field) -> None:
    a_site(field, ["a", "b", "c"])
    silence(field, "switch", "a", "b", "c")
    for device in ("a", "b", "c", "switch"):  # the broker tells the children's first
        field.word(device, "offline")
        field.passes(3)
    field.passes(minutes=6)
    [switch] = field.faults("switch")
    assert causes(field.faults("a", "b", "c")) == {switch.id}
    assert [order.root_fault_id for order in field.orders()] == [switch.id]
    assert field.told("page").count(LI) <= 2


def test_lost_mains_are_the_cause_of_what_went_dark(field: Field) -> None:
    """The supply tells its loss for five minutes before it counts; the cameras die at once."""
    field.has("supply", "power")
    field.has("host", "alarm_host", powered_by="supply", ups=True)
    for camera in ("a", "b"):
        field.has(camera, powered_by="supply")
    field.voices = {"supply": {"flags": {"mains": True}}, "host": {}, "a": {}, "b": {}}
    field.passes(minutes=3)
    silence(field, "a", "b")
    field.voices["supply"] = {"flags": {"mains": False}}
    field.passes(minutes=8)
    [supply] = field.faults("supply")
    assert causes(field.faults("a", "b")) == {supply.id}
    assert field.faults("host") == []
    assert [order.root_fault_id for order in field.orders()] == [supply.id]


def test_a_switch_that_feeds_what_it_connects(field: Field) -> None:
    field.has("switch", "switch")
    field.has("cam", via="switch", powered_by="switch")
    field.voices = {"switch": {}, "cam": {}}
    field.passes(minutes=2)
    silence(field, "switch", "cam")
    field.passes(minutes=6)
    assert causes(field.faults("cam")) == {field.faults("switch")[0].id}


def test_evidence_of_its_own_waits_for_nobody(field: Field) -> None:
    a_site(field, ["a"])
    silence(field, "uplink", "switch")
    field.says("a", flags={"tamper": True})
    field.passes(12, beat_s=2)
    [order] = field.orders()
    assert field.faults("a")[0].id == order.root_fault_id


def test_a_root_found_late_leaves_an_order_with_a_person_on_the_way(field: Field) -> None:
    a_site(field, ["a", "b"], reporting_interval_s=300)  # of the switch: it has 15 minutes
    silence(field, "a", "b", "switch")
    field.passes(minutes=6)
    taken, other = field.orders()
    with transaction(field.database) as tx:
        order_desk.acknowledge(tx, taken.id, field.company.id_of(LI), field.now)
    field.passes(minutes=10)
    [switch] = field.faults("switch")
    explained = {fault.id: fault.explained_by for fault in field.faults("a", "b")}
    assert explained == {taken.root_fault_id: None, other.root_fault_id: switch.id}
    assert {order.root_fault_id for order in field.orders()} == {taken.root_fault_id, switch.id}


def test_a_cause_that_flaps_takes_its_children_back(field: Field) -> None:
    a_site(field, ["a"])
    silence(field, "switch", "a")
    field.passes(minutes=5)
    field.voices["switch"] = {}
    field.passes(minutes=4)
    assert field.faults("switch") == []  # the camera's grace has begun
    silence(field, "switch")
    field.passes(minutes=5)
    [again] = field.faults("switch")
    assert causes(field.faults("a")) == {again.id}
    field.passes(minutes=20)
    assert [order.root_fault_id for order in field.orders()] == [again.id]


def test_recovery_behind_a_cause_is_never_swallowed(field: Field) -> None:
    a_site(field, ["a"])
    silence(field, "switch", "a")
    field.passes(minutes=5)
    [camera] = field.faults("a")
    field.voices["a"] = {}
    field.passes(minutes=4)
    with reading(field.database) as tx:
        after = fault_rows.get(tx, camera.id)
    assert after
    assert after.cleared_at is not None
    assert field.faults("a") == []
