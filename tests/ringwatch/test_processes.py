"""The parent: starts in order, restarts the dead with patience, leaves nobody behind."""

import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ringwatch.processes import Child, Parent, Patience
from tests.waiting import until

QUICK = Patience(first_s=0.05, longest_s=0.2, well_after_s=60, ready_within_s=120)
LIVES = "import time\nwhile True: time.sleep(0.05)"
TELLS = """
import os, signal, sys, time
name = sys.argv[1]
def stop(*_):
    with open('story', 'a') as story: story.write(f'{name} stopped\\n')
    sys.exit(0)
signal.signal(signal.SIGTERM, stop)
with open('story', 'a') as story: story.write(f'{name} {os.getpid()}\\n')
while True: time.sleep(0.05)
"""


def child(name: str, script: str, **rest: object) -> Child:
    return Child(name=name, command=[sys.executable, "-c", script, name], **rest)  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def parent(*children: Child, lines: list[str] | None = None) -> Parent:
    heard: list[str] = [] if lines is None else lines
    return Parent(children=children, environment=dict(os.environ), say=heard.append, patience=QUICK)


@contextmanager
def stopped_after(one: Parent, seconds: float = 120) -> Iterator[None]:
    """Nothing hangs a test run: the parent is stopped whatever happens."""
    timer = threading.Timer(seconds, one.stop)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def story() -> list[str]:
    path = Path("story")
    return path.read_text().splitlines() if path.exists() else []


def test_children_start_in_order_and_stop_in_reverse() -> None:
    one = parent(
        child("broker", TELLS, ready=lambda: len(story()) == 1),
        child("collector", TELLS, ready=lambda: len(story()) == 2),
    )
    one.each_round = lambda: one.stop() if len(story()) == 2 else None
    with stopped_after(one):
        assert one.run() == 0
    names = [line.split()[0] for line in story()]
    assert names == ["broker", "collector", "collector", "broker"]


def test_a_dead_child_comes_back_with_its_reason_told(caplog: pytest.LogCaptureFixture) -> None:
    lines: list[str] = []
    one = parent(
        child("web", "import sys; print('no database', file=sys.stderr); sys.exit(3)"), lines=lines
    )

    def told() -> list[str]:
        mine = [one for one in caplog.records if one.name == "ringwatch.processes"]
        return [one.getMessage() for one in mine if one.levelname == "ERROR"]

    one.each_round = lambda: one.stop() if len(told()) >= 3 else None
    with caplog.at_level(logging.INFO), stopped_after(one):
        one.run()
    errors = told()
    assert len(errors) >= 3
    assert errors[0].startswith("web ended (exit 3): no database")
    assert lines[0] == "no database"


def test_the_reason_is_said_without_a_log_lines_head(caplog: pytest.LogCaptureFixture) -> None:
    line = '2026-06-15T01:02:03.004Z CRITICAL web       ringwatch: no database trace="Trace..."'
    one = parent(child("web", f"import sys; print({line!r}, file=sys.stderr); sys.exit(3)"))
    one.each_round = lambda: one.stop() if "ended" in caplog.text else None
    with caplog.at_level(logging.INFO), stopped_after(one):
        one.run()
    assert "web ended (exit 3): ringwatch: no database; it starts again" in caplog.text


def test_a_killed_child_is_started_again() -> None:
    one = parent(child("collector", LIVES))
    pids: list[int] = []

    def watch() -> None:
        pid = one.pid_of("collector")
        if pid and pid not in pids:
            pids.append(pid)
            os.kill(pid, signal.SIGKILL)
        if len(pids) == 3:
            one.stop()

    one.each_round = watch
    with stopped_after(one):
        one.run()
    assert len(pids) == 3


def test_patience_doubles_to_its_longest_and_forgets_after_a_good_life() -> None:
    patience = Patience()
    waits = [patience.after(failures) for failures in range(1, 9)]
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60]
    assert patience.after(10_000) == 60


def test_one_that_will_not_stop_is_killed_in_time() -> None:
    stubborn = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
    stubborn += "open('deaf', 'w').close()\n" + LIVES
    one = parent(child("web", stubborn, stop_within_s=0.3))
    one.each_round = lambda: one.stop() if Path("deaf").exists() else None
    with stopped_after(one):
        assert one.run() == 1


def test_a_signal_stops_everything(tmp_path: Path) -> None:
    process = started(tmp_path)
    pids = until(lambda: [int(line.split()[1]) for line in story()])
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=120) == 0
    assert story()[-1] == "one stopped"
    assert not any(lives(pid) for pid in pids)


def test_children_die_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    process = started(tmp_path)
    pid = until(lambda: [int(line.split()[1]) for line in story()])[0]
    process.kill()
    process.wait(timeout=120)
    until(lambda: not lives(pid))
    assert story() == [f"one {pid}"]


def started(folder: Path) -> subprocess.Popen[bytes]:
    (folder / "tells.py").write_text(TELLS)
    script = (
        "import os, sys\nfrom ringwatch.processes import Child, Parent\n"
        "one = Child(name='one', command=[sys.executable, 'tells.py', 'one'])\n"
        "sys.exit(Parent(children=[one], environment=dict(os.environ)).run())\n"
    )
    root = str(Path(__file__).parents[2])
    return subprocess.Popen(
        [sys.executable, "-c", script], cwd=folder, env={**os.environ, "PYTHONPATH": root}
    )


def lives(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


HEARS = """
import signal, sys, time
def hear(*_):
    with open('story', 'a') as story: story.write(f'{sys.argv[1]} hears\\n')
signal.signal(signal.SIGHUP, hear)
with open('story', 'a') as story: story.write(f'{sys.argv[1]}\\n')
while True: time.sleep(0.05)
"""


def test_sighup_is_passed_on_and_stops_nobody() -> None:
    """To those who read settings; a broker of our own has nothing to read anew."""
    one = parent(
        child("broker", HEARS, ready=lambda: "broker" in story()),
        child("web", HEARS, ready=lambda: "web" in story(), rereads=True),
    )
    asked: list[bool] = []

    def look() -> None:
        if not asked:
            asked.append(True)
            os.kill(os.getpid(), signal.SIGHUP)
        elif "web hears" in story():
            one.stop()

    one.each_round = look
    with stopped_after(one):
        assert one.run() == 0
    assert story() == ["broker", "web", "web hears"]
