"""Curves are the same wherever they are read: our own tables, or a real InfluxDB 2 (D06)."""

import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from rules.model import DeviceId
from scheduler.folding import fold
from storage import influx
from storage import telemetry as readings
from storage.curves import Curves, CurvesDownError, Embedded, Span, Step
from storage.db import Database, transaction
from storage.influx import Influx, InfluxDownError
from tests.conftest import NOT_RUN
from tests.servers import free_port

NOON = datetime(2026, 6, 15, 12, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
Keep = Callable[[DeviceId, datetime, Mapping[str, float]], None]


def a_number() -> DeviceId:
    """No two tests speak of one device: the real server keeps what they said."""
    return DeviceId(secrets.randbelow(2**31) + 1)


@dataclass
class Place:
    """Somewhere to keep readings and to ask for them."""

    curves: Curves
    keep: Keep
    grow_old: Callable[[datetime], None] = field(default=lambda _: None)
    device: DeviceId = field(default_factory=a_number)

    def hears(self, metric: str, values: Mapping[datetime, float]) -> None:
        for at, value in values.items():
            self.keep(self.device, at, {metric: value})

    def steps(self, start: datetime, end: datetime, step: timedelta, metric: str) -> list[Step]:
        asked = Span(starts_at=start, ends_at=end, step=step)
        return self.curves.steps(self.device, [metric], asked)[metric]


def the_real_one() -> Influx:
    """`RINGWATCH_TEST_INFLUX_URL=http://TOKEN@HOST:PORT/ORG/BUCKET`, a server that speaks Flux."""
    url = os.environ.get("RINGWATCH_TEST_INFLUX_URL", "")
    if not url:
        pytest.skip(f"{NOT_RUN}no InfluxDB 2 is named (RINGWATCH_TEST_INFLUX_URL)")
    scheme, _, rest = url.partition("://")
    token, _, rest = rest.rpartition("@")
    host, org, bucket = rest.split("/")
    return Influx(f"{scheme}://{host}", token, org, bucket)


def a_line(device: DeviceId, at: datetime, said: Mapping[str, float]) -> str:
    return influx.line(device, ("S-1", "cam 1"), readings.ms_of(at), said)


class Contract:
    """What any place for curves must answer."""

    def test_a_step_holds_lowest_mean_and_highest_and_gaps_stay_gaps(self, place: Place) -> None:
        values = {NOON + n * MINUTE: float(n) for n in (0, 1, 2, 3, 11, 12)}
        place.hears("temperature_c", values)
        steps = place.steps(NOON, NOON + 15 * MINUTE, 4 * MINUTE, "temperature_c")
        assert steps == [
            Step(at=NOON, low=0, mean=1.5, high=3),
            Step(at=NOON + 8 * MINUTE, low=11, mean=11, high=11),
            Step(at=NOON + 12 * MINUTE, low=12, mean=12, high=12),
        ]

    def test_steps_begin_where_the_span_begins_and_its_end_is_in_it(self, place: Place) -> None:
        start = NOON + timedelta(seconds=17, milliseconds=250)
        said = {start: 1.0, start + 1.5 * MINUTE: 2.0, start + HOUR: 3.0, start + 2 * HOUR: 4.0}
        place.hears("luma", said)
        steps = place.steps(start, start + HOUR, MINUTE, "luma")
        assert [(one.at, one.mean) for one in steps] == [
            (start, 1.0),
            (start + MINUTE, 2.0),
            (start + HOUR, 3.0),
        ]

    def test_each_metric_and_each_device_has_its_own_curve(self, place: Place) -> None:
        other = a_number()
        place.keep(place.device, NOON, {"load_pct": 10, "mains_v": 230.4})
        place.keep(other, NOON, {"load_pct": 99})
        span = Span(starts_at=NOON, ends_at=NOON + HOUR, step=MINUTE)
        both = place.curves.steps(place.device, ["mains_v", "load_pct", "luma"], span)
        means = {metric: [one.mean for one in steps] for metric, steps in both.items()}
        assert means == {"mains_v": [230.4], "load_pct": [10], "luma": []}

    @pytest.mark.parametrize(
        "metric",
        ["recording_gap_s:ch-3", "温度 a,b=c", 'say "${bucket}"', "back\\slash", "line\nfeed"],
    )
    def test_whatever_a_metric_is_called_it_is_found_again(self, place: Place, metric: str) -> None:
        place.hears(metric, {NOON: -1e300, NOON + MINUTE: 1e-300})
        steps = place.steps(NOON, NOON + HOUR, HOUR, metric)
        assert [(one.low, one.high) for one in steps] == [(-1e300, 1e-300)]

    def test_a_month_that_has_grown_old_is_told_by_the_same_hours(self, place: Place) -> None:
        """D06: what is read from hourly figures is what the single readings said."""
        values = {NOON + n * 20 * MINUTE: float(n % 7) for n in range(3 * 24 * 10)}
        place.hears("battery_pct", values)
        fresh = place.steps(NOON, NOON + 10 * 24 * HOUR, 6 * HOUR, "battery_pct")
        place.grow_old(NOON + 11 * 24 * HOUR)
        old = place.steps(NOON, NOON + 10 * 24 * HOUR, 6 * HOUR, "battery_pct")
        assert [(one.at, one.low, one.high) for one in old] == [
            (one.at, one.low, one.high) for one in fresh
        ]
        assert [one.mean for one in old] == pytest.approx([one.mean for one in fresh])
        assert len(fresh) == 40
        assert len(place.steps(NOON, NOON + 24 * HOUR, 20 * MINUTE, "battery_pct")) == 73


class TestEmbedded(Contract):
    @pytest.fixture
    def place(self, telemetry: Database) -> Place:
        def keep(device: DeviceId, at: datetime, said: Mapping[str, float]) -> None:
            with transaction(telemetry) as tx:
                readings.write(tx, [(device, at, said)])

        return Place(Embedded(telemetry), keep, lambda now: fold(telemetry, now))


class TestInflux(Contract):
    @pytest.fixture
    def place(self) -> Place:
        store = the_real_one()
        return Place(store, lambda *said: store.take([a_line(*said)]))


def test_an_influxdb_that_is_away_says_so() -> None:
    away = Influx(f"http://127.0.0.1:{free_port()}", "t", "o", "b")
    span = Span(starts_at=NOON, ends_at=NOON + HOUR, step=MINUTE)
    with pytest.raises(CurvesDownError):
        away.steps(DeviceId(1), ["luma"], span)
    with pytest.raises(InfluxDownError):
        away.take(["ringwatch,device=1 luma=1.0 1"])


def test_the_token_is_in_no_trace() -> None:
    assert "secret" not in repr(Influx("http://x", "secret", "o", "b"))
