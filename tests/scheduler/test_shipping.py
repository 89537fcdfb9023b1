"""Readings go on to InfluxDB in order; an outage of days loses nothing within the bound (D06).

Written to a real server of the v2 write API (VictoriaMetrics), and to one that refuses at will.
"""

import gzip
import json
import math
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import httpx2
import pytest
from pydantic import SecretStr

from rules.model import DeviceId
from scheduler.folding import fold, forget_hot
from scheduler.shipping import spool_since
from storage import shipping, telemetry
from storage.curves import Span
from storage.db import Database, reading, transaction
from storage.shipping import Refused
from tests.conftest import needs
from tests.notify.receivers import Answer, Request, WebServer, web_server
from tests.scheduler.yard import Yard
from tests.servers import VictoriaMetrics, free_port
from tests.storage.test_curves import the_real_one
from tests.waiting import until
from tests.web.conftest import TurnedClock
from wiring.in_force import Figures
from wiring.parts import Parts
from wiring.room import Room
from wiring.settings import Settings

HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)


@pytest.fixture
def clock() -> TurnedClock:
    return TurnedClock()


@pytest.fixture
def unnamed(database: Database, telemetry: Database, tmp_path: Path, clock: TurnedClock) -> Parts:
    settings = Settings(data=tmp_path)
    return Parts(settings, database, telemetry, Figures(settings.policy), clock)


def named(parts: Parts, url: str) -> Parts:
    there = {"influx_url": url, "influx_org": "o", "influx_bucket": "b"}
    told = there | {"influx_token": SecretStr("t")}
    return replace(parts, settings=parts.settings.model_copy(update=told))


@pytest.fixture
def victoria(tmp_path: Path) -> Iterator[VictoriaMetrics]:
    if not shutil.which("victoria-metrics"):
        needs("VictoriaMetrics")
    server = VictoriaMetrics(tmp_path / "victoria", free_port())
    server.start()
    yield server
    server.stop()


@pytest.fixture
def picky() -> Iterator[WebServer]:
    """Refuses a letter that holds an odd line, as InfluxDB does; keeps the others."""
    with ExitStack() as stack:
        yield stack.enter_context(web_server())


def lines(request: Request) -> list[str]:
    return gzip.decompress(request.body).decode().split("\n")


def refuse_the_odd(request: Request) -> Answer:
    if any("odd" in line for line in lines(request)):
        return Answer(422, {"Content-Type": "application/json"}, b'{"message": "odd is a word"}')
    return Answer(204)


def kept(server: VictoriaMetrics, name: str = "ringwatch_luma") -> list[tuple[int, str, float]]:
    """(milliseconds, device's code, value) of every point, oldest first."""
    asked = {"match[]": name, "start": "2026-01-01T00:00:00Z"}
    answer = httpx2.get(f"{server.url}/api/v1/export", params=asked)
    found = [json.loads(line) for line in answer.text.splitlines()]
    return sorted(
        (at, one["metric"]["code"], value)
        for one in found
        for at, value in zip(one["timestamps"], one["values"], strict=True)
    )


def test_everything_arrives_in_order_under_the_devices_codes(
    unnamed: Parts, clock: TurnedClock, victoria: VictoriaMetrics
) -> None:
    yard = Yard(named(unnamed, victoria.url), clock)
    for value in range(50):
        clock.at += SECOND
        yard.hears(value)
    assert yard.goes_on().points == 100
    assert yard.goes_on().points == 100  # nothing twice
    until(lambda: len(kept(victoria)) == 100, 120)
    assert [value for _, code, value in kept(victoria) if code == "d1"] == list(range(50))
    assert {code for _, code, _ in kept(victoria)} == {"d0", "d1"}


def test_what_is_young_waits_for_what_may_still_be_being_written(
    unnamed: Parts, clock: TurnedClock, picky: WebServer
) -> None:
    yard = Yard(named(unnamed, f"http://{picky.where}"), clock)
    yard.hears(1)
    assert yard.goes_on(30 * SECOND).points == 0
    assert yard.goes_on(31 * SECOND).points == 2


