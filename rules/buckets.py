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
    """At most `most` messages in any `window_s`; the last `reserved` only for emergencies.

    `to_one`: to one and the same address; else to all together.
    """

    most: int
    window_s: float
    reserved: int = 0
    to_one: bool = False


def limit(most: int, window_s: float, *, reserved_pct: int, to_one: bool = False) -> Limit:
    """At least one is reserved when a share is, and one is left for the rest."""
    share = max(1, most * reserved_pct // 100) if reserved_pct else 0
    return Limit(most=most, window_s=window_s, reserved=min(share, most - 1), to_one=to_one)


def of_all(limits: Iterable[Limit]) -> tuple[Limit, ...]:
    """What holds for all addresses together."""
    return tuple(one for one in limits if not one.to_one)


def too_many_to_one(
    limits: Iterable[Limit], spent: Collection[datetime], now: datetime
) -> Limit | None:
    """The limit that one more message to one address would break; `spent`: when others went."""
    return next(
        (one for one in limits if one.to_one and not room([one], spent, 0, now, rank=0)), None
    )


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
