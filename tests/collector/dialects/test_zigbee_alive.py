"""Zigbee2MQTT: what counts as a word, and how long a device may be quiet. B11, D06."""

from datetime import timedelta
from typing import Any

import pytest

from collector.dialects.zigbee_network import ACTIVE_S, BEAT_S, PASSIVE_S, SLACK_S
from rules.model import DeviceType
from tests.collector.dialects.told import DAWN, Told
from tests.collector.dialects.zigbee import BRIDGE, DOOR, PLUG, member, of, quiet_s

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
