"""A device's curves on its page: steps, gaps, limits, shaded faults; as JSON and as a file."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest
from pydantic import SecretStr

from rules.model import (
    ClockSource,
    DeviceId,
    DeviceType,
    Fault,
    FaultId,
    Role,
    Severity,
    SiteId,
)
from rules.policy import Limit
from storage import states, telemetry
from storage.db import transaction
from storage.states import LastWord
from tests.servers import free_port
from tests.storage.assets import some_devices
from tests.web.conftest import START, House
from web import readings
from web.curves import VIEWS

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
ONE = DeviceId(1)


def hears(house: House, said: Mapping[timedelta, Mapping[str, float]]) -> None:
    """What the device said so long ago; the newest is its last word."""
    with transaction(house.parts.telemetry) as tx:
        telemetry.write(tx, [(ONE, START - ago, metrics) for ago, metrics in said.items()])
    last = {name: value for metrics in said.values() for name, value in metrics.items()}
    with transaction(house.parts.database) as tx:
        states.put_all(tx, [LastWord(device_id=ONE, last_heard_at=START, metrics=last)])


@pytest.fixture
def heard(house: House) -> House:
    with transaction(house.parts.database) as tx:
        some_devices(tx, SiteId(1), 2)
    return house


def test_every_span_is_drawn_in_steps_that_fit_it(heard: House) -> None:
    ages = (5 * MINUTE, 5 * 24 * HOUR, 25 * 24 * HOUR, 300 * 24 * HOUR)
    hears(heard, {ago: {"temperature_c": float(n)} for n, ago in enumerate(reversed(ages))})
    browser = heard.enter(Role.CUSTOMER)
    for number, name in enumerate(VIEWS, start=1):
        got = browser.get(f"/devices/1/curve?span={name}").json()
        values = [one for one in got["curves"][0]["mean"] if one is not None]
        assert values == [4.0 - n for n in range(number, 0, -1)], name
        assert got["to"] == START.timestamp()
        assert 700 <= (got["to"] - got["from"]) / VIEWS[name].step.total_seconds() <= 1500


def test_where_nothing_was_heard_the_line_is_broken(heard: House) -> None:
    """A single missed report is none; the gap is known by a step without any value."""
    hears(heard, {n * MINUTE: {"luma": 1.0} for n in (0, 1, 3, 90, 91)})
    got = heard.enter(Role.ENGINEER).get("/devices/1/curve").json()
    assert got["curves"][0]["mean"] == [1.0, 1.0, None, 1.0, 1.0, 1.0]


def test_up_to_four_curves_with_limit_unit_and_name_in_the_readers_language(heard: House) -> None:
    said = {"temperature_c": 41.0, "battery_pct": 80.0, "odd": 1.0, "luma": 2.0, "video_fps": 25.0}
    hears(heard, {MINUTE: said})
    asked = "&".join(f"metric={name}" for name in [*said, "no_such", "odd"])
    got = heard.enter(Role.ENGINEER, "zh").get(f"/devices/1/curve?{asked}").json()
    shown = [(one["name"], one["unit"], one["limit"]) for one in got["curves"]]
    assert shown == [
        ("温度", "°C", 50),
        ("电池电量", "%", 20),
        ("odd", "", None),
        (shown[3][0], "", None),
    ]


def test_one_metric_of_several_points_is_told_apart(heard: House) -> None:
    hears(heard, {MINUTE: {"recording_gap_s:ch-3": 12.0, "recording_gap_s:ch-4": 0.0}})
    got = heard.enter(Role.ENGINEER).get("/devices/1/curve?metric=recording_gap_s:ch-3").json()
    assert [one["name"].endswith(" ch-3") for one in got["curves"]] == [True]
    assert got["curves"][0]["mean"] == [12.0]


def test_the_file_holds_what_is_drawn(heard: House) -> None:
    hears(heard, {MINUTE: {"rssi_dbm": -61.5}, 2 * MINUTE: {"rssi_dbm": -60.0}})
    got = heard.enter(Role.CUSTOMER).get("/devices/1/curve.csv?metric=rssi_dbm&span=day")
    assert got.headers["content-type"] == "text/csv; charset=utf-8"
    assert 'filename="curve-1-day-' in got.headers["content-disposition"]
    assert got.text.splitlines() == [
        "\ufeffat,metric,unit,low,mean,high",
        "2026-06-15T01:00:00+00:00,rssi_dbm,dBm,-60,-60,-60",
        "2026-06-15T01:01:00+00:00,rssi_dbm,dBm,-61.5,-61.5,-61.5",
    ]


def test_nothing_heard_in_the_span_says_what_to_do(heard: House) -> None:
    hears(heard, {3 * 24 * HOUR: {"luma": 1.0}})
    html = heard.enter(Role.ENGINEER).get("/devices/1").text
    assert "No readings in this time. Choose a longer span" in html
    assert "data-plot" not in html
    assert "data-plot" in heard.enter(Role.ENGINEER).get("/devices/1?span=week").text


def test_an_influxdb_that_is_away_leaves_nobody_without_a_curve(
    heard: House,
) -> None:
    hears(heard, {MINUTE: {"luma": 3.0}})
    away = {"influx_org": "o", "influx_bucket": "b", "influx_token": SecretStr("t")}
    away["influx_url"] = f"http://127.0.0.1:{free_port()}"
    settings = heard.parts.settings.model_copy(update=away)
    heard.app.state.parts = replace(heard.parts, settings=settings)
    browser = heard.enter(Role.ENGINEER)
    assert browser.get("/devices/1/curve").json()["curves"][0]["mean"] == [3.0]
    assert "InfluxDB does not answer" in browser.get("/devices/1").text


def test_readings_say_where_their_limit_comes_from() -> None:
    word = LastWord(device_id=DeviceId(1), metrics={"temperature_c": 52.0, "odd": 1.0})
    for limits, source in (({}, "catalogue"), ({"TEMP_HIGH": Limit(raise_at=60)}, "policy")):
        warm, odd = readings.readings(word, [], limits)
        assert warm.rule is not None
        assert (warm.rule.limit_from, warm.unit) == (source, "°C")
        assert odd.rule is None
        assert odd.unit == ""


def open_fault() -> Fault:
    return Fault(
        id=FaultId(1),
        device_id=ONE,
        site_id=SiteId(1),
        code="TEMP_HIGH",
        point="",
        severity=Severity.MINOR,
        opened_at=START,
        source=ClockSource.MONITOR,
        why="reading",
    )


def test_the_metric_that_matters() -> None:
    word = LastWord(device_id=DeviceId(1), metrics={"bitrate_kbps": 1.0, "temperature_c": 60.0})
    assert readings.telling(DeviceType.CAMERA, word, []) == "bitrate_kbps"
    hot = open_fault()
    assert readings.telling(DeviceType.CAMERA, word, [hot]) == "temperature_c"
    assert readings.telling(DeviceType.CAMERA, LastWord(device_id=DeviceId(1)), []) == ""


def test_flags_are_judged_by_the_rules_and_strange_ones_by_nobody() -> None:
    word = LastWord(device_id=DeviceId(1), flags={"mains": True, "tamper": True, "odd": True})
    assert [(one.name, one.good) for one in readings.flags(word, {})] == [
        ("tamper", False),
        ("mains", True),
        ("odd", None),
    ]
