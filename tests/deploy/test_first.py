"""The script of the first start, and the broker it prepares: run for real, without containers."""

import os
import ssl
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from ringwatch import broker
from tests.conftest import needs
from tests.keeping.office import environment_for
from tests.servers import answers, free_port
from tests.waiting import until

ROOT = Path(__file__).parents[2]


def first_run(config: Path, secrets: Path, *more: Path) -> None:
    folder = config.parent
    environment = environment_for(folder / "var")
    environment["PATH"] = f"{Path(sys.executable).parent}:{environment['PATH']}"
    script = ROOT / "deploy/compose/first.sh"
    words: list[str | Path] = [script, "make", config, secrets, "broker.test", *more]
    subprocess.run(words, env=environment, check=True)


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """A folder with `config` and `secrets`, after the first start."""
    for name in ("config", "secrets", "kept"):
        (tmp_path / name).mkdir()
    first_run(tmp_path / "config", tmp_path / "secrets")
    return tmp_path


def test_a_second_start_changes_nothing_and_secrets_are_for_nobody_else(made: Path) -> None:
    folders = (made / "config", made / "secrets")
    before = {path: path.read_bytes() for folder in folders for path in folder.iterdir()}
    first_run(*folders)
    assert {path: path.read_bytes() for folder in folders for path in folder.iterdir()} == before
    for path in folders[1].iterdir():
        assert path.name == "ca.crt" or path.stat().st_mode & 0o077 == 0, path
    assert (folders[1] / "database_url").read_text().startswith("postgresql://ringwatch:")


def test_influxdb_gets_a_token_of_its_own_once(made: Path) -> None:
    """In a folder that holds nothing else: its container sees no password of the others."""
    folder = made / "influxdb"
    folder.mkdir()
    for _ in range(2):
        first_run(made / "config", made / "secrets", folder)
        token = (folder / "token").read_text()
    assert len(token.strip()) == 64
    assert {path.name for path in folder.iterdir()} == {"user", "password", "token"}
    assert all(path.stat().st_mode & 0o077 == 0 for path in folder.iterdir())
    first_run(made / "config", made / "secrets", folder)
    assert (folder / "token").read_text() == token
    copied = made / "secrets" / "influx_token"  # for our own processes
    assert copied.read_text() == token
    assert copied.stat().st_mode & 0o077 == 0


def test_the_broker_it_prepares_serves_the_collector_over_tls(made: Path) -> None:
    program = broker.mosquitto_program()
    if program is None:
        needs("Mosquitto")
    port, config = free_port(), made / "config"
    text = (config / "mosquitto.conf").read_text().replace("/mosquitto/config", str(config))
    text = text.replace("/mosquitto/data", str(made / "kept"))
    text = text.replace("listener 8883", f"listener {port} 127.0.0.1")
    as_root = "user root\n" if os.geteuid() == 0 else ""
    (config / "here.conf").write_text(text + as_root)
    process = subprocess.Popen([str(program), "-c", config / "here.conf"])
    try:
        until(lambda: answers(port))
        url = urlsplit((made / "secrets/mqtt_url").read_text().strip())
        assert (url.scheme, url.hostname, url.port) == ("mqtts", "mosquitto", 8883)
        authority = made / "secrets/ca.crt"
        assert welcome(port, str(url.username), str(url.password), authority)
        assert not welcome(port, str(url.username), "guess", authority)
    finally:
        process.terminate()
        process.wait(timeout=120)


def welcome(port: int, name: str, password: str, authority: Path) -> bool:
    """At `localhost`, which the certificate must name."""
    client = mqtt.Client(CallbackAPIVersion.VERSION2)
    client.username_pw_set(name, password)
    client.tls_set_context(ssl.create_default_context(cafile=str(authority)))
    said: list[bool] = []
    client.on_connect = lambda *given: said.append(not given[3].is_failure)
    client.connect("localhost", port)
    client.loop_start()
    until(lambda: said)
    client.disconnect()
    client.loop_stop()
    return said[0]
