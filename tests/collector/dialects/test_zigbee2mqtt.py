"""Zigbee2MQTT, 1.x and 2.x: who is who, what counts as a word, what attributes mean. B11, D06."""

from datetime import timedelta
from typing import Any

import pytest

from collector.dialects.zigbee_network import ACTIVE_S, BEAT_S, PASSIVE_S, SLACK_S
from collector.wire import Reading
from rules.model import DeviceType
from tests.collector.dialects.told import DAWN, Told

DOOR, PLUG, PIR = "0x00158d000358e8cd", "0x90fd9ffffe6494fc", "0x00169a00022256da"
BRIDGE = "zigbee2mqtt"


def member(address: str, name: str, power: str | None = "Battery", **more: Any) -> dict[str, Any]:
    """An entry of `bridge/devices`."""
    definition = {"model": "MCCGQ11LM", "vendor": "Aqara", "exposes": []}
    kind = "Router" if power and power.startswith("Mains") else "EndDevice"
    entry = {"ieee_address": address, "friendly_name": name, "type": kind, "power_source": power}
    return entry | {"definition": definition, "interview_completed": True} | more


def exposes(*names: str) -> dict[str, Any]:
    return {"exposes": [{"type": "binary", "name": name, "property": name} for name in names]}


@pytest.fixture
def bare() -> Told:
    """A bridge that has not yet said whom it knows."""
    return Told("zigbee2mqtt")


@pytest.fixture
def zigbee(bare: Told) -> Told:
    bare.hears(
        "bridge/devices",
        [
            {"ieee_address": "0x00124b00120144ae", "type": "Coordinator", "friendly_name": "C"},
            member(DOOR, "hall/door"),
            member(PLUG, "plug", "Mains (single phase)"),
        ],
        retained=True,
    )
    return bare


def of(zigbee: Told, topic: str, body: object = b"", device: str = DOOR) -> Reading:
    """What was said of a device by a message nobody complained of."""
    said = zigbee.hears(topic, body)
    assert not said.rejected
    (reading,) = (one for one in said.readings if one.device == device)
    return reading


def quiet_s(reading: Reading) -> float:
    """How long the device may be quiet."""
    assert reading.interval_s is not None
    return 3 * reading.interval_s


# Words


@pytest.mark.parametrize(
    ("body", "word"),
    [
        (b"online", "online"),
        (b"offline", "offline"),
        (b'"online"', "online"),
        (b'{"state":"online"}', "online"),
        (b'{"state":"offline"}', "offline"),
        (b'{"state":null}', "unknown"),
        (b'{"other":"online"}', "unknown"),
        (b"\xff", "unknown"),
        (b"", "removed"),
    ],
)
def test_the_bridges_state_in_both_forms(bare: Told, body: bytes, word: str) -> None:
    said = bare.understands("bridge/state", body)
    assert (said.device, said.kind, said.word) == (BRIDGE, "state", word)
    assert said.guess is not None
    assert said.guess.type is DeviceType.GATEWAY


@pytest.mark.parametrize("body", [b"offline", b'{"state":"offline"}'])
def test_availability_in_both_forms(zigbee: Told, body: bytes) -> None:
    said = of(zigbee, "plug/availability", body, PLUG)
    assert (said.kind, said.word) == ("state", "offline")


def test_availability_of_a_name_with_a_slash(bare: Told) -> None:
    bare.hears("bridge/devices", [member(PLUG, "hall/plug", "Mains (single phase)")])
    assert of(bare, "hall/plug/availability", b"online", PLUG).word == "online"


@pytest.mark.parametrize("word", [b"online", b"offline"])
def test_a_battery_cannot_be_asked_so_the_word_says_nothing_new(zigbee: Told, word: bytes) -> None:
    """After an upgrade to 2.2.0 all devices were called offline while they worked."""
    said = of(zigbee, "hall/door/availability", word)
    assert (said.kind, said.word) == ("about", "")


def test_availability_of_a_stranger_is_its_word(bare: Told) -> None:
    said = of(bare, "porch/availability", b"offline", "porch")
    assert (said.kind, said.word) == ("state", "offline")


def test_whatever_the_bridge_publishes_it_lives(zigbee: Told) -> None:
    for topic, body in (("plug", {}), ("plug/availability", "online"), ("bridge/groups", [])):
        said = zigbee.hears(topic, body).readings[-1]
        assert (said.device, said.kind) == (BRIDGE, "health")


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


# How long a device may be quiet


def test_a_battery_has_25_hours_and_the_mains_until_it_was_asked_in_vain(zigbee: Told) -> None:
    assert quiet_s(of(zigbee, "hall/door", {})) == PASSIVE_S
    assert quiet_s(of(zigbee, "plug", {}, PLUG)) == ACTIVE_S + SLACK_S


