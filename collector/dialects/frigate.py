"""Frigate, the video recorder in software: its own word, statistics, and a status for each role.

Devices: the recorder, whose id is the topic prefix, and each camera under its name. Read are
`available`, `stats` (cameras at the top level up to 0.12, under `cameras` since), `events` as a
sign of life, `<camera>/status/<role>`, `<camera>/enabled/state` and `<camera>/recordings/state`.
What an operator turned off is no fault; that nothing is recorded is told apart from it. (D06)
"""

from datetime import datetime
from functools import lru_cache
from itertools import islice
from typing import Any

import msgspec
from msgspec.structs import replace

from collector.dialects import lenient
from collector.dialects.frigate_stats import (
    LONGEST_NAME,
    RECORDINGS,
    cameras_of,
    metrics_of_service,
    rates,
    well_named,
)
from collector.dialects.lenient import number, record
from collector.dialects.speech import Said, Source
from collector.wire import Guess, Reading, word_of
from rules.model import DeviceType
from words.refusals import NO_REASON, Reason, because

NAME = "frigate"
MOST_BYTES = 1024 * 1024  # statistics name every process and camera
MOST_CAMERAS = 512

NO_FRAMES_FPS = 0.1  # below it there is no picture
STARTING_S = 60  # so long after its start the counters of frames are not yet filled

_ROLES = {
    "detect": "video_loss",
    "record": "recording_stopped",
    "record_sub": "recording_stopped:sub",
    "audio": "audio_loss",
}


class Camera(msgspec.Struct, frozen=True, array_like=True):
    """What later messages of a camera are read by."""

    off: bool = False  # the operator turned it off
    unrecorded: bool = False  # the operator turned its recording off
    dark: bool = False  # the last statistics counted no frames


class Memory(msgspec.Struct, frozen=True):
    cameras: dict[str, Camera] = {}
    disk: bool = False  # the volume of the recordings has been there


def filters(prefix: str) -> tuple[str, ...]:
    """Not everything below the prefix: the rest is pictures, counts and commands."""
    read_here = ("available", "stats", "events", "+/status/+", "+/enabled/state")
    return tuple(f"{prefix}/{each}" for each in (*read_here, "+/recordings/state"))


def node(source: Source, topic: str) -> str:  # noqa: ARG001 - one memory for the recorder
    return ""


def read(  # noqa: PLR0911 - one way out for each kind of topic
    memory: Memory,
    source: Source,
    topic: str,
    body: bytes,
    *,
    retained: bool,  # noqa: ARG001 - who judges asks for it
    now: datetime,  # noqa: ARG001
) -> Said:
    match topic[len(source.prefix) + 1 :].split("/"):
        case ["available"]:
            return _available(memory, source, body)
        case ["stats"]:
            return _stats(memory, source, body)
        case ["events"]:
            return _event(memory, source, body)
        case [name, "status", role] if role in _ROLES:
            return _of_camera(memory, source, name, _status(role, _text(body)))
        case [name, "enabled", "state"]:
            return _of_camera(memory, source, name, _switch("off", _text(body)))
        case [name, "recordings", "state"]:
            return _of_camera(memory, source, name, _switch("unrecorded", _text(body)))
    return Said(memory=memory, rejected=because("frigate_topic"))


def _available(memory: Memory, source: Source, body: bytes) -> Said:
    """A planned stop is one for every camera; what a lost recorder takes along is lost with it."""
    word = word_of(_text(body)) if body else "removed"
    stopped = memory.cameras if word == "stopped" else ()
    with_it = (_camera(source, name, "state", word=word) for name in stopped)
    return Said(memory=memory, readings=(_recorder(source, "state", word=word), *with_it))


def _event(memory: Memory, source: Source, body: bytes) -> Said:
    """What was detected is not ours to judge; who detects has a picture."""
    said = lenient.body(body, most_bytes=MOST_BYTES)
    if isinstance(said, lenient.Unreadable):
        return Said(memory=memory, rejected=said.reason)
    sides = (record(record(said).get(side)) for side in ("after", "before"))
    name = next(filter(well_named, (one.get("camera") for one in sides)), None)
    if name is None:
        return Said(memory=memory, rejected=because("frigate_event"))
    alive = (_recorder(source, "alive"), _camera(source, name, "alive"))
    return Said(memory=memory, readings=alive)


# What an operator turns off, and how a stream is doing


class _Word(msgspec.Struct, frozen=True):
    """One word about one camera: the fact it changes, the flag it gives, or why it is refused."""

    fact: str = ""
    off: bool = False
    flag: str = ""
    bad: bool = False
    refused: Reason = NO_REASON


def _switch(fact: str, said: str) -> _Word:
    on = lenient.flag(said)
    if on is None:
        return _Word(refused=because("frigate_switch") if said else NO_REASON)
    return _Word(fact=fact, off=not on)


@lru_cache(maxsize=64)
def _status(role: str, said: str) -> _Word:
    """`disabled` is the operator's doing; `offline` is a stream that is being restarted."""
    fact = {"detect": "off", "record": "unrecorded"}.get(role, "")
    if said.strip().lower() == "disabled":
        return _Word(fact=fact, off=True)
    word = word_of(said)
    if word not in {"online", "offline"}:
        return _Word(refused=because("frigate_status") if said else NO_REASON)
    return _Word(fact=fact, flag=_ROLES[role], bad=word == "offline")


