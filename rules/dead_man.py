"""The dead-man's switch: does the world outside hear from us, and since when not? Pure.

While beat, echo and senders are well an outside address is pinged once a minute; it alone can
tell people that we are gone, because whoever is gone tells nobody.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

CHECKS = ("beat", "echo", "sender")  # what must be well for a ping to go out
EVERY_S = 60.0
MISSED = 3  # (ours) so many pings not taken are more than a hiccup of the line
KEPT = 10_000  # pings: a week of them


class Stand(StrEnum):
    """`unset`: no address was ever set, which is a gap. `new`: set, and never heard yet."""

    UNSET = "unset"
    NEW = "new"
    WELL = "well"
    FAILING = "failing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ping:
    """One round. `sent` False: held back, because not all `checks` were well.

    `taken`: the outside answered that it heard; `words` are its own, or what went wrong.
    """

    at: datetime
    sent: bool
    taken: bool
    words: str = ""
    checks: Mapping[str, bool] = field(default_factory=dict)

    @property
    def ailing(self) -> tuple[str, ...]:
        return tuple(name for name, well in self.checks.items() if not well)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """`since`: when the outside last heard from us; None: never."""

    stand: Stand
    since: datetime | None = None


def judge(pings: Sequence[Ping], taken_at: datetime | None, now: datetime, *, url: str) -> Verdict:
    """`pings`: the newest first. `taken_at`: when one was last taken.

    Silence of the switch itself counts like a ping that failed: nobody sends any more.
    """
    if not url:
        return Verdict(stand=Stand.UNSET, since=taken_at)
    patience = timedelta(seconds=MISSED * EVERY_S)
    if taken_at and now - taken_at <= patience:
        return Verdict(stand=Stand.WELL, since=taken_at)
    first = pings[-1].at if pings else None
    if taken_at is None and (first is None or now - first <= patience):
        return Verdict(stand=Stand.NEW)
    return Verdict(stand=Stand.FAILING, since=taken_at)
