"""Durable ingest at QoS 1 with the real rules, against a bare paho subscriber that counts.

Both find the same number of messages waiting in a persistent session of one mosquitto and
drain it; the figure is the ratio of their rates in one run. `python -m benchmarks.ingest`
"""

import argparse
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion

from benchmarks.fleet import SITE, plant
from collector.echo import TOPIC
from collector.intake import Intake
from collector.mqtt import Connection
from collector.run import calm_the_garbage_collector
from storage import listening
from storage.db import Database, reading
from storage.migrate import migrate
from tests.servers import Mosquitto, PostgresServer, free_port, fresh_database, postgresql_tools
from wiring.clock import SteadyClock
from wiring.parts import assemble
from wiring.settings import load


@dataclass(frozen=True, slots=True)
class Drained:
    rate: float
    cpu_us: float

    def __str__(self) -> str:
        return f"{self.rate:6.0f}/s {self.cpu_us:5.1f} us CPU"


class Stopwatch:
    """Wall clock and this process's processor time since it was made."""

    def __init__(self) -> None:
        self._wall, self._cpu = time.perf_counter(), time.process_time()

    def drained(self, messages: int) -> Drained:
        wall, cpu = time.perf_counter() - self._wall, time.process_time() - self._cpu
        return Drained(messages / wall, cpu / messages * 1e6)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=50_000)
    parser.add_argument("--devices", type=int, default=1_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--postgresql", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        broker = Mosquitto(Path(scratch) / "broker", free_port(), durable=False)
        broker.start()
        try:
            for url in _databases(Path(scratch), postgresql=given.postgresql):
                _compare(broker, url, Path(scratch), given)
        finally:
            broker.stop()


def _databases(scratch: Path, *, postgresql: bool) -> Iterator[str]:
    yield f"sqlite:///{scratch}/ringwatch.db"
    tools = postgresql_tools() if postgresql else None
    if tools:
        server = PostgresServer(tools)
        with fresh_database(server.url) as url:
            yield url
        server.stop()


def _compare(broker: Mosquitto, url: str, scratch: Path, given: argparse.Namespace) -> None:
    parts = assemble(load(database_url=url, data=scratch, mqtt_url=broker.url))
    migrate(parts.database, parts.telemetry, SteadyClock()())
    plant(parts.database, given.devices)
    rates, costs = [], []
    for _ in range(given.rounds):
        bare = _bare(broker, given)
        ours = _ours(broker, parts.database, given, url, scratch)
        rates.append(ours.rate / bare.rate)
        costs.append(bare.cpu_us / ours.cpu_us)
        print(f"bare paho {bare}   ours {ours}   ratio {rates[-1]:.2f} (of CPU {costs[-1]:.2f})")
    print(
        f"{url.split(':', maxsplit=1)[0]}: median ratio of rates {median(rates):.2f}, "
        f"of CPU per message {median(costs):.2f}\n"
    )
    parts.close()


def _fill(broker: Mosquitto, client_id: str, given: argparse.Namespace) -> None:
    """Make a persistent session, leave, and let the messages pile up behind it."""
    session = Connection(broker.url, client_id=client_id)
    session.open()
    session.subscribe(everything=True)
    while session.dropped is None:
        session.drain(0.1)
    session.close()
    publisher = paho.Client(CallbackAPIVersion.VERSION2)
    publisher.max_inflight_messages_set(1000)
    publisher.connect("127.0.0.1", broker.port)
    publisher.loop_start()
    last = None
    for number in range(given.messages):
        now = datetime.now(UTC).isoformat().replace("+00:00", "Z")
        body = (
            f'{{"t":"{now}","seq":{number},"interval":60,'
            f'"metrics":{{"temperature_c":41.5,"video_fps":25,"bitrate_kbps":4096.5}},'
            f'"flags":{{"video_loss":false,"tamper":false}}}}'
        )
        topic = f"ringwatch/v1/{SITE}/d{number % given.devices}/health"
        last = publisher.publish(topic, body, qos=1)
    assert last
    last.wait_for_publish(120)
    publisher.disconnect()
    publisher.loop_stop()


def _bare(broker: Mosquitto, given: argparse.Namespace) -> Drained:
    _fill(broker, "bare", given)
    client = paho.Client(CallbackAPIVersion.VERSION2, client_id="bare", clean_session=False)
    count = 0

    def on_message(_client: paho.Client, _data: object, _message: paho.MQTTMessage) -> None:
        nonlocal count
        count += 1

    client.on_message = on_message
    client.connect("127.0.0.1", broker.port)
    watch = Stopwatch()
    while count < given.messages:
        client.loop(0.1)
    drained = watch.drained(given.messages)
    client.disconnect()
    _forget(broker, "bare")
    return drained


def _forget(broker: Mosquitto, client_id: str) -> None:
    """End the persistent session, so that it does not collect the next round's messages."""
    client = paho.Client(CallbackAPIVersion.VERSION2, client_id=client_id, clean_session=True)
    client.connect("127.0.0.1", broker.port)
    while not client.is_connected():
        client.loop(0.1)
    client.disconnect()
    client.loop(0.1)


def _ours(
    broker: Mosquitto, database: Database, given: argparse.Namespace, url: str, scratch: Path
) -> Drained:
    _fill(broker, "ours", given)
    parts = assemble(load(database_url=url, data=scratch, mqtt_url=broker.url))
    intake = Intake(parts)
    intake.start(parts.clock())
    calm_the_garbage_collector()
    before = _counted(database)
    connection = Connection(broker.url, client_id="ours")
    connection.open()
    watch = Stopwatch()
    taken = 0
    while taken < given.messages:
        arrived = [m for m in connection.drain(0.1) if m.topic != TOPIC]
        intake.take(arrived, parts.clock())
        connection.acknowledge(arrived)
        taken += len(arrived)
    drained = watch.drained(given.messages)
    connection.close()
    _forget(broker, "ours")
    counted = _counted(database) - before
    assert counted == given.messages, f"{counted} of {given.messages} had their effect"
    parts.close()
    return drained


def _counted(database: Database) -> int:
    with reading(database) as tx:
        return listening.get(tx).messages


if __name__ == "__main__":
    main()
