"""What needs a person soonest: the order of the board. Pure; `storage.views.board` says it in SQL.

Not by time opened: an order nobody has answered or whose deadline has passed comes first, the
worst of them on top; then those somebody still has to travel for, by deadline; then those in
work; last those that only wait to be accepted.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

from rules.model import WorkOrder

RISK_SHARE = 0.75  # of the promised time gone with nobody on site: the second warning (A03)


class Band(IntEnum):
    NOW = 0
    SOON = 1
    AT_WORK = 2
    TO_CLOSE = 3


@dataclass(frozen=True, slots=True, order=True)
class Need:
    """Sorts by itself: the least is the most urgent. `rank` tells only within some bands."""

    band: Band
    rank: int
    at: datetime


def of_order(order: WorkOrder, now: datetime) -> Need:
    band = _band(order, now)
    rank = 0 if band is Band.SOON else order.severity.rank
    return Need(band, rank, order.on_site_by)


def at_risk(order: WorkOrder, now: datetime) -> bool:
    """Nobody is on site and three quarters of the promised time have gone, or all of it."""
    if order.closed_at or order.arrived_at or order.repaired_at:
        return False
    return now >= risk_from(order.clock_started_at, order.on_site_by)


def risk_from(started_at: datetime, due_at: datetime) -> datetime:
    return started_at + RISK_SHARE * (due_at - started_at)


def _band(order: WorkOrder, now: datetime) -> Band:
    if order.verified_at:
        return Band.TO_CLOSE
    if order.arrived_at or order.repaired_at:
        return Band.AT_WORK
    if not order.answered or now > order.on_site_by:
        return Band.NOW
    return Band.SOON
