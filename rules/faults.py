"""When a reading makes a fault, and when the fault is over: hysteresis and debounce.

`weigh` says what one reading means for one code; `step` moves the condition on. Neither reads
a clock: the caller says when the reading was true.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from rules.codes import Code, Sign
from rules.figures import LIMITS
from rules.limits import NONE, ON_BATTERY, STANDBY, Figures, Origin
from rules.model import DeviceType
from rules.policy import Limit
from rules.silence import BATTERY_TYPES


class Evidence(StrEnum):
    BAD = "bad"
    GOOD = "good"
    BETWEEN = "between"  # neither: inside the hysteresis


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """What has been true of one code and point of a device, and since when."""

    true_since: datetime
    reports: int = 1
    clear_since: datetime | None = None
    value: float | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """The condition after a reading (None: forgotten) and when to look at it again."""

    condition: Condition | None
    raises: bool = False
    clears: bool = False
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A code with the figures that hold for one device. `origins`: by the figure's last name."""

    code: Code
    raise_at: float = 0
    clear_at: float = 0
    raise_after: timedelta = timedelta()
    clear_after: timedelta = timedelta()
    origins: Mapping[str, Origin] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def limit_from(self) -> Origin:
        """Where the limit comes from that a reading is held against."""
        last = "raise_after_s" if self.code.sign is Sign.FLAG else "raise_at"
        return self.origins.get(last, Origin.CATALOGUE)


def effective(code: Code, limits: Mapping[str, Limit], given: Figures = NONE) -> Rule:
    """The catalogue's figures, each replaced where the policy or the device has another.

    A bad and a good limit that come from two places and contradict each other are one limit.
    """
    limit = limits.get(code.code, Limit())
    found: dict[str, float] = {}
    origins: dict[str, Origin] = {}
    for last in LIMITS:
        named: float | None = getattr(limit, last)
        own = given.get(f"limits.{code.code}.{last}")
        found[last] = (getattr(code, last) or 0) if named is None else named
        if own is not None:
            found[last], origins[last] = own.value, own.origin
        elif named is not None:
            origins[last] = Origin.POLICY
    bad, good = found["raise_at"], found["clear_at"]
    return Rule(
        code=_rated(code, given),
        raise_at=bad,
        clear_at=max(bad, good) if code.bad_below else min(bad, good),
        raise_after=timedelta(seconds=found["raise_after_s"]),
        clear_after=timedelta(seconds=found["clear_after_s"]),
        origins=MappingProxyType(origins),
    )


def _rated(code: Code, given: Figures) -> Code:
    """Half of a battery's rated standby without mains is an emergency (domain rules §3.1)."""
    if code.code != ON_BATTERY or STANDBY not in given:
        return code
    return replace(code, worse_after_s=given[STANDBY].value / 2)


def weigh(rule: Rule, value: float) -> Evidence:
    """One metric against its two limits; at the very limit counts as beyond it."""
    reading = abs(value) if rule.code.magnitude else value
    if rule.code.bad_below:
        reading, bad, good = -reading, -rule.raise_at, -rule.clear_at
    else:
        bad, good = rule.raise_at, rule.clear_at
    if reading >= bad:
        return Evidence.BAD
    return Evidence.GOOD if reading <= good else Evidence.BETWEEN


def weigh_flag(rule: Rule, *, value: bool) -> Evidence:
    """Absent is not false: a flag that was not said must never come here."""
    return Evidence.GOOD if value == rule.code.good_when else Evidence.BAD


def step(
    rule: Rule,
    known: Condition | None,
    evidence: Evidence,
    at: datetime,
    *,
    open_now: bool,
    value: float | None = None,
) -> Step:
    """Move a condition on by one piece of evidence that was true `at` (UTC)."""
    if open_now:
        return _while_open(rule, known, evidence, at)
    if evidence is not Evidence.BAD:
        return Step(None)
    if known is None or known.clear_since is not None:
        known = Condition(true_since=at, reports=0)
    known = replace(known, reports=known.reports + 1, value=value)
    return ripen(rule, known, at)


def ripen(rule: Rule, known: Condition, at: datetime) -> Step:
    """Has a bad condition lasted, and been reported, long enough by `at`?"""
    due_at = known.true_since + rule.raise_after
    if known.reports < rule.code.reports:
        return Step(known)
    if at >= due_at:
        return Step(known, raises=True)
    return Step(known, due_at=due_at)


def _while_open(rule: Rule, known: Condition | None, evidence: Evidence, at: datetime) -> Step:
    known = known or Condition(true_since=at)
    if evidence is not Evidence.GOOD:
        return Step(replace(known, clear_since=None))
    known = replace(known, clear_since=known.clear_since or at)
    return mend(rule, known, at)


def mend(rule: Rule, known: Condition, at: datetime) -> Step:
    """Has an open fault's condition been good long enough by `at`?"""
    if known.clear_since is None:
        return Step(known)
    due_at = known.clear_since + rule.clear_after
    if at >= due_at:
        return Step(None, clears=True)
    return Step(known, due_at=due_at)


def counts_as_reading(
    rule: Rule,
    metrics: Mapping[str, float],
    flags: Mapping[str, bool],
    kind: DeviceType = DeviceType.OTHER,
) -> bool:
    """Sentinels: a battery of 0 % on mains is a device that cannot tell, not an empty one.

    A sensor that is made to run on a battery and has mains does not depend on its battery. A
    recorder that records in a circle (`overwrite`) is full by design.
    """
    if rule.code.signal == "disk_free_pct" and flags.get("overwrite") is True:
        return False
    if rule.code.sign is Sign.METRIC and rule.code.signal == "battery_pct":
        on_mains = flags.get("mains") is True
        return not (on_mains and (metrics.get("battery_pct") == 0 or kind in BATTERY_TYPES))
    return True
