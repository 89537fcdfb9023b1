"""SIGHUP to real processes: new figures and channels count, a wrong file changes nothing."""

import signal
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import paho.mqtt.publish
import pytest
from sqlalchemy import select

from operations import alerts as alert_desk
from rules.policy import Policy
from storage import listening
from storage.db import Database, reading, transaction
from storage.tables.company import devices
from storage.tables.watch import faults
from tests import company, started
from tests.keeping.office import environment_for
from tests.notify.receivers import web_server
from tests.servers import Mosquitto
from tests.started import Started
from tests.waiting import until

HOT = "[policy.limits.TEMP_HIGH]\nraise_at = {limit}\nclear_at = 20\nraise_after_s = 0\n"


class Door:
    """One process of the program and what it says."""

    def __init__(self, process: Started) -> None:
        self.process = process
        self.said: list[str] = []
        self._ear = threading.Thread(target=self._hear)
        self._ear.start()

    def _hear(self) -> None:
        assert self.process.stderr
        for line in self.process.stderr:
            self.said.append(line)
        self.process.stderr.close()

    def until_said(self, words: str) -> None:
        until(lambda: words in "".join(self.said) or self.process.poll() is not None, 120)
        assert words in "".join(self.said), "".join(self.said)

    def rereads(self) -> None:
        self.said.clear()
        self.process.send_signal(signal.SIGHUP)

    def end(self) -> int:
        self.process.terminate()
        code = self.process.wait(timeout=120)
        self._ear.join()
        return code


@contextmanager
def door(environment: Mapping[str, str], name: str) -> Iterator[Door]:
    pipe = subprocess.PIPE
    one = Door(started.start("ringwatch", name, environment=environment, stderr=pipe))
    try:
        yield one
        assert one.end() in (0, -signal.SIGTERM)  # the web ends by the signal, as uvicorn does
    finally:
        if one.process.poll() is None:
            one.process.kill()
            one.end()


@pytest.fixture
def toml(tmp_path: Path) -> Path:
    (tmp_path / "var").mkdir()
    return tmp_path / "var/ringwatch.toml"


def settings_say(toml: Path, words: str) -> None:
    fresh = toml.with_suffix(".new")
    fresh.write_text(words, "utf-8")
    fresh.replace(toml)


def test_the_scheduler_takes_up_a_channel_and_keeps_the_old_ones_of_a_wrong_file(
    database: Database, database_url: str, toml: Path
) -> None:
    with transaction(database) as tx:
        company.found(tx, channels=1)
    mine = environment_for(toml.parent, database_url)
    with web_server() as hook, door(mine, "scheduler") as one:
        one.until_said("keeping promises")
        channel = f'[[channel]]\nname = "mail"\nproviders = ["webhook+http://{hook.where}/"]\n'
        settings_say(toml, channel)
        one.rereads()
        one.until_said("changed: channel")
        for words, why in (("[policy]\nlink_hours = -1\n", "link_hours"), ("[[", "TOML")):
            settings_say(toml, words)
            one.rereads()
            one.until_said("the old ones stay")
            assert why in "".join(one.said)
        with transaction(database) as tx:
            now = datetime.now(UTC)
            alert_desk.raise_alert(tx, alert_desk.CLOCK_STEP, "x", {}, Policy(), now)
        until(lambda: hook.requests, 120)
        settings_say(toml, channel + "[policy]\nlink_hours = 3\n")
        one.rereads()
        one.until_said("changed: policy")
        settings_say(toml, 'public_url = "https://elsewhere.example.com"\n' + channel)
        one.rereads()
        one.until_said("only after a restart: public_url")


def test_the_collector_judges_by_the_new_limit(
    database: Database, database_url: str, toml: Path, mosquitto: Mosquitto
) -> None:
    with transaction(database) as tx:
        company.found(tx)
        code = tx.scalar(select(devices.c.code))
    settings_say(toml, HOT.format(limit=70))
    mine = environment_for(toml.parent, database_url) | {"RINGWATCH_MQTT_URL": mosquitto.url}

    def heats_up(celsius: float) -> None:
        paho.mqtt.publish.single(
            f"ringwatch/v1/S1/{code}/health",
            f'{{"metrics": {{"temperature_c": {celsius}}}}}',
            qos=1,
            port=mosquitto.port,
        )

    def found() -> list[str]:
        with reading(database) as tx:
            return list(tx.scalars(select(faults.c.code)))

    with door(mine, "collector") as one:
        until((toml.parent / "health/collector.json").exists, 120)
        until(lambda: '"ok": true' in _beat(toml.parent), 120)
        heats_up(60)
        until(lambda: taken(database), 120)  # else it may be judged by the new limit
        settings_say(toml, HOT.format(limit=55))
        one.rereads()
        one.until_said("changed: policy")
        until(lambda: '"ok": true' in _beat(toml.parent), 120)
        assert found() == []
        heats_up(60)
        until(found, 120)
        assert found() == ["TEMP_HIGH"]


def taken(database: Database) -> int:
    """How many messages the collector has judged."""
    with reading(database) as tx:
        return listening.get(tx).messages


def _beat(data: Path) -> str:
    return (data / "health/collector.json").read_text().replace('":true', '": true')


def test_a_web_that_is_told_to_reread_goes_on(
    database_url: str, toml: Path, free_port: Callable[[], int]
) -> None:
    mine = environment_for(toml.parent, database_url)
    mine["RINGWATCH_HTTP"] = f"127.0.0.1:{free_port()}"
    with door(mine, "web") as one:
        until((toml.parent / "health/web.json").exists, 120)
        settings_say(toml, "[policy]\nlink_hours = 3\n")
        one.rereads()
        one.until_said("changed: policy")
