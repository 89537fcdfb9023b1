"""How fast one token may ask: a bucket each, filled evenly through the minute."""

import math
import threading
from collections.abc import Callable
from datetime import datetime


class Pace:
    """Counted by each process for itself; a bucket is two figures, one per token in use."""

    def __init__(self, limit: Callable[[], float]) -> None:
        self._limit = limit
        self._buckets: dict[int, tuple[float, datetime]] = {}
        self._lock = threading.Lock()

    @property
    def per_minute(self) -> float:
        """As the policy has it now, and at least one."""
        return max(self._limit(), 1)

    def wait_s(self, token_id: int, now: datetime) -> int:
        """0 when the request may pass (and is counted), else the whole seconds to wait."""
        most = self.per_minute
        per_s = most / 60
        with self._lock:
            left, at = self._buckets.get(token_id, (most, now))
            left = min(left + max((now - at).total_seconds(), 0) * per_s, most)
            passes = left >= 1
            self._buckets[token_id] = (left - 1 if passes else left, now)
        return 0 if passes else math.ceil((1 - left) / per_s)
