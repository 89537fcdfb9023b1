"""A day drawn: gaps stay gaps, limits have air, faults are shaded."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from rules.model import (
    ClockSource,
    DeviceId,
    DeviceType,
    Fault,
    FaultId,
    Severity,
    SiteId,
)
from rules.policy import Limit
from storage.states import LastWord
from web import curves, readings
from web.curves import HEIGHT, WIDTH, Sample

NOW = datetime(2026, 6, 15, 1, 0, tzinfo=UTC)
DAY = timedelta(hours=24)
START = NOW - DAY


def every(minutes: float, values: list[float], begin: datetime = START) -> list[Sample]:
    step = timedelta(minutes=minutes)
    return [Sample(begin + n * step, value) for n, value in enumerate(values)]


def a_fault(opened: datetime, cleared: datetime | None) -> Fault:
    return Fault(
        id=FaultId(1),
        device_id=DeviceId(1),
        site_id=SiteId(1),
        code="TEMP_HIGH",
        point="",
        severity=Severity.MINOR,
        opened_at=opened,
        source=ClockSource.MONITOR,
        why="reading",
        cleared_at=cleared,
    )


def test_nothing_heard_is_nothing_drawn() -> None:
    assert curves.draw([], [], START, NOW) is None


def test_a_gap_breaks_the_line() -> None:
    samples = every(1, [20.0] * 60) + every(1, [21.0] * 60, START + timedelta(hours=5))
    curve = curves.draw(samples, [], START, NOW)
    assert curve is not None
    assert curve.path.count("M") == 2


def test_the_limit_is_within_the_drawing() -> None:
    curve = curves.draw(every(5, [40.0, 41.0, 40.5]), [], START, NOW, limit=50)
    assert curve is not None
    assert curve.limit_y is not None
    assert 0 < curve.limit_y < HEIGHT
    assert curve.low < 40
    assert curve.high > 50


def test_faults_are_shaded_where_they_touch_the_day() -> None:
    hour = timedelta(hours=1)
    shaded = [
        a_fault(START - hour, START + hour),
        a_fault(NOW - hour, None),
        a_fault(START - 2 * hour, START - hour),
    ]
    curve = curves.draw(every(5, [1.0, 2.0]), shaded, START, NOW)
    assert curve is not None
    assert [(shade.x, shade.width) for shade in curve.shades] == [(0, 40), (920, 40)]


@given(st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=300), st.none() | st.floats(-1e6, 1e6))
def test_whatever_was_measured_stays_within_the_drawing(
    values: list[float], limit: float | None
) -> None:
    curve = curves.draw(every(4.8, values), [], START, NOW, limit=limit)
    assert curve is not None
    numbers = [float(one) for one in curve.path.replace("M", "").replace("L", "").split()]
    assert all(-0.1 <= x <= WIDTH + 1.1 for x in numbers[::2])
    assert all(-0.1 <= y <= HEIGHT + 0.1 for y in numbers[1::2])


def test_readings_say_where_their_limit_comes_from() -> None:
    word = LastWord(device_id=DeviceId(1), metrics={"temperature_c": 52.0, "odd": 1.0})
    for limits, source in (({}, "catalogue"), ({"TEMP_HIGH": Limit(raise_at=60)}, "policy")):
        warm, odd = readings.readings(word, [], limits)
        assert warm.rule is not None
        assert (warm.rule.limit_from, warm.unit) == (source, "°C")
        assert odd.rule is None
        assert odd.unit == ""


def test_the_metric_that_matters() -> None:
    word = LastWord(device_id=DeviceId(1), metrics={"bitrate_kbps": 1.0, "temperature_c": 60.0})
    assert readings.telling(DeviceType.CAMERA, word, []) == "bitrate_kbps"
    hot = a_fault(NOW, None)
    assert readings.telling(DeviceType.CAMERA, word, [hot]) == "temperature_c"
    assert readings.telling(DeviceType.CAMERA, LastWord(device_id=DeviceId(1)), []) == ""


def test_flags_are_judged_by_the_rules_and_strange_ones_by_nobody() -> None:
    word = LastWord(device_id=DeviceId(1), flags={"mains": True, "tamper": True, "odd": True})
    assert [(one.name, one.good) for one in readings.flags(word, {})] == [
        ("tamper", False),
        ("mains", True),
        ("odd", None),
    ]
