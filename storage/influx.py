"""InfluxDB 2 as a place for curves: lines written in order, steps read by Flux.

One measurement, `ringwatch`; a field for each metric, always a float; the tag `device` is our
number and what is read by, `site` and `code` are for people with a dashboard.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from rules.model import DeviceId
from storage.curves import Span, Step
from storage.telemetry import ms_of

MEASUREMENT = "ringwatch"
_AGGREGATES = {"low": "min", "mean": "mean", "high": "max"}
_MS = timedelta(milliseconds=1)


class PointsRefusedError(Exception):
    """The server understood, and does not want at least one of these lines."""


class InfluxDownError(Exception):
    """Nothing can be written now; `wait_s` is how long the server asked to be left alone."""

    def __init__(self, why: str, wait_s: float = 0) -> None:
        super().__init__(why)
        self.wait_s = wait_s


@dataclass(frozen=True, slots=True)
class Influx:
    url: str
    token: str = field(repr=False)
    org: str
    bucket: str

    def take(self, lines: Sequence[str]) -> None:
        """Raises `PointsRefusedError` or `InfluxDownError`; then some may have been written."""
        from storage import influx_wire  # noqa: PLC0415 - most companies never need it

        influx_wire.write(self, lines)

    def steps(
        self, device_id: DeviceId, metrics: Sequence[str], span: Span
    ) -> dict[str, list[Step]]:
        """As `storage.curves.Curves` promises."""
        from storage import influx_wire  # noqa: PLC0415

        names = {_plain(metric): metric for metric in metrics}
        found: dict[str, dict[int, dict[str, float]]] = {metric: {} for metric in metrics}
        for record in influx_wire.ask(self, flux(self.bucket, device_id, list(names), span)):
            figures = found[names[record["_field"]]].setdefault(ms_of(record["_time"]), {})
            figures[record["result"]] = record["_value"]
        return {metric: _steps(some, span) for metric, some in found.items()}


def line(
    device_id: int, codes: tuple[str, str] | None, at_ms: int, metrics: Mapping[str, float]
) -> str:
    """One reading in line protocol, to the millisecond. `codes`: of site and device, if known."""
    tags = {"device": str(device_id)}
    if codes:
        tags |= {"site": codes[0], "code": codes[1]}
    said = "".join(f",{name}={_escaped(value)}" for name, value in tags.items() if value)
    fields = ",".join(f"{_escaped(name)}={float(value)!r}" for name, value in metrics.items())
    return f"{MEASUREMENT}{said} {fields} {at_ms}"


def flux(bucket: str, device_id: DeviceId, metrics: Sequence[str], span: Span) -> str:
    """Lowest, mean and highest reading of each step, as three results."""
    step_ms = span.step // _MS
    start, stop = _instant(span.starts_at), _instant(span.ends_at + _MS)
    fields = " or ".join(f"r._field == {_quoted(metric)}" for metric in metrics)
    window = f"every: {step_ms}ms, offset: {ms_of(span.starts_at) % step_ms}ms"
    heard = (
        f"from(bucket: {_quoted(bucket)}) |> range(start: {start}, stop: {stop})"
        f" |> filter(fn: (r) => r._measurement == {_quoted(MEASUREMENT)}"
        f" and r.device == {_quoted(str(device_id))} and ({fields}))"
        ' |> group(columns: ["_field"])'
    )
    asked = [
        f"heard |> aggregateWindow({window}, fn: {how}, createEmpty: false,"
        f' timeSrc: "_start") |> yield(name: {_quoted(name)})'
        for name, how in _AGGREGATES.items()
    ]
    return "\n".join([f"heard = {heard}", *asked])


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _steps(found: Mapping[int, Mapping[str, float]], span: Span) -> list[Step]:
    return [
        Step(at=span.starts_at + (at_ms - ms_of(span.starts_at)) * _MS, **figures)
        for at_ms, figures in sorted(found.items())
    ]


def _escaped(text: str) -> str:
    plain = _plain(text)
    return plain.replace(",", "\\,").replace("=", "\\=").replace(" ", "\\ ")


def _plain(text: str) -> str:
    """Line protocol knows no way to write control characters, nor a backslash at an end."""
    return "".join(one if one.isprintable() and one != "\\" else "_" for one in text)


def _quoted(text: str) -> str:
    """A string of Flux: `${` would begin an expression."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("${", "\\${") + '"'
