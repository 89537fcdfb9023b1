"""How fast one token may ask: a bucket each, filled evenly through the minute."""

import math
import threading
from datetime import datetime


class Pace:
    """Counted by each process for itself; a bucket is two figures, one per token in use."""

    def __init__(self, per_minute: float) -> None:
        self.per_minute = per_minute
        self._buckets: dict[int, tuple[float, datetime]] = {}
        self._lock = threading.Lock()

    def wait_s(self, token_id: int, now: datetime) -> int:
        """0 when the request may pass (and is counted), else the whole seconds to wait."""
        per_s = self.per_minute / 60
        with self._lock:
            left, at = self._buckets.get(token_id, (self.per_minute, now))
            left = min(left + max((now - at).total_seconds(), 0) * per_s, self.per_minute)
            passes = left >= 1
            self._buckets[token_id] = (left - 1 if passes else left, now)
        return 0 if passes else math.ceil((1 - left) / per_s)
