"""From a device's event to the page in the provider's hands, through everything durable.

A real mosquitto, the real listener in this process, the real sender, a local HTTP server as the
provider. Each event has evidence of its own and no debounce (TAMPER, `raise_after_s = 0`), so it
opens a fault, an order, a page and a report. `python -m benchmarks.handover`
"""

import argparse
import json
import tempfile
import threading
import time
from pathlib import Path

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion

from collector.intake import Intake
from collector.listener import Listener
from collector.mqtt import Connection
from rules.policy import Limit, Policy
from storage.db import transaction
from storage.migrate import migrate
from tests import company
from tests.notify.desk import channel, sending
from tests.notify.receivers import WebServer, web_server
from tests.servers import Mosquitto, free_port
from wiring.clock import SteadyClock
from wiring.parts import Parts, assemble
from wiring.settings import load


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=200)
    parser.add_argument("--gap-s", type=float, default=0.1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch, web_server() as provider:
        broker = Mosquitto(Path(scratch) / "broker", free_port(), durable=False)
        broker.start()
        try:
            took = _measure(_parts(Path(scratch), broker.url, given.events), provider, given)
        finally:
            broker.stop()
    took.sort()
    p50, p99 = took[len(took) // 2], took[int(len(took) * 0.99)]
    print(
        f"event to hand-over: {len(took)} pages, p50 {p50 * 1000:.0f} ms, "
        f"p99 {p99 * 1000:.0f} ms; p99 is {p99 / p50:.1f} times p50"
    )


def _parts(folder: Path, mqtt_url: str, devices: int) -> Parts:
    policy = Policy(limits={"TAMPER": Limit(raise_after_s=0)})
    url = f"sqlite:///{folder}/ringwatch.db"
    parts = assemble(load(database_url=url, data=folder, mqtt_url=mqtt_url, policy=policy))
    migrate(parts.database, parts.telemetry, SteadyClock()())
    with transaction(parts.database) as tx:
        company.found(tx, devices=devices, channels=1)
    return parts


def _measure(parts: Parts, provider: WebServer, given: argparse.Namespace) -> list[float]:
    intake = Intake(parts)
    intake.start(parts.clock())
    url = parts.settings.mqtt_url
    assert url
    address = url.get_secret_value()
    listener = Listener(parts, intake, lambda: Connection(address), parts.clock())
    stop = threading.Event()
    hearing = threading.Thread(target=lambda: _hear(listener, stop))
    hearing.start()
    with sending(parts.database, channel("mail", provider.where)):
        took = [_one(address, provider, n, given.gap_s) for n in range(given.events)]
    stop.set()
    hearing.join()
    return took


def _hear(listener: Listener, stop: threading.Event) -> None:
    while not stop.is_set():
        listener.step()
    listener.close()


def _one(address: str, provider: WebServer, number: int, gap_s: float) -> float:
    time.sleep(gap_s)
    already = len(provider.requests)
    client = _client(address)
    body = json.dumps({"code": "TAMPER", "active": True})
    started = time.perf_counter()
    client.publish(f"ringwatch/v1/S1/d{number}/event", body, qos=1)
    while len(provider.requests) <= already:
        time.sleep(0.0005)
    took = time.perf_counter() - started
    while len(provider.requests) < already + 2:  # the report to the head
        time.sleep(0.005)
    return took


_clients: dict[str, paho.Client] = {}


def _client(address: str) -> paho.Client:
    if address not in _clients:
        client = paho.Client(CallbackAPIVersion.VERSION2)
        client.connect("127.0.0.1", int(address.rsplit(":", 1)[1]))
        client.loop_start()
        _clients[address] = client
    return _clients[address]


if __name__ == "__main__":
    main()
