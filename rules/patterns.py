"""Faults of many readings: so often within a time, and over when it has been quiet for a time.

A pattern's figures are those of its catalogue entry: `raise_at` times within `raise_after`
raises; fewer than `clear_at` within `clear_after` clears (none at all where it is 0).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from rules.faults import Evidence, Rule


@dataclass(frozen=True, slots=True)
class Count:
    """How often it happened in the time that counts now, and when to count again (None: never)."""

    evidence: Evidence
    number: int
    due_at: datetime | None = None


def count(rule: Rule, instants: Sequence[datetime], now: datetime, *, open_now: bool) -> Count:
    """Weigh what happened at `instants` (oldest first) against the rule of a pattern."""
    number = since(instants, now - rule.raise_after)
    if number >= max(rule.raise_at, 1):
        return Count(Evidence.BAD, number, _quiet_at(rule, instants))
    if not open_now:
        return Count(Evidence.GOOD, number)
    kept = since(instants, now - rule.clear_after)
    if kept < _least(rule):
        return Count(Evidence.GOOD, kept)
    return Count(Evidence.BETWEEN, kept, _quiet_at(rule, instants))


def since(instants: Sequence[datetime], start: datetime) -> int:
    """How many came after `start`."""
    return sum(at > start for at in instants)


def kept(
    instants: Sequence[datetime], at: datetime, span: timedelta, most: int
) -> tuple[datetime, ...]:
    """The instants with one more; those older than `span` and beyond `most` are forgotten."""
    return (*(one for one in instants if one > at - span), at)[-most:]


def _least(rule: Rule) -> int:
    return max(int(rule.clear_at), 1)


def _quiet_at(rule: Rule, instants: Sequence[datetime]) -> datetime | None:
    """When so few are left that it counts as over, if nothing more happens."""
    least = _least(rule)
    return instants[-least] + rule.clear_after if len(instants) >= least else None
