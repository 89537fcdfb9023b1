"""`make run` for a newcomer: a company, logins, a first page on a phone; and again tomorrow."""

import os
import re
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.servers import free_port
from tests.waiting import until

ROOT = Path(__file__).parents[2]


@contextmanager
def demo(data: Path, port: int) -> Iterator[Path]:
    """The demo, running; the file is what its terminal shows."""
    said = data.with_name("said")
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("RINGWATCH_")
    }
    environment |= {"RINGWATCH_HTTP": f"127.0.0.1:{port}", "PYTHONPATH": str(ROOT)}
    # A real database in the environment is not for the demo to fill.
    environment["RINGWATCH_DATABASE_URL"] = "postgresql://nobody@127.0.0.1:1/none"
    with said.open("w") as terminal:
        process = subprocess.Popen(
            [sys.executable, "-m", "ringwatch", "demo", "--data", str(data)],
            env=environment,
            stdout=terminal,
            stderr=subprocess.STDOUT,
        )
    try:
        until(lambda: "For real work" in said.read_text() or process.poll() is not None, 300, 0.2)
        yield said
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=120) == 0, said.read_text()
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


def test_the_demo_pages_a_phone_and_goes_on_tomorrow(tmp_path: Path) -> None:
    data, port = tmp_path / "var-demo", free_port()
    with demo(data, port) as said:
        first = said.read_text()
        assert f"http://127.0.0.1:{port}" in first
        assert "演示已就绪" in first
        logins = re.findall(r"(dispatcher|head|engineer|admin) / (\S+?)[,\n]", first)
        assert len({password for _, password in logins}) == 4
        until(lambda: "CAM_VIDEO_LOSS" in shown(phones(first)), 120, 0.5)
    assert (data / "demo.json").stat().st_mode & 0o777 == 0o600
    with demo(data, port) as said:
        second = said.read_text()
        again = re.findall(r"(dispatcher|head|engineer|admin) / (\S+?)[,\n]", second)
        assert again == logins
        assert "CAM_VIDEO_LOSS" in until(lambda: shown(phones(second)))


def phones(said: str) -> str:
    """Where they are; tomorrow elsewhere, if somebody took the port."""
    found = re.search(r"phones of the demo people: (\S+)", said)
    assert found
    return found[1]


def shown(url: str) -> str:
    """Nothing while they are starting."""
    try:
        with urllib.request.urlopen(url, timeout=60) as answer:  # noqa: S310 - http, our own
            return str(answer.read().decode())
    except OSError:
        return ""
