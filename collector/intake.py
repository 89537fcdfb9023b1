"""Understand it; failing that, keep it; failing that, stop and be told again.

`Intake.take` gives a batch its effect in one transaction, exactly once: a message the broker
repeats whose (mid, crc32) is known has had its effect and is skipped. Only where very many faults
open is it cut, so that a storm keeps nobody else from writing. If it fails for any reason but a
dead database, it is done again message by message, each with all that it writes under a
savepoint; the culprit goes to the rejects with its traceback and the others go on.
"""

import logging
import traceback
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import nullcontext, suppress
from datetime import datetime, timedelta

from collector import hearsay, interpreter, recording_index, remembering
from collector.batch import Batch, When
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
from collector.wire import Reading
from rules.model import DeviceId
from rules.silence import Spell
from storage import conditions, inbox, listening, rejects, revision, states, telemetry
from storage.db import ConflictError, DatabaseDownError, Tx, savepoint, transaction
from wiring import dc09
from wiring.parts import Parts
from words.refusals import Reason, because

log = logging.getLogger(__name__)

Due = tuple[DeviceId, Point]
SPELLS_KEPT = timedelta(days=60)
TRIES = 5  # a conflict with another transaction is tried again at once, this often


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
        when, repeated = When(now, late), len(messages) - len(fresh)
        while fresh or repeated:
            fresh = fresh[self._take(fresh, when, repeated) :]
            repeated = 0

    def _take(self, messages: Sequence[Message], when: When, repeated: int) -> int:
        """As many of them as fit into one transaction; returns how many those were."""

        def together(*, singly: bool = False) -> int:
            return self._one_transaction(messages, when, repeated, singly=singly)

        try:
            return self._insist(together)
        except DatabaseDownError:
            raise
        except Exception:
            log.exception("a batch of %d messages failed; taking them one by one", len(messages))
            return self._insist(lambda: together(singly=True))

    def ring(self, watermark: datetime, now: datetime, *, at_most: int = 1000) -> int:
        """Judge every timer that ran off before the watermark; returns how many."""
        due = self.memory.timers.pop(watermark, at_most=at_most)
        rung = 0
        while rung < len(due):
            rung += self._ring_some(due[rung:], watermark, now)
        return rung

    def _ring_some(self, due: Sequence[Due], watermark: datetime, now: datetime) -> int:
        try:
            return self._insist(lambda: self._ring(due, watermark, now))
        except (DatabaseDownError, ConflictError):
            raise
        except Exception:
            log.exception("judging %d timers failed; taking them one by one", len(due))
            for one in due:
                self._ring_alone(one, watermark, now)
            return len(due)

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

    def _ring_alone(self, due: Due, watermark: datetime, now: datetime) -> None:
        try:
            self._ring([due], watermark, now)
        except (DatabaseDownError, ConflictError):
            raise
        except Exception:
            log.exception("the timer %s of device %s failed; asking again in a minute", *due[::-1])
            self.memory.timers.push(watermark + timedelta(minutes=1), *due)

    def _one_transaction(
        self, messages: Sequence[Message], when: When, repeated: int, *, singly: bool
    ) -> int:
        batch, lesson = Batch(repeated=repeated), Lesson()
        hear = self._hear_alone if singly else self._hear
        with transaction(self._parts.database) as tx:
            self.refresh(tx, when.now)
            for message in messages:
                hear(tx, batch, self.interpreter.read(message, lesson, when.now), when)
                batch.messages += 1
                if batch.full:
                    break
            heard = messages[: batch.messages]
            pairs = [m.pair for m in heard if m.qos]
            self._write(tx, batch)
            interpreter.write(tx, lesson)
            inbox.forget(tx, [m.letter for m in heard if m.letter])
            batch_id = self._seen.write(tx, pairs)
        batch.work.commit(self.memory)
        self.interpreter.keep(lesson)
        self.outgoing += lesson.messages
        self._seen.keep(batch_id, pairs)
        self.totals.update(messages=batch.messages, repeated=repeated, rejected=batch.refused)
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
            reason = because("failed", error=f"{type(error).__name__}: {error}")
            batch.reject(understood.message, reason, when.now, words)
        else:
            batch.work.join(alone.work)
            batch.refused_alone += len(alone.rejected)
            batch.turns += alone.turns

    def _hear(self, tx: Tx, batch: Batch, understood: Understood, when: When) -> None:
        message = understood.message
        if understood.rejected:
            batch.reject(message, understood.rejected, when.now)
        for reading in understood.readings:
            if refusal := self._hear_one(tx, batch, message, reading, when):
                batch.reject(message, refusal, when.now)

    def _hear_one(
        self, tx: Tx, batch: Batch, message: Message, reading: Reading, when: When
    ) -> Reason | None:
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
            batch.turns += 1
        return refusal

    def _ring(self, due: Sequence[Due], watermark: datetime, now: datetime) -> int:
        batch, rung = Batch(), 0
        with transaction(self._parts.database) as tx:
            self.refresh(tx, now)
            for device_id, point in due:
                for what in list(self.judge.ring(batch.work, device_id, point, watermark)):
                    carry_out(tx, self.memory, batch.work, what, now)
                    batch.turns += 1
                rung += 1
                if batch.full:
                    break
            self._write(tx, batch)
        batch.work.commit(self.memory)
        return rung

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
