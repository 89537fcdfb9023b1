"""One message of one device, beside what is remembered of it; and what follows from both."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from collector.memory import Watched, Work
from rules import patterns
from rules.faults import Evidence
from rules.model import Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a pattern says of one code and point; `severity` where the catalogue's is not it."""

    code: str
    evidence: Evidence
    point: str = ""
    value: float | None = None
    severity: Severity | None = None


@dataclass(frozen=True, slots=True)
class Ear:
    """One message, or one timer, of one device; what is learnt goes into the batch's work."""

    work: Work
    watched: Watched
    at: datetime

    def known(self, kind: str, nothing: Any) -> Any:
        return self.watched.memories.get(kind, nothing)

    def learn(self, kind: str, value: Any) -> None:
        if value != self.watched.memories.get(kind):
            self.work.remember(self.watched, kind, value)

    def ask_again(self, kind: str, due_at: datetime | None) -> None:
        if due_at is not None:
            self.work.timers.append((due_at, self.watched.device.id, ("", kind)))

    def counted(self, code: str, instants: tuple[datetime, ...], kind: str) -> Found:
        """What a pattern of so many times within a time says now."""
        open_now = (code, "") in self.watched.open
        rule = self.watched.book.events[code]
        count = patterns.count(rule, instants, self.at, open_now=open_now)
        self.ask_again(kind, count.due_at)
        return Found(code=code, evidence=count.evidence, value=count.number)


def point_of(name: str) -> str:
    return name.partition(":")[2]


def named(name: str, point: str) -> str:
    return f"{name}:{point}" if point else name
