"""Accounts against a real Mosquitto with TLS, passwords and ACL: each gateway its own site only."""

import os
import re
import signal
import ssl
import subprocess
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from ringwatch import broker, gateway
from ringwatch.folder import StartError
from storage.db import connect, transaction
from tests.company import found
from tests.conftest import needs
from tests.keeping.office import environment_for, ringwatch
from tests.servers import answers, free_port
from tests.waiting import until
from wiring.channels import SourceSettings


@dataclass
class Secured:
    """A Mosquitto as a company runs it: TLS only, nobody without an account."""

    folder: Path
    port: int = field(default_factory=free_port)

    @property
    def ca(self) -> Path:
        return self.folder / "cert.pem"

    def start(self, program: str) -> subprocess.Popen[bytes]:
        request = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt"]
        request += ["ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
        request += ["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
        files = ["-keyout", str(self.folder / "key.pem"), "-out", str(self.ca)]
        subprocess.run([*request, *files], check=True, capture_output=True)
        config = self.folder / "mosquitto.conf"
        config.write_text(
            f"listener {self.port} 127.0.0.1\nallow_anonymous false\n"
            f"certfile {self.ca}\nkeyfile {self.folder / 'key.pem'}\n"
            f"password_file {self.folder / gateway.PASSWORDS}\n"
            f"acl_file {self.folder / gateway.ACL}\n"
            + ("user root\n" if os.geteuid() == 0 else ""),
            "utf-8",
        )
        process = subprocess.Popen([program, "-c", str(config)], stderr=subprocess.DEVNULL)
        until(lambda: answers(self.port))
        return process


class Talker:
    """One account at the broker, over TLS."""

    def __init__(self, at: Secured, account: gateway.Account | None) -> None:
        self.client = mqtt.Client(CallbackAPIVersion.VERSION2)
        if account:
            self.client.username_pw_set(account.name, account.password)
        self.client.tls_set_context(ssl.create_default_context(cafile=str(at.ca)))
        self.heard: list[str] = []
        self.welcome: list[bool] = []
        self._done = threading.Semaphore(0)
        self.client.on_connect = lambda *given: self.welcome.append(not given[3].is_failure)
        self.client.on_message = lambda *given: self.heard.append(given[2].topic)
        self.client.on_publish = self.client.on_subscribe = self._note
        self.client.connect("127.0.0.1", at.port)
        self.client.loop_start()
        until(lambda: self.welcome)

    def _note(self, *_: Any) -> None:
        self._done.release()

    def says(self, topic: str) -> None:
        """Mosquitto takes what is not allowed and drops it, without a word."""
        self.client.publish(topic, b"{}", qos=1)
        assert self._done.acquire(timeout=120)

    def listens(self, *topics: str) -> None:
        for topic in topics:
            self.client.subscribe(topic, qos=1)
            assert self._done.acquire(timeout=120)

    def goes(self) -> None:
        self.client.disconnect()
        self.client.loop_stop()


@pytest.fixture
def secured(tmp_path: Path) -> Secured:
    """Not started, and without an account yet."""
    program = broker.mosquitto_program()
    if program is None:
        needs("Mosquitto")
    folder = tmp_path / "mosquitto"
    folder.mkdir()
    return Secured(folder)


@contextmanager
def talking(at: Secured, accounts: Sequence[gateway.Account]) -> Iterator[list["Talker"]]:
    """The broker running, and each account connected to it."""
    process = at.start(str(broker.mosquitto_program()))
    talkers = [Talker(at, one) for one in accounts]
    try:
        yield talkers
    finally:
        for talker in talkers:
            talker.goes()
        process.terminate()
        process.wait(timeout=120)


def test_a_gateway_speaks_for_its_own_site_only(secured: Secured) -> None:
    first, ours = gateway.make_accounts(secured.folder, "S1")
    second = gateway.make_accounts(secured.folder, "S2")[0]
    with talking(secured, (ours, first, second)) as (collector, one, two):
        collector.listens("ringwatch/v1/+/+/+")
        one.listens("ringwatch/#", "#")
        for topic in (
            "S1/cam/health",
            "S2/cam/health",
            "S1/cam/state",
            "_ringwatch/collector/echo",
        ):
            one.says(f"ringwatch/v1/{topic}")
        one.says("elsewhere")
        two.says("ringwatch/v1/S10/cam/health")
        two.says("ringwatch/v1/S2/door/event")
        collector.says("ringwatch/v1/S1/cam/event")  # it reads; it cannot speak for devices
        collector.says("ringwatch/v1/_ringwatch/collector/echo")
        until(lambda: len(collector.heard) >= 4)
        assert collector.heard == [
            "ringwatch/v1/S1/cam/health",
            "ringwatch/v1/S1/cam/state",
            "ringwatch/v1/S2/door/event",
            "ringwatch/v1/_ringwatch/collector/echo",
        ]
        assert one.heard == []
        for stranger in (None, gateway.Account(name="gateway-S1", password="guess")):
            talker = Talker(secured, stranger)
            assert not any(talker.welcome)  # it may have knocked again
            talker.goes()


def test_a_source_is_spoken_on_by_its_sites_gateway_and_heard_by_the_collector(
    secured: Secured,
) -> None:
    zigbee = SourceSettings(site="S1", dialect="zigbee2mqtt", prefix="S1/zigbee2mqtt")
    ours = gateway.make_accounts(secured.folder, "S2")[1]
    one = gateway.make_accounts(secured.folder, "S1", [zigbee])[0]
    two = gateway.make_accounts(secured.folder, "S2", [zigbee], renew=True)[0]
    with talking(secured, (ours, one, two)) as (collector, first, second):
        collector.listens("S1/zigbee2mqtt/#", "ringwatch/v1/+/+/+")
        second.says("S1/zigbee2mqtt/door")
        first.says("S1/zigbee2mqtt/door")
        first.says("ringwatch/v1/S1/cam/state")
        until(lambda: len(collector.heard) >= 2)
        assert collector.heard == ["S1/zigbee2mqtt/door", "ringwatch/v1/S1/cam/state"]


def test_rights_an_administrator_gave_the_collector_stay(tmp_path: Path) -> None:
    gateway.make_accounts(tmp_path, "S1")
    acl = tmp_path / gateway.ACL
    named = f"user {gateway.COLLECTOR}\n"
    acl.write_text(acl.read_text().replace(named, f"{named}topic read plant/#\n"))
    gateway.make_accounts(tmp_path, "S2")
    assert acl.read_text().count("topic read plant/#") == 1
    assert acl.read_text().count("topic read ringwatch/v1/") == 1


def test_a_new_account_counts_after_a_reload(secured: Secured) -> None:
    old, _ = gateway.make_accounts(secured.folder, "S1")
    process = secured.start(str(broker.mosquitto_program()))
    try:
        new, *rest = gateway.make_accounts(secured.folder, "S1", renew=True)
        assert rest == []
        process.send_signal(signal.SIGHUP)

        def welcome(account: gateway.Account) -> bool:
            talker = Talker(secured, account)
            talker.goes()
            return talker.welcome == [True]

        until(lambda: welcome(new))
        assert not welcome(old)
    finally:
        process.terminate()
        process.wait(timeout=120)


def test_lines_of_others_stay_and_no_password_is_written(tmp_path: Path) -> None:
    theirs = "user scada\ntopic readwrite plant/#\n"
    (tmp_path / gateway.ACL).write_text(theirs)
    (tmp_path / gateway.PASSWORDS).write_text("scada:$7$101$a$b\n")
    made = [*gateway.make_accounts(tmp_path, "S1"), *gateway.make_accounts(tmp_path, "S2")]
    assert [one.name for one in made] == ["gateway-S1", "ringwatch", "gateway-S2"]
    acl, passwords = ((tmp_path / name).read_text() for name in (gateway.ACL, gateway.PASSWORDS))
    assert theirs in acl
    assert acl.count("user ") == 4
    assert "scada:$7$101$a$b" in passwords
    assert not any(one.password in acl + passwords for one in made)
    for name in (gateway.ACL, gateway.PASSWORDS):
        assert (tmp_path / name).stat().st_mode & 0o077 == 0


def test_a_known_account_is_not_locked_out_by_mistake(tmp_path: Path) -> None:
    gateway.make_accounts(tmp_path, "S1")
    was = (tmp_path / gateway.PASSWORDS).read_text()
    with pytest.raises(StartError, match="--renew"):
        gateway.make_accounts(tmp_path, "S1")
    assert (tmp_path / gateway.PASSWORDS).read_text() == was


@pytest.mark.parametrize("site", ["#", "+", "a/b", "", "S1\nuser x", "_ringwatch"])
def test_no_code_reaches_beyond_its_site(tmp_path: Path, site: str) -> None:
    with pytest.raises(StartError, match="no gateway"):
        gateway.make_accounts(tmp_path, site)
    assert list(tmp_path.iterdir()) == []


def test_many_at_once_lose_no_account(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: gateway.make_accounts(tmp_path, f"S{n}"), range(24)))
    names = re.findall(r"^user (.+)$", (tmp_path / gateway.ACL).read_text(), re.MULTILINE)
    assert len(set(names)) == len(names) == 25


def test_the_command_knows_the_sites_and_says_each_password_once(
    database_url: str, tmp_path: Path
) -> None:
    database = connect(database_url)
    with transaction(database) as tx:
        found(tx)
    database.close()
    mine = environment_for(tmp_path / "var", database_url)
    unknown = ringwatch(mine, "gateway", "add", "S9", "--config", tmp_path)
    assert unknown.returncode == 2
    assert "No site has the code 'S9'" in unknown.stderr
    done = ringwatch(mine, "gateway", "add", "S1", "--config", tmp_path)
    assert done.returncode == 0, done.stderr
    assert len(re.findall(r"password [\w-]{32}$", done.stdout, re.MULTILINE)) == 2
    assert f"acl_file {tmp_path / gateway.ACL}" in done.stdout
