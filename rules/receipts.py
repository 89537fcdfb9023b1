"""What a provider tells of a letter after it took it. Pure.

Receipts come late, twice and out of order. What has arrived stays arrived: a failure told
afterwards, or before it of another station on the way, takes nothing back.
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """How far it has come. `answered`: a call was taken up; whether somebody listened is open."""

    QUEUED = "queued"
    DELIVERED = "delivered"
    READ = "read"
    ANSWERED = "answered"
    UNANSWERED = "unanswered"
    BUSY = "busy"
    FAILED = "failed"


ARRIVED = frozenset({Status.DELIVERED, Status.READ, Status.ANSWERED})
LOST = frozenset({Status.UNANSWERED, Status.BUSY, Status.FAILED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Tiding:
    """One thing a provider told of one try.

    `ref` is its name for the letter, `attempt` ours where it hands that back. `key`: what was
    pressed on the phone. `for_good`: this provider will never get it there.
    """

    status: Status
    words: str
    ref: str = ""
    attempt: str = ""
    key: str = ""
    for_good: bool = False


def is_lost(told: Collection[str]) -> bool:
    """Whether a letter the provider took has failed after all; `told`: every status so far."""
    return bool(LOST.intersection(told)) and not ARRIVED.intersection(told)


def may_try_again(told: Collection[str], *, for_good: bool) -> bool:
    """Whether the same provider is worth another try.

    Who does not take up now will not in a minute: the ladder calls again in its own time (ours).
    """
    return not for_good and Status.UNANSWERED not in told
