"""Who is who in a Zigbee network, by what Zigbee2MQTT's bridge says of it.

The address is what a device keeps: names are changed, may hold slashes, and share their topics
with groups. How long a device may be quiet follows from how it is fed (a battery cannot be asked)
and from what the bridge does about it.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from msgspec.structs import replace

from collector.dialects.lenient import flag, number, record, text
from collector.dialects.speech import Source
from collector.dialects.zigbee_values import BATTERY, MAINS
from collector.wire import Guess
from rules.model import DeviceType

MOST_DEVICES = 2_000
MOST_GROUPS = 1_000

ACTIVE_S = 10 * 60  # the bridge asks what is fed from the mains after so long a silence
PASSIVE_S = 25 * 3600  # and calls what runs on a battery gone after this one
BEAT_S = 10 * 60  # how often it says how it is (since 2.4)
SLACK_S = 60  # what its asking takes, and its dice
INTERVALS = 3  # a device is silent after three of its intervals


class Known(msgspec.Struct, frozen=True, array_like=True):
    """One device of the network. `messages`: how many the bridge had counted, -1 if never."""

    address: str
    power: str = ""
    asked: bool = False  # the bridge says whether it is there
    disabled: bool = False
    messages: int = -1


class Memory(msgspec.Struct, frozen=True):
    """`devices` by their present names. `in_step`: the bridge's clock was seen to be right."""

    devices: dict[str, Known] = {}
    groups: frozenset[str] = frozenset()
    active_s: float = ACTIVE_S
    passive_s: float = PASSIVE_S
    beat_s: float = 0
    in_step: bool = False


def interval_s(memory: Memory, known: Known | None) -> float | None:
    """A third of how long it may be quiet; None where nothing is known of its supply.

    A battery: as long as the bridge waits. The mains: until the bridge has asked it in vain; if
    it says so itself, its word counts and silence alone only after as long as a battery has.
    """
    if known is None or not known.power:
        return None
    if known.power == BATTERY or known.asked:
        return memory.passive_s / INTERVALS
    return (memory.active_s + memory.beat_s + SLACK_S) / INTERVALS


def bridge_interval_s(memory: Memory) -> float:
    """Before 2.4 a bridge has no beat of its own: its last will says when it is gone."""
    return memory.beat_s or memory.passive_s / INTERVALS


# The list of devices


def members(listed: list[Any], known: Memory) -> Iterator[tuple[str, Known, dict[str, Any]]]:
    """(name, what to remember, what was said) of each device; its coordinator is the bridge."""
    before = {one.address: one for one in known.devices.values()}
    for said in map(record, listed):
        address, name = text(said.get("ieee_address")), text(said.get("friendly_name"))
        if not address or said.get("type") == "Coordinator":
            continue
        was = before.get(address, Known(address))
        disabled = flag(said.get("disabled")) is True
        yield name or address, replace(was, power=_power(said), disabled=disabled), said


def renewed(memory: Memory, devices: Mapping[str, Known]) -> Memory:
    return memory if memory.devices == devices else replace(memory, devices=dict(devices))


def changed(memory: Memory, name: str, **facts: Any) -> Memory:
    """The same object if it says nothing new of the device, or knows none of that name."""
    known = memory.devices.get(name)
    if known is None or (now := replace(known, **facts)) == known:
        return memory
    return replace(memory, devices={**memory.devices, name: now})


def _power(said: Mapping[str, Any]) -> str:
    """A router is awake all the time, so it is not fed by a battery, whatever it says."""
    source = text(said.get("power_source")).lower()
    if said.get("type") == "Router":
        return MAINS
    if "battery" in source or said.get("type") == "GreenPower":
        return BATTERY
    return MAINS if "mains" in source or "dc" in source else BATTERY


def introduced(said: dict[str, Any]) -> Known | None:
    """Old bridges introduce the device in each of its messages, if they are told to."""
    device = record(said.get("device"))
    address = text(device.get("ieeeAddr") or device.get("ieee_address"))
    if not address:
        return None
    source = text(device.get("powerSource") or device.get("power_source")).lower()
    return Known(address, BATTERY if "battery" in source else "")


def guess(said: Mapping[str, Any], name: str, source: Source, every_s: float | None) -> Guess:
    definition = record(said.get("definition"))
    return Guess(
        type=_type(definition),
        name=name,
        model=text(definition.get("model") or said.get("model_id")),
        supplier=text(definition.get("vendor") or said.get("manufacturer")),
        serial=text(said.get("ieee_address")),
        firmware=text(said.get("software_build_id")),
        via=source.prefix,
        interval_s=every_s,
    )


_BY_ABILITY: tuple[tuple[DeviceType, frozenset[str]], ...] = (
    (DeviceType.PANIC_BUTTON, frozenset({"sos", "panic", "emergency"})),
    (DeviceType.LOCK, frozenset({"lock", "lock_state"})),
    (
        DeviceType.DETECTOR,
        frozenset({"contact", "occupancy", "presence", "motion", "vibration", "smoke", "gas"})
        | {"carbon_monoxide", "water_leak"},
    ),
    (DeviceType.SOUNDER, frozenset({"warning", "alarm", "siren"})),
    (
        DeviceType.SENSOR,
        frozenset({"temperature", "humidity", "pressure", "illuminance", "co2", "pm25"}),
    ),
)


def _type(definition: Mapping[str, Any]) -> DeviceType:
    """What it is, by what it can do."""
    able = set(_abilities(definition.get("exposes")))
    for kind, abilities in _BY_ABILITY:
        if able & abilities:
            return kind
    return DeviceType.OTHER


def _abilities(exposes: object) -> Iterator[str]:
    for one in map(record, exposes if isinstance(exposes, list) else ()):
        yield text(one.get("type"))
        yield text(one.get("property") or one.get("name"))
        if one.get("name") == "action":
            values = one.get("values")
            yield from map(text, values if isinstance(values, list) else ())


# What the bridge says of itself


def configured(memory: Memory, said: Mapping[str, Any]) -> Memory:
    """The figures of `bridge/info` that change how long a device may be quiet."""
    config = record(said.get("config"))
    asking = config.get("availability")
    active, passive = (record(record(asking).get(one)) for one in ("active", "passive"))
    figures = {
        "active_s": _minutes(active.get("timeout"), ACTIVE_S),
        "passive_s": _minutes(passive.get("timeout"), PASSIVE_S),
        "beat_s": _minutes(record(config.get("health")).get("interval"), memory.beat_s),
    }
    devices = memory.devices
    if asking is False or flag(record(asking).get("enabled")) is False:
        devices = {name: replace(one, asked=False) for name, one in devices.items()}
    learnt = replace(memory, devices=devices, **figures)
    return memory if learnt == memory else learnt


def _minutes(said: object, default_s: float) -> float:
    minutes = number(said)
    return 60 * minutes if minutes and 0 < minutes <= 60 * 24 * 366 else default_s
