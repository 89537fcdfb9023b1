"""Typesetting in processes of its own, with a time limit: what hangs or dies is replaced.

Threads do not help (the typesetter scales by processes only), and a document that never ends
must not take the scheduler along. A worker is kept warm: its font is loaded once.
"""

import contextlib
import multiprocessing
import os
import queue
import signal
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import CancelledError, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from reports import typesetting

LIMIT_S = 60.0
START_S = 30.0  # a fresh worker loads Python, the typesetter and the font first


class WorkerLostError(Exception):
    """The worker died or was given up; the document may be asked for again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Everything a document is made of, as plain values: it travels to another process.

    `data` and `files` as in `reports.typesetting.compile`. `seal` is applied to the finished PDF
    in the worker (a module's function, or a partial of one): the signature.
    """

    template: str
    data: Mapping[str, Any]
    files: Mapping[str, bytes] = field(default_factory=dict)
    at: datetime
    fonts: Path | None = None
    seal: Callable[[bytes], bytes] | None = None


def render(job: Job) -> bytes:
    """In this process; raises what `typesetting.compile` and the seal raise."""
    made = typesetting.compile(job.template, job.data, job.files, fonts=job.fonts, at=job.at)
    return job.seal(made) if job.seal else made


class Printer:
    """`workers` documents at a time, each within `limit_s`. Nothing is started before the first.

    >>> with Printer() as printer:  # doctest: +SKIP
    ...     printer.render(job)
    """

    def __init__(self, *, workers: int = 1, limit_s: float = LIMIT_S) -> None:
        self._limit_s = limit_s
        self._lanes: queue.LifoQueue[_Lane] = queue.LifoQueue()  # the warmest is taken first
        self._all = [_Lane() for _ in range(workers)]
        for lane in self._all:
            self._lanes.put(lane)

    def render(self, job: Job) -> bytes:
        """Waits for a free worker. Raises `WorkerLostError`, and what `render` raises."""
        with self._free_lane() as lane:
            return lane.run(render, job, self._limit_s)

    def close(self) -> None:
        """Workers end now, whatever they do."""
        for lane in self._all:
            lane.end()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @contextlib.contextmanager
    def _free_lane(self) -> Iterator["_Lane"]:
        lane = self._lanes.get()
        try:
            yield lane
        finally:
            self._lanes.put(lane)


class _Lane:
    """A pool of one worker, so that one can be ended without the others."""

    def __init__(self) -> None:
        self._pool: ProcessPoolExecutor | None = None

    def run(self, what: Callable[[Job], bytes], job: Job, limit_s: float) -> bytes:
        pool = self._pool
        try:
            pool = pool or self._started()
            return pool.submit(what, job).result(limit_s)
        except TimeoutError as error:
            self.end()
            raise WorkerLostError(f"not done within {limit_s:g} s") from error
        except (BrokenProcessPool, CancelledError) as error:
            self.end()
            raise WorkerLostError("the worker died") from error
        except RuntimeError as error:
            if self._pool is pool:
                raise
            raise WorkerLostError("closed meanwhile") from error

    def end(self) -> None:
        pool, self._pool = self._pool, None
        if pool is None:
            return
        # `kill_workers` from Python 3.14 on; a worker that is reaped already is left alone.
        for worker in list((pool._processes or {}).values()):  # noqa: SLF001
            worker.kill()
        pool.shutdown(wait=True, cancel_futures=True)

    def _started(self) -> ProcessPoolExecutor:
        """A worker that has begun: loading Python is no part of a document's time."""
        context = multiprocessing.get_context("spawn")
        try:
            self._pool = pool = ProcessPoolExecutor(1, mp_context=context, initializer=_begin)
            pool.submit(os.getpid).result(START_S)
        except (BrokenProcessPool, OSError) as error:  # no memory, no files left, a broken install
            self.end()
            raise WorkerLostError(f"the worker did not start: {error}") from error
        return pool


def _begin() -> None:
    """Ctrl-C is the parent's business, and a worker whose parent was killed goes too."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_follow, daemon=True).start()


def _follow() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
