"""Zigbee2MQTT, 1.x and 2.x: who is who, what attributes mean, what is refused. B11, D06."""

import pytest

from collector.dialects.zigbee_network import PASSIVE_S
from rules.model import DeviceType
from tests.collector.dialects.told import Told
from tests.collector.dialects.zigbee import BRIDGE, DOOR, PIR, PLUG, exposes, member, of

# Identity


def test_the_address_is_the_device_and_a_new_name_keeps_it(zigbee: Told) -> None:
    assert of(zigbee, "hall/door", {"contact": True}).also == "hall/door"
    zigbee.hears("bridge/devices", [member(DOOR, "back door"), member(PLUG, "plug", "Mains")])
    assert of(zigbee, "back door", {"contact": True}).device == DOOR
    assert zigbee.hears("hall/door", b"").readings == ()  # the old name is nobody's any more
    assert zigbee.hears("hall/door/availability", b"").readings[0].device == BRIDGE


def test_a_friendly_name_until_the_list_is_known(bare: Told) -> None:
    said = of(bare, "attic/window", {"contact": True}, "attic/window")
    assert said.guess is not None
    assert (said.guess.name, said.guess.via) == ("attic/window", BRIDGE)


def test_an_old_bridge_introduces_a_device_in_its_message(bare: Told) -> None:
    """Sample of an issue: `last_seen` with a zone, the device named within."""
    body = {
        "occupancy": False,
        "linkquality": 42,
        "last_seen": "2019-11-22T08:50:54+01:00",
        "battery": 100,
        "voltage": 3045,
        "no_occupancy_since": 240,
        "elapsed": 59999,
        "device": {
            "friendlyName": "bewegungsmelder1",
            "ieeeAddr": PIR,
            "type": "EndDevice",
            "powerSource": "Battery",
        },
    }
    said = of(bare, "bewegungsmelder1", body, PIR)
    assert said.metrics == {
        "lqi": 42,
        "battery_pct": 100,
        "battery_v": 3.045,
        "no_occupancy_since": 240,
        "elapsed": 59999,
    }
    assert said.flags == {"occupancy": False}
    assert said.t is None  # it is the bridge's clock, not the device's


def test_a_group_is_nobody(zigbee: Told) -> None:
    zigbee.hears("bridge/groups", [{"id": 1, "friendly_name": "all lights", "members": []}])
    for topic in ("all lights", "all lights/availability"):
        assert [one.device for one in zigbee.hears(topic, b"offline").readings] == [BRIDGE]


def test_one_attribute_to_a_topic(zigbee: Told) -> None:
    assert of(zigbee, "hall/door/battery", b"87").metrics == {"battery_pct": 87}
    assert of(zigbee, "hall/door/contact", b"false").flags == {"open": True}
    assert of(zigbee, "hall/door/update", {"state": "idle"}).flags == {"firmware_outdated": False}
    assert "JSON" in zigbee.refuses("nobody/battery", b"87")


@pytest.mark.parametrize("topic", ["plug/set", "plug/get", "plug/set/state", "plug/left/set"])
def test_commands_are_not_the_devices_words(zigbee: Told, topic: str) -> None:
    said = zigbee.hears(topic, b'{"state":"ON"}')
    assert (said.readings, said.rejected) == ((), "")


@pytest.mark.parametrize("topic", ["bridge/logging", "bridge/request/permit_join", "bridge/log"])
def test_what_is_not_about_health_is_passed_over(zigbee: Told, topic: str) -> None:
    said = zigbee.hears(topic, b"anything")
    assert (said.readings, said.rejected) == ((), "")


# Attributes


