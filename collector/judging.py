"""What a reading, or a timer, means for one device: conditions move, faults open and clear.

Pure but for the copies it is given; the transitions it returns are carried out by the intake,
inside the batch's transaction.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import MappingProxyType

from collector.memory import SILENCE, Memory, Point, Watched, Work
from collector.wire import Reading
from rules import faults as fault_rules
from rules import silence
from rules.codes import CATALOGUE, FLAGS, METRICS, Code, severity_of
from rules.faults import Condition, Evidence, Rule, Step, effective
from rules.model import DeviceId
from rules.policy import Policy


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
    """The rules of one policy, compiled by signal, over the collector's memory."""

    def __init__(self, memory: Memory) -> None:
        self.memory = memory
        self.metrics = _by_signal(METRICS, memory.policy)
        self.flags = _by_signal(FLAGS, memory.policy)
        self.events = {
            name: effective(code, memory.policy.limits) for name, code in CATALOGUE.items()
        }

    def hear(
        self, work: Work, device_id: DeviceId, reading: Reading, now: datetime, *, late: bool
    ) -> Iterator[Transition]:
        """One live message. `late`: we are catching up, so the device's time may stand in."""
        watched = work.of(self.memory, device_id)
        at = now
        if late and reading.t and silence.plausible(reading.t, watched.heard_at, now):
            at = reading.t
        work.spoke.add(device_id)
        if reading.kind == "state":
            yield from self._hear_word(work, watched, reading, at)
            return
        yield from self._spoke(work, watched, at)
        if reading.t is not None:
            watched.t = reading.t
            watched.offset_s = None if late else (reading.t - now).total_seconds()
        if reading.kind == "event":
            yield from self._hear_event(work, watched, reading, at)
        else:
            yield from self._hear_health(work, watched, reading, at)

    def hear_retained(self, work: Work, device_id: DeviceId, reading: Reading) -> None:
        """A retained word is not news: it fills an empty page and touches no clock."""
        watched = work.of(self.memory, device_id)
        if reading.kind == "state" and watched.heard_at is None and not watched.word:
            watched.word = reading.word
            work.spoke.add(device_id)

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
        rule = self._rule(watched, point)
        if condition is None or rule is None:
            return
        silent = point == watched.silence_point
        if silent and point in watched.open and self._too_early(watched, condition):
            return
        ask = fault_rules.mend if point in watched.open else fault_rules.ripen
        step = ask(rule, condition, now)
        why = "last_will" if silent and step.raises else "reading"
        yield from self._apply(work, watched, rule, point[1], step, now, why=why)

    def _hear_word(
        self, work: Work, watched: Watched, reading: Reading, at: datetime
    ) -> Iterator[Transition]:
        watched.word, watched.word_at = reading.word, at
        if reading.word in {"online", "sleeping", "stopped"}:
            yield from self._spoke(work, watched, at)
        elif reading.word == "offline" and watched.judged:
            # A last will: held before it counts, for it may be the old session's.
            held = Rule(
                code=watched.rule.code,
                raise_after=timedelta(seconds=self.memory.policy.silence.will_held_s),
                clear_after=watched.rule.clear_after,
            )
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
                rule = self.events[code] if code == "NO_DATA_YET" else watched.rule
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
            for quick in self.metrics.get(name, ()):
                known = quick.point in conditions or quick.point in open_points
                if known or quick.suspicious(value):
                    yield from self._weigh_metric(work, watched, quick.rule, value, at)
        for name, flag in reading.flags.items():
            for quick in self.flags.get(name, ()):
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
        if reading.metrics:
            work.points.append((watched.device.id, at, reading.metrics))

    def _hear_event(
        self, work: Work, watched: Watched, reading: Reading, at: datetime
    ) -> Iterator[Transition]:
        rule = self.events.get(reading.code)
        if rule is None:
            raise ValueError(f"code {reading.code!r} is not in the fault catalogue (docs/mqtt.md)")
        if not watched.judged:
            return
        evidence = Evidence.BAD if reading.active else Evidence.GOOD
        point = (reading.code, reading.point)
        known = watched.conditions.get(point)
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
        worse = key in watched.open and self._worse(watched, rule.code, was, value)
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

    def _worse(
        self, watched: Watched, code: Code, was: Condition | None, value: float | None
    ) -> bool:
        """Has an open fault passed the limit from which it is more severe?"""
        if code.worse_at is None or value is None:
            return False
        key = watched.device.importance == "key"
        before = was.value if was else None
        now = severity_of(code, watched.device.type, key=key, value=value)
        return now.rank < severity_of(code, watched.device.type, key=key, value=before).rank

    def _time_silence(self, work: Work, watched: Watched) -> None:
        due_at = watched.silent_at(self.memory.policy, self.memory.spells)
        if due_at is not None:
            work.timers.append((due_at, watched.device.id, SILENCE))

    def _too_early(self, watched: Watched, condition: Condition) -> bool:
        """One word is not two minutes of data: a device that speaks often must have gone on."""
        interval_s = watched.device.reporting_interval_s or watched.said_interval_s
        often = (
            interval_s is not None and 1.5 * interval_s < watched.rule.clear_after.total_seconds()
        )
        return often and watched.heard_at == condition.clear_since

    def _silent(self, work: Work, watched: Watched, now: datetime) -> Iterator[Transition]:
        due_at = watched.silent_at(self.memory.policy, self.memory.spells)
        if due_at is None:
            return
        if now < due_at:
            work.timers.append((due_at, watched.device.id, SILENCE))
            return
        rule = watched.rule if watched.heard_at else self.events["NO_DATA_YET"]
        point = (rule.code.code, "")
        if point in watched.open:
            held = watched.conditions.get(point)
            if held and held.clear_since:  # it came back for a moment and is gone again
                work.keep(watched, point, Condition(true_since=due_at))
            return
        work.keep(watched, point, Condition(true_since=due_at))
        yield Transition(watched.device.id, rule, "", True, due_at, "silent")  # noqa: FBT003

    def _rule(self, watched: Watched, point: Point) -> Rule | None:
        if point == watched.silence_point:
            if point in watched.open:
                return watched.rule
            held = timedelta(seconds=self.memory.policy.silence.will_held_s)
            return Rule(code=watched.rule.code, raise_after=held)
        for rules in (self.metrics, self.flags):
            for some in rules.values():
                for quick in some:
                    if quick.point == point:
                        return quick.rule
        return self.events.get(point[0])


@dataclass(frozen=True, slots=True)
class Quick:
    """A rule with what the hot path asks first: nearly every reading of the field is fine."""

    rule: Rule
    point: Point
    sign: float
    limit: float

    def suspicious(self, value: float) -> bool:
        """May this reading be bad? False is certain, True is for the rule to say."""
        if self.rule.code.magnitude:
            value = abs(value)
        return value * self.sign >= self.limit


def _by_signal(codes: tuple[Code, ...], policy: Policy) -> Mapping[str, tuple[Quick, ...]]:
    found: dict[str, tuple[Quick, ...]] = {}
    for code in codes:
        rule = effective(code, policy.limits)
        sign = -1.0 if code.bad_below else 1.0
        quick = Quick(rule, (code.code, code.point), sign, sign * rule.raise_at)
        found[code.signal] = (*found.get(code.signal, ()), quick)
    return MappingProxyType(found)


def _value(condition: Condition | None) -> float | None:
    return condition.value if condition else None
