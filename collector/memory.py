"""What the collector knows of every device, derived from rows and rebuilt from them at start.

A batch works on copies (`Work`); they become memory only after the commit. A failed batch
leaves nothing behind.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from collector import remembering
from collector.rulebook import Point, Rulebook, Shelf
from collector.timers import Timers
from rules import silence
from rules.assets import Device
from rules.common_causes import Falling
from rules.explains import Onset, onset_of
from rules.faults import Condition
from rules.limits import Overrides
from rules.model import DeviceId, FaultId, Link, Monitored, SiteId
from rules.policy import Policy
from rules.silence import Spell
from storage import conditions, revision, states
from storage import devices as device_rows
from storage import faults as fault_rows
from storage import limits as limit_rows
from storage.conditions import Key
from storage.db import Tx
from storage.device_memories import Kept
from storage.states import LastWord

SILENCE: Point = ("", "")  # the timer that asks whether the device has fallen silent
FIRST_WORD = timedelta(hours=24)  # a device on the list must say its first word within (ours)


@dataclass(frozen=True, slots=True)
class Turn:
    """Whether a device has missed its turn; holds in this span of time, while we hear as we do."""

    falling: Falling | None
    since: datetime
    until: datetime
    spells: int


@dataclass(slots=True, eq=False)
class Watched:
    """One device as the collector sees it. Copied before a batch touches it."""

    device: Device
    book: Rulebook  # the rules that hold for it
    heard_at: datetime | None = None
    word: str = ""
    word_at: datetime | None = None
    said_interval_s: float | None = None
    t: datetime | None = None
    seq: int | None = None
    offset_s: float | None = None
    metrics: dict[str, float] = field(default_factory=dict)
    flags: dict[str, bool] = field(default_factory=dict)
    conditions: dict[Point, Condition] = field(default_factory=dict)
    open: dict[Point, FaultId] = field(default_factory=dict)
    hearsay: dict[str, bool] = field(default_factory=dict)  # flags of retained messages, unproven
    memories: dict[str, Any] = field(default_factory=dict)  # by kind: `collector/remembering.py`
    turn: Turn | None = None  # worked out already; of no copy, which is made to be changed

    @property
    def silence_point(self) -> Point:
        return self.book.silence_point

    @property
    def judged(self) -> bool:
        return self.device.disabled_at is None and self.device.monitored is not Monitored.NO

    @property
    def heard_by_itself(self) -> bool:
        return self.judged and self.device.monitored is Monitored.YES

    def copy(self) -> "Watched":
        return Watched(
            self.device,
            self.book,
            self.heard_at,
            self.word,
            self.word_at,
            self.said_interval_s,
            self.t,
            self.seq,
            self.offset_s,
            self.metrics.copy(),
            self.flags.copy(),
            self.conditions.copy(),
            self.open.copy(),
            self.hearsay,
            self.memories.copy(),
        )

    def silent_at(self, spells: list[Spell]) -> datetime | None:
        """When it counts as silent; None for a device that is not expected to speak."""
        if not self.heard_by_itself:
            return None
        if self.heard_at is None:
            return silence.silent_at(self.device.enrolled_at, FIRST_WORD, spells)
        allowance = silence.allowance(
            self.device.type,
            self.interval_s,
            self.book.figures,
            sleeping=self.word in {"sleeping", "stopped"},
            fixed_s=self.book.allowance_s,
        )
        return silence.silent_at(self.heard_at, allowance, spells)

    @property
    def interval_s(self) -> float | None:
        """How often it speaks: the asset list's word before its own; None when nobody said."""
        return self.device.reporting_interval_s or self.said_interval_s

    def last_word(self) -> LastWord:
        return LastWord(
            device_id=self.device.id,
            wire_state=self.word,
            wire_state_at=self.word_at,
            last_heard_at=self.heard_at,
            device_t=self.t,
            seq=self.seq,
            clock_offset_s=self.offset_s,
            interval_s=self.said_interval_s,
            metrics=self.metrics,
            flags=self.flags,
        )


