"""Everything is restarted or killed while devices publish: nothing is lost, every page goes out.

The real processes under their parent, a real broker, a real PostgreSQL that is restarted as its
packages do. (A broker that is killed before it saved: `tests/collector/test_kills.py`.)
"""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx2
import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion
from sqlalchemy import func, select

from collector.mqtt import FILTER
from storage import listening
from storage.db import Database, connect, reading
from storage.migrate import migrate
from storage.tables.company import devices
from storage.tables.night import notices, work_orders
from storage.tables.watch import device_states, faults
from tests import servers
from tests.collector.field import DAWN, Field
from tests.conftest import needs
from tests.keeping.office import environment_for
from tests.notify.receivers import WebServer, web_server
from tests.servers import Mosquitto, free_port
from tests.waiting import until

DEVICES, EVERY_S = 24, 0.2  # a hundred messages a second, and what gathered meanwhile
SLOW = 240  # seconds; the machine may be busy


class Restartable:
    """A PostgreSQL of this test's own."""

    def __init__(self, tools: Path) -> None:
        self._tools, self.port = tools, free_port()
        self.url = f"postgresql://postgres@127.0.0.1:{self.port}/postgres"
        self._run = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        self._folder = Path(tempfile.mkdtemp(prefix="ringwatch-pg-"))
        if self._run:
            shutil.chown(self._folder, "postgres")
        data = str(self._folder / "data")
        make = [str(tools / "initdb"), "-D", data, "-U", "postgres", "-A", "trust", "--no-sync"]
        self._do([*make, "-E", "UTF8", "--locale", "C"])

    def start(self) -> None:
        settings = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories=''"
        settings += " -c max_connections=100 -c fsync=off -c full_page_writes=off"  # no power cut
        self._control("start", "-w", "-l", str(self._folder / "log"), "-o", settings)

    def stop(self, how: str = "fast") -> None:
        self._control("stop", "-w", "-m", how)

    def close(self) -> None:
        with contextlib.suppress(subprocess.CalledProcessError):
            self.stop("immediate")
        shutil.rmtree(self._folder, ignore_errors=True)

    def _control(self, *words: str) -> None:
        self._do([str(self._tools / "pg_ctl"), "-D", str(self._folder / "data"), *words])

    def _do(self, words: list[str]) -> None:
        quiet = subprocess.DEVNULL
        subprocess.run([*self._run, *words], check=True, stdout=quiet, stderr=quiet, cwd="/")


@pytest.fixture
def own_postgres(engine: str) -> Iterator[Restartable | None]:
    if engine == "sqlite":
        yield None
        return
    tools = servers.postgresql_tools()
    if tools is None:
        needs("PostgreSQL")
        return
    server = Restartable(tools)
    try:
        server.start()
        yield server
    finally:
        server.close()


@pytest.fixture
def restarted(own_postgres: Restartable | None, tmp_path: Path) -> Iterator[tuple[Database, str]]:
    """The database of the company, and its address."""
    url = own_postgres.url if own_postgres else f"sqlite:///{tmp_path}/ringwatch.db"
    database = connect(url)
    readings = connect(f"sqlite:///{tmp_path}/telemetry.db") if database.sqlite else database
    with contextlib.closing(database), contextlib.closing(readings):
        migrate(database, readings, DAWN)
        field = Field(database, readings, tmp_path)
        for number in range(DEVICES):
            field.has(f"d{number}")
        yield database, url


class Devices:
    """All speak all the time: health with a count, and now and then one has lost its picture."""

    def __init__(self, port: int) -> None:
        self.counts = dict.fromkeys(range(DEVICES), 0)
        self._client = paho.Client(
            CallbackAPIVersion.VERSION2, client_id="all-devices", clean_session=False
        )
        self._client.max_queued_messages_set(0)
        self._client.reconnect_delay_set(1, 1)
        self._handed, self._accepted = 0, 0
        self._client.on_publish = self._was_accepted
        self._client.connect("127.0.0.1", port)
        self._client.loop_start()
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._mouth = threading.Thread(target=self._speak)
        self._mouth.start()

    def lose_the_picture(self, numbers: range) -> None:
        for number in numbers:
            self._say(number, "event", '{"code": "TAMPER", "active": true}')

    def go_on(self) -> None:
        """Until each has spoken twice more, heard or not."""
        enough = self.counts[DEVICES - 1] + 2
        until(lambda: self.counts[DEVICES - 1] >= enough, SLOW)

    def end(self) -> None:
        """The last message of each is accepted by the broker."""
        self._stop.set()
        self._mouth.join()
        until(lambda: self._accepted >= self._handed, SLOW)
        self._client.disconnect()
        self._client.loop_stop()

    def _speak(self) -> None:
        while not self._stop.wait(EVERY_S):
            for number in range(DEVICES):
                self.counts[number] += 1
                self._say(number, "health", f'{{"seq": {self.counts[number]}}}')

    def _say(self, number: int, kind: str, body: str) -> None:
        with self._lock:  # what is said while the broker is away waits in the client
            self._handed += 1
        self._client.publish(f"ringwatch/v1/S1/d{number}/{kind}", body, qos=1)

    def _was_accepted(self, *_: object) -> None:
        self._accepted += 1


