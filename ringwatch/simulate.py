"""`ringwatch simulate`: as many devices as you like, each reporting in its turn, for load."""

import contextlib
import json
import math
import secrets
import signal
import sys
import threading
from dataclasses import dataclass
from datetime import datetime

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from ringwatch.embedded import connect
from ringwatch.folder import StartError
from wiring.clock import SteadyClock, monotonic

_SLICE_S = 0.05
_TELL_S = 5.0
_LEAVES_S = 10.0  # for the broker to take what is still on its way


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    devices: int
    interval_s: float
    site: str = "SIM"
    seconds: float | None = None  # None: until stopped


def run(load: Load, url: str, stop: threading.Event | None = None) -> int:
    """Publish until told to stop; one connection, spread evenly over the interval."""
    if load.devices < 1 or load.interval_s <= 0:
        raise StartError("--devices must be at least 1, --interval above 0 seconds.")
    stop = stop or _stop_by_signal()
    client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=f"simulate-{secrets.token_hex(4)}")
    client.max_inflight_messages_set(1000)
    client.max_queued_messages_set(100_000)
    try:
        connect(client, url)
    except OSError as error:
        raise StartError(f"The broker cannot be reached: {error}") from error
    client.loop_start()
    sent = _publish_until(client, load, stop)
    client.disconnect()
    client.loop_stop()
    print(f"{sent} messages sent", file=sys.stderr)  # noqa: T201
    return 0


def _publish_until(client: mqtt.Client, load: Load, stop: threading.Event) -> int:
    clock, begun, told, sent = SteadyClock(), monotonic(), monotonic(), 0
    rate = load.devices / load.interval_s
    end = math.inf if load.seconds is None else load.seconds
    passed, last = 0.0, None
    while passed < end and not stop.wait(_SLICE_S):
        passed = min(monotonic() - begun, end)
        while sent < passed * rate:
            last = _publish(client, load, sent, clock())
            sent += 1
        if monotonic() - told >= _TELL_S:
            told = monotonic()
            print(f"{sent} messages, {sent / passed:.0f}/s", file=sys.stderr)  # noqa: T201
    with contextlib.suppress(RuntimeError, ValueError):  # the broker is gone, or has too many
        if last:
            last.wait_for_publish(_LEAVES_S)
    return sent


def _publish(client: mqtt.Client, load: Load, number: int, now: datetime) -> mqtt.MQTTMessageInfo:
    device, seq = number % load.devices, number // load.devices
    topic = f"ringwatch/v1/{load.site}/sim-{device:06}/health"
    return client.publish(topic, body(seq, load, now), qos=1)


def body(seq: int, load: Load, now: datetime) -> bytes:
    """About 150 bytes, as a real device's report."""
    said = {
        "t": now.isoformat(timespec="seconds").replace("+00:00", "Z"),
        "seq": seq,
        "interval": math.ceil(load.interval_s),
        "metrics": {"battery_pct": 88, "temperature_c": 30 + seq % 10, "rssi_dbm": -55},
        "flags": {"tamper": False, "mains": True},
    }
    return json.dumps(said, separators=(",", ":")).encode()


def _stop_by_signal() -> threading.Event:
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    return stop
