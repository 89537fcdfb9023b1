"""What a reading, or a timer, means for one device: conditions move, faults open and clear.

Pure but for the copies it is given; the transitions it returns are carried out by the intake,
inside the batch's transaction.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from collector import expected, hearsay, special, transitions
from collector.memory import SILENCE, Memory, Watched, Work
from collector.rulebook import Point, Quick
from collector.transitions import Transition
from collector.wire import Reading
from rules import faults as fault_rules
from rules import silence
from rules.codes import Sign
from rules.faults import Condition, Evidence
from rules.model import DeviceId
from words.refusals import Reason, because

SAID = frozenset({Sign.METRIC, Sign.FLAG, Sign.EVENT})  # what a device may report as an event
TRUSTED_WORDS = frozenset({"online", "sleeping"})  # data do not contradict these
NOTHING: frozenset[Point] = frozenset()
MOST_NAMES = 512  # metrics or flags kept of one device


class Judge:
    """The rules of one policy over the collector's memory."""

    def __init__(self, memory: Memory) -> None:
        self.memory = memory

    def hear(
        self, work: Work, device_id: DeviceId, reading: Reading, now: datetime, *, late: bool
    ) -> Iterator[Transition]:
        """One live message. `late`: we are catching up, so the device's time may stand in."""
        watched = work.of(self.memory, device_id)
        at = now
        if late and reading.t and silence.plausible(reading.t, watched.heard_at, now):
            at = min(reading.t, now)
        work.spoke.add(device_id)
        if reading.interval_s is not None and reading.interval_s != watched.said_interval_s:
            watched.said_interval_s = reading.interval_s
            self._time_silence(work, watched)
        found = special.hear(work, watched, reading, at)  # before it changes what is known
        if reading.kind == "state":
            yield from self._hear_word(work, watched, reading, at)
        else:
            yield from self._hear_said(work, watched, reading, now, at, late=late)
        if found:
            yield from special.judged(watched, found, at)

    def _hear_said(
        self,
        work: Work,
        watched: Watched,
        reading: Reading,
        now: datetime,
        at: datetime,
        *,
        late: bool,
    ) -> Iterator[Transition]:
        yield from self._spoke(work, watched, at)
        if watched.word and watched.word not in TRUSTED_WORDS:
            watched.word, watched.word_at = "", at  # what it does says more than what was said
            self._time_silence(work, watched)
        watched.t = reading.t or watched.t
        watched.offset_s = (reading.t - now).total_seconds() if reading.t and not late else None
        if known := hearsay.still_so(watched):
            yield from self._hear_health(work, watched, known, at)
        if reading.kind == "health":
            yield from self._hear_health(work, watched, reading, at)
        elif reading.kind == "event" and self.refuses(work, watched.device.id, reading) is None:
            yield from self._hear_event(work, watched, reading, at)

    def refuses(self, work: Work, device_id: DeviceId, reading: Reading) -> Reason | None:
        """Why the content of a message is not used; its sender is heard all the same."""
        if reading.kind == "state" and reading.word == "unknown":
            return because("word")
        if reading.kind != "event":
            return None
        watched = work.of(self.memory, device_id)
        rule = watched.book.events.get(reading.code)
        if rule is None or not (rule.code.sign in SAID or reading.code in expected.CODES):
            return because("code", code=repr(reading.code))
        if not transitions.has_room(watched, (reading.code, reading.point)):
            return because("points", most=transitions.MOST_POINTS)
        return None

    def ring(
        self, work: Work, device_id: DeviceId, point: Point, now: datetime
    ) -> Iterator[Transition]:
        """A timer has run off, judged against the watermark `now`."""
        if device_id not in self.memory.watched:
            return
        watched = work.of(self.memory, device_id)
        if not point[0]:
            yield from self._ring_device(work, watched, point, now)
            return
        condition = watched.conditions.get(point)
        rule = watched.book.of(point, open_now=point in watched.open)
        if condition is None or rule is None:
            return
        silent = point == watched.silence_point
        if silent and point in watched.open and self._too_early(watched, condition):
            return
        ask = fault_rules.mend if point in watched.open else fault_rules.ripen
        step = ask(rule, condition, now)
        if (step.raises or step.clears) and not self._vouched_for(work, watched, point, now):
            return
        why = "last_will" if silent and step.raises else "reading"
        if point in watched.open and condition.clear_since is None:
            yield from transitions.lasting(work, watched, rule, point[1], now)
            return
        yield from transitions.apply(work, watched, rule, point[1], step, now, why=why)

    def _ring_device(
        self, work: Work, watched: Watched, point: Point, now: datetime
    ) -> Iterator[Transition]:
        """A timer of the device as a whole: it may be silent, or a pattern of it over."""
        if point != SILENCE:
            yield from special.ring(work, watched, point[1], now)
            return
        silent = list(self._silent(work, watched, now))
        yield from special.fell_silent(work, watched, now)  # first: it may explain the silence
        yield from silent

    def _vouched_for(self, work: Work, watched: Watched, point: Point, now: datetime) -> bool:
        """May a timer speak for the device? Not if what it said since may have been lost.

        Then its next word decides, or its silence. And a silent device is not getting well.
        """
        silent_at = watched.silent_at(self.memory.spells)
        if silent_at is None or (point == watched.silence_point and point in watched.open):
            return True
        if now >= silent_at:
            if point in watched.open:
                condition = watched.conditions[point]
                work.keep(watched, point, replace(condition, clear_since=None))
            return point not in watched.open
        if silence.deaf_since(self.memory.spells, watched.heard_at):
            work.timers.append((silent_at, watched.device.id, point))
            return False
        return True

    def _hear_word(
        self, work: Work, watched: Watched, reading: Reading, at: datetime
    ) -> Iterator[Transition]:
        changed = watched.word != reading.word
        watched.word, watched.word_at = reading.word, at
        if reading.word in {"online", "sleeping", "stopped"}:
            yield from self._spoke(work, watched, at)
            if changed:
                self._time_silence(work, watched)
        elif reading.word == "offline" and watched.judged:
            held = watched.book.will
            point = watched.silence_point
            known = watched.conditions.get(point)
            step = fault_rules.step(held, known, Evidence.BAD, at, open_now=point in watched.open)
            yield from transitions.apply(work, watched, held, "", step, at, why="last_will")

    def _spoke(self, work: Work, watched: Watched, at: datetime) -> Iterator[Transition]:
        """The device itself was heard: a held will is void, an open silence begins to mend."""
        if watched.heard_at is None or at > watched.heard_at:
            first = watched.heard_at is None
            watched.heard_at = at
            if first:
                self._time_silence(work, watched)
        for point in watched.book.heard if _unwell(watched) else ():
            if point in watched.open or point in watched.conditions:
                silent = point == watched.silence_point
                rule = watched.book.silence if silent else watched.book.events[point[0]]
                known = watched.conditions.get(point)
                open_now = point in watched.open
                if open_now and (known is None or known.clear_since is None):
                    self._time_silence(work, watched)
                step = fault_rules.step(rule, known, Evidence.GOOD, at, open_now=open_now)
                yield from transitions.apply(work, watched, rule, "", step, at, why="heard_again")

    def _hear_health(
        self, work: Work, watched: Watched, reading: Reading, at: datetime
    ) -> Iterator[Transition]:
        self._overlay(work, watched, reading, at)
        if not watched.judged:
            return
        yield from _weigh_all(work, watched, reading, at)
        book = watched.book
        for name in reading.gone:
            for quick in (*book.metrics[name], *book.flags[name]):
                yield from transitions.weigh_in(work, watched, quick, Evidence.BETWEEN, at)

    def _overlay(self, work: Work, watched: Watched, reading: Reading, at: datetime) -> None:
        """Lay what was said over what is known: absent is not false."""
        if reading.seq is not None:
            watched.seq = reading.seq
        if watched.offset_s is not None and "clock_offset_s" not in reading.metrics:
            reading.metrics["clock_offset_s"] = round(watched.offset_s, 3)
        watched.metrics.update(reading.metrics)
        watched.flags.update(reading.flags)
        if len(watched.metrics) > MOST_NAMES:
            watched.metrics = reading.metrics.copy()
        if len(watched.flags) > MOST_NAMES:
            watched.flags = reading.flags.copy()
        for name in reading.gone:
            watched.metrics.pop(name, None)
            watched.flags.pop(name, None)
        if reading.metrics:
            work.points.append((watched.device.id, at, reading.metrics))

    def _hear_event(
        self, work: Work, watched: Watched, reading: Reading, at: datetime
    ) -> Iterator[Transition]:
        if not watched.judged:
            return
        if reading.code in expected.CODES:
            yield from expected.hear(work, watched, reading, at)
            return
        rule = watched.book.events[reading.code]
        evidence = Evidence.BAD if reading.active else Evidence.GOOD
        point = (reading.code, reading.point)
        known = watched.conditions.get(point)
        if known is None and reading.active:
            # An event says it once and means it until it says otherwise.
            known = Condition(true_since=at, reports=rule.code.reports)
        step = fault_rules.step(rule, known, evidence, at, open_now=point in watched.open)
        yield from transitions.apply(work, watched, rule, reading.point, step, at, why="event")

    def _time_silence(self, work: Work, watched: Watched) -> None:
        due_at = watched.silent_at(self.memory.spells)
        if due_at is not None:
            work.timers.append((due_at, watched.device.id, SILENCE))

    def _too_early(self, watched: Watched, condition: Condition) -> bool:
        """One word is not two minutes of data: a device that speaks often must have gone on."""
        interval_s = watched.interval_s
        if interval_s is None and watched.device.type not in silence.BATTERY_TYPES:
            interval_s = self.memory.policy.silence.default_interval_s
        clear_after_s = watched.book.silence.clear_after.total_seconds()
        often = interval_s is not None and 1.5 * interval_s < clear_after_s
        return often and watched.heard_at == condition.clear_since

    def _silent(self, work: Work, watched: Watched, now: datetime) -> Iterator[Transition]:
        due_at = watched.silent_at(self.memory.spells)
        if due_at is None:
            return
        if now < due_at:
            work.timers.append((due_at, watched.device.id, SILENCE))
            return
        rule = watched.book.silence if watched.heard_at else watched.book.events["NO_DATA_YET"]
        point = (rule.code.code, "")
        if point in watched.open:
            held = watched.conditions.get(point)
            if held and held.clear_since:  # it came back for a moment and is gone again
                work.keep(watched, point, Condition(true_since=due_at))
            return
        work.keep(watched, point, Condition(true_since=due_at))
        yield Transition(watched.device.id, rule, "", True, due_at, "silent")  # noqa: FBT003


def _weigh_all(
    work: Work, watched: Watched, reading: Reading, at: datetime
) -> Iterator[Transition]:
    """Nearly every reading is fine and nothing is known against it: that is to be quick."""
    book = watched.book
    known = watched.conditions.keys() | watched.open.keys() if _unwell(watched) else NOTHING
    for name, value in reading.metrics.items():
        for quick in book.metrics[name]:
            if quick.suspicious(value) or quick.point in known:
                yield from _weigh(work, watched, quick, value, at)
    for name, flag in reading.flags.items():
        for quick in book.flags[name]:
            if flag is not quick.rule.code.good_when or quick.point in known:
                evidence = fault_rules.weigh_flag(quick.rule, value=flag)
                yield from transitions.weigh_in(work, watched, quick, evidence, at)


def _unwell(watched: Watched) -> bool:
    return bool(watched.conditions or watched.open)


def _weigh(
    work: Work, watched: Watched, quick: Quick, value: float, at: datetime
) -> Iterator[Transition]:
    kind, rule = watched.device.type, quick.rule
    if fault_rules.counts_as_reading(rule, watched.metrics, watched.flags, kind):
        evidence = fault_rules.weigh(rule, value)
        yield from transitions.weigh_in(work, watched, quick, evidence, at, value)
