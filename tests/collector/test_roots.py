"""Root causes: one fault pages, what hangs on it waits, and nothing is forgotten."""

from datetime import timedelta

import pytest

from operations import calls as call_desk
from operations import work_orders as order_desk
from operations.calls import Call
from rules.model import Fault, FaultId
from scheduler.tick import tick
from storage import faults as fault_rows
from storage import listening
from storage.db import reading, transaction
from tests.collector.field import Field
from tests.company import CHEN, LI

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


def of_site(field: Field, code: str) -> Fault:
    [fault] = [fault for fault in field.faults() if fault.code == code]
    return fault


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

    field.voices = {device: {} for device in ["uplink", "switch", *CAMERAS[:38]]}
    field.passes(minutes=8)
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
    [taken] = field.orders()  # both waited for the same switch: one matter
    common = of_site(field, "COMMON_CAUSE")
    with transaction(field.database) as tx:
        order_desk.acknowledge(tx, taken.id, field.company.id_of(LI), field.now)
    field.passes(minutes=10)
    [switch] = field.faults("switch")[-1:]
    assert causes(field.faults("a", "b")) == {common.id}
    assert {order.root_fault_id for order in field.orders()} == {common.id, switch.id}


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


def test_what_fell_with_a_supply_that_only_lost_its_network_is_asked_for_later(
    field: Field,
) -> None:
    """§3.6: the supply is silent too; once it is heard again, what is still down stands alone."""
    field.has("uplink", "uplink")
    field.has("supply", "ups", via="uplink")
    field.has("camera", powered_by="supply")
    field.voices = {device: {} for device in ("uplink", "supply", "camera")}
    field.passes(minutes=3)
    silence(field, "uplink", "supply", "camera")
    field.passes(minutes=5)
    assert causes(field.faults("camera")) == {field.faults("supply")[0].id}
    [uplink] = field.orders()
    field.voices |= {"uplink": {}, "supply": {}}
    field.passes(minutes=20)
    [camera] = field.faults()
    assert [order.root_fault_id for order in field.orders() if order.id != uplink.id] == [camera.id]


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


def a_flat_site(field: Field, devices: list[str]) -> None:
    """Nobody wrote down what hangs on what."""
    for device in devices:
        field.has(device)
    field.voices = {device: {} for device in devices}
    field.passes(minutes=3)


def test_many_points_of_a_site_without_a_modelled_parent_are_one_ticket(field: Field) -> None:
    """§3.6: more than 10, or a fifth, in five minutes: common cause suspected, asked once."""
    devices = [f"d{n:02}" for n in range(30)]
    a_flat_site(field, devices)
    silence(field, *devices[:12])
    field.passes(minutes=7)
    common = of_site(field, "COMMON_CAUSE")
    assert causes(field.faults(*devices)) == {common.id}
    [order] = field.orders()
    assert order.root_fault_id == common.id
    assert field.told("page").count(LI) == order.pages_made
    field.voices |= {device: {} for device in devices[:11]}
    field.passes(minutes=20)
    assert [order.root_fault_id for order in field.orders()] == [common.id]  # one is still down
    field.voices[devices[11]] = {}
    field.passes(minutes=5)
    assert field.faults() == []


def test_ten_points_of_a_large_site_are_ten(field: Field) -> None:
    devices = [f"d{n:02}" for n in range(60)]
    a_flat_site(field, devices)
    silence(field, *devices[:9])
    field.passes(minutes=7)
    assert {fault.code for fault in field.faults()} == {"DEV_OFFLINE"}
    assert len(field.orders()) == 9