def test_an_outage_of_three_days_loses_nothing(
    unnamed: Parts, clock: TurnedClock, victoria: VictoriaMetrics
) -> None:
    """The hourly round goes on meanwhile: hot rows older than 48 h stay, for they are the spool."""
    yard = Yard(named(unnamed, victoria.url), clock)
    yard.hears(-1)
    yard.goes_on()
    victoria.stop()
    for hour in range(72):
        yard.hears(hour)
        standing = yard.goes_on(HOUR)
        if hour % 12 == 0:
            _hourly_round(yard)
    assert (standing.points, standing.lost) == (2, 0)
    assert standing.ailing_since is not None
    assert timedelta(days=2) < clock() - standing.ailing_since <= timedelta(days=3)
    victoria.start()
    standing = yard.goes_on()
    assert (standing.points, standing.ailing_since, standing.why) == (2 * 73, None, "")
    until(lambda: len(kept(victoria)) == 2 * 73, 120)
    assert [value for _, code, value in kept(victoria) if code == "d0"] == list(range(-1, 72))
    _hourly_round(yard)
    with reading(yard.parts.telemetry) as tx:
        oldest = telemetry.oldest(tx)
    assert oldest is not None
    assert clock() - oldest < 50 * HOUR


def test_beyond_the_bound_the_oldest_go_and_are_counted(unnamed: Parts, clock: TurnedClock) -> None:
    yard = Yard(named(unnamed, f"http://127.0.0.1:{free_port()}"), clock)
    for _ in range(10):
        yard.hears(1)
        yard.goes_on(timedelta(days=1))
        _hourly_round(yard)
    with reading(yard.parts.telemetry) as tx:
        oldest, standing = telemetry.oldest(tx), shipping.standing(tx)
    assert oldest is not None
    assert clock() - oldest <= timedelta(days=7)
    assert standing is not None
    assert (standing.points, standing.lost) == (0, 2 * 3)


def test_a_disk_that_is_nearly_full_shortens_the_spool(unnamed: Parts, clock: TurnedClock) -> None:
    settings = named(unnamed, "http://127.0.0.1:1").settings
    plenty, scarce = Room(settings.data, lambda _: 10**12), Room(settings.data, lambda _: 10**6)
    assert spool_since(settings, plenty, clock()) == clock() - timedelta(days=7)
    assert spool_since(settings, scarce, clock()) == clock()
    assert spool_since(unnamed.settings, plenty, clock()) is None


def test_a_refused_point_is_set_aside_with_the_servers_words_and_the_others_go_on(
    unnamed: Parts, clock: TurnedClock, picky: WebServer
) -> None:
    picky.judge = refuse_the_odd
    yard = Yard(named(unnamed, f"http://{picky.where}"), clock)
    for number in range(40):
        clock.at += SECOND
        yard.hears(number, metric="odd" if number == 17 else "luma")
    standing = yard.goes_on()
    assert (standing.points, standing.refused, standing.why) == (78, 2, "")
    taken = {
        line for one in picky.requests if refuse_the_odd(one).status == 204 for line in lines(one)
    }
    assert len(taken) == 78
    assert len(picky.requests) < 2 * 2 * math.log2(80)
    with reading(yard.parts.telemetry) as tx:
        newest = shipping.refused(tx, 9)
    assert [one.reason for one in newest] == ["422: odd is a word"] * 2
    assert all("odd=17.0" in one.line for one in newest)


def test_refused_points_are_kept_within_a_bound(
    telemetry: Database, clock: TurnedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shipping, "REFUSED_KEPT", 10)
    with transaction(telemetry) as tx:
        shipping.begin(tx)
        for number in range(25):
            shipping.took(tx, None, 0, [Refused(f"line {number}", "no")], clock())
        assert [one.line for one in shipping.refused(tx, 99)] == [
            f"line {number}" for number in range(24, 14, -1)
        ]
        standing = shipping.standing(tx)
    assert standing is not None
    assert standing.refused == 25


