"""What was measured, however long ago, in steps: one question, two places that can answer it.

`Embedded` reads our own tables: single readings, hot or sealed, and hourly figures for what is
older. `storage.influx.Influx` asks an InfluxDB 2. `tests/storage/test_curves.py` holds both.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy import select

from rules.model import DeviceId
from storage import sealed, telemetry
from storage.db import Database, Tx, reading
from storage.tables.telemetry import hourly
from storage.telemetry import HOUR_MS, instant_of, ms_of

ROLL = "roll"  # how far hourly figures are complete
HOUR = timedelta(hours=1)
_NEVER_MS = 2**62

_Figures = tuple[int, float, float, float]  # samples, low, total, high
_Part = tuple[str, int, _Figures]  # metric, milliseconds since 1970


class CurvesDownError(Exception):
    """The outside store cannot be asked now; our own can."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """From `starts_at`, which begins the first step, up to and with the millisecond `ends_at`."""

    starts_at: datetime
    ends_at: datetime
    step: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of one metric, in the metric's own unit: lowest, mean and highest reading."""

    at: datetime  # when the step begins
    low: float
    mean: float
    high: float


class Curves(Protocol):
    def steps(
        self, device_id: DeviceId, metrics: Sequence[str], span: Span
    ) -> dict[str, list[Step]]:
        """By metric, oldest first; steps without a reading are left out.

        Raises `CurvesDownError`.
        """


@dataclass(slots=True)
class _Sum:
    samples: int = 0
    total: float = 0.0
    low: float = float("inf")
    high: float = float("-inf")

    def add(self, figures: _Figures) -> None:
        samples, low, total, high = figures
        self.samples += samples
        self.total += total
        self.low, self.high = min(self.low, low), max(self.high, high)


@dataclass(frozen=True, slots=True)
class Embedded:
    """Steps below an hour come from single readings as far back as they are kept."""

    database: Database

    def steps(
        self, device_id: DeviceId, metrics: Sequence[str], span: Span
    ) -> dict[str, list[Step]]:
        from_ms, to_ms = ms_of(span.starts_at), ms_of(span.ends_at) + 1
        wanted = dict.fromkeys(metrics)
        with reading(self.database) as tx:
            turn = _turn_ms(tx, device_id, span.step)
            parts = [
                *_hours(tx, device_id, wanted, from_ms, min(turn, to_ms)),
                *_singles(tx, device_id, wanted, max(turn, from_ms), to_ms),
            ]
        return _stepped(parts, wanted, span)


def _turn_ms(tx: Tx, device_id: DeviceId, step: timedelta) -> int:
    """Until when hourly figures speak, from when single readings do; a whole hour."""
    rolled = telemetry.progress(tx, ROLL)
    if rolled is not None and step % HOUR == timedelta():
        return ms_of(rolled)
    first = sealed.first_ms(tx, device_id)
    return _NEVER_MS if first is None else first // HOUR_MS * HOUR_MS


def _hours(
    tx: Tx, device_id: DeviceId, metrics: Iterable[str], from_ms: int, to_ms: int
) -> Iterator[_Part]:
    c = hourly.c
    found = select(c.metric, c.hour, c.samples, c.low, c.total, c.high).where(
        c.device_id == device_id,
        c.metric.in_(list(metrics)),
        c.hour >= -(-from_ms // HOUR_MS),
        c.hour < -(-to_ms // HOUR_MS),
    )
    for metric, hour, samples, low, total, high in tx.execute(found):
        yield metric, hour * HOUR_MS, (samples, low, total, high)


def _singles(
    tx: Tx, device_id: DeviceId, metrics: Iterable[str], from_ms: int, to_ms: int
) -> Iterator[_Part]:
    wanted = list(metrics)
    for at_ms, said in sealed.of_device(tx, device_id, from_ms, to_ms):
        for metric in wanted:
            if (value := said.get(metric)) is not None:
                yield metric, at_ms, (1, value, value, value)


def _stepped(parts: Iterable[_Part], metrics: Iterable[str], span: Span) -> dict[str, list[Step]]:
    from_ms, step_ms = ms_of(span.starts_at), span.step // timedelta(milliseconds=1)
    sums: dict[str, dict[int, _Sum]] = {metric: {} for metric in metrics}
    for metric, at_ms, figures in parts:
        number = (at_ms - from_ms) // step_ms
        known = sums[metric].get(number)
        if known is None:
            known = sums[metric][number] = _Sum()
        known.add(figures)
    return {
        metric: [_step(from_ms + n * step_ms, one) for n, one in sorted(steps.items())]
        for metric, steps in sums.items()
    }


def _step(at_ms: int, one: _Sum) -> Step:
    return Step(at=instant_of(at_ms), low=one.low, mean=one.total / one.samples, high=one.high)
