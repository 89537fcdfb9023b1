"""Understand it; failing that, keep it; failing that, stop and be told again.

`Intake.take` gives a batch its effect in one transaction, exactly once: a message the broker
repeats whose (mid, crc32) is known has had its effect and is skipped. If the batch fails for any
reason but a dead database, it is done again message by message, each with all that it writes
under a savepoint; the culprit goes to the rejects with its traceback and the others go on.
"""

import logging
import traceback
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from collector import hearsay, interpreter, recording_index, remembering
from collector.dialects.registry import DIALECTS
from collector.dialects.speech import Outgoing
from collector.findings import carry_out
from collector.interpreter import Interpreter, Lesson, Understood
from collector.judging import Judge
from collector.memory import Memory, Work
from collector.message import Message
from collector.rulebook import Point
from collector.seen import Seen
from collector.sources import sources_of
from collector.strangers import Strangers
from collector.wire import Reading
from rules.model import DeviceId
from rules.silence import Spell
from storage import conditions, inbox, listening, rejects, revision, states, telemetry
from storage.db import ConflictError, DatabaseDownError, Tx, savepoint, transaction
from storage.rejects import Reject
from wiring import dc09
from wiring.parts import Parts

log = logging.getLogger(__name__)

Due = tuple[DeviceId, Point]
SPELLS_KEPT = timedelta(days=60)
TRIES = 5  # a conflict with another transaction is tried again at once, this often


@dataclass(frozen=True, slots=True)
class When:
    """Our clock, and whether we are catching up (then a device's own may stand in for it)."""

    now: datetime
    late: bool


