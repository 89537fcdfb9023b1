"""Real processes of ours without their imports: `python -m MODULE WORDS`, forked by the nursery.

Each has a number, signals, limits and an exit code of its own, and a killed one is as dead as any.
That they also start from nothing is seen wherever `ringwatch run` starts its doors, and by some
commands that are run `from_nothing`.
"""

import atexit
import contextlib
import functools
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, TextIO

from tests.nursery import LONGEST

ROOT = Path(__file__).parents[1]
Stream = IO[str] | IO[bytes] | int | None  # as `subprocess` takes them: None is our own


class Started:
    """What tests use of `subprocess.Popen`; pipes are text."""

    def __init__(self, words: list[str], line: socket.socket) -> None:
        self.args, self._line = words, line
        self.pid = int(self._hear())
        self.returncode: int | None = None
        self.stdout: TextIO | None = None
        self.stderr: TextIO | None = None

    def _hear(self) -> bytes:
        said = self._line.recv(64)
        assert said, "the nursery is gone"
        return said

    def wait(self, timeout: float | None = None) -> int:
        """Raises `subprocess.TimeoutExpired`."""
        if self.returncode is None:
            if not select.select([self._line], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired(self.args, timeout or 0)
            self.returncode = int(self._hear())
            self._line.close()
        return self.returncode

    def poll(self) -> int | None:
        with contextlib.suppress(subprocess.TimeoutExpired):
            return self.wait(0)
        return None

    def send_signal(self, which: int) -> None:
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError):  # dead already, and buried
                os.kill(self.pid, which)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def communicate(self, timeout: float | None = None) -> tuple[str, str]:
        """The end, and what the pipes still hold; little enough to fit into them."""
        self.wait(timeout)
        said = []
        for one in (self.stdout, self.stderr):
            said.append(one.read() if one and not one.closed else "")
            if one:
                one.close()
        return said[0], said[1]


def start(
    *words: str,
    environment: Mapping[str, str] = os.environ,
    stdin: Stream = subprocess.DEVNULL,
    stdout: Stream = None,
    stderr: Stream = None,
) -> Started:
    """`python -m WORDS` in our folder; the first word is the module."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    request = {"module": words[0], "words": words[1:], "folder": str(ROOT)}
    raw = json.dumps({**request, "environment": dict(environment)}).encode()
    assert len(raw) < LONGEST, "too much for one request"
    with theirs, contextlib.ExitStack() as ends:
        reads, given = [], []
        for number, one in enumerate((stdin, stdout, stderr)):
            read, end = ends.enter_context(_end(number, one))
            reads.append(read)
            given.append(end)
        socket.send_fds(_nursery(), [raw], [*given, theirs.fileno()])
    made = Started(list(words), ours)
    _, made.stdout, made.stderr = reads
    return made


def run(
    *words: str, environment: Mapping[str, str] = os.environ, said: str = "", timeout_s: float = 120
) -> subprocess.CompletedProcess[str]:
    """The same, until it ends; `said` is what it reads."""
    with tempfile.TemporaryFile() as ear, contextlib.ExitStack() as stack:
        ear.write(said.encode())
        ear.seek(0)
        mouths = [stack.enter_context(tempfile.TemporaryFile()) for _ in range(2)]
        process = start(
            *words, environment=environment, stdin=ear, stdout=mouths[0], stderr=mouths[1]
        )
        try:
            code = process.wait(timeout_s)
        finally:
            process.kill()
        for mouth in mouths:
            mouth.seek(0)
        out, err = (mouth.read().decode() for mouth in mouths)
    return subprocess.CompletedProcess(list(words), code, out, err)


def from_nothing(
    *words: str, environment: Mapping[str, str] = os.environ
) -> subprocess.CompletedProcess[str]:
    """The same as a person starts it, imports included."""
    return subprocess.run(
        [sys.executable, "-m", *words],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@contextlib.contextmanager
def _end(number: int, stream: Stream) -> Iterator[tuple[TextIO | None, int]]:
    """Where we read a pipe, and the end that is the process's."""
    if stream is None:
        yield None, number
    elif stream == subprocess.DEVNULL:
        with Path(os.devnull).open("r+b") as nothing:
            yield None, nothing.fileno()
    elif stream == subprocess.PIPE:
        read, write = os.pipe()
        try:
            yield os.fdopen(read, encoding="utf-8"), write
        finally:
            os.close(write)
    else:
        yield None, stream if isinstance(stream, int) else stream.fileno()


@functools.cache
def _nursery() -> socket.socket:
    """One for all tests of this worker; it ends when our end of the line is closed."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.nursery", str(theirs.fileno())],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "OPENBLAS_NUM_THREADS": "1"},
        stdin=subprocess.DEVNULL,
        pass_fds=[theirs.fileno()],
        start_new_session=True,
    )
    theirs.close()

    def _close() -> None:
        ours.close()
        process.wait(60)

    atexit.register(_close)
    return ours