class Memory:
    """Every device, the edges between them, and the timers."""

    def __init__(
        self, policy: Policy, accounts: Mapping[str, Mapping[str, float]] | None = None
    ) -> None:
        self.policy = policy
        self.accounts = accounts or {}  # of alarm hosts: what their supervision promises
        self.shelf = Shelf(policy, Overrides())
        self.revision = -1
        self.watched: dict[DeviceId, Watched] = {}
        self.by_topic: dict[tuple[str, str, str], DeviceId] = {}  # site, dialect, its id there
        self.children: dict[DeviceId, list[tuple[DeviceId, Link]]] = {}
        self.of_site: dict[SiteId, list[DeviceId]] = {}
        self.tops: dict[SiteId, list[DeviceId]] = {}  # what nothing stands between us and
        self.speaking: Counter[SiteId] = Counter()  # devices that are expected to speak
        self.onsets: dict[FaultId, Onset] = {}  # of open faults: when each began
        self.spells: list[Spell] = []
        self.timers = Timers()

    def load(self, tx: Tx, spells: list[Spell]) -> None:
        """Rebuild everything from rows (start, or the revision moved on)."""
        self.revision = revision.current(tx)
        self.spells = spells
        self.shelf = Shelf(self.policy, limit_rows.in_force(tx, self.accounts))
        last_words = states.everything(tx)
        self.watched = {
            device.id: self._watch(device, last_words.get(device.id))
            for device in device_rows.all_devices(tx)
        }
        self.by_topic = {w.device.spoken_name: i for i, w in self.watched.items()}
        self._lay_out()
        self._recall(tx)
        self._set_timers()

    def _recall(self, tx: Tx) -> None:
        """What is open, what is nearly so, and what is remembered besides, of every device."""
        for key, condition in conditions.everything(tx).items():
            if key.device_id in self.watched:
                self.watched[key.device_id].conditions[key.code, key.point] = condition
        for device_id, memories in remembering.load(tx).items():
            if device_id in self.watched:
                self.watched[device_id].memories = memories
        self.onsets = {}
        for fault in fault_rows.all_open(tx):
            if fault.device_id in self.watched:
                self.onsets[fault.id] = onset_of(fault)
                self.watched[fault.device_id].open[fault.code, fault.point] = fault.id

    def _lay_out(self) -> None:
        """Who hangs on whom, and what is where."""
        self.children, self.of_site, self.tops = {}, {}, {}
        self.speaking.clear()
        for device_id, watched in self.watched.items():
            site, links = watched.device.site_id, watched.device.links
            self.of_site.setdefault(site, []).append(device_id)
            if Link.VIA not in links:
                self.tops.setdefault(site, []).append(device_id)
            self.speaking[site] += watched.heard_by_itself
            for link, parent in links.items():
                self.children.setdefault(parent, []).append((device_id, link))

    def _watch(self, device: Device, last: LastWord | None) -> Watched:
        watched = Watched(device, self.shelf.book(device))
        if last is not None:
            watched.heard_at, watched.t, watched.seq = last.last_heard_at, last.device_t, last.seq
            watched.word, watched.word_at = last.wire_state, last.wire_state_at
            watched.said_interval_s, watched.offset_s = last.interval_s, last.clock_offset_s
            watched.metrics, watched.flags = dict(last.metrics), dict(last.flags)
        return watched

    def _set_timers(self) -> None:
        self.timers = Timers()
        for device_id, watched in self.watched.items():
            due_at = watched.silent_at(self.spells)
            if due_at is not None:
                self.timers.push(due_at, device_id, SILENCE)
            for point, condition in watched.conditions.items():
                due_at = condition.clear_since or condition.true_since
                self.timers.push(due_at, device_id, point)
            for kind in remembering.ASKED if watched.memories else ():
                if kind in watched.memories:
                    self.timers.push(watched.device.enrolled_at, device_id, ("", kind))


@dataclass(slots=True)
class Work:
    """What one batch has thought so far; thrown away whole if the batch fails.

    `over` is the batch's work when this one is a single message's.
    """

    over: "Work | None" = None
    touched: dict[DeviceId, Watched] = field(default_factory=dict)
    spoke: set[DeviceId] = field(default_factory=set)
    changed: dict[Key, Condition] = field(default_factory=dict)
    gone: set[Key] = field(default_factory=set)
    timers: list[tuple[datetime, DeviceId, Point]] = field(default_factory=list)
    points: list[tuple[DeviceId, datetime, dict[str, float]]] = field(default_factory=list)
    falling: dict[SiteId, list[Falling]] = field(default_factory=dict)
    silent: dict[SiteId, Falling] | None = None
    learnt: dict[Kept, Any] = field(default_factory=dict)

    def of(self, memory: Memory, device_id: DeviceId) -> Watched:
        """The batch's own copy of a device."""
        watched = self.touched.get(device_id)
        if watched is None:
            known = (self.over and self.over.look(device_id)) or memory.watched[device_id]
            watched = self.touched[device_id] = known.copy()
        return watched

    def all_touched(self) -> dict[DeviceId, Watched]:
        """Every device that this batch has a copy of."""
        return self.over.all_touched() | self.touched if self.over else self.touched

    def look(self, device_id: DeviceId) -> Watched | None:
        """The device as this batch sees it; None if it has not touched it."""
        return self.touched.get(device_id) or (self.over.look(device_id) if self.over else None)

    def keep(self, watched: Watched, point: Point, condition: Condition | None) -> None:
        """Remember, or forget, a condition of a device."""
        key = Key(watched.device.id, *point)
        if condition is not None:
            watched.conditions[point] = condition
            self.changed[key] = condition
            self.gone.discard(key)
        elif point in watched.conditions:
            del watched.conditions[point]
            self.changed.pop(key, None)
            self.gone.add(key)

    def remember(self, watched: Watched, kind: str, value: Any) -> None:
        """Keep a memory of a device, or (None) forget it; never more than a device may have."""
        if value is None:
            watched.memories.pop(kind, None)
        elif kind in watched.memories or len(watched.memories) < remembering.MOST:
            watched.memories[kind] = value
        else:
            return
        self.learnt[Kept(watched.device.id, kind)] = value

    def join(self, written: "Work") -> None:
        """Take over what a single message has thought and written under its savepoint."""
        self.touched |= written.touched
        self.timers += written.timers

    def commit(self, memory: Memory) -> None:
        """The transaction is durable: copies become memory."""
        memory.watched.update(self.touched)
        for due_at, device_id, point in self.timers:
            memory.timers.push(due_at, device_id, point)
