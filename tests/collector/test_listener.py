"""The collector's loop against a real Mosquitto: echo, stalls, lost sessions, the drop counter."""

import contextlib
import signal
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import paho.mqtt.publish as publisher
import pytest

from collector import echo as echoes
from collector.intake import Intake
from collector.listener import STALLED, Listener
from collector.mqtt import FILTER, Connection
from ringwatch import broker as brokers
from rules.policy import Policy, Silence
from storage import alerts, listening
from storage.db import Database, reading
from storage.tables.watch import deaf_spells
from tests import servers
from tests.collector.field import DAWN, Field
from tests.company import CHEN, LI
from tests.servers import Mosquitto
from tests.waiting import until
from tests.web.conftest import TurnedClock

QUICK = Policy(
    echo_every_s=0.05, echo_late_s=1.5, silence=Silence(intervals=1, least_s=3, back_for_s=1)
)


def login(url: str) -> Any:
    parts = urlsplit(url)
    return {"username": parts.username, "password": parts.password}


class Ear:
    """A listener of ours that we turn by hand; `restarts` makes it a new process.

    So is its clock: it stands still while a broker that lives owes us an echo, so that a machine
    which is slow makes nobody deaf. From each turn to the next a twentieth of a second passes.
    """

    def __init__(self, field: Field, broker: Mosquitto) -> None:
        self.field, self.broker = field, broker
        self.clock, self.hangs = TurnedClock(DAWN), False
        self.parts = replace(field.parts, clock=self.clock)
        self.url = broker.url
        self.restarts()

    def connects_to(self, url: str) -> None:
        self.url = url
        self.restarts()

    def restarts(self) -> None:
        self.intake = Intake(self.parts)
        self.intake.start(self.parts.clock())
        self.listener = Listener(
            self.parts, self.intake, lambda: Connection(self.url), self.parts.clock()
        )

    def stops(self) -> None:
        """In order: what was heard is acknowledged."""
        self.turns(1)
        self.listener.close()

    def turns(self, count: int) -> None:
        """So many echoes come back."""
        for _ in range(count):
            self.listens(lambda: not self.listener.echo.waiting)

    def listens(self, condition: Callable[[], Any]) -> None:
        def turned() -> Any:
            owed = self.listener.echo.waiting and self.listener.ears.since is not None
            if self.hangs or not owed:
                self.clock.passes(seconds=0.05)
            self.listener.step()
            return condition()

        until(turned, timeout_s=120, every_s=0)

    @contextlib.contextmanager
    def broker_hangs(self) -> Iterator[None]:
        assert self.broker.process
        self.broker.process.send_signal(signal.SIGSTOP)
        self.hangs = True
        try:
            yield
        finally:
            self.hangs = False
            self.broker.process.send_signal(signal.SIGCONT)

    def settles(self) -> None:
        self.listens(lambda: self.listener.echo.settled and self.ears().session == FILTER)

    def says(self, device: str, kind: str, body: str, *, retain: bool = False) -> None:
        topic = f"ringwatch/v1/S1/{device}/{kind}"
        publisher.single(topic, body, qos=1, retain=retain, port=self.broker.port)

    def ears(self) -> listening.Ears:
        return self.field.ears()

    def spells(self) -> list[str]:
        with reading(self.parts.database) as tx:
            rows = tx.execute(deaf_spells.select().order_by(deaf_spells.c.id))
            return [row.why for row in rows]

    def alarms(self) -> list[str]:
        with reading(self.parts.database) as tx:
            return [alert.code for alert in alerts.open_ones(tx)]


@pytest.fixture
def engine() -> str:
    """The loop is the same over both; the intake was proven on each."""
    return "sqlite"


@pytest.fixture
def ear(
    database: Database, telemetry: Database, tmp_path: Path, mosquitto: Mosquitto
) -> Iterator[Ear]:
    field = Field(database, telemetry, tmp_path, QUICK)
    field.has("cam", reporting_interval_s=1)
    made = Ear(field, mosquitto)
    yield made
    with contextlib.suppress(Exception):
        made.listener.close()


def test_the_echo_comes_back_and_the_watermark_moves(ear: Ear) -> None:
    ear.settles()
    assert ear.spells() == ["not listening yet"]
    first = ear.ears().watermark
    assert first is not None
    ear.listens(lambda: (ear.ears().watermark or first) > first)
    ear.says("cam", "health", '{"seq": 5}')
    ear.listens(lambda: ear.ears().messages == 1)
    assert ear.field.last("cam").seq == 5
    assert ear.listener.healthy


def test_nobody_is_missed_for_the_time_before_we_first_listened(ear: Ear) -> None:
    """However long ago it was entered: a device has its day from our first word on."""
    long_ago = ear.parts.clock() - timedelta(days=200)
    ear.field.has("old", enrolled_at=long_ago)
    ear.restarts()
    ear.settles()
    ear.turns(20)
    old = ear.intake.memory.watched[ear.field.id_of("old")]
    silent_at = old.silent_at(ear.intake.memory.spells)
    assert silent_at is not None
    assert silent_at > ear.parts.clock() + timedelta(hours=23)
    assert ("NO_DATA_YET", "") not in ear.field.open()


