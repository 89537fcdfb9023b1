"""Zabbix 6 of Debian with PostgreSQL: trapper items fed from MQTT, two triggers a device.

The server has no MQTT of its own: a bridge here passes each message on in the sender's protocol,
at once, as `zabbix_sender` does. Its list is written straight into its tables, for its API needs
its web front end. The alert is a script media type, posting to the receiver.
"""

import gzip
import json
import os
import shutil
import socket
import struct
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, Queue
from threading import Event, Thread
from typing import Any

import paho.mqtt.client as paho
import psycopg
from paho.mqtt.enums import CallbackAPIVersion

from benchmarks.peers.fleet import DEVICES, LIMIT_S, wait
from benchmarks.peers.missing import MissingError
from tests.servers import Mosquitto, PostgresServer, fresh_database, postgresql_tools

NAME = "Zabbix"
SERVER = Path("/usr/sbin/zabbix_server")
SQL = Path("/usr/share/zabbix-server-pgsql")
FIRST = 900_000  # our ids, far from those it ships with
TAMPER, SEQ = 0, DEVICES  # offsets of the items of a device
AT_ONCE = 250  # values in one packet, as zabbix_sender


@dataclass(slots=True)
class Zabbix:
    url: str
    name: str = NAME

    def stored(self) -> int:
        with psycopg.connect(self.url) as asked:
            found = asked.execute(
                "SELECT count(*) FROM history_uint WHERE itemid >= %s", (FIRST + SEQ,)
            ).fetchone()
        return int(found[0]) if found else 0


@contextmanager
def started(folder: Path, broker: Mosquitto, alerts: str, _tools: Path) -> Iterator[Zabbix]:
    postgres = postgresql_tools()
    if not SERVER.exists() or postgres is None:
        raise MissingError("apt-get install zabbix-server-pgsql postgresql")
    server = PostgresServer(postgres)
    try:
        with fresh_database(server.url) as url:
            _lay_tables(url)
            _list_fleet(url)
            port = _low_port()
            settings = _settings(folder, url, port, alerts)
            with _running(folder, settings), _bridge(broker.port, port):
                yield Zabbix(url)
    finally:
        server.stop()


def _low_port() -> int:
    """Zabbix takes none above 32767."""
    for port in range(20_051, 32_767):
        with socket.socket() as tried:
            if tried.connect_ex(("127.0.0.1", port)):
                return port
    raise MissingError("a free port below 32768")


def _lay_tables(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as made:
        for name in ("schema", "images", "data"):
            with gzip.open(SQL / f"{name}.sql.gz", "rt", encoding="utf-8") as script:
                made.execute(script.read().encode())


def _list_fleet(url: str) -> None:
    with psycopg.connect(url) as made:
        for number in range(DEVICES):
            host = FIRST + number
            _insert(made, "hosts", hostid=host, host=f"d{number}", name=f"d{number}", status=0)
            _insert(made, "hosts_groups", hostgroupid=host, hostid=host, groupid=2)
            for offset, key in ((TAMPER, "tamper"), (SEQ, "seq")):
                item = host + offset
                _insert(
                    made, "items", itemid=item, hostid=host, type=2, name=key, key_=key,
                    value_type=3, delay="0", status=0,
                )  # fmt: skip
                _insert(made, "item_rtdata", itemid=item)
            _trigger(made, host, host + TAMPER, "last", "$", "=1")
            _trigger(made, host + DEVICES, host + SEQ, "nodata", f"$,{LIMIT_S:.0f}s", "=1")
        _alerting(made)


def _trigger(
    made: psycopg.Connection[Any], number: int, item: int, name: str, parameter: str, test: str
) -> None:
    _insert(
        made, "triggers", triggerid=number, expression=f"{{{number}}}{test}",
        description=f"{name} of {item}", status=0, priority=4,
    )  # fmt: skip
    _insert(
        made, "functions", functionid=number, itemid=item, triggerid=number, name=name,
        parameter=parameter,
    )  # fmt: skip


def _alerting(made: psycopg.Connection[Any]) -> None:
    """Every problem at once to the one user, by the script."""
    _insert(
        made, "media_type", mediatypeid=FIRST, type=1, name="post", exec_path="alert.sh",
        exec_params="{ALERT.SENDTO}\n", status=0, maxsessions=0,
    )  # fmt: skip
    _insert(
        made, "media", mediaid=FIRST, userid=1, mediatypeid=FIRST, sendto="duty", active=0,
        severity=63, period="1-7,00:00-24:00",
    )  # fmt: skip
    _insert(
        made, "actions", actionid=FIRST, name="page", eventsource=0, evaltype=0, status=0,
        esc_period="1h",
    )  # fmt: skip
    _insert(made, "operations", operationid=FIRST, actionid=FIRST, operationtype=0)
    _insert(
        made, "opmessage", operationid=FIRST, default_msg=0, subject="{HOST.NAME}",
        message="{TRIGGER.NAME}", mediatypeid=FIRST,
    )  # fmt: skip
    _insert(made, "opmessage_usr", opmessage_usrid=FIRST, operationid=FIRST, userid=1)


def _insert(made: psycopg.Connection[Any], table: str, **row: object) -> None:
    names, marks = ", ".join(row), ", ".join(["%s"] * len(row))
    made.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})".encode(), list(row.values()))  # noqa: S608


