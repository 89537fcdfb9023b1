"""A metric in steps: single readings for the last two days, hourly figures before."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pydantic import BaseModel

from rules.model import DeviceId
from storage import telemetry
from storage.db import Tx
from storage.telemetry import Hour
from web.api.problems import refused

MOST_STEPS = 2000
DAY, NEAR = timedelta(days=1), timedelta(hours=47)
FINE_S, HOUR_S = 300, 3600


class Point(BaseModel):
    """The step that begins at `at`: lowest, mean and highest reading."""

    at: datetime
    low: float
    mean: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    starts_at: datetime
    ends_at: datetime
    step_s: int
    fine: bool


def chosen(since: datetime | None, to: datetime | None, step: int | None, now: datetime) -> Span:
    """Raises `ProblemError` for a span that is empty or takes too many steps.

    Beyond two days there are only hours: a finer step is widened to whole hours.
    """
    ends_at = min(to, now) if to else now
    starts_at = since or ends_at - DAY
    fine = starts_at >= now - NEAR
    step_s = step or (FINE_S if fine else HOUR_S)
    if not fine:
        step_s = -(-step_s // HOUR_S) * HOUR_S
    width_s = (ends_at - starts_at).total_seconds()
    if not 0 < width_s <= MOST_STEPS * step_s:
        typed = since.isoformat() if since else None
        raise refused(("from", typed, "api.accepts.span"), n=MOST_STEPS)
    return Span(
        starts_at=starts_at.astimezone(UTC),
        ends_at=ends_at.astimezone(UTC),
        step_s=step_s,
        fine=fine,
    )


def points(tx: Tx, device_id: DeviceId, metric: str, span: Span) -> list[Point]:
    known = [] if span.fine else telemetry.hours(tx, device_id, metric, span.starts_at)
    single_from = max([span.starts_at, *(hour.at + timedelta(hours=1) for hour in known[-1:])])
    if not span.fine:
        single_from = max(single_from, span.ends_at - NEAR)
    single = [
        Hour(one.at, *[one.metrics[metric]] * 3)
        for one in telemetry.recent(tx, device_id, single_from)
        if metric in one.metrics
    ]
    return _stepped([*known, *single], span)


def _stepped(some: Iterable[Hour], span: Span) -> list[Point]:
    step = timedelta(seconds=span.step_s)
    steps: dict[int, list[Hour]] = {}
    for one in some:
        if span.starts_at <= one.at <= span.ends_at:
            steps.setdefault((one.at - span.starts_at) // step, []).append(one)
    return [
        Point(
            at=span.starts_at + number * step,
            low=min(one.low for one in ones),
            mean=sum(one.mean for one in ones) / len(ones),
            high=max(one.high for one in ones),
        )
        for number, ones in sorted(steps.items())
    ]
