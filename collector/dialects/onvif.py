"""ONVIF events over MQTT: `<device>/onvif-ej/<topic>[/&<source>/...]`.

Properties are retained; a body of no bytes deletes one. What kind of change it was is not in the
body. Values may stand in quotes or not. Of the name spaces only a vendor's own is in the topic.
"""

from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from collector.dialects import lenient, properties
from collector.dialects.onvif_topics import plain
from collector.dialects.properties import LONGEST_TOPIC, Heard
from collector.dialects.speech import Said, Source
from collector.wire import Guess, Reading
from rules.model import DeviceType
from words.refusals import because

NAME = "onvif"
MOST_BYTES = 64 * 1024
Memory = properties.Memory

_EVENTS, _METADATA = "onvif-ej", "onvif-mj"


class Place(NamedTuple):
    """Where a message belongs; `point` is that of the sources in the topic."""

    device: str
    topic: str
    point: str


def filters(prefix: str) -> tuple[str, ...]:
    return (f"{prefix}/#",)


def node(source: Source, topic: str) -> str:
    place = _place(source.prefix, topic)
    return place.device if place else ""


def read(
    memory: Memory, source: Source, topic: str, body: bytes, *, retained: bool, now: datetime
) -> Said:
    place = _place(source.prefix, topic)
    if place is None:
        return Said(memory=memory, rejected=because("topic_onvif"))
    if not place.topic:
        return Said(
            memory=memory, readings=(_reading(source, place, "alive", properties.nothing(memory)),)
        )
    if not body:
        heard = properties.forget(memory, place.topic, place.point)
        reading = _reading(source, place, "health", heard)
        return Said(memory=heard.memory, readings=(reading,))
    said = lenient.document(body, most_bytes=MOST_BYTES)
    if isinstance(said, lenient.Unreadable):
        alive = _reading(source, place, "alive", properties.nothing(memory))
        return Said(memory=memory, readings=(alive,), rejected=said.reason)
    data = lenient.record(said.get("Data"))
    point = place.point or properties.point_of(lenient.record(said.get("Source")).values())
    memory, t = properties.clock(memory, lenient.instant(said.get("UtcTime")), now)
    heard = properties.hear(memory, place.topic, point, data, now=now, retained=retained)
    reading = _reading(source, place, heard.kind, heard, t)
    return Said(memory=heard.memory, readings=(reading,))


def _reading(
    source: Source, place: Place, kind: str, heard: Heard, t: datetime | None = None
) -> Reading:
    guess = _guess(place.device, door=place.topic.startswith("Door/"))
    return properties.reading(source, place.device, kind, guess, heard, t)


def _place(prefix: str, topic: str) -> Place | None:
    """None for a topic that is not ONVIF's; without a topic for a stream of metadata."""
    return _parsed(prefix, topic) if len(topic) <= LONGEST_TOPIC else None


@lru_cache(maxsize=4096)
def _parsed(prefix: str, topic: str) -> Place | None:
    levels = topic[len(prefix) + 1 :].split("/")
    at = next((n for n, level in enumerate(levels) if level in {_EVENTS, _METADATA}), None)
    if at is None:
        return None
    device = "/".join(levels[:at]) or prefix.rpartition("/")[2]
    if levels[at] == _METADATA:
        return Place(device, "", "")
    tail = levels[at + 1 :]
    source_at = next((n for n, level in enumerate(tail) if level.startswith("&")), len(tail))
    sources = [level.removeprefix("&") for level in tail[source_at:]]
    return Place(device, plain("/".join(tail[:source_at])), properties.point_of(sources))


@lru_cache(maxsize=4096)
def _guess(device: str, *, door: bool) -> Guess:
    kind = DeviceType.ACCESS_CONTROLLER if door else DeviceType.CAMERA
    return Guess(type=kind, name=lenient.text(device))
