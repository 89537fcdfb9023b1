"""One parent, several children: start them in order, restart the dead, stop them in order.

The parent does nothing else, so that it can hardly die; should it be killed, the kernel ends
its children with it. A child's last line on stderr is its reason, and the parent repeats it.
"""

import ctypes
import logging
import os
import re
import selectors
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import FrameType

from wiring.clock import monotonic

_log = logging.getLogger("ringwatch.processes")
_PR_SET_PDEATHSIG = 1
_TICK_S = 0.1
_CHUNK = 65536
_LOG_HEAD = re.compile(r"^\S+Z [A-Z]+ +\S+ +")  # our own time, level and process name
_REASON = 300  # characters of the last line that are repeated


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """`ready` is asked before the next one starts; `last_wish` is sent when we are killed."""

    name: str
    command: Sequence[str]
    ready: Callable[[], bool] = lambda: True
    stop_within_s: float = 10
    last_wish: signal.Signals = signal.SIGKILL
    rereads: bool = False  # whether a SIGHUP to us is passed on to it


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long to wait before a dead child is started again: doubling, until it lived well."""

    first_s: float = 1
    longest_s: float = 60
    well_after_s: float = 60
    ready_within_s: float = 20

    def after(self, failures: int) -> float:
        return float(min(self.first_s * 2 ** min(failures - 1, 30), self.longest_s))


@dataclass(slots=True)
class _Running:
    child: Child
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0
    failures: int = 0
    start_at: float = 0
    reason: str = ""
    partial: bytes = b""


@dataclass
class Parent:
    """Call `run` once; `stop` from anywhere (also from a signal) makes it return."""

    children: Sequence[Child]
    environment: Mapping[str, str]
    say: Callable[[str], None] = lambda line: print(line, file=sys.stderr, flush=True)  # noqa: T201
    each_round: Callable[[], None] = lambda: None
    patience: Patience = field(default_factory=Patience)
    _stopping: bool = False
    _reread: bool = False

    def __post_init__(self) -> None:
        self._all = [_Running(child) for child in self.children]
        self._pipes = selectors.DefaultSelector()
        self._at_terminal = os.isatty(sys.stderr.fileno())

    def stop(self) -> None:
        self._stopping = True

    def pid_of(self, name: str) -> int | None:
        found = next(one for one in self._all if one.child.name == name)
        return found.process.pid if found.process else None

    def run(self) -> int:
        """Until SIGINT or SIGTERM; 0 when every child ended in time. SIGHUP is passed on."""
        old = [
            signal.signal(kind, self._on_signal)
            for kind in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        ]
        try:
            self._start_all()
            while not self._stopping:
                self._listen(_TICK_S)
                self._look_after()
                self._pass_on()
                self.each_round()
            return self._stop_all()
        finally:
            self._kill_all()
            for kind, was in zip((signal.SIGINT, signal.SIGTERM, signal.SIGHUP), old, strict=True):
                signal.signal(kind, was)
            self._pipes.close()

    def _on_signal(self, number: int, _: FrameType | None) -> None:
        closed = self._at_terminal and not os.isatty(sys.stderr.fileno())
        if number == signal.SIGHUP and not closed:  # a closed terminal says SIGHUP too
            self._reread = True
        else:
            self._stopping = True

    def _pass_on(self) -> None:
        if not self._reread:
            return
        self._reread = False
        _log.info("settings are read anew")
        for one in self._all:
            if one.child.rereads and one.process and one.process.poll() is None:
                one.process.send_signal(signal.SIGHUP)

    def _start_all(self) -> None:
        for one in self._all:
            if self._stopping:
                return
            self._start(one)
            end = monotonic() + self.patience.ready_within_s
            while not self._stopping and not one.child.ready() and monotonic() < end:
                self._listen(_TICK_S)
                self._look_after(only=one)

    def _start(self, one: _Running) -> None:
        me = os.getpid()

        def die_with_parent() -> None:  # between fork and exec: nothing here may allocate much
            if _libc is not None:
                _libc.prctl(_PR_SET_PDEATHSIG, int(one.child.last_wish))
                if os.getppid() != me:
                    os._exit(1)

        one.process = subprocess.Popen(  # noqa: S603 - our own commands
            one.child.command,
            env=dict(self.environment),
            stdin=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            start_new_session=True,  # Ctrl-C reaches the parent alone, which stops in order
            preexec_fn=die_with_parent,  # noqa: PLW1509 - the parent has no threads
        )
        one.started_at, one.reason, one.partial = monotonic(), "", b""
        assert one.process.stderr  # noqa: S101 - a pipe was asked for
        os.set_blocking(one.process.stderr.fileno(), False)
        self._pipes.register(one.process.stderr, selectors.EVENT_READ, one)
        _log.info("started %s", one.child.name, extra={"facts": {"pid": one.process.pid}})

    def _listen(self, timeout_s: float) -> None:
        for key, _ in self._pipes.select(timeout_s):
            self._read(key.data, key.fd)

    def _read(self, one: _Running, descriptor: int) -> None:
        try:
            words = os.read(descriptor, _CHUNK)
        except BlockingIOError:
            return
        if not words and one.process and one.process.stderr:
            self._pipes.unregister(one.process.stderr)
            one.process.stderr.close()
        *lines, one.partial = (one.partial + words).split(b"\n")
        for line in lines if words else [one.partial]:
            text = line.decode("utf-8", "replace").rstrip()
            if text:
                one.reason = _LOG_HEAD.sub("", text).partition(" trace=")[0][:_REASON]
                self.say(text)

    def _look_after(self, only: _Running | None = None) -> None:
        for one in self._all if only is None else [only]:
            if one.process is None:
                if not self._stopping and one.started_at and monotonic() >= one.start_at:
                    self._start(one)
            elif one.process.poll() is not None:
                self._bury(one, one.process)

    def _bury(self, one: _Running, process: subprocess.Popen[bytes]) -> None:
        self._drain(one, process)
        one.process = None
        lived = monotonic() - one.started_at
        one.failures = 1 if lived >= self.patience.well_after_s else one.failures + 1
        wait = self.patience.after(one.failures)
        one.start_at = monotonic() + wait
        _log.error(
            "%s ended (%s): %s; it starts again in %.0f s",
            one.child.name,
            _how(process.returncode),
            one.reason or "it said nothing",
            wait,
        )

    def _drain(self, one: _Running, process: subprocess.Popen[bytes]) -> None:
        """Hear what it still had to say; a grandchild may hold the pipe open, so no waiting."""
        while process.stderr and not process.stderr.closed:
            before = one.partial
            self._read(one, process.stderr.fileno())
            if not process.stderr.closed and one.partial == before:
                self._pipes.unregister(process.stderr)
                process.stderr.close()

    def _stop_all(self) -> int:
        clean = 0
        for one in reversed(self._all):
            if one.process and not self._end(one, one.process):
                clean = 1
        return clean

    def _end(self, one: _Running, process: subprocess.Popen[bytes]) -> bool:
        _log.info("stopping %s", one.child.name)
        process.terminate()
        end = monotonic() + one.child.stop_within_s
        while process.poll() is None and monotonic() < end:
            self._listen(_TICK_S)
        if process.poll() is None:
            _log.error(
                "%s did not stop within %.0f s: killed", one.child.name, one.child.stop_within_s
            )
            process.kill()
            process.wait()
        self._drain(one, process)
        one.process = None
        return process.returncode in (0, -signal.SIGTERM)

    def _kill_all(self) -> None:
        for one in self._all:
            if one.process and one.process.poll() is None:
                one.process.kill()
                one.process.wait()
            if one.process:
                self._drain(one, one.process)


def _how(code: int) -> str:
    return f"exit {code}" if code >= 0 else f"killed by {signal.Signals(-code).name}"


def _load_libc() -> ctypes.CDLL | None:
    return ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


_libc = _load_libc()
