"""`ringwatch dc09` as a process: killed at any moment, flooded, and looked at by the doctor."""

import os
import resource
import signal
import socket
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

import words
from ringwatch import doctor_dc09
from rules.policy import Policy
from storage import alarms, inbox
from storage.db import Database, reading, transaction
from storage.views import rejects as reject_view
from tests import company as companies
from tests import servers, started
from tests.collector.dc09 import frames
from tests.conftest import needs
from tests.waiting import until
from wiring.clock import SteadyClock
from wiring.in_force import Figures
from wiring.parts import Parts
from wiring.settings import load

SLOW = 60  # seconds; the machine may be busy
MESSAGES = 60
KILLS = 4
FLOOD = 1_060


class Process:
    """`python -m ringwatch dc09`, over and over, on one database."""

    def __init__(self, database_url: str, folder: Path) -> None:
        self.port, self._log = servers.free_port(), folder / "dc09.log"
        toml = f'[dc09]\nlisten = "127.0.0.1:{self.port}"\n'
        toml += '[[dc09.account]]\naccount = "5501"\nsite = "S1"\n'
        (folder / "ringwatch.toml").write_text(toml, encoding="utf-8")
        self.environment = {
            "PATH": os.environ["PATH"],
            "RINGWATCH_DATA": str(folder),
            "RINGWATCH_DATABASE_URL": database_url,
        }
        self.process: started.Started | None = None

    def start(self) -> None:
        with self._log.open("ab") as log:
            self.process = started.start(
                "ringwatch",
                "dc09",
                environment=self.environment,
                stdout=subprocess.DEVNULL,
                stderr=log,
            )
        until(lambda: servers.answers(self.port), timeout_s=SLOW)

    def kill(self) -> None:
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None

    def stop(self) -> int:
        assert self.process
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(SLOW)
        self.process = None
        return code

    def dials(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=SLOW)


@pytest.fixture
def process(database_url: str, database: Database, tmp_path: Path) -> Iterator[Process]:
    with transaction(database) as tx:
        companies.found(tx, devices=0, channels=1)
    made = Process(database_url, tmp_path)
    yield made
    made.kill()


def test_killed_between_commit_and_answer_each_message_counts_once(
    process: Process, database: Database
) -> None:
    """The host hears nothing, so it says the same again, to a process that was born since."""
    for number in range(1, KILLS + 1):
        process.start()
        with process.dials() as line:
            raw = frames.said("1301 00 000", number, at=datetime.now(UTC))
            line.sendall(raw)
            until(partial(_durable, database, number), timeout_s=SLOW)
            process.kill()
        process.start()
        with process.dials() as line:
            line.sendall(raw)
            assert frames.answer(line.recv(4096)).kind == "ACK"
        process.kill()
    assert _letters(database) == KILLS


def test_killed_at_any_moment_nothing_acknowledged_is_lost_or_doubled(
    process: Process, database: Database
) -> None:
    process.start()
    line = process.dials()
    for number in range(1, MESSAGES + 1):
        raw = frames.said("1130 01 003", number, at=datetime.now(UTC))
        if number % (MESSAGES // KILLS) == 0:
            line.sendall(raw)
            process.kill()
            process.start()
            line.close()
            line = process.dials()
        line.sendall(raw)
        assert b"ACK" in line.recv(4096)
    line.close()
    assert _letters(database) == MESSAGES


def test_a_thousand_lines_are_all_it_keeps_and_a_host_is_still_heard(process: Process) -> None:
    """Among them one that sends a byte now and then, and the host that was there before."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < FLOOD + 200:
        needs(f"a limit of {FLOOD + 200} open files for one process (ulimit -n)")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, FLOOD + 200), hard))
    process.start()
    host = process.dials()
    host.sendall(frames.link_test(at=datetime.now(UTC)))
    assert b"ACK" in host.recv(4096)
    flood = [process.dials() for _ in range(FLOOD)]
    flood[-1].sendall(b"\nslow")
    until(lambda: sum(map(_closed, flood)) >= FLOOD - 999, timeout_s=SLOW)
    host.sendall(frames.link_test(at=datetime.now(UTC)))
    assert b"ACK" in host.recv(4096)
    assert process.stop() == 0
    for line in (host, *flood):
        line.close()
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_without_settings_it_says_what_is_missing(process: Process, tmp_path: Path) -> None:
    (tmp_path / "ringwatch.toml").write_text("", encoding="utf-8")
    done = started.run("ringwatch", "dc09", environment=process.environment)
    assert done.returncode == 2
    assert "dc09" in done.stderr


def test_an_address_that_is_taken_is_said_in_one_sentence(process: Process) -> None:
    with socket.create_server(("127.0.0.1", process.port)):
        done = started.run("ringwatch", "dc09", environment=process.environment)
    assert done.returncode == 4
    assert f"cannot listen at 127.0.0.1:{process.port}" in done.stderr
    assert "Traceback" not in done.stderr


def test_what_is_refused_is_kept_with_its_reason(process: Process, database: Database) -> None:
    process.start()
    with process.dials() as line:
        line.sendall(frames.whole(frames.WRONG_CRC[0]))
        until(lambda: _refused(database), timeout_s=SLOW)
    (reason,) = _refused(database)
    assert "CRC" in reason


def test_the_doctor_looks_at_receiver_and_accounts(
    process: Process, database: Database, telemetry: Database
) -> None:
    parts = Parts(
        settings=load(process.environment),
        database=database,
        telemetry=telemetry,
        figures=Figures(Policy()),
        clock=SteadyClock(),
    )
    assert [what for _, what, _ in doctor_dc09.look(parts)] == ["dc09_down"]
    process.start()
    with process.dials() as line:
        line.sendall(frames.said("nonsense", at=datetime.now(UTC)))
        assert b"DUH" in line.recv(4096)
    found = list(doctor_dc09.look(parts))
    for _, what, facts in found:
        for language in words.LANGUAGES:
            assert words.say(language, f"house.doctor.{what}", **facts)
    assert [what for _, what, _ in found] == ["dc09", "dc09_refused"]


def _letters(database: Database) -> int:
    with reading(database) as tx:
        return inbox.waiting(tx)


def _durable(database: Database, letters: int) -> bool:
    return _letters(database) == letters


def _refused(database: Database) -> list[str]:
    with reading(database) as tx:
        return [one.reason for one in reject_view.reasons(tx)]


def _closed(line: socket.socket) -> bool:
    line.settimeout(0)
    try:
        return line.recv(1) == b""
    except BlockingIOError:
        return False
    except ConnectionError:
        return True


def test_the_accounts_row_tells_what_was_repeated(process: Process, database: Database) -> None:
    process.start()
    raw = frames.said("1301 00 000", 7, at=datetime.now(UTC))
    for _ in range(3):
        with process.dials() as line:
            line.sendall(raw)
            assert b"ACK" in line.recv(4096)
    with reading(database) as tx:
        known = alarms.everything(tx)["5501"]
    assert (known.taken, known.repeated) == (1, 2)