def _settings(folder: Path, url: str, port: int, alerts: str) -> Path:
    scripts = folder / "scripts"
    scripts.mkdir()
    script = scripts / "alert.sh"
    script.write_text(f"#!/bin/sh\nexec curl -s -d page http://{alerts}/page\n")
    script.chmod(0o755)
    where, _, name = url.removeprefix("postgresql://postgres@").rpartition("/")
    settings = folder / "zabbix.conf"
    settings.write_text(
        f"""LogFile={folder}/zabbix.log
PidFile={folder}/zabbix.pid
SocketDir={folder}
DBHost=127.0.0.1
DBPort={where.rpartition(":")[2]}
DBName={name}
DBUser=postgres
ListenPort={port}
AlertScriptsPath={scripts}
CacheUpdateFrequency=1
AllowRoot=1
"""
    )
    return settings


@contextmanager
def _running(folder: Path, settings: Path) -> Iterator[None]:
    if shutil.which("curl") is None:
        raise MissingError("apt-get install curl")
    running = subprocess.Popen(
        [str(SERVER), "-c", str(settings), "-f"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=dict(os.environ),
    )  # fmt: skip
    try:
        log = folder / "zabbix.log"
        wait(lambda: log.exists() and "trapper #1" in log.read_text(errors="replace"), 60)
        yield
    finally:
        running.terminate()
        running.wait(60)


@contextmanager
def _bridge(mqtt_port: int, port: int) -> Iterator[None]:
    """Every message's two values to the server, as soon as they are there."""
    waiting: Queue[dict[str, object]] = Queue()

    def hear(_client: paho.Client, _data: object, message: paho.MQTTMessage) -> None:
        device, said = message.topic.split("/")[3], json.loads(message.payload)
        waiting.put({"host": device, "key": "tamper", "value": int(said["flags"]["tamper"])})
        waiting.put({"host": device, "key": "seq", "value": said["seq"]})

    stop = Event()
    client = paho.Client(CallbackAPIVersion.VERSION2)
    client.on_message = hear
    client.connect("127.0.0.1", mqtt_port)
    client.subscribe("ringwatch/v1/+/+/health", qos=1)
    client.loop_start()
    passing = Thread(target=lambda: _pass_on(waiting, port, stop))
    passing.start()
    try:
        yield
    finally:
        stop.set()
        passing.join()
        client.disconnect()
        client.loop_stop()


def _pass_on(waiting: "Queue[dict[str, object]]", port: int, stop: Event) -> None:
    while not stop.is_set():
        try:
            some = [waiting.get(timeout=0.2)]
        except Empty:
            continue
        while len(some) < AT_ONCE and not waiting.empty():
            some.append(waiting.get())
        packet = json.dumps({"request": "sender data", "data": some}).encode()
        with socket.create_connection(("127.0.0.1", port), timeout=30) as server:
            server.sendall(b"ZBXD\x01" + struct.pack("<Q", len(packet)) + packet)
            while server.recv(4096):
                pass
