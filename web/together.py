"""Many look at the same board: who asks while it is being made shares the next one.

Nobody is handed an answer that was begun before they asked, so nobody sees what they have changed
themselves as it was before. However many look, two answers in turn are being made at the most.
"""

import threading
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Answer = TypeVar("Answer")


@dataclass(eq=False, slots=True)
class _Round(Generic[Answer]):
    """One making of an answer, and how it ended."""

    done: threading.Event = field(default_factory=threading.Event)
    answer: Answer | None = None
    error: BaseException | None = None

    def make(self, work: Callable[[], Answer]) -> Answer:
        try:
            self.answer = work()
        except BaseException as error:
            self.error = error
            raise
        return self.answer

    def ended(self) -> Answer:
        self.done.wait()
        if self.error is not None:
            raise self.error
        assert self.answer is not None  # noqa: S101 - it ended without an error
        return self.answer


class Together(Generic[Answer]):
    """Keyed by all that an answer depends on."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: dict[Hashable, _Round[Answer]] = {}
        self._coming: dict[Hashable, _Round[Answer]] = {}

    def ask(self, key: Hashable, work: Callable[[], Answer]) -> Answer:
        """What `work` says, be it this one or that of another who asks the same."""
        with self._lock:
            before, coming = self._running.get(key), self._coming.get(key)
            if coming is None:
                mine = _Round[Answer]()
                (self._coming if before else self._running)[key] = mine
        if coming is not None:
            return coming.ended()
        if before is not None:
            before.done.wait()
            self._begin(key)
        try:
            return mine.make(work)
        finally:
            self._end(key, mine)

    def _begin(self, key: Hashable) -> None:
        """From here on nobody joins it."""
        with self._lock:
            self._running[key] = self._coming.pop(key)

    def _end(self, key: Hashable, mine: _Round[Answer]) -> None:
        with self._lock:
            if self._running.get(key) is mine:
                del self._running[key]
        mine.done.set()
