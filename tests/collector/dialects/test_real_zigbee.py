"""What Zigbee2MQTT's devices send that says less, or more, than it seems (A01, traps 5, 9)."""

from typing import Any

import pytest

from collector.wire import Reading
from tests.collector.dialects.told import Told

DOOR, PLUG = "0x00158d000358e8cd", "0x90fd9ffffe6494fc"


@pytest.fixture
def zigbee() -> Told:
    made = Told("zigbee2mqtt")
    listed: list[Any] = [
        {"ieee_address": DOOR, "friendly_name": "hall/door", "power_source": "Battery"},
        {"ieee_address": PLUG, "friendly_name": "plug", "power_source": "Mains (single phase)"},
        None,
    ]
    made.hears("bridge/devices", listed, retained=True)
    made.hears("bridge/groups", [{"id": 1, "friendly_name": "all/lights"}], retained=True)
    return made


def of(zigbee: Told, topic: str, body: object, device: str) -> Reading:
    said = zigbee.hears(topic, body)
    assert not said.rejected
    return next(one for one in said.readings if one.device == device)


@pytest.mark.parametrize(("word", "low"), [("low", True), ("medium", False), ("High", False)])
def test_a_battery_in_words(zigbee: Told, word: str, low: bool) -> None:  # noqa: FBT001
    said = of(zigbee, "hall/door", {"battery_state": word}, DOOR)
    assert said.flags == {"low_battery": low}


def test_an_empty_battery_of_what_is_fed_from_the_mains_is_none(zigbee: Told) -> None:
    said = of(zigbee, "plug", {"battery": 0, "voltage": 231}, PLUG)
    assert said.metrics == {"mains_v": 231}
    assert of(zigbee, "hall/door", {"battery": 0}, DOOR).metrics == {"battery_pct": 0}


def test_a_siren_on_the_mains_has_a_battery_too(zigbee: Told) -> None:
    said = of(zigbee, "plug", {"battery": 15, "voltage": 6100}, PLUG)
    assert said.metrics == {"battery_pct": 15, "battery_v": 6.1}


@pytest.mark.parametrize(
    ("update", "flags"),
    [
        ({"state": "available", "latest_version": 2}, {"firmware_outdated": True}),
        ({"state": "scheduled"}, {"firmware_outdated": True}),
        ({"state": "idle"}, {"firmware_outdated": False}),
        ({"state": "updating", "progress": 12, "remaining": 100}, {}),
        ({"state": None}, {}),
        (None, {}),
    ],
)
def test_firmware_is_outdated_until_it_is_not(
    zigbee: Told, update: object, flags: dict[str, bool]
) -> None:
    assert of(zigbee, "plug", {"update": update, "update_available": None}, PLUG).flags == flags


@pytest.mark.parametrize(
    "said", [{"action": "", "tamper": None, "battery": None, "last_seen": None}, {"battery": 255}]
)
def test_nothing_is_said_by_what_is_empty(zigbee: Told, said: object) -> None:
    health = of(zigbee, "hall/door", said, DOOR)
    assert (health.metrics, health.flags) == ({}, {})


@pytest.mark.parametrize(
    "topic", ["all/lights", "all/lights/state", "all/lights/brightness", "all/lights/availability"]
)
@pytest.mark.parametrize("body", [b"ON", b"120", b'{"state":"OFF"}', b"online"])
def test_a_group_is_nobody_in_whatever_form_it_speaks(
    zigbee: Told, topic: str, body: bytes
) -> None:
    said = zigbee.hears(topic, body)
    assert [one.device for one in said.readings] == ["zigbee2mqtt"]
    assert not said.rejected


@pytest.mark.parametrize(
    "event", [{"type": "group_member_added", "data": {"group": "x"}}, {"type": "scene_added"}]
)
def test_events_of_other_things_are_a_sign_of_the_bridges_life(zigbee: Told, event: object) -> None:
    said = zigbee.hears("bridge/event", event)
    assert ([one.device for one in said.readings], said.rejected) == (["zigbee2mqtt"], "")


def test_an_event_of_a_device_without_a_name_is_refused(zigbee: Told) -> None:
    assert zigbee.refuses("bridge/event", {"type": "device_leave", "data": {}})
    assert zigbee.refuses("bridge/event", b'{"type":')


def test_two_devices_that_change_names_keep_their_addresses(zigbee: Told) -> None:
    listed = [
        {"ieee_address": DOOR, "friendly_name": "plug", "power_source": "Battery"},
        {"ieee_address": PLUG, "friendly_name": "hall/door", "power_source": "Mains"},
    ]
    said = zigbee.hears("bridge/devices", listed)
    assert all(one.word != "removed" for one in said.readings)
    assert of(zigbee, "hall/door", {"state": "ON"}, PLUG).kind == "health"
    assert of(zigbee, "plug", {"contact": True}, DOOR).flags == {"open": False}