def test_a_slow_root_takes_the_suspected_common_cause_over(field: Field) -> None:
    """The uplink may be silent for 15 minutes; the cameras are missed after three."""
    field.has("uplink", "uplink", reporting_interval_s=300)
    cameras = [f"cam-{n:02}" for n in range(20)]
    for camera in cameras:
        field.has(camera, via="uplink")
    field.voices = {device: {} for device in ["uplink", *cameras]}
    field.passes(minutes=3)
    silence(field, "uplink", *cameras)
    field.passes(minutes=8)
    common = of_site(field, "COMMON_CAUSE")
    assert [order.root_fault_id for order in field.orders()] == [common.id]
    field.passes(minutes=10)
    [uplink] = field.faults("uplink")
    assert causes(field.faults(*cameras)) == {uplink.id}
    assert [order.root_fault_id for order in field.orders()] == [uplink.id]
    assert uplink.severity == "emergency"


def test_the_power_of_a_site(field: Field) -> None:
    """§3.6: two independent mains losses and half of the site dark are one cause."""
    hosts, cameras = ["host-1", "host-2"], [f"cam-{n}" for n in range(6)]
    for host in hosts:
        field.has(host, "ups", ups=True)
    for camera in cameras:
        field.has(camera)
    field.voices = {device: {} for device in cameras}
    field.voices |= {host: {"flags": {"mains": True}} for host in hosts}
    field.passes(minutes=3)
    silence(field, *cameras)
    field.voices |= {host: {"flags": {"mains": False}} for host in hosts}
    field.passes(minutes=9)
    power = of_site(field, "SITE_POWER_DOWN")
    assert causes(field.faults(*cameras, *hosts)) == {power.id}
    assert {fault.code for fault in field.faults(*hosts)} == {"MAINS_LOSS"}
    [order] = field.orders()
    assert order.root_fault_id == power.id
    assert field.told("page").count(LI) == order.pages_made
    field.voices |= {host: {"flags": {"mains": True}} for host in hosts}
    field.voices |= {camera: {} for camera in cameras[:5]}
    field.passes(minutes=5)
    assert [fault.code for fault in field.faults()].count("SITE_POWER_DOWN") == 0
    field.passes(minutes=16)
    [left] = field.faults()
    assert (left.explained_by, left.code) == (None, "DEV_OFFLINE")  # it outlived its cause


def test_one_blown_fuse_is_not_the_power_of_a_site(field: Field) -> None:
    field.has("supply", "power")
    for device in ("a", "b", "c", "d"):
        field.has(device, powered_by="supply", ups=device in {"a", "b"})
    field.voices = {device: {"flags": {"mains": True}} for device in ("a", "b")}
    field.voices |= {"c": {}, "d": {}, "supply": {}}
    field.passes(minutes=3)
    silence(field, "c", "d")
    field.voices |= {device: {"flags": {"mains": False}} for device in ("a", "b")}
    field.passes(minutes=9)
    assert "SITE_POWER_DOWN" not in {fault.code for fault in field.faults()}


def test_another_cause_that_is_still_there_takes_the_children_of_one_that_is_gone(
    field: Field,
) -> None:
    """Re-attribution: the mains are back, the switch is not."""
    field.has("supply", "power")
    field.has("switch", "switch")
    field.has("cam", via="switch", powered_by="supply")
    field.voices = {"supply": {"flags": {"mains": True}}, "switch": {}, "cam": {}}
    field.passes(minutes=3)
    silence(field, "switch", "cam")
    field.voices["supply"] = {"flags": {"mains": False}}
    field.passes(minutes=9)
    field.voices["supply"] = {"flags": {"mains": True}}
    field.passes(minutes=40)
    [switch], [camera] = field.faults("switch"), field.faults("cam")
    assert camera.explained_by == switch.id
    assert [order.root_fault_id for order in field.orders()] == [switch.id]


