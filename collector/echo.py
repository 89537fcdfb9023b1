"""Our own echo: proof that everything the broker took before it has been judged (design §2).

Four times a second the collector publishes to itself over the session on which it listens.
When an echo comes back, the instant at which it was sent is the *watermark*.
"""

import itertools
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import msgspec

TOPIC = "ringwatch/v1/_ringwatch/collector/echo"
_encode = msgspec.json.Encoder().encode
STALLED_PATIENCE = timedelta(seconds=2)  # an echo this fresh says that we hear again


class _Body(msgspec.Struct):
    sent: datetime
    number: int


_decode = msgspec.json.Decoder(_Body).decode


@dataclass(slots=True)
class Echo:
    """What has been called out and what has come back; instants from the one clock."""

    every: timedelta
    late_after: timedelta
    watermark: datetime | None = None
    waiting: dict[int, datetime] = field(default_factory=dict)
    next_at: datetime | None = None
    _numbers: "itertools.count[int]" = field(default_factory=itertools.count)

    def call(self, now: datetime) -> bytes | None:
        """The next echo to publish, when one is due."""
        if self.next_at is not None and now < self.next_at:
            return None
        self.next_at = now + self.every
        number = next(self._numbers)
        self.waiting[number] = now
        return _encode(_Body(now, number))

    def heard(self, body: bytes) -> bool:
        """An echo came back. A stranger's is ignored, one of an earlier life counts too."""
        try:
            said = _decode(body)
        except ValueError:
            return False
        self.waiting = {n: sent for n, sent in self.waiting.items() if sent > said.sent}
        if self.watermark is None or said.sent > self.watermark:
            self.watermark = said.sent
        return True

    def lost(self) -> None:
        """The connection broke: what was under way may come back or not; call anew."""
        self.next_at = None

    def late(self, now: datetime) -> bool:
        """Are we deaf? The oldest call without an answer is too old (> 10 s)."""
        oldest = min(self.waiting.values(), default=None)
        return oldest is not None and now - oldest > self.late_after

    def behind(self, now: datetime) -> bool:
        """Are we catching up? Then a device's own time may stand in for ours."""
        if self.watermark is None:
            return True
        return now - self.watermark > max(4 * self.every, STALLED_PATIENCE)