def _of_camera(memory: Memory, source: Source, name: str, word: _Word) -> Said:
    if word.refused or not well_named(name):
        return Said(
            memory=memory, rejected=word.refused or because("frigate_name", most=LONGEST_NAME)
        )
    camera = memory.cameras.get(name, Camera())
    if word.fact:
        camera = replace(camera, **{word.fact: word.off})
    learnt = memory
    if memory.cameras.get(name) != camera:
        learnt = _remember(memory, memory.cameras | {name: camera})
    full = name not in learnt.cameras
    flags = _off_flags(camera)
    if word.flag and not (word.flag == "video_loss" and camera.dark and not word.bad):
        flags[word.flag] = word.bad  # no frames counted says more than the word `online`
    return Said(
        memory=learnt,
        readings=(_judged(source, name, camera, flags, {}),),
        rejected=because("frigate_cameras", most=MOST_CAMERAS) if full else NO_REASON,
    )


def _off_flags(camera: Camera) -> dict[str, bool]:
    return {"recording_off": camera.off or camera.unrecorded}


def _judged(
    source: Source, name: str, camera: Camera, flags: dict[str, bool], metrics: dict[str, float]
) -> Reading:
    """The camera's health; of what is turned off nothing is known, neither good nor bad."""
    gone: tuple[str, ...] = ()
    if flags.get("recording_off"):
        gone = ("recording_stopped", "recording_stopped:sub")
    if camera.off:
        gone += ("video_loss", "video_fps_pct")
    said = {flag: bad for flag, bad in flags.items() if flag not in gone}
    return _camera(source, name, "health", flags=said, metrics=metrics, gone=gone)


# Statistics


def _stats(memory: Memory, source: Source, body: bytes) -> Said:
    said = lenient.body(body, most_bytes=MOST_BYTES)
    if isinstance(said, lenient.Unreadable):
        return Said(memory=memory, rejected=said.reason)
    cameras, service = cameras_of(record(said)), record(record(said).get("service"))
    if not cameras and not service:
        return Said(memory=memory, rejected=because("frigate_stats"))
    volumes = record(service.get("storage"))
    disk = record(volumes.get(RECORDINGS))
    missing = memory.disk and not disk if RECORDINGS in volumes else None
    readings = [_service(source, record(said), service, missing=missing)]
    up_s = number(service.get("uptime"))
    starting = up_s is not None and up_s < STARTING_S
    facts: dict[str, Camera] = {}
    for name, counted in cameras.items():
        camera = facts[name] = _counted(memory.cameras.get(name, Camera()), counted)
        readings.append(_of_counters(source, name, camera, counted, starting=starting))
    memory = _remember(memory, facts or memory.cameras)  # who is no more in the list is forgotten
    if disk and not memory.disk:
        memory = replace(memory, disk=True)
    return Said(memory=memory, readings=tuple(readings))


def _counted(camera: Camera, counted: dict[str, Any]) -> Camera:
    fps = number(counted.get("camera_fps"))
    dark = camera.dark if fps is None else fps < NO_FRAMES_FPS
    return camera if dark is camera.dark else replace(camera, dark=dark)


def _of_counters(
    source: Source, name: str, camera: Camera, counted: dict[str, Any], *, starting: bool
) -> Reading:
    flags = _off_flags(camera) if camera.off or camera.unrecorded else {}
    if camera.off:
        return _judged(source, name, camera, flags, {})
    metrics = rates(counted)
    if starting:
        metrics.pop("video_fps_pct", None)
    elif "video_fps" in metrics:
        flags["video_loss"] = camera.dark
    return _judged(source, name, camera, flags, metrics)


def _service(
    source: Source, said: dict[str, Any], service: dict[str, Any], *, missing: bool | None
) -> Reading:
    """The recorder itself; `missing`: its volume was there once and is named empty (None: not)."""
    health = _recorder(source, "health", t=lenient.instant(service.get("last_updated")))
    health.metrics = metrics_of_service(said, service)
    if missing is not None:
        health.flags["disk_missing"] = missing
    health.guess = _product(source.prefix, lenient.text(service.get("version"), LONGEST_NAME))
    return health


# Names and memory


def _remember(memory: Memory, cameras: dict[str, Camera]) -> Memory:
    """The same object if nothing was learnt; those beyond what can be remembered are left out."""
    if cameras == memory.cameras:
        return memory
    return replace(memory, cameras=dict(islice(cameras.items(), MOST_CAMERAS)))


def _recorder(source: Source, kind: str, **said: Any) -> Reading:
    reading = Reading(source.site, source.prefix, kind, dialect=NAME, **said)
    reading.guess = _product(source.prefix, "")
    return reading


@lru_cache(maxsize=64)
def _product(name: str, version: str) -> Guess:
    return Guess(
        type=DeviceType.RECORDER,
        name=name,
        model="Frigate",
        supplier="Frigate",
        firmware=version,
    )


def _camera(source: Source, name: str, kind: str, **said: Any) -> Reading:
    guess = _behind(source.prefix, name)
    return Reading(source.site, name, kind, dialect=NAME, guess=guess, **said)


@lru_cache(maxsize=1024)
def _behind(recorder: str, name: str) -> Guess:
    return Guess(type=DeviceType.CAMERA, name=name, via=recorder)


def _text(body: bytes) -> str:
    return body[:LONGEST_NAME].decode("utf-8", "replace")
