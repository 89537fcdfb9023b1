"""E03: when somebody must leave to be on site in time. Pure.

The time of travel is what the site's access card says, else the policy's figure of its zone (ours).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from rules.model import WorkOrder, Zone
from rules.policy import Travel


class Known(StrEnum):
    """Where a time of travel comes from: message id `travel.known.<known>`."""

    CARD = "card"
    ZONE = "zone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How long one is on the road, in seconds, and how we know."""

    takes_s: float
    known: Known


def way_to(card_min: int | None, zone: Zone, travel: Travel) -> Way | None:
    """None for a remote site whose card says nothing: nobody knows."""
    if card_min is not None:
        return Way(takes_s=card_min * 60, known=Known.CARD)
    takes_s = travel.of(zone)
    return Way(takes_s=takes_s, known=Known.ZONE) if takes_s is not None else None


def leave_by(order: WorkOrder, way: Way) -> datetime:
    """The last moment; it may lie before the order's beginning where the way is too long."""
    return order.on_site_by - timedelta(seconds=way.takes_s)


def must_leave(order: WorkOrder) -> bool:
    """Is anybody still expected to set out? Not for what was repaired from afar (C13)."""
    gone = (order.departed_at, order.arrived_at, order.repaired_at, order.closed_at)
    return not any(gone)
