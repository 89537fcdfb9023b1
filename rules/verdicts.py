"""What a manager is told in half a minute: how it stands, and what waits for a decision.

Nothing here knows words: a verdict and a request are named, their facts beside them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from rules.inspections import Decision, Item, Point, Result, Sheet
from rules.model import Fault, FaultId, OrderId, Severity, WorkOrder
from rules.statistics import ONLINE_TARGET_PCT, Points, Running

MOST_ASKED = 3


class Verdict(StrEnum):
    """How the system stands: message id `report.verdict.<word>`."""

    SOUND = "sound"  # all checked, nothing wrong
    SETTLED = "settled"  # all checked, what was wrong has been put right
    INCOMPLETE = "incomplete"  # nothing wrong with what was checked
    DEFECTS = "defects"  # usable, with defects to be put right
    GRAVE = "grave"  # a defect that is major or an emergency is still there


class Matter(StrEnum):
    """What waits for the customer: message id `report.ask.<word>`."""

    REPAIR = "repair"  # a defect that is still there
    RECHECK = "recheck"  # the check of a point was found to be none
    ACCESS = "access"  # points nobody could look at
    ONLINE = "online"  # devices were away too long


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """An abnormal item. `settled`: its order is closed, or the device's fault is over."""

    point: Point
    item: Item
    fault: Fault | None = None
    order: WorkOrder | None = None

    @property
    def severity(self) -> Severity:
        return self.fault.severity if self.fault else Severity.MINOR

    @property
    def settled(self) -> bool:
        if self.order is not None:
            return not self.order.open
        return self.fault is not None and not self.fault.open


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """`problem` with REPAIR; else how many points, and the first reason given."""

    matter: Matter
    problem: Problem | None = None
    count: int = 0
    reason: str = ""


def problems(
    sheet: Sheet, faults: Mapping[FaultId, Fault], orders: Mapping[OrderId, WorkOrder]
) -> tuple[Problem, ...]:
    """Every defect on the sheet: what is still there first, the worst first, then as walked."""
    found = [
        Problem(
            point=point,
            item=item,
            fault=faults.get(item.fault_id) if item.fault_id else None,
            order=orders.get(item.order_id) if item.order_id else None,
        )
        for point, item in sheet.open_problems
        if point.decision is not Decision.FALSE
    ]
    return tuple(sorted(found, key=lambda one: (one.settled, one.severity.rank)))


def verdict(points: Points, found: tuple[Problem, ...]) -> Verdict:
    waiting = [one for one in found if not one.settled]
    if any(one.severity is not Severity.MINOR for one in waiting):
        return Verdict.GRAVE
    if waiting:
        return Verdict.DEFECTS
    if points.done < points.due:
        return Verdict.INCOMPLETE
    return Verdict.SETTLED if found else Verdict.SOUND


def asks(
    sheet: Sheet, points: Points, running: Running, found: tuple[Problem, ...]
) -> tuple[Ask, ...]:
    """At most three: the defects first, then points that could not be looked at, then downtime."""
    waiting = [one for one in found if not one.settled]
    repairs = [Ask(matter=Matter.REPAIR, problem=one) for one in _one_an_order(waiting)]
    wanted = list(repairs)
    false = [point for point in sheet.points if point.decision is Decision.FALSE]
    if false:
        wanted.append(Ask(matter=Matter.RECHECK, count=len(false)))
    left = [
        point
        for point in sheet.points
        if point.result is Result.NOT_CHECKED and point.decision is not Decision.FALSE
    ]
    if left:
        reason = points.reasons[0][0] if points.reasons else ""
        wanted.append(Ask(matter=Matter.ACCESS, count=len(left), reason=reason))
    if running.online_pct is not None and running.online_pct < ONLINE_TARGET_PCT:
        wanted.append(Ask(matter=Matter.ONLINE, count=len(running.worst)))
    return tuple(_shortened(wanted, len(repairs)))


def _one_an_order(waiting: list[Problem]) -> list[Problem]:
    """Several defects in the hands of one order are one matter."""
    firsts: dict[object, Problem] = {}
    for one in waiting:
        firsts.setdefault(one.order.id if one.order else one.item, one)
    return list(firsts.values())


def _shortened(wanted: list[Ask], defects: int) -> list[Ask]:
    """Three lines, but never three defects that push a different matter out."""
    if len(wanted) <= MOST_ASKED or defects == 0:
        return wanted[:MOST_ASKED]
    others = wanted[defects:]
    shown = max(1, MOST_ASKED - len(others))
    return [*wanted[: min(shown, defects)], *others][:MOST_ASKED]
