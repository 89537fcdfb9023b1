"""A day of one metric as a drawing: gaps stay gaps, faults are shaded, limits are lines."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from rules.model import Fault

WIDTH, HEIGHT = 960.0, 220.0
BUCKETS = 240
GAP = 4  # so many empty buckets break the line


@dataclass(frozen=True, slots=True)
class Sample:
    at: datetime
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Shade:
    x: float
    width: float
    severity: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """In units of a 960 x 220 drawing; `low` and `high` are what its edges stand for."""

    path: str
    low: float
    high: float
    last: Sample
    least: float
    most: float
    shades: Sequence[Shade]
    limit_y: float | None
    starts_at: datetime
    ends_at: datetime


def draw(
    samples: Sequence[Sample],
    faults: Iterable[Fault],
    starts_at: datetime,
    ends_at: datetime,
    *,
    limit: float | None = None,
) -> Curve | None:
    """None when there is nothing to draw."""
    if not samples:
        return None
    least, most = min(s.value for s in samples), max(s.value for s in samples)
    low, high = _edges(least, most, limit)
    span = ends_at - starts_at

    def x(at: datetime) -> float:
        return min(max((at - starts_at) / span, 0.0), 1.0) * WIDTH

    def y(value: float) -> float:
        return (1 - (value - low) / (high - low)) * HEIGHT

    pieces = _pieces(samples, starts_at, span)
    return Curve(
        path=" ".join(_line(piece, x, y) for piece in pieces),
        low=low,
        high=high,
        last=samples[-1],
        least=least,
        most=most,
        shades=_shades(faults, x, ends_at, starts_at),
        limit_y=None if limit is None else round(y(limit), 1),
        starts_at=starts_at,
        ends_at=ends_at,
    )


def _edges(least: float, most: float, limit: float | None) -> tuple[float, float]:
    """Round figures that leave the curve, and its limit, some air."""
    low = least if limit is None else min(least, limit)
    high = most if limit is None else max(most, limit)
    room = (high - low) or max(abs(high), 1.0) * 0.2
    step = 10 ** math.floor(math.log10(room))
    low, high = low - room * 0.1, high + room * 0.1
    return math.floor(low / step) * step, math.ceil(high / step) * step


def _pieces(samples: Sequence[Sample], starts_at: datetime, span: timedelta) -> list[list[Sample]]:
    """The mean of each small stretch; where nothing was heard for several, a new piece begins."""
    buckets: dict[int, list[Sample]] = {}
    for sample in samples:
        buckets.setdefault(int((sample.at - starts_at) / span * BUCKETS), []).append(sample)
    pieces: list[list[Sample]] = []
    last = None
    for number in sorted(buckets):
        some = buckets[number]
        mean = Sample(some[-1].at, sum(s.value for s in some) / len(some))
        if last is None or number - last > GAP:
            pieces.append([])
        pieces[-1].append(mean)
        last = number
    return pieces


def _line(
    piece: Sequence[Sample], x: Callable[[datetime], float], y: Callable[[float], float]
) -> str:
    points = [f"{x(s.at):.1f} {y(s.value):.1f}" for s in piece]
    if len(points) == 1:
        points.append(f"{x(piece[0].at) + 1:.1f} {y(piece[0].value):.1f}")
    return f"M{points[0]} L" + " ".join(points[1:])


def _shades(
    faults: Iterable[Fault], x: Callable[[datetime], float], ends_at: datetime, starts_at: datetime
) -> list[Shade]:
    shades = []
    for fault in faults:
        until = fault.cleared_at or ends_at
        if until <= starts_at:
            continue
        left = x(fault.opened_at)
        width = max(x(until) - left, 2.0)
        shades.append(Shade(x=round(left, 1), width=round(width, 1), severity=fault.severity))
    return shades
