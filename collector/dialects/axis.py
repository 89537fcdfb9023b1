"""The MQTT event bridge of Axis devices (AXIS OS).

`<prefix>/<serial>/event/<topic>[/$source/<key>/<value>]`, older `<serial>/event/...` (the prefix
then is the serial), or `<prefix>/<own prefix>/tns:...`. Identity comes from the topic, every value
is a string, times are epoch milliseconds. `.../event/connection` is the birth and the last will.
"""

import re
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

import msgspec

from collector.dialects import lenient, properties
from collector.dialects.onvif_topics import plain
from collector.dialects.properties import LONGEST_TOPIC, Heard
from collector.dialects.speech import Said, Source
from collector.wire import Guess, Reading, word_of
from rules.model import DeviceType
from words.refusals import because

NAME = "axis"
MOST_BYTES = 64 * 1024
Memory = properties.Memory

ANY_PORT = "-1"  # stands for all inputs together
_WORDS = ("connected", "state", "status", "description")
_SPACE = re.compile(r"(tns\w*|onvif|axis):")  # where the event begins behind a prefix of one's own
_SERIAL_LENGTH = 12  # an Axis serial number is its MAC address without colons


class Place(NamedTuple):
    """Where a message belongs; `point` is that of the sources in the topic."""

    device: str
    topic: str
    point: str
    connection: bool = False


def filters(prefix: str) -> tuple[str, ...]:
    """Sources stand in the topic: its depth varies, and `$` in the middle is legal."""
    return (f"{prefix}/#",)


def node(source: Source, topic: str) -> str:
    place = _place(source.prefix, topic)
    return place.device if place else ""


def read(
    memory: Memory, source: Source, topic: str, body: bytes, *, retained: bool, now: datetime
) -> Said:
    place = _place(source.prefix, topic)
    if place is None:
        return Said(memory=memory, rejected=because("topic_axis"))
    if place.connection:
        return _connection(memory, source, place, body)
    if not body:
        heard = properties.forget(memory, place.topic, place.point)
        return Said(memory=heard.memory, readings=(_reading(source, place, "about", heard),))
    if not retained and not memory.spoke:
        memory = msgspec.structs.replace(memory, spoke=True)
    said = lenient.document(body, most_bytes=MOST_BYTES)
    if isinstance(said, lenient.Unreadable):
        alive = _reading(source, place, "alive", properties.nothing(memory))
        return Said(memory=memory, readings=(alive,), rejected=said.reason)
    return _event(memory, source, place, said, retained=retained, now=now)


def _event(
    memory: Memory,
    source: Source,
    place: Place,
    said: dict[str, Any],
    *,
    retained: bool,
    now: datetime,
) -> Said:
    message = lenient.record(said.get("message"))
    named = said.get("topic")
    topic = plain(named[:LONGEST_TOPIC]) if named and isinstance(named, str) else place.topic
    point = place.point or properties.point_of(lenient.record(message.get("source")).values())
    data = lenient.record(message.get("data"))
    if point == ANY_PORT:
        data = {}
    said_at = lenient.instant(said.get("timestamp")) or lenient.instant(data.get("utcTime"))
    memory, t = properties.clock(memory, said_at, now)
    heard = properties.hear(memory, topic, point, data, now=now, retained=retained)
    reading = _reading(source, place, heard.kind, heard, t)
    return Said(memory=heard.memory, readings=(reading,))


def _connection(memory: Memory, source: Source, place: Place, body: bytes) -> Said:
    """A camera as it is delivered says that it is connected and nothing else: no data yet.

    So `connected` only introduces it, until it has said something or was gone before.
    """
    word = _word(body)
    introduced = word == "online" and not memory.spoke and memory.word != "offline"
    kind = "about" if introduced else "state"
    reading = _reading(source, place, kind, properties.nothing(memory))
    reading.word = "" if introduced else word
    if word != memory.word:
        memory = msgspec.structs.replace(memory, word=word)
    return Said(memory=memory, readings=(reading,))


def _word(body: bytes) -> str:
    """`{"connected": true}`, or a word of one's own choice: both messages may be configured."""
    if not body:
        return "removed"
    said = lenient.body(body, most_bytes=MOST_BYTES)
    if isinstance(said, dict):
        members = {name.lower(): value for name, value in said.items()}
        said = next((members[one] for one in _WORDS if members.get(one) is not None), "")
    elif isinstance(said, lenient.Unreadable):
        said = body[:64].decode("utf-8", "replace")
    connected = lenient.flag(said)
    if connected is not None:
        return "online" if connected else "offline"
    return word_of(lenient.text(said))


def _reading(
    source: Source, place: Place, kind: str, heard: Heard, t: datetime | None = None
) -> Reading:
    return properties.reading(source, place.device, kind, _guess(place.device), heard, t)


def _place(prefix: str, topic: str) -> Place | None:
    """None for a topic that is not one of the bridge's."""
    return _parsed(prefix, topic) if len(topic) <= LONGEST_TOPIC else None


@lru_cache(maxsize=4096)
def _parsed(prefix: str, topic: str) -> Place | None:
    levels = topic[len(prefix) + 1 :].split("/")
    spaces = (n for n, level in enumerate(levels) if _SPACE.match(level))
    at = levels.index("event") if "event" in levels else next(spaces, None)
    if at is None:
        return None
    device = "/".join(levels[:at]) or prefix.rpartition("/")[2]
    if _is_serial(device):
        device = device.upper()
    tail = levels[at + (levels[at] == "event") :]
    if tail == ["connection"]:
        return Place(device, "", "", connection=True)
    source_at = tail.index("$source") if "$source" in tail else len(tail)
    point = properties.point_of(tail[source_at + 2 :: 2])
    return Place(device, plain("/".join(tail[:source_at])), point)


def _is_serial(device: str) -> bool:
    return len(device) == _SERIAL_LENGTH and all(c in "0123456789abcdefABCDEF" for c in device)


@lru_cache(maxsize=4096)
def _guess(device: str) -> Guess:
    if not _is_serial(device):
        return Guess(type=DeviceType.CAMERA, supplier="Axis", name=device)
    mac = ":".join(device[at : at + 2] for at in range(0, _SERIAL_LENGTH, 2))
    return Guess(type=DeviceType.CAMERA, supplier="Axis", serial=device, mac=mac)
