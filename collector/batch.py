"""What one transaction of the collector is about to write, and from when on it is enough."""

from dataclasses import dataclass, field
from datetime import datetime

from collector.memory import Work
from collector.message import Message
from collector.strangers import Strangers
from storage.rejects import Reject
from words.refusals import Reason

MOST_TURNS = 25  # faults opened or ended: half a second's work, and others wait for it (ours)


@dataclass(frozen=True, slots=True)
class When:
    """Our clock, and whether we are catching up (then a device's own may stand in for it)."""

    now: datetime
    late: bool


@dataclass(slots=True)
class Batch:
    """What a transaction is about to write; `refused_alone` has been written already.

    `turns`: faults it opens or ends.
    """

    work: Work = field(default_factory=Work)
    rejected: list[Reject] = field(default_factory=list)
    strangers: Strangers = field(default_factory=Strangers)
    messages: int = 0
    repeated: int = 0
    refused_alone: int = 0
    turns: int = 0

    @property
    def full(self) -> bool:
        """Enough for one transaction."""
        return self.turns >= MOST_TURNS

    @property
    def refused(self) -> int:
        return len(self.rejected) + self.refused_alone

    def reject(self, message: Message, reason: Reason, now: datetime, words: str = "") -> None:
        self.rejected.append(
            Reject(at=now, topic=message.topic, body=message.body, reason=reason, traceback=words)
        )