@pytest.mark.parametrize(
    ("body", "flags"),
    [
        ({"contact": True}, {"open": False}),  # true is closed
        ({"contact": False}, {"open": True}),
        ({"tamper": True}, {"tamper": True}),
        ({"tamper": "false"}, {"tamper": False}),
        ({"tamper": None}, {}),  # absent is not false
        ({"trouble": True}, {"zone_trouble": True}),
        ({"battery_low": True}, {"low_battery": True}),
        ({"battery_low": True, "battery": 100}, {"low_battery": True}),  # appears full, is not
        ({"battery_low": True, "battery": 9}, {"low_battery": False}),  # one fault, not two
        ({"ac_status": False}, {}),  # no bit of a supply it has not
        ({"ac_status": True}, {"mains": False}),
        ({"update": {"state": "available"}}, {"firmware_outdated": True}),
        ({"update": {"state": "idle"}}, {"firmware_outdated": False}),
        ({"update_available": True}, {"firmware_outdated": True}),
        ({"occupancy": True, "smoke": False}, {"occupancy": True, "smoke": False}),
        ({"moved": True, "disk_fail": True}, {}),  # would pass for judged ones
        ({"action": "single", "state": "ON"}, {}),
    ],
)
def test_flags(zigbee: Told, body: dict[str, object], flags: dict[str, bool]) -> None:
    assert of(zigbee, "hall/door", body).flags == flags


@pytest.mark.parametrize(
    ("body", "metrics"),
    [
        ({"battery": 88}, {"battery_pct": 88}),
        ({"battery": 200}, {}),  # half percents, not converted: no share
        ({"battery": None}, {}),
        ({"voltage": 3200}, {"battery_v": 3.2}),
        ({"voltage": 3.2}, {"battery_v": 3.2}),
        ({"linkquality": 19}, {"lqi": 19}),
        ({"linkquality": 300}, {}),
        ({"device_temperature": 29}, {"temperature_c": 29}),
        ({"temperature": 61.5}, {"temperature": 61.5}),  # of the room, not of the device
        (
            {"humidity": 44.72, "power_outage_count": 3},
            {"humidity": 44.72, "power_outage_count": 3},
        ),
        ({"load_pct": 99, "a b": 1, "x:y": 2}, {}),
        ({"illuminance": float("1e300")}, {"illuminance": 1e300}),
    ],
)
def test_metrics(zigbee: Told, body: dict[str, object], metrics: dict[str, float]) -> None:
    assert of(zigbee, "hall/door", body).metrics == metrics


def test_voltage_of_the_mains_is_in_volts(zigbee: Told) -> None:
    said = of(zigbee, "plug", {"voltage": 231, "ac_status": False}, PLUG)
    assert (said.metrics, said.flags) == ({"mains_v": 231}, {"mains": True})


def test_an_open_door_and_a_smoke_detector_as_sampled(zigbee: Told) -> None:
    door = {"battery": 100, "battery_low": False, "contact": False, "tamper": False}
    assert of(zigbee, "hall/door", door | {"voltage": 3200}).flags == {
        "low_battery": False,
        "open": True,
        "tamper": False,
    }
    smoke = {"ac_status": False, "enrolled": False, "smoke": False, "trouble": False}
    said = of(zigbee, "hall/door", smoke | {"supervision_reports": False, "linkquality": 139})
    assert "mains" not in said.flags
    assert said.flags["zone_trouble"] is False
    assert said.metrics == {"lqi": 139}


def test_attributes_of_one_message_are_bounded(zigbee: Told) -> None:
    said = of(zigbee, "plug", {f"x{n}": n for n in range(5000)}, PLUG)
    assert len(said.metrics) == 64


# Lists and events


def test_the_list_tells_type_model_and_what_it_hangs_on(bare: Told) -> None:
    listed = [member(DOOR, "hall/door", definition=exposes("battery", "contact") | {"model": "M"})]
    about = of(bare, "bridge/devices", listed)
    assert about.kind == "about"
    guess = about.guess
    assert guess is not None
    assert (guess.type, guess.model, guess.name) == (DeviceType.DETECTOR, "M", "hall/door")
    assert (guess.via, guess.serial) == (BRIDGE, DOOR)
    assert guess.interval_s == PASSIVE_S / 3


@pytest.mark.parametrize(
    ("definition", "kind"),
    [
        (exposes("occupancy", "temperature"), DeviceType.DETECTOR),
        (exposes("smoke"), DeviceType.DETECTOR),
        (exposes("sos", "battery"), DeviceType.PANIC_BUTTON),
        (exposes("warning", "temperature"), DeviceType.SOUNDER),
        (exposes("temperature", "humidity"), DeviceType.SENSOR),
        ({"exposes": [{"type": "lock", "features": []}]}, DeviceType.LOCK),
        (
            {"exposes": [{"type": "enum", "name": "action", "values": ["disarm", "panic"]}]},
            DeviceType.PANIC_BUTTON,
        ),
        (exposes("state", "power"), DeviceType.OTHER),
        (None, DeviceType.OTHER),
        ({"exposes": "x"}, DeviceType.OTHER),
    ],
)
def test_what_a_device_is_by_what_it_can_do(
    bare: Told, definition: object, kind: DeviceType
) -> None:
    guess = of(bare, "bridge/devices", [member(DOOR, "d", definition=definition)]).guess
    assert guess is not None
    assert guess.type is kind