def test_a_strangers_echo_cannot_move_the_watermark(ear: Ear) -> None:
    ear.settles()
    publisher.single(
        echoes.TOPIC, '{"name": "x", "number": 1, "sent": "2099-01-01T00:00:00Z"}', qos=1,
        port=ear.broker.port,
    )  # fmt: skip
    ear.turns(20)
    assert ear.listener.echo.watermark is not None
    assert ear.listener.echo.watermark <= ear.parts.clock()
    assert ear.ears().messages == 0


def test_a_stalled_echo_pages_duty_and_blames_nobody(ear: Ear) -> None:
    ear.settles()
    ear.says("cam", "health", "{}")
    ear.listens(lambda: ear.ears().messages == 1)
    stopped_at = ear.parts.clock()
    with ear.broker_hangs():
        ear.listens(lambda: ear.alarms() == [STALLED])
        assert sorted(ear.field.told("alert")) == sorted([LI, CHEN])
        assert ear.ears().stalled_since is not None
        assert not ear.listener.healthy
        ear.listens(lambda: ear.parts.clock() - stopped_at > timedelta(seconds=5))
        assert ear.field.open() == []  # silent for longer than its 3 s
    ear.listens(lambda: ear.alarms() == [])
    assert ear.field.open() == []
    assert "nothing arrived" in ear.spells()
    assert ear.ears().stalled_since is None
    ear.listens(lambda: ear.field.open() == [("cam", "DEV_OFFLINE")])  # it is silent indeed


def test_a_lost_session_is_a_deaf_spell(ear: Ear) -> None:
    ear.settles()
    ear.broker.kill()
    (ear.broker.folder / "mosquitto.db").unlink(missing_ok=True)
    ear.broker.start()
    ear.listens(lambda: "session lost" in ear.spells())
    ear.settles()
    ear.says("cam", "health", '{"seq": 6}')
    ear.listens(lambda: ear.ears().messages == 1)


def test_our_own_restart_into_a_living_session_is_not_deafness(ear: Ear) -> None:
    ear.says("cam", "state", "online", retain=True)
    ear.settles()
    ear.says("cam", "health", '{"seq": 1}')
    ear.listens(lambda: ear.ears().messages == 2)
    before = ear.spells()
    ear.stops()
    ear.says("cam", "health", '{"seq": 2}')
    ear.restarts()
    ear.settles()
    assert ear.spells() == before
    assert ear.field.last("cam").seq == 2
    ear.turns(20)
    # Subscribing again would have brought the retained word a second time.
    assert ear.ears().messages == 3


def test_killed_before_it_was_surely_subscribed_it_subscribes_again(ear: Ear) -> None:
    """The session lives from CONNECT on, the subscription only once the broker has it."""
    half = Connection(ear.broker.url)
    half.open()
    half.close()
    ear.settles()
    ear.says("cam", "health", "{}")
    ear.listens(lambda: ear.ears().messages == 1)


def test_a_broker_that_was_away_blames_nobody(ear: Ear) -> None:
    """The machine was off, the session was kept: devices could not reach the broker either."""
    ear.settles()
    ear.says("cam", "health", "{}")
    ear.listens(lambda: ear.ears().messages == 1)
    ear.stops()
    ear.broker.stop()
    ear.clock.passes(minutes=10)
    ear.broker.start()
    ear.restarts()
    ear.settles()
    assert "session lost" not in ear.spells()
    assert "the broker was away" in ear.spells()
    assert ear.field.open() == []


def test_messages_the_broker_dropped_are_a_deaf_spell(
    database: Database, telemetry: Database, tmp_path: Path
) -> None:
    broker = Mosquitto(
        tmp_path / "small", servers.free_port(), extra="max_queued_messages 5", durable=False
    )
    broker.start()
    try:
        ear = Ear(Field(database, telemetry, tmp_path, QUICK), broker)
        ear.settles()
        ear.listens(lambda: ear.ears().dropped is not None)
        before = ear.spells()
        ear.stops()
        many: list[Any] = [(f"ringwatch/v1/S1/d{n}/health", "{}", 1, False) for n in range(50)]
        publisher.multiple(many, port=broker.port)
        ear.restarts()
        ear.settles()
        ear.listens(lambda: ear.spells() != before)
        assert ear.spells()[-1] == "the broker dropped messages"
        ear.listener.close()
    finally:
        broker.stop()


def test_a_broker_that_hangs_up_on_whoever_asks_for_its_counters(
    database: Database, telemetry: Database, tmp_path: Path
) -> None:
    """iotcore, the broker of `make run` where there is no Mosquitto."""
    own = brokers.prepare(tmp_path, demo=True, program=None)
    process = subprocess.Popen(own.child.command, stderr=subprocess.DEVNULL)
    try:
        until(own.child.ready, timeout_s=120)
        field = Field(database, telemetry, tmp_path, QUICK)
        field.has("cam", reporting_interval_s=1)
        ear = Ear(field, Mosquitto(tmp_path, own.port))
        ear.connects_to(own.url)
        ear.settles()
        publisher.single(
            "ringwatch/v1/S1/cam/health", '{"seq": 3}', qos=1, port=own.port, auth=login(own.url)
        )
        ear.listens(lambda: ear.ears().messages == 1)
        ear.listener.close()
    finally:
        process.terminate()
        process.wait()


def test_no_broker_is_said_and_paged(ear: Ear) -> None:
    ear.broker.stop()
    ear.listens(lambda: ear.alarms() == [STALLED])
    assert "no broker" in ear.listener.ears.words
    ear.broker.start()
    ear.listens(lambda: ear.alarms() == [])
