"""A condition moves one step; where a fault opens, worsens or clears, that is a transition."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from collector.memory import Watched, Work
from collector.rulebook import Point, Quick
from rules import faults as fault_rules
from rules.codes import Code, severity_of
from rules.faults import Condition, Evidence, Rule, Step
from rules.model import DeviceId, Severity

MOST_POINTS = 512  # points of one device with a fault, or nearly one


@dataclass(frozen=True, slots=True)
class Transition:
    """A fault of this device opens (`raises`) or clears, true since `at`.

    One that is open and raised again is worse now. `held_s`: for how long it has been true.
    `severity`: as whoever found it says; None: as the catalogue does.
    """

    device_id: DeviceId
    rule: Rule
    point: str
    raises: bool
    at: datetime
    why: str
    value: float | None = None
    held_s: float = 0
    severity: Severity | None = None


def weigh_in(
    work: Work,
    watched: Watched,
    quick: Quick,
    evidence: Evidence,
    at: datetime,
    value: float | None = None,
) -> Iterator[Transition]:
    """Move the condition of this point on by one piece of evidence, if there is room for it."""
    rule, key = quick.rule, quick.point
    if not has_room(watched, key):
        return
    known, open_now = watched.conditions.get(key), key in watched.open
    step = fault_rules.step(rule, known, evidence, at, open_now=open_now, value=value)
    yield from apply(work, watched, rule, key[1], step, at, value=value)


def has_room(watched: Watched, point: Point) -> bool:
    """May another point of this device come to have a fault?"""
    if point in watched.conditions or point in watched.open:
        return True
    return len(watched.conditions.keys() | watched.open.keys()) < MOST_POINTS


def apply(  # noqa: PLR0913 - one step of one condition
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
    """Keep what the step leaves, ask again when it says, and tell what became of the fault."""
    key = (rule.code.code, point)
    was, condition = watched.conditions.get(key), step.condition
    worse = key in watched.open and _worsens(watched, rule.code, was, value)
    if worse and condition is not None:
        condition = replace(condition, value=value)
    if condition != was:
        work.keep(watched, key, condition)
    if step.due_at is not None:
        work.timers.append((step.due_at, watched.device.id, key))
    if worse or step.clears or (step.raises and key not in watched.open):
        if value is None and condition is not None:
            value = condition.value
        held_s = (at - condition.true_since).total_seconds() if condition else 0
        raises = not step.clears
        yield Transition(watched.device.id, rule, point, raises, at, why, value, held_s)
        if raises and condition is not None:
            _ask_when_worse(work, watched, rule, key, condition)
            yield from _beside(watched, rule.code.code, at)


def lasting(
    work: Work, watched: Watched, rule: Rule, point: str, now: datetime
) -> Iterator[Transition]:
    """An open fault that has been true for so long that it is worse; told once.

    The condition of a flag has no value of its own: it keeps for how long it was true then.
    """
    key = (rule.code.code, point)
    known = watched.conditions.get(key)
    if rule.code.worse_after_s is None or known is None or known.clear_since or known.value:
        return
    held_s = (now - known.true_since).total_seconds()
    if held_s < rule.code.worse_after_s:
        _ask_when_worse(work, watched, rule, key, known)
        return
    work.keep(watched, key, replace(known, value=held_s))
    yield Transition(watched.device.id, rule, point, True, now, "lasting", None, held_s)  # noqa: FBT003


def _ask_when_worse(
    work: Work, watched: Watched, rule: Rule, key: tuple[str, str], condition: Condition
) -> None:
    if rule.code.worse_after_s is not None:
        due_at = condition.true_since + timedelta(seconds=rule.code.worse_after_s)
        work.timers.append((due_at, watched.device.id, key))


def _beside(watched: Watched, code: str, at: datetime) -> Iterator[Transition]:
    """Open faults that are worse now that this one has opened beside them."""
    for name, point in list(watched.open):
        rule = watched.book.of((name, point), open_now=True)
        if rule is not None and code in rule.code.worse_with:
            yield Transition(watched.device.id, rule, point, True, at, "beside")  # noqa: FBT003


def _worsens(watched: Watched, code: Code, was: Condition | None, value: float | None) -> bool:
    """Has an open fault passed the limit from which it is more severe?"""
    if code.worse_at is None or value is None:
        return False
    key = watched.device.importance == "key"
    before = was.value if was else None
    now = severity_of(code, watched.device.type, key=key, value=value)
    return now.rank < severity_of(code, watched.device.type, key=key, value=before).rank
