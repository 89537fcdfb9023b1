"""A process that has loaded the program once and forks it as often as it is asked.

`tests/started.py` runs it as `python -m tests.nursery FD`. A request names a module, and what is
forked becomes it: with the words, the environment, the folder and the three streams it would have
as `python -m MODULE WORDS`, and a number of its own at the kernel. Only the imports are spared,
more than a second of them. Nothing here opens a database or starts a thread.
"""

import atexit
import ctypes
import gc
import importlib
import json
import os
import runpy
import selectors
import signal
import socket
import sys
from dataclasses import dataclass

_PR_SET_PDEATHSIG = 1
LONGEST = 1 << 16  # bytes of a request: words and environment
LOADED = (
    "ringwatch.cli",
    *(f"ringwatch.{name}" for name in ("accounts", "assets", "backup", "copying", "doctor")),
    *(f"ringwatch.{name}" for name in ("gateway", "papers", "restore", "simulate", "tokens")),
    *("collector.run", "collector.dc09.run", "scheduler.run", "web.run"),
    *("alembic.command", "tests.notify.desk"),
)


@dataclass(frozen=True, slots=True)
class Wanted:
    module: str
    words: list[str]
    environment: dict[str, str]
    folder: str


class Nursery:
    """`ask`: where requests come from, each with three streams and a line for what to answer."""

    def __init__(self, ask: socket.socket) -> None:
        self._ask = ask
        self._look = selectors.DefaultSelector()
        self._look.register(ask, selectors.EVENT_READ)

    def born(self) -> Wanted | None:
        """In each child: what it is to become. In the nursery: None, when nobody asks any more."""
        while True:
            for key, _ in self._look.select():
                if key.data:
                    self._bury(key.fd, *key.data)
                    continue
                raw, given, _, _ = socket.recv_fds(self._ask, LONGEST, 4)
                if not raw:
                    return None
                if self._fork(given):
                    return Wanted(**json.loads(raw))

    def _fork(self, given: list[int]) -> bool:
        """Whether we are the child."""
        me = os.getpid()
        number = os.fork()
        if number:
            for one in given[:3]:
                os.close(one)
            line = socket.socket(fileno=given[3])
            line.send(str(number).encode())
            self._look.register(os.pidfd_open(number), selectors.EVENT_READ, (number, line))
            return False
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL))
        if os.getppid() != me:
            os._exit(1)
        self._leave()
        for target, one in enumerate(given[:3]):
            os.dup2(one, target)
        for one in given:
            os.close(one)
        return True

    def _leave(self) -> None:
        """A child holds nothing of the nursery's, nor of its siblings'."""
        for key in list(self._look.get_map().values()):
            if key.data:
                _, line = key.data
                line.close()
                os.close(key.fd)
        self._look.close()
        self._ask.close()

    def _bury(self, descriptor: int, number: int, line: socket.socket) -> None:
        self._look.unregister(descriptor)
        os.close(descriptor)
        _, status = os.waitpid(number, 0)
        with line:
            line.send(str(os.waitstatus_to_exitcode(status)).encode())


class End:
    """The last that is done at exit: gone without taking 2,000 modules apart, as long as a fork."""

    code = 1  # of an error that nobody caught

    def __call__(self) -> None:
        sys.stdout.flush()
        os._exit(self.code)


def main() -> None:
    end = End()
    atexit.register(end)  # the first to come is the last to be called
    for name in LOADED:
        dir(importlib.import_module(name))  # a look also loads what waits for the first one
    gc.collect()
    gc.freeze()
    wanted = Nursery(socket.socket(fileno=int(sys.argv[1]))).born()
    if wanted is None:
        os._exit(0)
    os.environ.clear()
    os.environ.update(wanted.environment)
    os.chdir(wanted.folder)
    sys.argv[1:] = wanted.words
    try:
        runpy.run_module(wanted.module, run_name="__main__", alter_sys=True)
        end.code = 0
    except SystemExit as asked:
        end.code = asked.code if isinstance(asked.code, int) else int(asked.code is not None)
        raise


if __name__ == "__main__":
    main()
