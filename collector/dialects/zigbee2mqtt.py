"""Zigbee2MQTT, 1.x and 2.x: a bridge, and behind it the devices of one Zigbee network.

Devices: the bridge, whose id is the topic prefix, and each member under its address (its friendly
name until the bridge's list is known). A name may hold slashes; groups are nobody. `availability`
is the bridge's word, said only when it changes; what the device itself sends says more. (D06)
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from msgspec.structs import replace

from collector.dialects import lenient, zigbee_network
from collector.dialects.lenient import flag, instant, number, record, text
from collector.dialects.speech import Said, Source
from collector.dialects.zigbee_network import BEAT_S, MOST_DEVICES, Known, Memory
from collector.dialects.zigbee_values import BATTERY, values_of
from collector.wire import Guess, Reading, word_of
from rules.model import DeviceType
from words.refusals import NO_REASON, because

__all__ = ["MOST_BYTES", "NAME", "Memory", "filters", "node", "read"]

NAME = "zigbee2mqtt"
MOST_BYTES = 1024 * 1024  # the list of devices names every ability of each
LONGEST_NAME = 128

_IN_STEP, _STALE = timedelta(minutes=1), timedelta(hours=1)


def filters(prefix: str) -> tuple[str, ...]:
    """Everything: names may have any depth."""
    return (f"{prefix}/#",)


def node(source: Source, topic: str) -> str:  # noqa: ARG001 - one memory for the network
    return ""


def read(
    memory: Memory,
    source: Source,
    topic: str,
    body: bytes,
    *,
    retained: bool,  # noqa: ARG001 - who judges asks for it
    now: datetime,
) -> Said:
    name = topic[len(source.prefix) + 1 :]
    if name.startswith("bridge/"):
        reader = _BRIDGE.get(name[7:])
        # Requests, logs, definitions and maps are not about health.
        return reader(memory, source, body, now) if reader else Said(memory=memory)
    if name.endswith(("/set", "/get")) or "/set/" in name:
        return Said(memory=memory)
    if name.endswith("/availability"):
        return _availability(memory, source, name[:-13], body)
    return _data(memory, source, name, body, now)


# A device


def _data(memory: Memory, source: Source, name: str, body: bytes, now: datetime) -> Said:
    if name not in memory.devices and not memory.groups.isdisjoint((name, name.rpartition("/")[0])):
        return Said(memory=memory, readings=(_bridge(memory, source),))
    if not body:
        return _cleared(memory, source, name)
    said = lenient.body(body, most_bytes=MOST_BYTES)
    if name not in memory.devices:
        name, said = _single(memory, name, body, said)
    if not isinstance(said, dict):
        reason = said.reason if isinstance(said, lenient.Unreadable) else because("not_object")
        return Said(memory=memory, rejected=reason)
    known = memory.devices.get(name) or zigbee_network.introduced(said)
    seen_at = instant(said.get("last_seen"))
    if seen_at and not memory.in_step and abs(now - seen_at) < _IN_STEP:
        memory = replace(memory, in_step=True)
    every_s = zigbee_network.interval_s(memory, known)
    if seen_at and memory.in_step and now - seen_at > _STALE:  # said again out of a cache
        about = _device(source, name, known, "about", interval_s=every_s)
        return Said(memory=memory, readings=(about, _bridge(memory, source)))
    values = values_of(said, known.power if known else "")
    health = _device(source, name, known, "health", interval_s=every_s)
    health.metrics, health.flags = values.metrics, values.flags
    return Said(memory=memory, readings=(health, _bridge(memory, source)))


def _single(memory: Memory, name: str, body: bytes, said: object) -> tuple[str, object]:
    """One attribute on a topic of its own, `<name>/<attribute>`, if the name is known."""
    device, _, attribute = name.rpartition("/")
    if device not in memory.devices:
        return name, said
    value = text(body.decode("utf-8", "replace")) if isinstance(said, lenient.Unreadable) else said
    return device, {attribute: value}


def _cleared(memory: Memory, source: Source, name: str) -> Said:
    """What was retained is deleted. Old names of renamed devices are nobody's any more."""
    known = memory.devices.get(name)
    if known is None:
        return Said(memory=memory)
    gone = _device(source, name, known, "state", word="removed")
    return Said(memory=memory, readings=(gone, _bridge(memory, source)))


