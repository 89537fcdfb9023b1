"""Our own broker: loopback, with a password, and what it took it keeps."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from ringwatch import broker, embedded
from tests.conftest import needs
from tests.waiting import until


@pytest.fixture
def program() -> str:
    found = broker.mosquitto_program()
    if found is None:
        needs("Mosquitto")
    return str(found)


@contextmanager
def running(own: broker.OwnBroker) -> Iterator[None]:
    process = subprocess.Popen(own.child.command, stdin=subprocess.DEVNULL)
    try:
        until(own.child.ready)
        yield
    finally:
        process.terminate()
        process.wait(timeout=120)


def refused(port: int, password: str | None) -> bool:
    client = mqtt.Client(CallbackAPIVersion.VERSION2)
    if password:
        client.username_pw_set(broker.ACCOUNT, password)
    answers: list[bool] = []
    client.on_connect = lambda *given: answers.append(given[3].is_failure)
    client.connect("127.0.0.1", port)
    client.loop_start()
    until(lambda: answers)
    client.disconnect()
    client.loop_stop()
    return answers[0]


def test_only_our_own_account_gets_in(tmp_path: Path, program: str) -> None:
    own = broker.prepare(tmp_path, demo=False, program=program)
    with running(own):
        assert refused(own.port, None)
        assert refused(own.port, "wrong")
        assert not refused(own.port, urlsplit(own.url).password)


def test_the_demo_lets_anybody_on_this_machine_try(tmp_path: Path, program: str) -> None:
    own = broker.prepare(tmp_path, demo=True, program=program)
    with running(own):
        assert not refused(own.port, None)
        assert embedded.answers(own.url, timeout_s=120)


def test_secrets_are_for_nobody_else_and_stay_from_run_to_run(tmp_path: Path) -> None:
    first = broker.prepare(tmp_path, demo=False, program="/usr/sbin/mosquitto")
    second = broker.prepare(tmp_path, demo=False, program="/usr/sbin/mosquitto")
    assert (first.url, first.port) == (second.url, second.port)
    for path in (tmp_path / "broker").iterdir():
        assert path.stat().st_mode & 0o077 == 0, path
    config = (tmp_path / "broker/mosquitto.conf").read_text()
    assert f"listener {first.port} 127.0.0.1" in config
    assert "max_queued_messages 1000000" in config


def test_mosquittos_password_format() -> None:
    entry = broker.hashed("secret", salt=b"0123456789ab")
    assert entry.startswith("$7$5000$MDEyMzQ1Njc4OWFi$")
    assert len(entry.split("$")) == 5


def test_without_mosquitto_iotcore_runs_and_echoes(tmp_path: Path) -> None:
    if find_spec("iotcore") is None:
        needs("iotcore")
    own = broker.prepare(tmp_path, demo=True, program=None)
    assert own.kind == "iotcore"
    assert own.child.command[0] == sys.executable
    with running(own):
        assert embedded.answers(own.url, timeout_s=120)


def test_the_probe_does_not_believe_an_open_port(free_tcp_listener: int) -> None:
    assert not embedded.answers(f"mqtt://127.0.0.1:{free_tcp_listener}", timeout_s=0.3)


@pytest.fixture
def free_tcp_listener() -> Iterator[int]:
    """A port that answers and says nothing, as a dead broker's does."""
    import socket  # noqa: PLC0415 - one use

    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield int(listener.getsockname()[1])
