"""A device that comes and goes (DEV_FLAPPING): one intermittent fault instead of many silences."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

SHOWN = timedelta(hours=24)  # how far its chart goes back
MOST = 400  # changes kept


@dataclass(frozen=True, slots=True)
class Swing:
    """From `at` on it was there (`up`), or it was not."""

    at: datetime
    up: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Swings:
    """The changes of the last day, oldest first."""

    changes: tuple[Swing, ...] = ()

    @property
    def instants(self) -> tuple[datetime, ...]:
        return tuple(one.at for one in self.changes)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a span in which it was there, or not; `start` and `share` are of 0 to 1."""

    start: float
    share: float
    up: bool


def change(known: Swings, at: datetime, *, up: bool) -> Swings:
    """It came or went; what it does already is no change."""
    if known.changes and known.changes[-1].up is up:
        return known
    young = (one for one in known.changes if one.at > at - SHOWN)
    return Swings(changes=(*young, Swing(at, up))[-MOST:])


def chart(changes: Iterable[Swing], starts_at: datetime, ends_at: datetime) -> list[Stretch]:
    """The span cut into stretches; before the first change it was the other way round."""
    inside: Sequence[Swing] = [one for one in changes if starts_at < one.at < ends_at]
    if not inside:
        return []
    edges = [starts_at, *(one.at for one in inside), ends_at]
    states = [not inside[0].up, *(one.up for one in inside)]
    span = ends_at - starts_at
    return [
        Stretch((start - starts_at) / span, (end - start) / span, up)
        for start, end, up in zip(edges, edges[1:], states, strict=False)
    ]
