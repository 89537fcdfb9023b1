"""Who may send now: few at a time for each provider, some kept for emergencies.

One lock around plain counts; used by the look-out thread and by every sender thread.
"""

import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from notify.channel import Channel
from rules import notices as rules
from rules.notices import Retry
from storage.outbox import Notice

NO_CHANNEL = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How fast and how many. `hang_s`: from then on a silent provider counts as ill."""

    look_s: float = 0.05
    senders: int = 8
    per_provider: int = 2
    for_emergencies: int = 2
    lease_s: float = 60
    hang_s: float = 5
    ill_s: float = 10
    retry: Retry = field(default_factory=Retry)


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """One sender at work for one provider."""

    number: int
    provider: str
    rank: int
    since: datetime


class Slots:
    def __init__(self, channels: Mapping[str, Channel], pace: Pace) -> None:
        self._channels, self._pace = channels, pace
        self._lock = threading.Lock()
        self._numbers = 0
        self._busy: dict[int, Slot] = {}
        self._ill_until: dict[str, datetime] = {}
        self._held_until: dict[str, datetime] = {}

    def full(self) -> bool:
        with self._lock:
            return len(self._busy) >= self._pace.senders

    def busy(self) -> int:
        with self._lock:
            return len(self._busy)

    def claim(self, notice: Notice, now: datetime) -> Slot | None:
        """A place for this notice with the provider whose turn it is, if there is one."""
        with self._lock:
            provider = self._whose_turn(notice, now)
            if provider is None or not self._room(provider, notice.rank):
                return None
            self._numbers += 1
            slot = Slot(number=self._numbers, provider=provider, rank=notice.rank, since=now)
            self._busy[slot.number] = slot
            return slot

    def leave(self, slot: Slot) -> None:
        with self._lock:
            self._busy.pop(slot.number, None)

    def went_well(self, provider: str) -> None:
        with self._lock:
            self._ill_until.pop(provider, None)

    def fell_ill(self, provider: str, now: datetime) -> None:
        """Others are asked first for a while."""
        with self._lock:
            self._ill_until[provider] = now + timedelta(seconds=self._pace.ill_s)

    def hold(self, provider: str, until: datetime) -> None:
        """It asked to be left alone until then."""
        with self._lock:
            self._held_until[provider] = until

    def _whose_turn(self, notice: Notice, now: datetime) -> str | None:
        channel = self._channels.get(notice.channel)
        if channel is None:
            return NO_CHANNEL
        hanging = {
            slot.provider
            for slot in self._busy.values()
            if (now - slot.since).total_seconds() > self._pace.hang_s
        }
        return rules.choose(
            [provider.label for provider in channel.providers],
            notice.attempts,
            ill={name for name, until in self._ill_until.items() if until > now} | hanging,
            held={name for name, until in self._held_until.items() if until > now},
        )

    def _room(self, provider: str, rank: int) -> bool:
        pace = self._pace
        most = pace.senders if rank == 0 else pace.senders - pace.for_emergencies
        by_provider = Counter(slot.provider for slot in self._busy.values())
        return len(self._busy) < most and by_provider[provider] < pace.per_provider
