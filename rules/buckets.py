"""How many messages a provider takes in a while, some of them kept for emergencies. Pure.

A token comes back a whole window after the message that spent it had gone out, so no window of
the provider's, wherever it begins, ever holds more than its limit. A bucket that refills while
it empties would let nearly twice as many through, and a robot is muted for that.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """At most `most` messages in any `window_s`; the last `reserved` only for emergencies."""

    most: int
    window_s: float
    reserved: int = 0


def limit(most: int, window_s: float, *, reserved_pct: int) -> Limit:
    """At least one is reserved when a share is, and one is left for the rest."""
    share = max(1, most * reserved_pct // 100) if reserved_pct else 0
    return Limit(most=most, window_s=window_s, reserved=min(share, most - 1))


def room(
    limits: Iterable[Limit],
    spent: Collection[datetime],
    in_flight: int,
    now: datetime,
    *,
    rank: int,
) -> int:
    """How many more may set out now. `rank` 0 is an emergency. `spent`: when others had gone."""
    free = [
        one.most
        - (one.reserved if rank else 0)
        - in_flight
        - sum((now - at).total_seconds() <= one.window_s for at in spent)
        for one in limits
    ]
    return max(0, min(free))