@pytest.mark.parametrize("status", [401, 403, 404, 429, 500, 503])
def test_an_answer_about_the_server_costs_no_point(
    unnamed: Parts, clock: TurnedClock, picky: WebServer, status: int
) -> None:
    picky.answers = [Answer(status, {"Retry-After": "200"})]
    yard = Yard(named(unnamed, f"http://{picky.where}"), clock)
    yard.hears(1)
    standing = yard.goes_on()
    assert (standing.points, standing.refused) == (0, 0)
    assert standing.why.startswith(str(status))
    assert yard.goes_on(199 * SECOND).points == 0
    assert len(picky.requests) == 1  # left alone as long as it asked
    assert yard.goes_on(2 * SECOND).points == 2


def test_a_server_that_stays_away_is_asked_less_and_less(
    unnamed: Parts, clock: TurnedClock, picky: WebServer
) -> None:
    picky.always = Answer(500)
    yard = Yard(named(unnamed, f"http://{picky.where}"), clock)
    yard.hears(1)
    yard.goes_on()
    for _ in range(600):
        yard.goes_on(SECOND)
    assert 10 <= len(picky.requests) <= 20


def test_what_comes_late_is_told_as_well(
    unnamed: Parts, clock: TurnedClock, picky: WebServer
) -> None:
    """A broker's backlog stands at the device's own time, which the cursor has passed."""
    yard = Yard(named(unnamed, f"http://{picky.where}"), clock)
    yard.hears(1)
    yard.goes_on()
    yard.hears(2, ago=3 * HOUR)
    picky.answers = [Answer(500)]
    yard.goes_on()
    yard.goes_on()
    said = [line.split(" ")[1] for request in picky.requests[1:] for line in lines(request)]
    assert said == ["luma=2.0"] * 4  # the first letter found nobody
    with reading(yard.parts.telemetry) as tx:
        assert shipping.take_late(tx) == []


def test_two_schedulers_lose_nothing_and_the_cursor_never_goes_back(
    unnamed: Parts, clock: TurnedClock, picky: WebServer
) -> None:
    yard = Yard(named(unnamed, f"http://{picky.where}"), clock)
    for value in range(5):
        clock.at += SECOND
        yard.hears(value)
    before = yard.goes_on()
    with transaction(yard.parts.telemetry) as tx:
        shipping.took(tx, (before.place[0] - 2000, 0), 2, [], clock())  # the slower one
        behind = shipping.standing(tx)
    assert behind is not None
    assert behind.place == before.place


def test_a_real_influxdb_gives_back_what_was_shipped(unnamed: Parts, clock: TurnedClock) -> None:
    store = the_real_one()
    there = named(unnamed, store.url).settings.model_copy(
        update={
            "influx_org": store.org,
            "influx_bucket": store.bucket,
            "influx_token": SecretStr(store.token),
        }
    )
    yard = Yard(replace(unnamed, settings=there), clock)
    metric = f"own_{free_port()}"  # the server has heard other tests
    for value in range(10):
        clock.at += SECOND
        yard.hears(value, metric=metric)
    assert yard.goes_on().points == 20
    span = Span(starts_at=clock() - HOUR, ends_at=clock(), step=HOUR)
    [step] = yard.parts.curves.steps(DeviceId(1), [metric], span)[metric]
    assert (step.low, step.mean, step.high) == (0, 4.5, 9)


def _hourly_round(yard: Yard) -> None:
    parts, now = yard.parts, yard.clock()
    since = spool_since(parts.settings, Room(parts.settings.data, lambda _: 10**12), now)
    fold(parts.telemetry, now)
    forget_hot(parts.telemetry, parts.policy.hot_hours, now, since)