def test_a_device_removed_from_the_network(zigbee: Told) -> None:
    said = of(zigbee, "bridge/devices", [member(PLUG, "plug", "Mains")])
    assert (said.kind, said.word) == ("state", "removed")
    assert of(zigbee, "hall/door", {"contact": True}, "hall/door").device == "hall/door"


def test_a_device_that_leaves_is_gone(zigbee: Told) -> None:
    leaves = {"type": "device_leave", "data": {"ieee_address": DOOR, "friendly_name": "hall/door"}}
    said = of(zigbee, "bridge/event", leaves)
    assert (said.kind, said.word) == ("state", "offline")


@pytest.mark.parametrize("kind", ["device_joined", "device_announce"])
def test_joining_is_a_sign_of_life(zigbee: Told, kind: str) -> None:
    data = {"friendly_name": DOOR, "ieee_address": DOOR}
    assert of(zigbee, "bridge/event", {"type": kind, "data": data}).kind == "alive"


def test_an_interview_that_failed(zigbee: Told) -> None:
    def interviewed(status: str) -> dict[str, bool]:
        data = {"friendly_name": DOOR, "status": status, "ieee_address": DOOR}
        said = zigbee.hears("bridge/event", {"type": "device_interview", "data": data})
        return said.readings[0].flags

    assert interviewed("started") == {}
    assert interviewed("failed") == {"interview_failed": True}
    assert interviewed("successful") == {"interview_failed": False}


def test_a_device_disabled_at_the_bridge_has_stopped(zigbee: Told) -> None:
    listed = [member(DOOR, "hall/door", disabled=True), member(PLUG, "plug", "Mains")]
    words = [one.word for one in zigbee.hears("bridge/devices", listed).readings if one.word]
    assert words == ["stopped"]
    assert not any(one.word for one in zigbee.hears("bridge/devices", listed).readings)


def test_a_network_left_open_is_shown(zigbee: Told) -> None:
    info = {"version": "2.1.0", "permit_join": True, "coordinator": {"type": "zStack30x"}}
    said = of(zigbee, "bridge/info", info, BRIDGE)
    assert said.flags == {"permit_join": True}
    assert said.guess is not None
    assert (said.guess.firmware, said.guess.model) == ("2.1.0", "zStack30x")
    old = of(zigbee, "bridge/config", {"version": "1.13", "permit_join": False}, BRIDGE)
    assert old.flags == {"permit_join": False}


# What is refused, and bounds


@pytest.mark.parametrize(
    ("topic", "body"),
    [
        ("bridge/devices", b"{}"),
        ("bridge/groups", b"1"),
        ("bridge/info", b"[]"),
        ("bridge/health", b"x"),
        ("bridge/event", b"{}"),
        ("porch", b"ON"),
        ("porch", b"[1]"),
        ("plug", b'{"a":'),
        ("plug", b"\xff\xfe"),
    ],
)
def test_what_is_not_understood_is_refused_with_its_reason(
    zigbee: Told, topic: str, body: bytes
) -> None:
    assert zigbee.refuses(topic, body)


def test_a_long_list_is_read_as_far_as_it_is_remembered(bare: Told) -> None:
    listed = [member(f"0x{n:016x}", f"device {n}") for n in range(2001)]
    said = bare.hears("bridge/devices", listed)
    assert "2000" in said.rejected
    assert len(said.memory.devices) == 2000


def test_nothing_learnt_is_the_same_memory(zigbee: Told) -> None:
    memory = zigbee.hears("hall/door", {"contact": True}).memory
    for topic, body in (("hall/door", b"{}"), ("plug/set", b"{}"), ("bridge/groups", b"[]")):
        whole = f"{BRIDGE}/{topic}"
        said = zigbee.dialect.read(
            memory, zigbee.source, whole, body, retained=False, now=zigbee.now
        )
        assert said.memory is memory
