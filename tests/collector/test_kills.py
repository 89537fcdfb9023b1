"""Nothing acknowledged is lost and nothing counts twice, whatever is killed.

What is guaranteed: a message the broker has *accepted and saved* has its effect exactly once. We
acknowledge after the commit, and what comes again is known by its number and bytes, whether the
broker says DUP or, restored from a save older than our acknowledgements, does not.

What is not: a message the broker has accepted but not yet saved dies with the broker. Mosquitto
saves on SIGUSR1, on an orderly stop and every `autosave_interval`; `autosave_on_changes` with an
interval of 1 saves each change, and is slow. Nobody but the broker can mend that.
"""

import os
import resource
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion
from sqlalchemy import func, select

from collector.mqtt import FILTER
from storage import listening
from storage.db import Database, connect, reading
from storage.migrate import migrate
from storage.tables.company import devices
from storage.tables.watch import device_states, faults
from tests import servers, started
from tests.collector.field import DAWN, Field
from tests.servers import Mosquitto
from tests.started import Started
from tests.waiting import until

DEVICES = 50
SLOW = 120  # seconds; the machine may be busy


class Killable:
    """`python -m ringwatch collector`, over and over."""

    def __init__(self, database_url: str, broker: Mosquitto, folder: Path) -> None:
        self._environment = {
            "PATH": os.environ["PATH"],
            "RINGWATCH_DATA": str(folder),
            "RINGWATCH_DATABASE_URL": database_url,
            "RINGWATCH_MQTT_URL": broker.url,
        }
        self._log = folder / "collector.log"
        self.process: Started | None = None

    def start(self) -> Started:
        with self._log.open("ab") as log:
            self.process = started.start(
                "ringwatch",
                "collector",
                environment=self._environment,
                stdout=subprocess.DEVNULL,
                stderr=log,
            )
        return self.process

    def kill(self) -> None:
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None

    def said(self) -> str:
        return self._log.read_text()


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    made = Mosquitto(tmp_path / "broker", servers.free_port(), durable=False)
    made.start()
    yield made
    made.stop()


@pytest.fixture
def collector(database_url: str, broker: Mosquitto, tmp_path: Path) -> Iterator[Killable]:
    made = Killable(database_url, broker, tmp_path)
    yield made
    made.kill()


def ears(database: Database) -> listening.Ears:
    with reading(database) as tx:
        return listening.get(tx)


def taken(database: Database, at_least: int) -> None:
    until(lambda: ears(database).messages >= at_least, timeout_s=SLOW)


def saves(broker: Mosquitto) -> None:
    """Make the broker write its store, and wait until it has."""
    assert broker.process
    store = broker.folder / "mosquitto.db"
    before = store.stat().st_mtime_ns if store.exists() else 0
    broker.process.send_signal(signal.SIGUSR1)
    # It writes beside and renames: a new time is a whole file.
    until(lambda: store.exists() and store.stat().st_mtime_ns != before, timeout_s=SLOW)


def publish(broker: Mosquitto, numbers: range) -> None:
    """Message n is of device n % DEVICES: a battery goes low, then well, in turns. Accepted all."""
    client = paho.Client(CallbackAPIVersion.VERSION2)
    client.max_inflight_messages_set(1000)
    client.connect("127.0.0.1", broker.port)
    client.loop_start()
    handed = []
    for n in numbers:
        turn = n // DEVICES
        if turn % 2:
            body = f'{{"seq": {turn}}}'
            topic = f"ringwatch/v1/S1/d{n % DEVICES}/health"
        else:
            body = f'{{"code": "BATT_LOW", "active": {str(turn % 4 == 0).lower()}}}'
            topic = f"ringwatch/v1/S1/d{n % DEVICES}/event"
        handed.append(client.publish(topic, body, qos=1))
    until(lambda: all(one.is_published() for one in handed), timeout_s=SLOW)
    client.disconnect()
    client.loop_stop()


