"""Swaps of duty: who may offer which span, who may take it, and what stands in the way. Pure.

A swap is judged twice: when it is offered, and again by the rota as it is when it is taken.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from rules.duty import Shift, Span, gaps
from rules.model import Layer, Person, PersonId, Role


class State(StrEnum):
    OFFERED = "offered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch(Span):
    """A span of one layer."""

    layer: Layer


@dataclass(frozen=True, slots=True, kw_only=True)
class Swap:
    """`to_id` None: whoever takes it. `back` None: for nothing in return."""

    id: int = 0
    from_id: PersonId
    given: Stretch
    to_id: PersonId | None = None
    back: Stretch | None = None
    note: str = ""
    state: State = State.OFFERED
    offered_at: datetime
    answered_at: datetime | None = None
    answered_by: PersonId | None = None

    @property
    def expires_at(self) -> datetime:
        """An offer ends when the first of its spans begins: what has been stood cannot be given."""
        return min(self.given.starts_at, self.back.starts_at if self.back else self.given.starts_at)


_LEADS = frozenset({Role.HEAD, Role.ADMIN})
_STANDS = _LEADS | {Role.ENGINEER, Role.DISPATCHER}


def may_stand(person: Person, layer: Layer) -> bool:
    """Whether a swap may bring this person into that layer (A02: the head's is for heads)."""
    wanted = _LEADS if layer in {Layer.HEAD, Layer.DEPUTY} else _STANDS
    return bool(person.roles & wanted)


def stands_throughout(shifts: Iterable[Shift], person_id: PersonId, stretch: Stretch) -> bool:
    """Whether every instant of the stretch is that person's."""
    own = [shift for shift in shifts if shift.person_id == person_id]
    return not gaps(own, stretch.layer, stretch)


def wrong_span(stretch: Stretch, now: datetime) -> bool:
    """Only what lies ahead can be given away."""
    return stretch.starts_at < now or stretch.ends_at <= stretch.starts_at


def soonest(now: datetime) -> datetime:
    """A full quarter of an hour that leaves another a quarter at least to take it (ours)."""
    into = timedelta(minutes=now.minute % 15, seconds=now.second, microseconds=now.microsecond)
    return now - into + (timedelta(minutes=30) if into else timedelta(minutes=15))


def overlap(one: Span, other: Span) -> bool:
    return one.starts_at < other.ends_at and other.starts_at < one.ends_at


def refusal_of_offer(swap: Swap, shifts: Iterable[Shift], now: datetime) -> str | None:
    """Why this cannot be offered; None: it can. `shifts` as they will stand."""
    known = list(shifts)
    if wrong_span(swap.given, now):
        return "span"
    if swap.to_id == swap.from_id:
        return "self"
    if not stands_throughout(known, swap.from_id, swap.given):
        return "not_yours"
    return _refusal_of_return(swap, known, swap.to_id, now) if swap.back else None


def refusal_of_taking(
    swap: Swap, taker: Person, shifts: Iterable[Shift], now: datetime
) -> str | None:
    """Why this person cannot take it now; None: they can."""
    known = list(shifts)
    if swap.state is not State.OFFERED or swap.expires_at <= now:
        return "over"
    if taker.id == swap.from_id:
        return "self"
    if swap.to_id not in {None, taker.id}:
        return "for_another"
    if not may_stand(taker, swap.given.layer):
        return "role"
    if not stands_throughout(known, swap.from_id, swap.given):
        return "changed"
    return _refusal_of_return(swap, known, taker.id, now) if swap.back else None


def _refusal_of_return(
    swap: Swap, shifts: list[Shift], taker_id: PersonId | None, now: datetime
) -> str | None:
    back = swap.back
    assert back is not None  # noqa: S101 - only asked where something comes back
    if wrong_span(back, now) or (back.layer == swap.given.layer and overlap(back, swap.given)):
        return "return_span"
    if taker_id is not None and not stands_throughout(shifts, taker_id, back):
        return "return_not_theirs"
    return None
