"""Our own echo: proof that everything the broker took before it has been judged (design §2).

Four times a second the collector publishes to itself over the session on which it listens.
When an echo comes back, the instant at which it was sent is the *watermark*.
"""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import msgspec

TOPIC = "ringwatch/v1/_ringwatch/collector/echo"
_encode = msgspec.json.Encoder().encode
STALLED_PATIENCE = timedelta(seconds=2)  # an echo this fresh says that we hear again


class _Body(msgspec.Struct):
    name: str
    number: int


_decode = msgspec.json.Decoder(_Body).decode


@dataclass(slots=True)
class Echo:
    """What has been called out and what has come back; instants from the one clock.

    Whoever may publish to our topic cannot move the watermark: a call carries a secret name,
    and when it was sent is what we remember, not what it says. `settled`: a call sent over the
    present connection has come back, so everything the broker held for us has been judged.
    """

    every: timedelta
    late_after: timedelta
    watermark: datetime | None = None
    waiting: dict[int, datetime] = field(default_factory=dict)
    next_at: datetime | None = None
    settled: bool = False
    _name: str = field(default_factory=lambda: secrets.token_hex(8))
    _number: int = 0
    _since: int = 0

    def call(self, now: datetime) -> bytes | None:
        """The next echo to publish, when one is due."""
        if self.next_at is not None and now < self.next_at:
            return None
        self.next_at = now + self.every
        self._number += 1
        self.waiting[self._number] = now
        return _encode(_Body(self._name, self._number))

    def heard(self, body: bytes) -> bool:
        """An echo came back; False for a stranger's, and for one that had come back before."""
        try:
            said = _decode(body)
        except ValueError:
            return False
        sent = self.waiting.get(said.number)
        if said.name != self._name or sent is None:
            return False
        self.waiting = {n: at for n, at in self.waiting.items() if n > said.number}
        self.watermark = sent if self.watermark is None else max(sent, self.watermark)
        self.settled = self.settled or said.number > self._since
        return True

    def lost(self) -> None:
        """The connection broke: what was under way may come back or not; call anew."""
        self.next_at, self.settled, self._since = None, False, self._number

    def late(self, now: datetime) -> bool:
        """Are we deaf? The oldest call without an answer is too old (> 10 s)."""
        oldest = min(self.waiting.values(), default=None)
        return oldest is not None and now - oldest > self.late_after

    def behind(self, now: datetime) -> bool:
        """Are we catching up? Then a device's own time may stand in for ours."""
        if self.watermark is None:
            return True
        return now - self.watermark > max(4 * self.every, STALLED_PATIENCE)
