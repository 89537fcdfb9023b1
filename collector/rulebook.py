"""The rules of one policy, compiled by signal for the hot path."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType

from collector.memory import Point, Watched
from rules.codes import CATALOGUE, FLAGS, METRICS, Code, severity_of
from rules.faults import Condition, Rule, effective
from rules.policy import Policy


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


class Rulebook:
    """By metric, by flag, and by code for events."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self.metrics = _by_signal(METRICS, policy)
        self.flags = _by_signal(FLAGS, policy)
        self.events = {name: effective(code, policy.limits) for name, code in CATALOGUE.items()}
        quicks = [one for some in (*self.metrics.values(), *self.flags.values()) for one in some]
        self._by_point = {quick.point: quick.rule for quick in quicks}

    def of(self, watched: Watched, point: Point) -> Rule | None:
        """The rule that moves this point of this device; None for a code no longer known."""
        if point == watched.silence_point:
            return watched.rule if point in watched.open else self.will(watched)
        return self._by_point.get(point) or self.events.get(point[0])

    def will(self, watched: Watched) -> Rule:
        """A last will: held before it counts, for it may be the old session's."""
        held = timedelta(seconds=self._policy.silence.will_held_s)
        return Rule(code=watched.rule.code, raise_after=held, clear_after=watched.rule.clear_after)


def worsens(watched: Watched, code: Code, was: Condition | None, value: float | None) -> bool:
    """Has an open fault passed the limit from which it is more severe?"""
    if code.worse_at is None or value is None:
        return False
    key = watched.device.importance == "key"
    before = was.value if was else None
    now = severity_of(code, watched.device.type, key=key, value=value)
    return now.rank < severity_of(code, watched.device.type, key=key, value=before).rank
