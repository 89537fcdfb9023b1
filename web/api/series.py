"""A metric in steps, as a program asks for it."""

from datetime import UTC, datetime, timedelta

from pydantic import BaseModel

from rules.model import DeviceId
from storage.curves import Span
from web import curves
from web.api.problems import refused
from wiring.parts import Parts

MOST_STEPS = 2000
DAY, NEAR = timedelta(days=1), timedelta(hours=47)
FINE_S, HOUR_S = 300, 3600


class Point(BaseModel):
    """The step that begins at `at`: lowest, mean and highest reading."""

    at: datetime
    low: float
    mean: float
    high: float


def chosen(since: datetime | None, to: datetime | None, step: int | None, now: datetime) -> Span:
    """Raises `ProblemError` for a span that is empty or takes too many steps.

    Steps that would be too many are widened to an hour; steps of whole hours begin with one.
    """
    ends_at = min(to, now) if to else now
    starts_at = since or ends_at - DAY
    step_s = step or (FINE_S if starts_at >= now - NEAR else HOUR_S)
    width_s = (ends_at - starts_at).total_seconds()
    if width_s > MOST_STEPS * step_s:
        step_s = max(step_s, HOUR_S)
    if not 0 < width_s <= MOST_STEPS * step_s:
        typed = since.isoformat() if since else None
        raise refused(("from", typed, "api.accepts.span"), n=MOST_STEPS)
    if step_s % HOUR_S == 0:
        starts_at -= timedelta(seconds=starts_at.timestamp() % HOUR_S)
    return Span(
        starts_at=starts_at.astimezone(UTC),
        ends_at=ends_at.astimezone(UTC),
        step=timedelta(seconds=step_s),
    )


def points(parts: Parts, device_id: DeviceId, metric: str, span: Span) -> list[Point]:
    steps, _ = curves.read(parts, device_id, [metric], span)
    return [Point(at=one.at, low=one.low, mean=one.mean, high=one.high) for one in steps[metric]]
