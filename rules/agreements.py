"""What is agreed with the customer before the work: ways to repair (C07), another time (B14)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

FARTHEST = timedelta(days=90)
_COLONS = (":", "：")


@dataclass(frozen=True, slots=True, kw_only=True)
class Solution:
    """One way to repair, and how feasible it is: parts, time, what it takes."""

    what: str
    feasible: str


def solutions_in(text: str) -> tuple[Solution, ...]:
    """One a line, as people type them: the solution, a colon, how feasible it is."""
    return tuple(_solution(line) for line in text.splitlines() if line.strip())


def refusal_of_solutions(proposed: Sequence[Solution], least: int) -> str | None:
    """Why they cannot be proposed so, as the last part of message id `order.refused.<why>`."""
    if any(not (one.what.strip() and one.feasible.strip()) for one in proposed):
        return "solution_not_whole"
    different = {one.what.strip().casefold() for one in proposed}
    return "too_few_solutions" if len(different) < max(least, 1) else None


def appointment_fits(at: datetime, now: datetime) -> bool:
    """An appointment lies ahead, and not so far that nobody will remember it."""
    return now < at <= now + FARTHEST


def remind_at(appointment_at: datetime, notice_s: float, now: datetime) -> datetime:
    """When whoever has the order is reminded; at once when it is that near."""
    return max(appointment_at - timedelta(seconds=notice_s), now)


def _solution(line: str) -> Solution:
    places = [place for colon in _COLONS if (place := line.find(colon)) >= 0]
    cut = min(places, default=len(line))
    return Solution(what=line[:cut].strip(), feasible=line[cut + 1 :].strip())