class Company:
    """`ringwatch run`: the parent and its processes."""

    def __init__(self, data: Path, url: str, broker: Mosquitto, web: WebServer) -> None:
        channel = f'[[channel]]\nname = "mail"\nproviders = ["webhook+http://{web.where}/"]\n'
        hold = "[policy.limits.TAMPER]\nraise_after_s = 2\n"  # of 10: a kill still comes within
        (data / "ringwatch.toml").write_text(channel + hold, encoding="utf-8")
        self.http = f"127.0.0.1:{free_port()}"
        mine = environment_for(data, url) | {
            "RINGWATCH_MQTT_URL": broker.url,
            "RINGWATCH_HTTP": self.http,
        }
        self._log = (data / "run.log").open("wb")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "ringwatch", "run"],
            env=mine,
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=self._log,
        )

    def kill(self, name: str) -> None:
        """The very process, as the kernel would when memory ends."""
        found = until(lambda: self._children(name), SLOW)
        for number in found:
            os.kill(number, signal.SIGKILL)

    def healthy(self) -> bool:
        with contextlib.suppress(httpx2.HTTPError):
            return httpx2.get(f"http://{self.http}/healthz", timeout=5).status_code == 200
        return False

    def end(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(timeout=120)
        finally:
            self.process.kill()
            self._log.close()

    def _children(self, name: str) -> list[int]:
        asked = ["pgrep", "-P", str(self.process.pid), "-f", f"ringwatch {name}"]
        said = subprocess.run(asked, capture_output=True, text=True, check=False).stdout
        return [int(word) for word in said.split()]


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    made = Mosquitto(tmp_path / "broker", free_port(), durable=False)
    made.start()
    yield made
    made.stop()


@pytest.fixture
def web() -> Iterator[WebServer]:
    with web_server() as server:
        yield server


def taken(database: Database) -> listening.Ears:
    with reading(database) as tx:
        return listening.get(tx)


def safely(work: Callable[[], object]) -> Callable[[], object]:
    """While the database is being restarted nobody can ask it."""

    def asked() -> object:
        try:
            return work()
        except Exception:  # noqa: BLE001 - asked again
            return None

    return asked


def orders(database: Database) -> int:
    with reading(database) as tx:
        return tx.scalar(select(func.count()).select_from(work_orders)) or 0


def test_nothing_is_lost_whatever_is_restarted_while_devices_publish(
    restarted: tuple[Database, str],
    own_postgres: Restartable | None,
    broker: Mosquitto,
    web: WebServer,
    tmp_path: Path,
) -> None:
    database, url = restarted
    company = Company(tmp_path, url, broker, web)
    try:
        until(safely(lambda: taken(database).session == FILTER), SLOW)
        until(company.healthy, SLOW)
        fleet = Devices(broker.port)
        _a_bad_hour(fleet, company, own_postgres, broker, database)
        fleet.end()
        until(safely(lambda: orders(database) == DEVICES), SLOW)
        until(safely(lambda: _last_words(database) == fleet.counts), SLOW)
        until(safely(lambda: _unsent(database) == 0), SLOW)
        until(company.healthy, SLOW)
    finally:
        company.end()
    _every_fault_once_and_every_page_out(database, web)


def _a_bad_hour(
    fleet: Devices,
    company: Company,
    postgres: Restartable | None,
    broker: Mosquitto,
    database: Database,
) -> None:
    each = DEVICES // 6
    turns = iter(range(0, DEVICES, each))

    def some_lose_their_picture() -> None:
        start = next(turns)
        fleet.lose_the_picture(range(start, start + each))
        fleet.go_on()

    some_lose_their_picture()
    if postgres:
        postgres.stop()
        some_lose_their_picture()
        postgres.start()
        until(safely(lambda: orders(database) >= each), SLOW)
    else:
        some_lose_their_picture()
    broker.stop()
    some_lose_their_picture()
    broker.start()
    for name in ("collector", "scheduler", "web"):
        company.kill(name)
        some_lose_their_picture()
    if postgres:  # the server is killed, not asked
        postgres.stop("immediate")
        postgres.start()


def _last_words(database: Database) -> dict[int, int]:
    with reading(database) as tx:
        found = select(devices.c.code, device_states.c.seq).join_from(
            devices, device_states, devices.c.id == device_states.c.device_id
        )
        return {int(code[1:]): seq for code, seq in tx.execute(found)}


def _unsent(database: Database) -> int:
    with reading(database) as tx:
        open_ones = notices.c.state.not_in(["sent", "silenced"])
        return tx.scalar(select(func.count()).where(open_ones)) or 0


def _every_fault_once_and_every_page_out(database: Database, web: WebServer) -> None:
    with reading(database) as tx:
        lost = select(faults.c.device_id, func.count()).where(faults.c.code == "TAMPER")
        assert [n for _, n in tx.execute(lost.group_by(faults.c.device_id))] == [1] * DEVICES
        numbers = set(tx.scalars(select(work_orders.c.number)))
        assert len(numbers) == DEVICES
        told = select(notices.c.kind, func.count()).where(notices.c.order_id.is_not(None))
        kinds: dict[str, int] = dict(tx.execute(told.group_by(notices.c.kind)).all())
        called = select(work_orders.c.number).join(notices, notices.c.order_id == work_orders.c.id)
        paged = set(tx.scalars(called.where(notices.c.kind == "page", notices.c.state == "sent")))
        assert listening.get(tx).rejected == 0
    assert paged == numbers
    # What comes together travels in one letter, whatever the kind of its first.
    assert {number for one in web.requests for number in one.json["work_orders"]} == numbers
    assert kinds["page"] >= DEVICES
    assert kinds["report"] == DEVICES