def _availability(memory: Memory, source: Source, name: str, body: bytes) -> Said:
    """A battery cannot be asked: the word about it says only how long ago it was heard.

    We know that ourselves, and a bridge that starts says `online` of whom it heard a day ago.
    """
    if name in memory.groups or not body:
        return Said(memory=memory, readings=(_bridge(memory, source),))
    memory = zigbee_network.changed(memory, name, asked=True)
    known = memory.devices.get(name)
    word = _word(body)
    if known and known.power == BATTERY:
        every_s = zigbee_network.interval_s(memory, known)
        said = _device(source, name, known, "about", interval_s=every_s)
    else:
        said = _device(source, name, known, "state", word=word)
    return Said(memory=memory, readings=(said, _bridge(memory, source)))


# The bridge


def _state(memory: Memory, source: Source, body: bytes, now: datetime) -> Said:  # noqa: ARG001
    word = _word(body) if body else "removed"
    return Said(memory=memory, readings=(_bridge(memory, source, kind="state", word=word),))


def _info(memory: Memory, source: Source, body: bytes, now: datetime) -> Said:  # noqa: ARG001
    """Also the `bridge/config` of old. A network left open for joining is kept as a flag."""
    said = lenient.body(body, most_bytes=MOST_BYTES)
    if not isinstance(said, dict):
        return Said(memory=memory, rejected=because("zigbee_info"))
    memory = zigbee_network.configured(memory, said)
    open_now = {name: flag(said.get(name)) for name in ("permit_join", "restart_required")}
    health = _bridge(memory, source)
    health.flags = {name: value for name, value in open_now.items() if value is not None}
    coordinator = record(said.get("coordinator"))
    health.guess = _of_bridge(
        source,
        serial=text(coordinator.get("ieee_address")),
        model=text(coordinator.get("type") or said.get("coordinator")),
        firmware=text(said.get("version")),
    )
    return Said(memory=memory, readings=(health,))


def _beat(memory: Memory, source: Source, body: bytes, now: datetime) -> Said:
    """How the bridge is, and whom it has heard since it last said so (`bridge/health`, 2.4)."""
    said = lenient.body(body, most_bytes=MOST_BYTES)
    if not isinstance(said, dict):
        return Said(memory=memory, rejected=because("zigbee_health"))
    t = instant(said.get("response_time"))
    memory = replace(
        memory,
        beat_s=memory.beat_s or BEAT_S,
        in_step=memory.in_step if t is None else abs(now - t) < _IN_STEP,
    )
    counted = record(said.get("devices"))
    devices, readings = dict(memory.devices), list[Reading]()
    for name, known in memory.devices.items():
        messages = number(record(counted.get(known.address)).get("messages"))
        if messages is not None and 0 <= messages < 2**53 and messages != known.messages:
            devices[name] = replace(known, messages=int(messages))
            if known.messages >= 0 and messages:
                readings.append(_device(source, name, known, "alive"))
    memory = zigbee_network.renewed(memory, devices)
    health = _bridge(memory, source, t=t)
    health.metrics = _metrics_of_bridge(said)
    return Said(memory=memory, readings=(health, *readings))


def _metrics_of_bridge(said: dict[str, Any]) -> dict[str, float]:
    system, process, mqtt = (record(said.get(part)) for part in ("os", "process", "mqtt"))
    found = {
        "memory_pct": number(system.get("memory_percent")),
        "uptime_s": number(process.get("uptime_sec")),
        "queued_messages": number(mqtt.get("queued")),
    }
    return {name: value for name, value in found.items() if value is not None}


def _devices(memory: Memory, source: Source, body: bytes, now: datetime) -> Said:  # noqa: ARG001
    """The list: who is there, under which name, fed by what. Who is missing was removed."""
    listed = lenient.body(body, most_bytes=MOST_BYTES)
    if not isinstance(listed, list):
        return Said(memory=memory, rejected=because("zigbee_devices"))
    devices, readings = dict[str, Known](), list[Reading]()
    for name, known, said in zigbee_network.members(listed[:MOST_DEVICES], memory):
        every_s = zigbee_network.interval_s(memory, known)
        about = _device(source, name, known, "about", interval_s=every_s)
        about.guess = zigbee_network.guess(said, name, source, every_s)
        readings.append(about)
        was = memory.devices.get(name)
        if known.disabled and not (was and was.disabled):
            readings.append(_device(source, name, known, "state", word="stopped"))
        devices[name] = known
    there = {one.address for one in devices.values()}
    readings += (
        _device(source, name, known, "state", word="removed")
        for name, known in memory.devices.items()
        if known.address not in there
    )
    cut = because("zigbee_cut", most=MOST_DEVICES) if len(listed) > MOST_DEVICES else NO_REASON
    memory = zigbee_network.renewed(memory, devices)
    return Said(memory=memory, readings=(*readings, _bridge(memory, source)), rejected=cut)