def test_a_bridge_that_asks_and_says_so_is_waited_for(zigbee: Told) -> None:
    of(zigbee, "plug/availability", b"online", PLUG)
    assert quiet_s(of(zigbee, "plug", {}, PLUG)) == PASSIVE_S
    zigbee.hears("bridge/info", {"config": {"availability": {"enabled": False}}})
    assert quiet_s(of(zigbee, "plug", {}, PLUG)) == ACTIVE_S + SLACK_S


def test_the_bridges_own_patience_is_ours(zigbee: Told) -> None:
    config = {"availability": {"active": {"timeout": 30}, "passive": {"timeout": 120}}}
    zigbee.hears("bridge/info", {"config": config})
    assert quiet_s(of(zigbee, "hall/door", {})) == 2 * 3600
    assert quiet_s(of(zigbee, "plug", {}, PLUG)) == 30 * 60 + SLACK_S
    for odd in (-1, 0, "x", 1e300, None):
        zigbee.hears("bridge/info", {"config": {"availability": {"passive": {"timeout": odd}}}})
        assert quiet_s(of(zigbee, "hall/door", {})) == PASSIVE_S


def test_of_a_stranger_nothing_is_known(bare: Told) -> None:
    assert of(bare, "porch", {"battery": 3}, "porch").interval_s is None


def test_a_router_is_awake_whatever_it_says(bare: Told) -> None:
    bare.hears("bridge/devices", [member(PLUG, "plug", "Battery", type="Router")])
    assert quiet_s(of(bare, "plug", {}, PLUG)) == ACTIVE_S + SLACK_S


def test_a_bridge_without_a_beat_is_missed_by_its_last_will(zigbee: Told) -> None:
    assert quiet_s(of(zigbee, "plug", {}, BRIDGE)) == PASSIVE_S
    of(zigbee, "bridge/health", {"process": {"uptime_sec": 192}}, BRIDGE)
    assert quiet_s(of(zigbee, "plug", {}, BRIDGE)) == 3 * BEAT_S


# The bridge's beat


def beat(**messages: int) -> dict[str, Any]:
    """`bridge/health` of 2.4, with how often it has heard the door and the plug."""
    named = {"door": DOOR, "plug": PLUG}
    return {
        "response_time": int(DAWN.timestamp() * 1000),
        "os": {"memory_percent": 8.3},
        "process": {"uptime_sec": 192},
        "mqtt": {"connected": True, "queued": 0},
        "devices": {named[who]: {"messages": count} for who, count in messages.items()},
    }


def test_who_was_heard_by_the_bridge_lives(zigbee: Told) -> None:
    def alive(**messages: int) -> list[str]:
        said = zigbee.hears("bridge/health", beat(**messages)).readings
        assert {one.kind for one in said[1:]} <= {"alive"}
        return [one.device for one in said[1:]]

    assert alive(door=4, plug=7) == []  # since when is not known
    assert alive(door=4, plug=8) == [PLUG]
    assert alive(door=4, plug=8) == []
    assert alive(door=1, plug=0) == [DOOR]  # the bridge began anew; it has not heard the plug
    assert quiet_s(of(zigbee, "plug", {}, PLUG)) == ACTIVE_S + BEAT_S + SLACK_S


def test_the_bridges_own_figures(zigbee: Told) -> None:
    said = of(zigbee, "bridge/health", beat(), BRIDGE)
    assert said.metrics == {"memory_pct": 8.3, "uptime_s": 192, "queued_messages": 0}
    assert said.t == DAWN


def test_what_comes_out_of_a_cache_was_not_said_now(zigbee: Told) -> None:
    """A bridge that starts repeats the last state of every device; the battery may be long dead."""
    now = of(zigbee, "hall/door", {"contact": True, "last_seen": zigbee.now.isoformat()})
    assert now.kind == "health"
    zigbee.passes(hours=30)
    again = of(zigbee, "hall/door", {"contact": True, "last_seen": DAWN.isoformat()})
    assert (again.kind, again.flags) == ("about", {})
    milliseconds = int((zigbee.now - timedelta(minutes=3)).timestamp() * 1000)
    assert of(zigbee, "hall/door", {"last_seen": milliseconds}).kind == "health"


def test_a_bridge_whose_clock_is_wrong_is_heard_all_the_same(zigbee: Told) -> None:
    old = (zigbee.now - timedelta(days=3)).isoformat()
    assert of(zigbee, "hall/door", {"contact": True, "last_seen": old}).kind == "health"
    of(zigbee, "hall/door", {"last_seen": zigbee.now.isoformat()})
    slow = beat() | {"response_time": int((DAWN - timedelta(days=3)).timestamp() * 1000)}
    zigbee.hears("bridge/health", slow)
    assert of(zigbee, "hall/door", {"contact": True, "last_seen": old}).kind == "health"


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