def test_a_channel_of_the_recorder_waits_for_its_camera(field: Field) -> None:
    """The recorder tells of the loss after two minutes, the camera is missed after three."""
    field.has("switch", "switch")
    field.has("nvr", "recorder")
    for number in (1, 2):
        field.has(f"cam-{number}", via="switch", recorded_by="nvr", position=f"CH{number}")
    field.voices = {device: {} for device in ("switch", "nvr", "cam-1", "cam-2")}
    field.passes(minutes=3)
    silence(field, "switch", "cam-1", "cam-2")
    for number in (1, 2):
        field.reports("nvr", "NVR_CHANNEL_OFFLINE", point=f"ch-{number}")
    field.passes(minutes=7)
    [switch] = field.faults("switch")
    cameras = {fault.id for fault in field.faults("cam-1", "cam-2")}
    assert causes(field.faults("cam-1", "cam-2")) == {switch.id}
    assert causes(field.faults("nvr")) <= cameras | {switch.id}
    assert len(field.faults("nvr")) == 2
    [order] = field.orders()
    assert order.root_fault_id == switch.id


def test_cameras_that_are_heard_stay_well_when_their_recorder_is_gone(field: Field) -> None:
    field.has("nvr", "recorder")
    field.has("cam", recorded_by="nvr")
    field.voices = {"nvr": {}, "cam": {}}
    field.passes(minutes=3)
    silence(field, "nvr")
    field.passes(minutes=6)
    assert [code for _, code in field.open()] == ["DEV_OFFLINE"]
    assert field.faults("cam") == []


def test_what_was_broken_before_keeps_its_order_and_its_clock(field: Field) -> None:
    a_site(field, ["a", "b"])
    silence(field, "a")
    field.passes(minutes=6)
    [before] = field.orders()
    silence(field, "switch", "b")
    field.passes(minutes=6)
    [switch] = field.faults("switch")
    assert {o.root_fault_id for o in field.orders()} == {before.root_fault_id, switch.id}
    assert causes(field.faults("a")) == {None}
    assert causes(field.faults("b")) == {switch.id}


def test_a_called_customer_keeps_his_order_when_a_root_is_found(field: Field) -> None:
    """A03: what a customer reported has its own deadline, whatever the monitor finds."""
    a_site(field, ["a"], reporting_interval_s=300)
    silence(field, "switch", "a")
    field.passes(minutes=6)
    [order] = field.orders()
    with transaction(field.database) as tx:
        call = Call(device_id=field.id_of("a"), symptom="dark", at=field.now, reporter="Zhou")
        call_desk.receive(tx, call, field.company.id_of(CHEN), field.parts.policy, field.now)
    field.passes(minutes=12)
    [switch] = field.faults("switch")
    assert {o.root_fault_id for o in field.orders()} == {order.root_fault_id, switch.id}


def test_a_cause_is_as_bad_as_the_worst_behind_it(field: Field) -> None:
    """Or an alarm host behind a switch would be no emergency any more."""
    field.has("switch", "switch")
    field.has("host", "alarm_host", via="switch")
    field.voices = {"switch": {}, "host": {}}
    field.passes(minutes=3)
    silence(field, "switch", "host")
    field.passes(minutes=6)
    [order] = field.orders()
    assert (order.root_fault_id, order.severity) == (field.faults("switch")[0].id, "emergency")


def test_while_our_ears_are_stalled_nothing_is_raised(field: Field) -> None:
    """§3.6, last row: no hold and no grace runs out while nothing can be heard."""
    a_site(field, ["a", "b"], reporting_interval_s=300)
    silence(field, "switch", "a")
    field.passes(minutes=3.5)
    [held] = field.faults("a")
    assert held.provisional
    with transaction(field.database) as tx:
        listening.change(tx, stalled_since=field.now)
    for _ in range(40):
        field.now += timedelta(seconds=15)
        tick(field.database, field.parts.policy, lambda: field.now)
    assert field.orders() == []
    with transaction(field.database) as tx:
        listening.change(tx, stalled_since=None)
    field.now += timedelta(seconds=15)
    tick(field.database, field.parts.policy, lambda: field.now)
    assert [order.root_fault_id for order in field.orders()] == [held.id]
