"""The rules that hold for a device, compiled by signal for the hot path.

Devices with the same figures share one book; most of a fleet has the policy's own.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta

from rules import limits
from rules.assets import Device
from rules.codes import CATALOGUE, FLAGS, METRICS, Code, silence_code
from rules.faults import Rule, effective
from rules.limits import ALLOWANCE, Figures, Origin, Overrides
from rules.policy import Policy

Point = tuple[str, str]  # code, point
MOST_LEARNT = 4096  # names with a point of their own that a book keeps ready


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

    def at(self, point: str) -> "Quick":
        """The same rule for one channel, bay or zone of the device."""
        code, own = self.point
        return replace(self, point=(code, f"{own}:{point}" if own else point))


class BySignal(dict[str, tuple[Quick, ...]]):
    """By the name of a metric or flag. `name:point` is judged by the rules of `name`."""

    def __missing__(self, name: str) -> tuple[Quick, ...]:
        signal, _, point = name.partition(":")
        found = tuple(quick.at(point) for quick in self.get(signal, ())) if point else ()
        if len(self) < MOST_LEARNT:
            self[name] = found
        return found


def _by_signal(codes: Iterable[Code], policy: Policy, given: Figures) -> BySignal:
    found = BySignal()
    for code in codes:
        rule = effective(code, policy.limits, given)
        sign = -1.0 if code.bad_below else 1.0
        quick = Quick(rule, (code.code, code.point), sign, sign * rule.raise_at)
        found[code.signal] = (*found.get(code.signal, ()), quick)
    return found


class Rulebook:
    """By metric, by flag, and by code for events and patterns; and when it counts as silent.

    `silence` is what the device is called when silent, and for how long it must be back; `will`
    is a last will, held before it counts, for it may be the old session's.
    """

    def __init__(self, policy: Policy, silent: Code, given: Figures = limits.NONE) -> None:
        self.metrics = _by_signal(METRICS, policy, given)
        self.flags = _by_signal(FLAGS, policy, given)
        self.events = {
            name: effective(code, policy.limits, given) for name, code in CATALOGUE.items()
        }
        self.figures = limits.silence(policy, given)
        self.allowance_s = given[ALLOWANCE].value if ALLOWANCE in given else None
        back_for = timedelta(seconds=self.figures.back_for_s)
        self.silence = Rule(code=silent, clear_after=back_for)
        self.will = replace(self.silence, raise_after=timedelta(seconds=self.figures.will_held_s))
        self.silence_point: Point = (silent.code, "")
        self.heard = (self.silence_point, ("NO_DATA_YET", ""))  # what any word of it makes good
        quicks = [one for some in (*self.metrics.values(), *self.flags.values()) for one in some]
        self._by_point = {quick.point: quick.rule for quick in quicks}

    def of(self, point: Point, *, open_now: bool) -> Rule | None:
        """The rule that moves this point; None for a code no longer known."""
        if point == self.silence_point:
            return self.silence if open_now else self.will
        code, where = point
        own = where.partition(":")[0]
        return (
            self._by_point.get(point)
            or self._by_point.get((code, own))
            or self._by_point.get((code, ""))
            or self.events.get(code)
        )


class Shelf:
    """The books of one policy and its overrides, each compiled once."""

    def __init__(self, policy: Policy, overrides: Overrides) -> None:
        self._policy = policy
        self._overrides = overrides
        self._books: dict[tuple[str, tuple[tuple[str, float, Origin], ...]], Rulebook] = {}

    def book(self, device: Device) -> Rulebook:
        given = self._overrides.of(device)
        own = tuple(sorted((name, one.value, one.origin) for name, one in given.items()))
        silent = silence_code(device.type, supervised=self._overrides.supervises(device))
        key = (silent.code, own)
        if key not in self._books:
            self._books[key] = Rulebook(self._policy, silent, given)
        return self._books[key]
