"""Which waiting notices of a group travel as one message when its robot may send few. Pure."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rules.model import NoticeId
from rules.notices import Kind

MOST = 16  # so many lines of `LINE` characters fit the smallest robot's 4,096 bytes
LINE = 60
_MERGEABLE = {
    Kind.PAGE,
    Kind.REPORT,
    Kind.WARNING,
    Kind.RESTORED,
    Kind.ASSIGNED,
    Kind.RELIEVED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """What of a notice decides whether it may be merged."""

    id: NoticeId
    channel: str
    kind: str
    rank: int
    attempts: int

    @property
    def mergeable(self) -> bool:
        """Neither an emergency nor a call that only its own reader can answer.

        In a group nobody can acknowledge, so even a page is only told there. What has failed
        once goes alone: one text that a provider will not have must not take others with it.
        """
        return self.rank > 0 and self.kind in _MERGEABLE and self.attempts == 0


def batches(waiting: Sequence[Waiting], rooms: Mapping[str, int]) -> list[tuple[NoticeId, ...]]:
    """Every notice in exactly one message, in their order; merged where more wait than may go.

    `rooms`: how many ordinary messages each channel's robot takes now; a channel that is not
    there never merges.
    """
    mergeable: dict[str, list[NoticeId]] = defaultdict(list)
    for one in waiting:
        if one.mergeable and one.channel in rooms:
            mergeable[one.channel].append(one.id)
    first: dict[NoticeId, tuple[NoticeId, ...]] = {}
    follows: set[NoticeId] = set()
    for channel, ids in mergeable.items():
        if len(ids) <= rooms[channel]:
            continue
        for start in range(0, len(ids), MOST):
            together = tuple(ids[start : start + MOST])
            first[together[0]] = together
            follows.update(together[1:])
    return [first.get(one.id, (one.id,)) for one in waiting if one.id not in follows]