def _groups(memory: Memory, source: Source, body: bytes, now: datetime) -> Said:  # noqa: ARG001
    listed = lenient.body(body, most_bytes=MOST_BYTES)
    if not isinstance(listed, list):
        return Said(memory=memory, rejected=because("zigbee_groups"))
    some = listed[: zigbee_network.MOST_GROUPS]
    names = frozenset(text(record(one).get("friendly_name")) for one in some) - {""}
    if names != memory.groups:
        memory = replace(memory, groups=names)
    return Said(memory=memory, readings=(_bridge(memory, source),))


def _event(memory: Memory, source: Source, body: bytes, now: datetime) -> Said:  # noqa: ARG001
    """Joining and announcing are signs of life, leaving is the end of it; an interview may fail."""
    said = lenient.document(body, most_bytes=MOST_BYTES)
    if isinstance(said, lenient.Unreadable):
        return Said(memory=memory, rejected=said.reason)
    data = record(said.get("data"))
    name = text(data.get("friendly_name"))
    known = Known(text(data.get("ieee_address")) or name)
    if not known.address:  # of a group, a scene or the coordinator
        unnamed = text(said.get("type")) in {"", *_OF_DEVICES}
        refused = because("zigbee_event") if unnamed else NO_REASON
        return Said(memory=memory, readings=(_bridge(memory, source),), rejected=refused)
    match said.get("type"), data.get("status"):
        case (("device_joined" | "device_announce"), _):
            reading = _device(source, name, known, "alive")
        case "device_leave", _:
            reading = _device(source, name, known, "state", word="offline")
        case "device_interview", ("failed" | "successful") as how:
            failed = {"interview_failed": how == "failed"}
            reading = _device(source, name, known, "health", flags=failed)
        case _:
            return Said(memory=memory, readings=(_bridge(memory, source),))
    return Said(memory=memory, readings=(reading, _bridge(memory, source)))


_OF_DEVICES = ("device_joined", "device_announce", "device_leave", "device_interview")

_BRIDGE: dict[str, Callable[[Memory, Source, bytes, datetime], Said]] = {
    "state": _state,
    "info": _info,
    "config": _info,
    "health": _beat,
    "devices": _devices,
    "groups": _groups,
    "event": _event,
}


def _word(body: bytes) -> str:
    """`online`, `"online"`, `{"state": "online"}`."""
    said = lenient.body(body, most_bytes=MOST_BYTES)
    if isinstance(said, dict):
        said = said.get("state")
    if isinstance(said, lenient.Unreadable):
        said = body[:LONGEST_NAME].decode("utf-8", "replace")
    return word_of(text(said)) if said else "unknown"


def _device(source: Source, name: str, known: Known | None, kind: str, **said: Any) -> Reading:
    """Under its address; one nobody has introduced, under its name."""
    if known:
        return Reading(source.site, known.address, kind, dialect=NAME, also=name, **said)
    guess = Guess(name=name[:LONGEST_NAME], via=source.prefix)
    return Reading(source.site, name, kind, dialect=NAME, guess=guess, **said)


def _bridge(memory: Memory, source: Source, *, kind: str = "health", **said: Any) -> Reading:
    """Whatever the bridge publishes, it lives."""
    every_s = zigbee_network.bridge_interval_s(memory)
    reading = Reading(source.site, source.prefix, kind, dialect=NAME, interval_s=every_s, **said)
    if kind == "state":
        reading.guess = _of_bridge(source)
    return reading


def _of_bridge(source: Source, *, serial: str = "", model: str = "", firmware: str = "") -> Guess:
    return Guess(
        type=DeviceType.GATEWAY,
        name=source.prefix,
        supplier="Zigbee2MQTT",
        serial=serial,
        model=model,
        firmware=firmware,
    )
