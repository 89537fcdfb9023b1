"""What a reading, or a timer, means for one device: conditions move, faults open and clear.

Pure but for the copies it is given; the transitions it returns are carried out by the intake,
inside the batch's transaction.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from collector import hearsay
from collector.memory import SILENCE, Memory, Point, Watched, Work
from collector.rulebook import Rulebook, worsens
from collector.wire import Reading
from rules import faults as fault_rules
from rules import silence
from rules.codes import Sign
from rules.faults import Condition, Evidence, Rule, Step
from rules.model import DeviceId

TRUSTED_WORDS = frozenset({"online", "sleeping"})  # data do not contradict these
MOST_NAMES = 512  # metrics or flags kept of one device
MOST_POINTS = 512  # points of one device with a fault, or nearly one


@dataclass(frozen=True, slots=True)
class Transition:
    """A fault of this device opens (`raises`) or clears, true since `at`."""

    device_id: DeviceId
    rule: Rule
    point: str
    raises: bool
    at: datetime
    why: str
    value: float | None = None


class Judge:
    """The rules of one policy over the collector's memory."""

    def __init__(self, memory: Memory) -> None:
        self.memory = memory
        self.book = Rulebook(memory.policy)

    def hear(
        self, work: Work, device_id: DeviceId, reading: Reading, now: datetime, *, late: bool
    ) -> Iterator[Transition]:
        """One live message. `late`: we are catching up, so the device's time may stand in."""
        watched = work.of(self.memory, device_id)
        at = now
        if late and reading.t and silence.plausible(reading.t, watched.heard_at, now):
            at = min(reading.t, now)
        work.spoke.add(device_id)
        if reading.kind == "state":
            yield from self._hear_word(work, watched, reading, at)
            return
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
        elif reading.kind == "event" and self.refuses(work, device_id, reading) is None:
            yield from self._hear_event(work, watched, reading, at)

    def refuses(self, work: Work, device_id: DeviceId, reading: Reading) -> str | None:
        """Why the content of a message is not used; its sender is heard all the same."""
        if reading.kind != "event":
            return None
        rule = self.book.events.get(reading.code)
        if rule is None or rule.code.sign in {Sign.SILENCE, Sign.PERSON}:
            return f"code {reading.code!r} is not one that a device can report (docs/mqtt.md)"
        watched = work.of(self.memory, device_id)
        points = watched.conditions.keys() | watched.open.keys()
        if len(points) >= MOST_POINTS and (reading.code, reading.point) not in points:
            return f"the device has {len(points)} points with a fault already; no more are kept"
        return None

    def ring(
        self, work: Work, device_id: DeviceId, point: Point, now: datetime
    ) -> Iterator[Transition]:
        """A timer has run off, judged against the watermark `now`."""
        if device_id not in self.memory.watched:
            return
        watched = work.of(self.memory, device_id)
        if point == SILENCE:
            yield from self._silent(work, watched, now)
            return
        condition = watched.conditions.get(point)
        rule = self.book.of(watched, point)
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
        yield from self._apply(work, watched, rule, point[1], step, now, why=why)

    def _vouched_for(self, work: Work, watched: Watched, point: Point, now: datetime) -> bool:
        """May a timer speak for the device? Not if what it said since may have been lost.

        Then its next word decides, or its silence. And a silent device is not getting well.
        """
        silent_at = watched.silent_at(self.memory.policy, self.memory.spells)
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
            held = self.book.will(watched)
            point = watched.silence_point
            known = watched.conditions.get(point)
            step = fault_rules.step(held, known, Evidence.BAD, at, open_now=point in watched.open)
            yield from self._apply(work, watched, held, "", step, at, why="last_will")

    def _spoke(self, work: Work, watched: Watched, at: datetime) -> Iterator[Transition]:
        """The device itself was heard: a held will is void, an open silence begins to mend."""
        if watched.heard_at is None or at > watched.heard_at:
            first = watched.heard_at is None
            watched.heard_at = at
            if first:
                self._time_silence(work, watched)
        for code in (watched.rule.code.code, "NO_DATA_YET"):
            point = (code, "")
            if point in watched.open or point in watched.conditions:
                rule = self.book.events[code] if code == "NO_DATA_YET" else watched.rule
                known = watched.conditions.get(point)
                open_now = point in watched.open
                if open_now and (known is None or known.clear_since is None):
                    self._time_silence(work, watched)
                step = fault_rules.step(rule, known, Evidence.GOOD, at, open_now=open_now)
                yield from self._apply(work, watched, rule, "", step, at, why="heard_again")

    def _hear_health(
        self, work: Work, watched: Watched, reading: Reading, at: datetime
    ) -> Iterator[Transition]:
        self._overlay(work, watched, reading, at)
        if not watched.judged:
            return
        conditions, open_points = watched.conditions, watched.open
        for name, value in reading.metrics.items():
            for quick in self.book.metrics.get(name, ()):
                known = quick.point in conditions or quick.point in open_points
                if known or quick.suspicious(value):
                    yield from self._weigh_metric(work, watched, quick.rule, value, at)
        for name, flag in reading.flags.items():
            for quick in self.book.flags.get(name, ()):
                known = quick.point in conditions or quick.point in open_points
                if known or flag is not quick.rule.code.good_when:
                    evidence = fault_rules.weigh_flag(quick.rule, value=flag)
                    yield from self._weighed(work, watched, quick.rule, evidence, at, None)

    def _weigh_metric(
        self, work: Work, watched: Watched, rule: Rule, value: float, at: datetime
    ) -> Iterator[Transition]:
        if fault_rules.counts_as_reading(rule, watched.metrics, watched.flags):
            evidence = fault_rules.weigh(rule, value)
            yield from self._weighed(work, watched, rule, evidence, at, value)

    def _overlay(self, work: Work, watched: Watched, reading: Reading, at: datetime) -> None:
        """Lay what was said over what is known: absent is not false."""
        if reading.seq is not None:
            watched.seq = reading.seq
        if reading.interval_s is not None and reading.interval_s != watched.said_interval_s:
            watched.said_interval_s = reading.interval_s
            self._time_silence(work, watched)
        if watched.offset_s is not None and "clock_offset_s" not in reading.metrics:
            reading.metrics["clock_offset_s"] = round(watched.offset_s, 3)
        watched.metrics.update(reading.metrics)
        watched.flags.update(reading.flags)
        if len(watched.metrics) > MOST_NAMES:
            watched.metrics = reading.metrics.copy()
        if len(watched.flags) > MOST_NAMES:
            watched.flags = reading.flags.copy()
        if reading.metrics:
            work.points.append((watched.device.id, at, reading.metrics))

    def _hear_event(
        self, work: Work, watched: Watched, reading: Reading, at: datetime
    ) -> Iterator[Transition]:
        if not watched.judged:
            return
        rule = self.book.events[reading.code]
        evidence = Evidence.BAD if reading.active else Evidence.GOOD
        point = (reading.code, reading.point)
        known = watched.conditions.get(point)
        if known is None and reading.active:
            # An event says it once and means it until it says otherwise.
            known = Condition(true_since=at, reports=rule.code.reports)
        step = fault_rules.step(rule, known, evidence, at, open_now=point in watched.open)
        yield from self._apply(work, watched, rule, reading.point, step, at, why="event")

    def _weighed(
        self,
        work: Work,
        watched: Watched,
        rule: Rule,
        evidence: Evidence,
        at: datetime,
        value: float | None,
    ) -> Iterator[Transition]:
        point = (rule.code.code, rule.code.point)
        known = watched.conditions.get(point)
        open_now = point in watched.open
        step = fault_rules.step(rule, known, evidence, at, open_now=open_now, value=value)
        yield from self._apply(work, watched, rule, point[1], step, at, value=value)

    def _apply(  # noqa: PLR0913 - one step of one condition
        self,
        work: Work,
        watched: Watched,
        rule: Rule,
        point: str,
        step: Step,
        at: datetime,
        *,
        why: str = "reading",
        value: float | None = None,
    ) -> Iterator[Transition]:
        key = (rule.code.code, point)
        was, condition = watched.conditions.get(key), step.condition
        worse = key in watched.open and worsens(watched, rule.code, was, value)
        if worse and condition is not None:
            condition = replace(condition, value=value)
        if condition != was:
            work.keep(watched, key, condition)
        if step.due_at is not None:
            work.timers.append((step.due_at, watched.device.id, key))
        if step.raises and key not in watched.open:
            value = value if value is not None else _value(step.condition)
            yield Transition(watched.device.id, rule, point, True, at, why, value)  # noqa: FBT003
        elif step.clears:
            yield Transition(watched.device.id, rule, point, False, at, why, value)  # noqa: FBT003
        elif worse:
            yield Transition(watched.device.id, rule, point, True, at, why, value)  # noqa: FBT003

    def _time_silence(self, work: Work, watched: Watched) -> None:
        due_at = watched.silent_at(self.memory.policy, self.memory.spells)
        if due_at is not None:
            work.timers.append((due_at, watched.device.id, SILENCE))

    def _too_early(self, watched: Watched, condition: Condition) -> bool:
        """One word is not two minutes of data: a device that speaks often must have gone on."""
        interval_s = watched.interval_s
        if interval_s is None and watched.device.type not in silence.BATTERY_TYPES:
            interval_s = self.memory.policy.silence.default_interval_s
        clear_after_s = watched.rule.clear_after.total_seconds()
        often = interval_s is not None and 1.5 * interval_s < clear_after_s
        return often and watched.heard_at == condition.clear_since

    def _silent(self, work: Work, watched: Watched, now: datetime) -> Iterator[Transition]:
        due_at = watched.silent_at(self.memory.policy, self.memory.spells)
        if due_at is None:
            return
        if now < due_at:
            work.timers.append((due_at, watched.device.id, SILENCE))
            return
        rule = watched.rule if watched.heard_at else self.book.events["NO_DATA_YET"]
        point = (rule.code.code, "")
        if point in watched.open:
            held = watched.conditions.get(point)
            if held and held.clear_since:  # it came back for a moment and is gone again
                work.keep(watched, point, Condition(true_since=due_at))
            return
        work.keep(watched, point, Condition(true_since=due_at))
        yield Transition(watched.device.id, rule, "", True, due_at, "silent")  # noqa: FBT003


def _value(condition: Condition | None) -> float | None:
    return condition.value if condition else None
