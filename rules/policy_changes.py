"""A18: each change of a figure has who, why and effective from; what runs keeps its own."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from rules import figures
from rules.figures import Value
from rules.model import PersonId
from rules.policy import Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyChange:
    """`value` None: from then on as the settings say. `before` is what was in force until then."""

    id: int
    name: str
    value: Value
    before: Value
    why: str
    changed_by: PersonId
    changed_at: datetime
    effective_from: datetime
    withdrawn_at: datetime | None = None


def in_force(base: Policy, changes: Iterable[PolicyChange], at: datetime) -> Policy:
    """The settings' figures with every change that was effective `at` on top.

    Of two for one figure the later effective one counts, of two at one instant the one written
    last. A name that this program no longer has is passed by.
    """
    policy = base
    for change in _in_force(changes, at):
        policy = figures.with_value(policy, change.name, change.value)
    return policy


def names_in_force(changes: Iterable[PolicyChange], at: datetime) -> frozenset[str]:
    """Which figures hold by a change and not by the settings."""
    return frozenset(change.name for change in _in_force(changes, at))


def _in_force(changes: Iterable[PolicyChange], at: datetime) -> list[PolicyChange]:
    latest: dict[str, PolicyChange] = {}
    for change in sorted(_standing(changes), key=_order):
        if change.effective_from <= at:
            latest[change.name] = change
    return [
        change
        for change in latest.values()
        if change.value is not None and figures.find(change.name) is not None
    ]


def next_instant(changes: Iterable[PolicyChange], after: datetime) -> datetime | None:
    """When the policy may next be another one."""
    coming = [one.effective_from for one in _standing(changes) if one.effective_from > after]
    return min(coming, default=None)


def kept_from(policy: Policy, changes: Sequence[PolicyChange], since: datetime) -> Policy:
    """`policy` as it was at `since`: what has begun keeps the figures it began with."""
    for change in sorted(_standing(changes), key=_order, reverse=True):
        if change.effective_from > since and figures.find(change.name) is not None:
            policy = figures.with_value(policy, change.name, change.before)
    return policy


def _standing(changes: Iterable[PolicyChange]) -> Iterable[PolicyChange]:
    return (change for change in changes if change.withdrawn_at is None)


def _order(change: PolicyChange) -> tuple[datetime, int]:
    return change.effective_from, change.id
