"""Who may send now: few at a time for each provider, some kept for emergencies.

Whose limits are used up, or who asked to be left alone, is passed over. That is a forecast from
what the database said at the last look (`allowances.grants` has the last word): else every look
would take a lock for nothing.
One lock around plain counts; used by the look-out thread and by every sender thread.
"""

import threading
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from notify import allowances
from notify.channel import Channel
from rules import buckets
from rules import notices as rules
from rules.notices import Retry
from rules.policy import Storm
from storage.attempts import Spent
from storage.outbox import Notice

NO_CHANNEL = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How fast and how many. `hang_s`: from then on a silent provider counts as ill.

    Of the places with one provider the last is kept for an emergency, as are two of all places.
    """

    look_s: float = 0.05
    senders: int = 8
    per_provider: int = 2
    for_emergencies: int = 2
    lease_s: float = 60
    hang_s: float = 5
    ill_s: float = 10
    retry: Retry = field(default_factory=Retry)
    event_retry: Retry = rules.FOR_PROGRAMS
    storm: Storm = field(default_factory=Storm)


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
        self._limits = allowances.of_all(
            provider for channel in channels.values() for provider in channel.providers
        )
        self._spent: Mapping[str, Spent] = {}
        self._held: Collection[str] = ()
        self._claimed: Counter[str] = Counter()  # since that was counted

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
            if provider is None or not self._room(provider, notice.rank, now):
                return None
            self._numbers += 1
            slot = Slot(number=self._numbers, provider=provider, rank=notice.rank, since=now)
            self._busy[slot.number] = slot
            self._claimed[provider] += 1
            return slot

    def leave(self, slot: Slot) -> None:
        """The slot is free."""
        with self._lock:
            self._busy.pop(slot.number, None)

    def give_back(self, slot: Slot) -> None:
        """Nothing was sent."""
        with self._lock:
            self._busy.pop(slot.number, None)
            self._claimed[slot.provider] -= 1

    @property
    def limited(self) -> Collection[str]:
        """Whom we may not ask as often as we like."""
        return self._limits.keys()

    def remember(self, spent: Mapping[str, Spent], held: Collection[str]) -> None:
        """What all senders together have asked of them by now, and who is to be left alone."""
        with self._lock:
            self._spent, self._claimed, self._held = spent, Counter(), held

    def rooms(self, now: datetime) -> dict[str, int]:
        """How many ordinary messages each channel whose notices may be merged takes now."""
        with self._lock:
            turns = {
                name: channel.provider(turn)
                for name, channel in self._channels.items()
                if (turn := self._turn(channel, 0, set(), now))
            }
            return {
                name: self._free(provider.label, 1, now)
                for name, provider in turns.items()
                if provider.merges and provider.label in self._limits
            }

    def went_well(self, provider: str) -> None:
        with self._lock:
            self._ill_until.pop(provider, None)

    def fell_ill(self, provider: str, now: datetime) -> None:
        """Others are asked first for a while."""
        with self._lock:
            self._ill_until[provider] = now + timedelta(seconds=self._pace.ill_s)

    def _whose_turn(self, notice: Notice, now: datetime) -> str | None:
        """An emergency goes by the next provider when the first one's bucket is empty."""
        channel = self._channels.get(notice.channel)
        if channel is None:
            return NO_CHANNEL
        empty = {
            label for label in self._limits if not notice.rank and not self._free(label, 0, now)
        }
        return self._turn(channel, notice.attempts, empty, now)

    def _turn(self, channel: Channel, attempts: int, empty: set[str], now: datetime) -> str | None:
        hanging = {
            slot.provider
            for slot in self._busy.values()
            if (now - slot.since).total_seconds() > self._pace.hang_s
        }
        return rules.choose(
            [provider.label for provider in channel.providers],
            attempts,
            ill={name for name, until in self._ill_until.items() if until > now} | hanging,
            held={*self._held, *empty},
        )

    def _room(self, provider: str, rank: int, now: datetime) -> bool:
        pace = self._pace
        most, of_one = pace.senders, pace.per_provider
        if rank:
            most, of_one = most - pace.for_emergencies, max(1, of_one - 1)
        by_provider = Counter(slot.provider for slot in self._busy.values())
        if len(self._busy) >= most or by_provider[provider] >= of_one:
            return False
        return provider not in self._limits or self._free(provider, rank, now) > 0

    def _free(self, provider: str, rank: int, now: datetime) -> int:
        spent = self._spent.get(provider, Spent())
        going = spent.going + self._claimed[provider]
        return buckets.room(self._limits[provider], spent.gone, going, now, rank=rank)
