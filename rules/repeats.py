"""The same fault again: repaired and back, or again and again (REPEAT_FAULT).

Customers count a fault that is reported twice double; whoever goes must know that it was there
before, and name the cause. What an ancestor explained, or maintenance, was no fault of its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from rules.faults import Rule
from rules.model import FaultId

REPEAT = "REPEAT_FAULT"
AFTER_REPAIR = timedelta(days=7)
# They say of themselves that something repeats, or stand for others.
NEVER = frozenset({REPEAT, "DEV_FLAPPING", "COMMON_CAUSE", "SITE_POWER_DOWN", "NO_DATA_YET"})


@dataclass(frozen=True, slots=True)
class Earlier:
    """The same fault as it was before; `repaired_at` where an order about it ended in a repair."""

    fault_id: FaultId
    opened_at: datetime
    repaired_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Repeat:
    """`of` is the last one before; `times` counts this one too; `fault`: it is one by itself."""

    of: FaultId
    times: int
    fault: bool


def weigh(earlier: Sequence[Earlier], rule: Rule, now: datetime) -> Repeat | None:
    """`earlier` oldest first; the rule says how often within how long is too often."""
    young = [one for one in earlier if one.opened_at > now - rule.raise_after]
    back = any(one.repaired_at and one.repaired_at > now - AFTER_REPAIR for one in earlier)
    if not young and not back:
        return None
    times = len(young) + 1
    return Repeat(earlier[-1].fault_id, times, fault=back or times >= rule.raise_at)


def point_of(code: str, point: str) -> str:
    """Where the repeat of a fault stands: one for each code and point of a device."""
    return f"{code}:{point}" if point else code


def code_and_point(point: str) -> tuple[str, str]:
    code, _, own = point.partition(":")
    return code, own