@dataclass(slots=True)
class Batch:
    """What a transaction is about to write; `refused_alone` has been written already."""

    work: Work = field(default_factory=Work)
    rejected: list[Reject] = field(default_factory=list)
    strangers: Strangers = field(default_factory=Strangers)
    messages: int = 0
    repeated: int = 0
    refused_alone: int = 0

    @property
    def refused(self) -> int:
        return len(self.rejected) + self.refused_alone


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A batch that has been understood, and what belongs into its transaction besides."""

    understood: Sequence[Understood]
    lesson: Lesson
    pairs: list[tuple[int, int]]
    letters: list[int]
    repeated: int


class Intake:
    """The collector's one judge. Not thread-safe: it lives in the collector's main thread."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self.memory = Memory(parts.policy, dc09.promises(parts.settings.dc09))
        self.judge = Judge(self.memory)
        self.interpreter = Interpreter(sources_of(parts.settings), DIALECTS)
        self.outgoing = list[Outgoing]()  # to be sent, now that the batch is durable
        self.totals = Counter[str]()
        self._seen = Seen()

    @property
    def outdated(self) -> bool:
        """Figures have changed since memory was made: it is to be made anew (A18)."""
        return self.memory.policy is not self._parts.policy

    def start(self, now: datetime) -> None:
        """Read everything from rows: after this, memory is what the database says."""
        with transaction(self._parts.database) as tx:
            if revision.current(tx) == 0:
                revision.bump(tx)
            listening.change(tx, connected_at=now)
            listening.forget_spells(tx, now - SPELLS_KEPT)
            self.memory.load(tx, listening.spells(tx, now - SPELLS_KEPT))
            self.interpreter.load(tx)
            self._seen.load(tx)

    def take(
        self,
        messages: Sequence[Message],
        now: datetime,
        *,
        late: bool = False,
        reborn: bool = False,
    ) -> None:
        """Give these messages their effect, once. Returns only when it is durable.

        `late`: we are catching up. `reborn`: the connection is new and our echo not yet back; a
        broker that was killed goes on from its last save and hands the same packets out under
        the same numbers, without DUP. Raises `DatabaseDownError`; then nothing may be
        acknowledged.
        """
        fresh = [m for m in messages if not ((m.dup or reborn) and self._seen.has(m.pair))]
        lesson = Lesson()
        taken = Taken(
            understood=[self.interpreter.read(message, lesson, now) for message in fresh],
            lesson=lesson,
            pairs=[m.pair for m in fresh if m.qos],
            letters=[m.letter for m in fresh if m.letter],
            repeated=len(messages) - len(fresh),
        )
        when = When(now, late)

        def whole(*, singly: bool = False) -> int:
            return self._one_transaction(taken, when, singly=singly)

        try:
            self._insist(whole)
        except DatabaseDownError:
            raise
        except Exception:
            log.exception("a batch of %d messages failed; taking them one by one", len(fresh))
            self._insist(lambda: whole(singly=True))

    def ring(self, watermark: datetime, now: datetime, *, at_most: int = 1000) -> int:
        """Judge every timer that ran off before the watermark; returns how many."""
        due = self.memory.timers.pop(watermark, at_most=at_most)
        if not due:
            return 0
        try:
            return self._insist(lambda: self._ring(due, watermark, now))
        except (DatabaseDownError, ConflictError):
            raise
        except Exception:
            log.exception("judging %d timers failed; taking them one by one", len(due))
            return sum(self._ring_alone(one, watermark, now) for one in due)

    def deaf(self, spell: Spell, why: str) -> None:
        """Messages may have been lost in this stretch of time: nobody is blamed for it."""
        with transaction(self._parts.database) as tx:
            listening.add_spell(tx, spell, why)
        self.memory.spells.append(spell)

    def begin_session(self, deaf: Spell | None, why: str, *, forget: bool) -> None:
        """We are not (surely) subscribed, until our echo says so. `forget`: numbers begin anew."""
        with transaction(self._parts.database) as tx:
            listening.change(tx, session="")
            if forget:
                listening.forget_all_batches(tx)
            if deaf:
                listening.add_spell(tx, deaf, why)
        if forget:
            self._seen.forget()
        if deaf:
            self.memory.spells.append(deaf)

    def _insist(self, work: Callable[[], int]) -> int:
        """Another transaction may be in the way; the same work is then tried again at once."""
        for _ in range(TRIES - 1):
            with suppress(ConflictError):
                return work()
        return work()

    def _ring_alone(self, due: Due, watermark: datetime, now: datetime) -> int:
        try:
            return self._ring([due], watermark, now)
        except (DatabaseDownError, ConflictError):
            raise
        except Exception:
            log.exception("the timer %s of device %s failed; asking again in a minute", *due[::-1])
            self.memory.timers.push(watermark + timedelta(minutes=1), *due)
            return 0

    def _one_transaction(self, taken: Taken, when: When, *, singly: bool) -> int:
        batch = Batch(messages=len(taken.understood), repeated=taken.repeated)
        hear = self._hear_alone if singly else self._hear
        with transaction(self._parts.database) as tx:
            self.refresh(tx, when.now)
            for understood in taken.understood:
                hear(tx, batch, understood, when)
            self._write(tx, batch)
            interpreter.write(tx, taken.lesson)
            inbox.forget(tx, taken.letters)
            batch_id = self._seen.write(tx, taken.pairs)
        batch.work.commit(self.memory)
        self.interpreter.keep(taken.lesson)
        self.outgoing += taken.lesson.messages
        self._seen.keep(batch_id, taken.pairs)
        self.totals.update(messages=batch.messages, repeated=batch.repeated, rejected=batch.refused)
        return batch.messages

    def _hear_alone(self, tx: Tx, batch: Batch, understood: Understood, when: When) -> None:
        """One message with all that it writes; if that cannot be, only its reject is kept."""
        alone = Batch(work=Work(over=batch.work))
        try:
            with savepoint(tx):
                self._hear(tx, alone, understood, when)
                self._write(tx, alone)
        except (DatabaseDownError, ConflictError):
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, the others go on
            words = traceback.format_exc()
            reason = f"{type(error).__name__}: {error}"
            batch.rejected.append(_reject(understood.message, reason, when.now, words))
        else:
            batch.work.join(alone.work)
            batch.refused_alone += len(alone.rejected)

    def _hear(self, tx: Tx, batch: Batch, understood: Understood, when: When) -> None:
        message = understood.message
        if understood.rejected:
            batch.rejected.append(_reject(message, understood.rejected, when.now))
        for reading in understood.readings:
            if refusal := self._hear_one(tx, batch, message, reading, when):
                batch.rejected.append(_reject(message, refusal, when.now))

    def _hear_one(
        self, tx: Tx, batch: Batch, message: Message, reading: Reading, when: When
    ) -> str | None:
        """The effect of one reading; says why it is refused, if it is."""
        work, at = batch.work, message.at or when.now
        key = (reading.site, reading.dialect, reading.device)
        device_id = self.memory.by_topic.get(key)
        if device_id is None and reading.also:
            device_id = self.memory.by_topic.get((*key[:2], reading.also))
        if device_id is None:
            return batch.strangers.hear(message, reading, when.now)
        if reading.kind == "about":
            hearsay.hear_about(self.memory, work, device_id, reading)
            return None
        if message.retained:
            hearsay.hear_retained(self.memory, work, device_id, reading)
            return None
        if reading.kind == "recordings":
            reading = recording_index.hear(tx, self.memory, work, device_id, reading, at)
        refusal = self.judge.refuses(work, device_id, reading)
        for transition in list(self.judge.hear(work, device_id, reading, at, late=when.late)):
            carry_out(tx, self.memory, work, transition, when.now)
        return refusal

    def _ring(self, due: Sequence[Due], watermark: datetime, now: datetime) -> int:
        work = Work()
        with transaction(self._parts.database) as tx:
            self.refresh(tx, now)
            for device_id, point in due:
                for what in list(self.judge.ring(work, device_id, point, watermark)):
                    carry_out(tx, self.memory, work, what, now)
            self._write(tx, Batch(work=work))
        work.commit(self.memory)
        return len(due)

    def refresh(self, tx: Tx, now: datetime) -> None:
        """Read the list anew if somebody has changed devices or policy."""
        if revision.current(tx) != self.memory.revision:
            self.memory.load(tx, listening.spells(tx, now - SPELLS_KEPT))

    def _write(self, tx: Tx, batch: Batch) -> None:
        work = batch.work
        self._write_points(tx, work)
        states.put_all(tx, (work.touched[device_id].last_word() for device_id in work.spoke))
        conditions.put_all(tx, list(work.changed.items()))
        conditions.forget(tx, work.gone)
        remembering.write(tx, work.learnt)
        batch.strangers.write(tx, keep=self._parts.policy.discovered_kept)
        rejects.add_all(tx, batch.rejected, keep=self._parts.policy.rejects_kept)
        if batch.messages or batch.repeated:  # a message alone is counted with its batch
            refused, repeated = batch.refused, batch.repeated
            listening.count(tx, messages=batch.messages, rejected=refused, repeated=repeated)

    def _write_points(self, tx: Tx, work: Work) -> None:
        """Curves first, in their own file on SQLite: a repeat writes the same rows again."""
        if work.points:
            own = self._parts.telemetry
            with nullcontext(tx) if own is self._parts.database else transaction(own) as beside:
                telemetry.write(beside, work.points, self._parts.clock())


def _reject(message: Message, reason: str, now: datetime, words: str = "") -> Reject:
    return Reject(at=now, topic=message.topic, body=message.body, reason=reason, traceback=words)
