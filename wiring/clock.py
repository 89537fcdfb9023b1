"""The one place that reads a clock. Everything else is told what time it is."""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Clock = Callable[[], datetime]

STEP_S = 2.0  # a jump of the wall clock greater than this is an alert of ours


def monotonic() -> float:
    """Seconds that only go forward; for measuring, never for dates."""
    return time.monotonic()


def pause(seconds: float) -> None:
    """Give the processor away for a moment."""
    time.sleep(seconds)


class SteadyClock:
    """UTC that never goes back: while the wall clock is behind, the monotonic clock counts on.

    `on_step` is told the size in seconds of every jump of more than 2 s, once per jump.
    """

    def __init__(
        self,
        on_step: Callable[[float], None] = lambda _: None,
        *,
        wall: Callable[[], float] = time.time,
        steady: Callable[[], float] = time.monotonic,
    ) -> None:
        self._wall, self._steady, self.on_step = wall, steady, on_step
        self._lock = threading.Lock()
        self._last = wall()
        self._last_steady = steady()
        self._offset = self._last - self._last_steady

    def __call__(self) -> datetime:
        with self._lock:
            wall, steady = self._wall(), self._steady()
            expected = self._last + (steady - self._last_steady)
            self._last = max(wall, expected) if wall < expected else wall
            self._last_steady = steady
            step = (wall - steady) - self._offset
            if abs(step) > STEP_S:
                self._offset = wall - steady
        if abs(step) > STEP_S:
            self.on_step(step)
        return datetime.fromtimestamp(0, UTC) + timedelta(seconds=self._last)
