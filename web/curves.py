"""What a device measured, as its page draws it: steps of a span, limits as lines, faults shaded."""

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import Depends, Query

import words
from rules.assets import Device
from rules.faults import Rule
from rules.model import DeviceId, Fault
from storage.curves import CurvesDownError, Embedded, Span, Step
from storage.db import reading
from storage.states import LastWord
from web import readings
from web.wired import Viewer
from wiring.parts import Parts

log = logging.getLogger(__name__)

MOST_CURVES = 4
GAP_STEPS = 3  # so many empty steps break the line, and so many intervals of the device


@dataclass(frozen=True, slots=True)
class View:
    """How far back, in steps of what length: some 700 to 1,500 points to draw."""

    length: timedelta
    step: timedelta

    def span(self, now: datetime) -> Span:
        """Up to now; whole steps, so that hourly figures fit."""
        start = now - self.length
        seconds = self.step.total_seconds()
        begins = start - timedelta(seconds=start.timestamp() % seconds)
        return Span(starts_at=begins, ends_at=now, step=self.step)


VIEWS: Mapping[str, View] = {
    "day": View(timedelta(days=1), timedelta(minutes=1)),
    "week": View(timedelta(days=7), timedelta(minutes=10)),
    "month": View(timedelta(days=30), timedelta(hours=1)),
    "year": View(timedelta(days=365), timedelta(hours=12)),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """The address: which metrics, how far back; whatever is typed there finds something."""

    metric: Sequence[str] = ()
    span: str = ""


def _asked(metric: Annotated[Sequence[str], Query()] = (), span: str = "") -> Asked:
    return Asked(metric, span)


Which = Annotated[Asked, Depends(_asked)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """One metric; `least`, `most` and `last` are of the whole span."""

    metric: str
    unit: str
    steps: Sequence[Step]
    rule: Rule | None

    @property
    def least(self) -> float:
        return min(one.low for one in self.steps)

    @property
    def most(self) -> float:
        return max(one.high for one in self.steps)

    @property
    def last(self) -> float:
        return self.steps[-1].mean


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """`substitute`: the outside store did not answer, so our own tables did."""

    view: str
    span: Span
    curves: Sequence[Curve]
    faults: Sequence[Fault]
    substitute: bool = False

    @property
    def empty(self) -> bool:
        return not any(curve.steps for curve in self.curves)

    @property
    def limited(self) -> bool:
        return any(curve.rule for curve in self.curves)

    @property
    def shown(self) -> frozenset[str]:
        return frozenset(curve.metric for curve in self.curves)


def of_device(
    parts: Parts,
    now: datetime,
    one: Device,
    word: LastWord,
    history: Sequence[Fault],
    asked: Asked,
) -> Chart:
    """What was asked for; of metrics at most four that it reports, else the one that matters."""
    known = [name for name in dict.fromkeys(asked.metric) if name in word.metrics]
    telling = readings.telling(one.type, word, [fault for fault in history if fault.open])
    chosen = known[:MOST_CURVES] or ([telling] if telling else [])
    view = asked.span if asked.span in VIEWS else "day"
    span = VIEWS[view].span(now)
    found, substitute = read(parts, one.id, chosen, span)
    with reading(parts.database) as tx:
        own = readings.own(tx, parts, one).of(one)
    return Chart(
        view=view,
        span=span,
        curves=[
            Curve(
                metric=name,
                unit=readings.unit_of(name),
                steps=found[name],
                rule=readings.rule_of(name, parts.policy.limits, own),
            )
            for name in chosen
        ],
        faults=[one for one in history if (one.cleared_at or now) > span.starts_at],
        substitute=substitute,
    )


def named(visitor: Viewer, metric: str) -> str:
    """In words, with the point it is about; a name nobody knows as it is."""
    signal, _, point = metric.partition(":")
    key = f"metric.{signal}"
    words_for = visitor.say(key) if words.has(key) else signal
    return f"{words_for} {point}" if point else words_for


def read(
    parts: Parts, device_id: DeviceId, metrics: Sequence[str], span: Span
) -> tuple[dict[str, list[Step]], bool]:
    """The steps of each metric, and whether our own tables had to stand in for InfluxDB."""
    try:
        return parts.curves.steps(device_id, metrics, span), False
    except CurvesDownError as error:
        log.warning("curves come from our own tables, InfluxDB does not answer: %s", error)
        return Embedded(parts.telemetry).steps(device_id, metrics, span), True


def drawing(chart: Chart, visitor: Viewer, interval_s: float | None) -> dict[str, Any]:
    """What `curve.js` draws: seconds since 1970, None where nothing was heard for long."""
    instants = list(_instants(chart, interval_s or 0))
    return {
        "from": chart.span.starts_at.timestamp(),
        "to": chart.span.ends_at.timestamp(),
        "at": instants,
        "curves": [_drawn(curve, instants, visitor) for curve in chart.curves],
        "faults": [_shaded(fault, chart, visitor) for fault in chart.faults],
    }


def rows(chart: Chart) -> Iterator[tuple[str, ...]]:
    """A line for each step of each metric, as a spreadsheet wants them."""
    for curve in chart.curves:
        for one in curve.steps:
            figures = (f"{figure:.15g}" for figure in (one.low, one.mean, one.high))
            yield one.at.isoformat(), curve.metric, curve.unit, *figures


COLUMNS = ("at", "metric", "unit", "low", "mean", "high")


def _instants(chart: Chart, interval_s: float) -> Iterator[float]:
    """When anything was heard, and one instant within each gap, where nothing was."""
    gap = GAP_STEPS * max(chart.span.step.total_seconds(), interval_s)
    last = None
    for at in sorted({one.at.timestamp() for curve in chart.curves for one in curve.steps}):
        if last is not None and at - last > gap:
            yield (at + last) / 2
        yield at
        last = at


def _drawn(curve: Curve, instants: Iterable[float], visitor: Viewer) -> dict[str, Any]:
    known = {one.at.timestamp(): one for one in curve.steps}
    found = [known.get(at) for at in instants]
    rule = curve.rule
    return {
        "name": named(visitor, curve.metric),
        "unit": curve.unit,
        "limit": None if rule is None else rule.raise_at,
        "low": [one.low if one else None for one in found],
        "mean": [one.mean if one else None for one in found],
        "high": [one.high if one else None for one in found],
    }


def _shaded(fault: Fault, chart: Chart, visitor: Viewer) -> dict[str, Any]:
    until = fault.cleared_at or chart.span.ends_at
    return {
        "from": max(fault.opened_at, chart.span.starts_at).timestamp(),
        "to": min(until, chart.span.ends_at).timestamp(),
        "severity": fault.severity,
        "name": visitor.say(f"code.{fault.code}.name"),
    }
