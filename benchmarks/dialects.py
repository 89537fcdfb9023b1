"""What reading a message costs in each dialect, against the native one: no database, no broker.

Messages of a thousand devices as they come in the field go through the collector's interpreter:
source, memory of the device, dialect, and the look at what the dialect says. `python -m
benchmarks.dialects`
"""

import argparse
import json
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from statistics import median

from collector.dialects.registry import DIALECTS
from collector.dialects.speech import Source
from collector.interpreter import Interpreter, Lesson
from collector.message import Message

DEVICES = 1_000
PROMISED = 50_000  # messages a second and core
NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
Said = tuple[str, object]


def _native(device: int) -> Iterator[Said]:
    metrics = {"temperature_c": 41.5, "video_fps": 25, "bitrate_kbps": 4096.5}
    flags = {"video_loss": False, "tamper": False}
    said = {"t": NOW.isoformat(), "seq": 7, "interval": 60, "metrics": metrics, "flags": flags}
    yield f"ringwatch/v1/S1/d{device}/health", said


def _axis(device: int) -> Iterator[Said]:
    where = f"axis/00408C{device:06X}/event"
    for named, path, source, data in (
        ("onvif:Device/axis:Sensor/PIR", "Device/Sensor/PIR", {"sensor": "0"}, {"state": "1"}),
        ("axis:Storage/Disruption", "Storage/Disruption", {"disk_id": "SD"}, {"disruption": "0"}),
        (
            "axis:Storage/Alert",
            "Storage/Alert",
            {"disk_id": "SD"},
            {"alert": "0", "overall_health": "-3", "temperature": "41", "wear": "12"},
        ),
        ("onvif:Device/axis:IO/Port", "Device/IO/Port", {"port": "1"}, {"state": "0"}),
    ):
        message = {"source": source, "key": {}, "data": data}
        said = {"timestamp": int(NOW.timestamp() * 1000), "topic": named, "message": message}
        (key, value), *_ = source.items()
        yield f"{where}/tns:onvif/{path}/$source/{key}/{value}", said


def _onvif(device: int) -> Iterator[Said]:
    where = f"onvif/cam{device}/onvif-ej"
    for topic, data in (
        ("RuleEngine/CellMotionDetector/Motion/&1", {"IsMotion": "true"}),
        ("Monitoring/EnvironmentalConditions/Temperature", {"Status": "41.5"}),
        ("Monitoring/ProcessorUsage/&CPU", {"Value": "17.5"}),
        ("VideoSource/GlobalSceneChange/ImagingService/&1", {"State": "false"}),
    ):
        yield f"{where}/{topic}", {"UtcTime": NOW.isoformat(), "Source": {}, "Data": data}


def _frigate(device: int) -> Iterator[Said]:
    cameras = {
        f"cam{n}": {"camera_fps": 5.0, "process_fps": 5.0, "skipped_fps": 0.0, "pid": 52}
        for n in range(4)
    }
    storage = {"/media/frigate/recordings": {"free": 42429.9, "total": 244529.7, "used": 1896.0}}
    service = {"uptime": 101113, "version": "0.14.1", "storage": storage}
    for n in range(3):
        yield f"frigate/cam{(device + n) % 4}/status/detect", "online"
    yield "frigate/stats", {"cameras": cameras, "service": service}


def _zigbee2mqtt(device: int) -> Iterator[Said]:
    said = {"battery": 100, "battery_low": False, "contact": True, "tamper": False}
    yield f"zigbee2mqtt/hall/door{device}", {**said, "voltage": 3055, "linkquality": 139}


def _dc09(device: int) -> Iterator[Said]:
    account = f"{device:04X}"
    letter = {"site": "S1", "account": account, "tested": True, "t": NOW.isoformat()}
    yield account, {**letter, "kind": "NULL", "data": ""}
    yield account, {**letter, "kind": "ADM-CID", "data": "1383 01 012"}
    yield account, {**letter, "kind": "SIA-DCS", "data": "Nri1/RP0000"}


MESSAGES: dict[str, Callable[[int], Iterator[Said]]] = {
    "native": _native,
    "axis": _axis,
    "onvif": _onvif,
    "frigate": _frigate,
    "zigbee2mqtt": _zigbee2mqtt,
    "dc09": _dc09,
}


def _message(name: str, topic: str, said: object) -> Message:
    body = said.encode() if isinstance(said, str) else json.dumps(said).encode()
    return Message(topic, body, receiver="dc09" if name == "dc09" else "")


def rate(interpreter: Interpreter, messages: Sequence[Message], rounds: int) -> float:
    """Messages in a second of processor time; the memories learnt before are in force."""
    warm = Lesson()
    for message in messages:
        assert not interpreter.read(message, warm, NOW).rejected
    interpreter.keep(warm)
    begun = time.process_time()
    for _ in range(rounds):
        lesson = Lesson()
        for message in messages:
            interpreter.read(message, lesson, NOW)
        interpreter.keep(lesson)
    return len(messages) * rounds / (time.process_time() - begun)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=50)
    given = parser.parse_args()
    names = [name for name in MESSAGES if name == "native" or name in DIALECTS]
    sources = [Source(site="S1", dialect=name, prefix=name) for name in names if name in DIALECTS]
    told = {
        name: [
            _message(name, *said) for device in range(DEVICES) for said in MESSAGES[name](device)
        ]
        for name in names
    }
    rates = {}
    for name in names:
        interpreter = Interpreter(sources, DIALECTS)
        once = max(1, given.rounds * DEVICES // len(told[name]))
        rates[name] = median(rate(interpreter, told[name], once) for _ in range(3))
        print(
            f"{name:12} {rates[name]:8.0f} messages/s/core  {1e6 / rates[name]:5.1f} us each  "
            f"{rates[name] / rates['native']:.2f} of native  "
            f"{'as promised' if rates[name] >= PROMISED else f'below the {PROMISED} promised'}"
        )


if __name__ == "__main__":
    main()