def _a_bad_night(database: Database, broker: Mosquitto, collector: Killable, count: int) -> None:
    collector.start()
    until(lambda: ears(database).session == FILTER, timeout_s=SLOW)
    publish(broker, range(count // 8))
    taken(database, 1)
    collector.kill()
    publish(broker, range(count // 8, count // 2))
    collector.start()
    taken(database, count // 4)
    collector.kill()
    publish(broker, range(count // 2, count))
    saves(broker)
    collector.start()
    taken(database, count * 5 // 8)
    broker.kill()  # its save is older than what we have acknowledged since
    broker.start()
    taken(database, count * 6 // 8)
    collector.kill()
    collector.start()
    taken(database, count)


def test_three_kills_of_ours_and_one_of_the_broker(
    database: Database,
    telemetry: Database,
    broker: Mosquitto,
    collector: Killable,
    tmp_path: Path,
) -> None:
    count = 8_000 if database.sqlite else 4_000
    field = Field(database, telemetry, tmp_path)
    for number in range(DEVICES):
        field.has(f"d{number}")
    _a_bad_night(database, broker, collector, count)
    before = ears(database).watermark
    until(lambda: ears(database).watermark != before, timeout_s=SLOW)  # nothing is left behind it
    assert (ears(database).messages, ears(database).rejected) == (count, 0)
    assert ears(database).repeated >= count // 8  # what we had taken since the broker's save
    _every_effect_once(database, count // DEVICES)


@pytest.mark.soak
@pytest.mark.parametrize("engine", ["sqlite"])
def test_a_hundred_kills(
    database: Database,
    telemetry: Database,
    broker: Mosquitto,
    collector: Killable,
    tmp_path: Path,
) -> None:
    """Ninety of ours, ten of the broker; design §5: nothing lost."""
    field = Field(database, telemetry, tmp_path)
    for number in range(DEVICES):
        field.has(f"d{number}")
    collector.start()
    until(lambda: ears(database).session == FILTER, timeout_s=SLOW)
    each = 500
    for kill in range(100):
        publish(broker, range(each * kill, each * (kill + 1)))
        if kill % 10 == 9:
            saves(broker)
            broker.kill()
            broker.start()
        else:
            taken(database, each * kill + kill * 5)  # now nothing of it, now nearly all
            collector.kill()
            collector.start()
    taken(database, 100 * each)
    assert ears(database).messages == 100 * each
    _every_effect_once(database, 100 * each // DEVICES)


def _every_effect_once(database: Database, turns: int) -> None:
    opened = len(range(0, turns, 4))
    last_seq = max(range(1, turns, 2))
    with reading(database) as tx:
        per_device = select(faults.c.device_id, func.count()).where(faults.c.code == "BATT_LOW")
        found = tx.execute(per_device.group_by(faults.c.device_id)).all()
        assert [number for _, number in found] == [opened] * DEVICES
        named = select(device_states.c.seq).join(devices, devices.c.id == device_states.c.device_id)
        assert list(tx.scalars(named)) == [last_seq] * DEVICES
        once = select(func.sum(faults.c.occurrences)).where(faults.c.code == "BATT_LOW")
        assert tx.scalar(once) == opened * DEVICES


def ended(process: Started) -> int:
    until(lambda: process.poll() is not None, timeout_s=SLOW)
    assert process.returncode is not None
    return process.returncode


@pytest.mark.parametrize("engine", ["sqlite"])
def test_a_full_disk_ends_the_process_with_a_reason(
    database: Database, broker: Mosquitto, collector: Killable
) -> None:
    process = collector.start()
    until(lambda: ears(database).session == FILTER, timeout_s=SLOW)
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (4096, 4096))
    publish(broker, range(200))
    assert ended(process) == 3
    assert "the database is down" in collector.said()
    taken_then = ears(database).messages
    collector.start()  # as the parent would: the broker repeats what was not acknowledged
    taken(database, 200)
    assert taken_then < 200
    assert ears(database).messages == 200


def test_a_postgresql_that_is_gone_ends_the_process_with_a_reason(
    postgres_server: str, broker: Mosquitto, tmp_path: Path
) -> None:
    with servers.fresh_database(postgres_server) as url:
        database = connect(url)
        migrate(database, database, DAWN)
        collector = Killable(url, broker, tmp_path)
        process = collector.start()
        until(lambda: ears(database).session == FILTER, timeout_s=SLOW)
        database.close()
    assert ended(process) == 3
    assert "the database is down" in collector.said()


@pytest.mark.parametrize("engine", ["sqlite"])
def test_told_to_stop_it_stops_in_order(
    database: Database, broker: Mosquitto, collector: Killable
) -> None:
    process = collector.start()
    until(lambda: ears(database).session == FILTER, timeout_s=SLOW)
    publish(broker, range(10))
    taken(database, 10)
    process.terminate()
    assert ended(process) == 0
