"""A document that hangs, kills its worker or fails must not stop those after it (item 2)."""

import contextlib
import functools
import io
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pypdf import PdfReader

from reports.pool import Job, Printer, WorkerLostError
from reports.typesetting import TypesettingError
from tests.waiting import until

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
ROOT = Path(__file__).parents[2]
LAYOUT = {"width_mm": 70, "height_mm": 37, "code_mm": 30, "padding_mm": 1.5}
SHEET = {"title": "标签", "language": "zh", "cut": False, "layout": LAYOUT, "pages": []}


def a_job(seal: Callable[[bytes], bytes] | None = None) -> Job:
    """The smallest document of ours: a sheet without a label."""
    return Job(template="labels", data=SHEET, at=NOW, seal=seal)


# What stands for a signature below is applied in the worker, so it must be found by name there.


def names_the_worker(_: bytes) -> bytes:
    return str(os.getpid()).encode()


def hangs(_: bytes) -> bytes:
    threading.Event().wait()
    return b""


def dies(_: bytes) -> bytes:
    os.kill(os.getpid(), signal.SIGKILL)
    return b""


def refuses(words: str, _: bytes) -> bytes:
    raise ValueError(words)


@pytest.fixture
def printer() -> Iterator[Printer]:
    with Printer(limit_s=60) as one:
        yield one


def worker_of(printer: Printer) -> int:
    return int(printer.render(a_job(names_the_worker)))


def alive(pid: int) -> bool:
    """A zombie that waits to be reaped does nothing any more."""
    with contextlib.suppress(OSError):
        told = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
        return told.rpartition(")")[2].split()[0] != "Z"
    return False


def test_a_document_is_set_elsewhere_by_a_worker_that_stays_warm(printer: Printer) -> None:
    made = printer.render(a_job())
    assert len(PdfReader(io.BytesIO(made)).pages) == 1
    worker = worker_of(printer)
    assert worker != os.getpid()
    assert worker_of(printer) == worker


def test_what_hangs_is_given_up_and_its_worker_replaced() -> None:
    """The time limit: a warm worker first, so that the start is no part of it."""
    with Printer(limit_s=20) as printer:
        before = worker_of(printer)
        printer._limit_s = 0.5  # noqa: SLF001 - a test need not wait as long as people may
        with pytest.raises(WorkerLostError, match=r"0\.5 s"):
            printer.render(a_job(hangs))
        assert not alive(before)
        printer._limit_s = 60  # noqa: SLF001
        assert worker_of(printer) != before


def test_a_worker_that_dies_is_replaced(printer: Printer) -> None:
    before = worker_of(printer)
    with pytest.raises(WorkerLostError, match="died"):
        printer.render(a_job(dies))
    assert worker_of(printer) not in {before, os.getpid()}


def test_a_document_that_cannot_be_set_says_why_and_costs_no_worker(printer: Printer) -> None:
    before = worker_of(printer)
    with pytest.raises(TypesettingError):
        printer.render(replace(a_job(), data={}))
    with pytest.raises(ValueError, match="no key"):
        printer.render(a_job(functools.partial(refuses, "no key")))
    assert worker_of(printer) == before


def test_one_that_hangs_holds_up_only_its_own_lane() -> None:
    with Printer(workers=2, limit_s=60) as printer, ThreadPoolExecutor(2) as two:
        stuck = two.submit(printer.render, a_job(hangs))
        made = two.submit(printer.render, a_job())
        assert made.result(60).startswith(b"%PDF")
        assert not stuck.done()
        printer.close()
        with pytest.raises(WorkerLostError):
            stuck.result(60)


def test_close_ends_the_worker() -> None:
    printer = Printer()
    worker = worker_of(printer)
    printer.close()
    assert not alive(worker)


_ORPHAN = """
import sys
from tests.reports.test_pool import Printer, worker_of
if __name__ == "__main__":
    print(worker_of(Printer()), flush=True)
    sys.stdin.read()
"""


def test_a_worker_goes_when_its_scheduler_is_killed(tmp_path: Path) -> None:
    """Kill -9 of the scheduler leaves no worker behind that holds memory and the key."""
    script = tmp_path / "orphan.py"
    script.write_text(_ORPHAN, encoding="utf-8")
    with _python(script) as scheduler:
        assert scheduler.stdout is not None
        worker = int(scheduler.stdout.readline())
        assert alive(worker)
        scheduler.kill()
        scheduler.wait(120)
        until(lambda: not alive(worker), timeout_s=120)


_STILLBORN = """
import multiprocessing
import resource
import sys
from tests.reports.test_pool import Printer, WorkerLostError, a_job
if __name__ == "__main__":
    first = resource.getrlimit(resource.RLIMIT_NOFILE)
    if sys.argv[1] == "broken install":
        multiprocessing.set_executable("/bin/false")
    else:
        resource.setrlimit(resource.RLIMIT_NOFILE, (4, first[1]))
    with Printer() as printer:
        try:
            printer.render(a_job())
        except WorkerLostError as error:
            print("lost:", error, flush=True)
        if sys.argv[1] != "broken install":
            resource.setrlimit(resource.RLIMIT_NOFILE, first)
            print(printer.render(a_job())[:5].decode(), flush=True)
"""


@pytest.mark.parametrize(("why", "then"), [("broken install", ""), ("no files left", "%PDF-")])
def test_a_worker_that_cannot_start_does_not_take_us_along(
    tmp_path: Path, why: str, then: str
) -> None:
    """Said as a lost worker; the scheduler goes on, and the next has a worker again."""
    script = tmp_path / "stillborn.py"
    script.write_text(_STILLBORN, encoding="utf-8")
    with _python(script, why) as scheduler:
        told, _ = scheduler.communicate(timeout=120)
        assert scheduler.returncode == 0
        first, *others = told.splitlines()
        assert first.startswith("lost: the worker did not start: ")
        assert "".join(others) == then


@contextlib.contextmanager
def _python(script: Path, *words: str) -> Iterator["subprocess.Popen[str]"]:
    """In a session of its own: what it does to its process group does not reach the tests."""
    child = subprocess.Popen(
        [sys.executable, str(script), *words],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    with child:
        try:
            yield child
        finally:
            child.kill()
