"""One fleet for every peer: the same messages, the same faults, one receiver of alerts."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event, Thread
from typing import Protocol, Self

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion

DEVICES = 50
EVERY_S = 2.0
LIMIT_S = 10.0  # a device that says nothing for so long is silent
SITE = "S1"


def topic(device: str) -> str:
    return f"ringwatch/v1/{SITE}/{device}/health"


def body(number: int, *, tamper: bool = False) -> bytes:
    said = {
        "seq": number,
        "interval": EVERY_S,
        "metrics": {"temperature_c": 41.5, "video_fps": 25, "bitrate_kbps": 4096.5},
        "flags": {"video_loss": False, "tamper": tamper},
    }
    return json.dumps(said).encode()


class Peer(Protocol):
    """Something that listens to the fleet and posts an alert; started and stopped by `with`."""

    name: str

    def stored(self) -> int:
        """How many of the fleet's messages it has durably."""


@dataclass(slots=True)
class Alerts:
    """When each alert came in, on one monotonic clock; what is in it is not compared."""

    at: list[float] = field(default_factory=list)

    def came(self) -> None:
        self.at.append(time.monotonic())

    def first_after(self, since: float, patience_s: float) -> float | None:
        end = time.monotonic() + patience_s
        while time.monotonic() < end:
            found = next((at for at in self.at if at > since), None)
            if found is not None:
                return found
            time.sleep(0.001)
        return None


class Fleet:
    """Every device speaks each `EVERY_S` seconds, at its own moment, until it is silenced."""

    def __init__(self, port: int) -> None:
        self._client = paho.Client(CallbackAPIVersion.VERSION2)
        self._client.max_inflight_messages_set(1000)
        self._client.connect("127.0.0.1", port)
        self._client.loop_start()
        self._stop = Event()
        self._quiet: set[int] = set()
        self.last: dict[int, float] = {}
        self.sent = 0
        self._thread = Thread(target=self._speak)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()
        self._client.disconnect()
        self._client.loop_stop()

    def silence(self, number: int) -> float:
        """Its last word was said at the instant returned."""
        self._quiet.add(number)
        time.sleep(0.05)
        return self.last[number]

    def wake(self, number: int) -> None:
        self._quiet.discard(number)

    def tamper(self, number: int) -> float:
        at = time.monotonic()
        self._publish(number, tamper=True)
        return at

    def burst(self, messages: int) -> None:
        """As fast as the broker takes them."""
        last = None
        for number in range(messages):
            last = self._client.publish(topic(f"d{number % DEVICES}"), body(number), qos=1)
        self.sent += messages
        if last:
            last.wait_for_publish(120)

    def _speak(self) -> None:
        number, step_s = 0, EVERY_S / DEVICES
        next_at = time.monotonic()
        while not self._stop.wait(max(0.0, next_at - time.monotonic())):
            device, next_at = number % DEVICES, next_at + step_s
            number += 1
            if device not in self._quiet:
                self._publish(device)

    def _publish(self, number: int, *, tamper: bool = False) -> None:
        self._client.publish(topic(f"d{number}"), body(self.sent, tamper=tamper), qos=1)
        self.last[number] = time.monotonic()
        self.sent += 1


def wait(until: Callable[[], bool], patience_s: float) -> bool:
    end = time.monotonic() + patience_s
    while time.monotonic() < end:
        if until():
            return True
        time.sleep(0.02)
    return False
