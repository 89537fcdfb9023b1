"""Devices and their curves, notices, rejects, strangers: what the pages show, for programs."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from rules.model import DeviceId, Role, Severity, SiteId, WorkOrder
from storage import outbox, states, telemetry
from storage.db import transaction
from storage.discovered import Heard, heard
from storage.rejects import Reject, add_all
from storage.states import LastWord
from tests.web.api.conftest import Program
from tests.web.conftest import START, House

DEVICE = "/api/v1/devices/S-1/d0"


@pytest.mark.usefixtures("order")
def test_a_device_tells_its_state_and_last_words(house: House, program: Program) -> None:
    with transaction(house.parts.database) as tx:
        word = LastWord(
            device_id=DeviceId(1),
            wire_state="online",
            last_heard_at=START,
            metrics={"battery_pct": 12},
            flags={"tamper": True},
        )
        states.put_all(tx, [word])
    one = program(Role.CUSTOMER).get(DEVICE).json()
    assert [fault["code"] for fault in one.pop("faults")] == ["CAM_VIDEO_LOSS"]
    assert one.pop("limits")[:2] == [
        {"figure": "limits.BATT_LOW.raise_at", "value": 20.0, "origin": "catalogue"},
        {"figure": "limits.BATT_LOW.clear_at", "value": 30.0, "origin": "catalogue"},
    ]
    assert (one.pop("allowance_s"), one.pop("allowance_origin")) == (180.0, "catalogue")
    assert one == {
        "id": "1",
        "site": "S-1",
        "code": "d0",
        "name": "d0",
        "type": "camera",
        "state": "fault",
        "last_seen_at": "2026-06-15T01:02:03Z",
        "provisional": False,
        "metrics": {"battery_pct": 12.0},
        "flags": {"tamper": True},
    }
    assert program().get("/api/v1/devices/S-1/d1").json()["state"] == "unknown"
    assert program().get("/api/v1/devices/S-1/none").status_code == 404
    assert program().get("/api/v1/devices/S-1/%00").status_code == 404


@pytest.mark.usefixtures("order")
def test_a_curve_goes_in_steps_and_leaves_gaps(house: House, program: Program) -> None:
    with transaction(house.parts.telemetry) as tx:
        for minutes, value in ((119, 10), (118, 20), (5, 30)):
            at = START - timedelta(minutes=minutes)
            telemetry.write(tx, [(DeviceId(1), at, {"battery_pct": value})])
    since = (START - timedelta(hours=2)).isoformat().replace("+", "%2B")
    got = program().get(f"{DEVICE}/series?metric=battery_pct&from={since}&step=600").json()
    points = got.pop("points")
    assert got == {
        "metric": "battery_pct",
        "unit": "%",
        "from": "2026-06-14T23:02:03Z",
        "to": "2026-06-15T01:02:03Z",
        "step": 600,
    }
    assert points == [
        {"at": "2026-06-14T23:02:03Z", "low": 10.0, "mean": 15.0, "high": 20.0},
        {"at": "2026-06-15T00:52:03Z", "low": 30.0, "mean": 30.0, "high": 30.0},
    ]
    assert program().get(f"{DEVICE}/series?metric=luma").json()["points"] == []


@pytest.mark.usefixtures("order")
def test_a_month_is_told_by_hours_and_what_is_fresh(house: House, program: Program) -> None:
    hour = int((START - timedelta(days=10)).timestamp()) // 3600
    with transaction(house.parts.telemetry) as tx:
        telemetry.put_hours(tx, [(1, "battery_pct", hour, [50, 70])])
        telemetry.write(tx, [(DeviceId(1), START, {"battery_pct": 40})])
    got = program().get(f"{DEVICE}/series?metric=battery_pct&from=2026-05-20T00:00:00Z&step=60")
    assert got.json()["step"] == 3600
    assert [one["mean"] for one in got.json()["points"]] == [60.0, 40.0]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("", "metric"),
        ("metric=x&from=2026-06-16T00:00:00Z", "from"),
        ("metric=x&to=2026-06-01T00:00:00Z&from=2026-06-02T00:00:00Z", "from"),
        ("metric=x&from=2020-01-01T00:00:00Z", "from"),
        ("metric=x&from=0001-01-01T00:00:00%2B14:00", "from"),
        ("metric=x&from=2026-06-15", "from"),
        ("metric=x&step=1", "step"),
        ("metric=x&since=1", "since"),
    ],
)
@pytest.mark.usefixtures("order")
def test_a_wrong_span_is_named(program: Program, query: str, field: str) -> None:
    answer = program().get(f"{DEVICE}/series?{query}")
    assert answer.status_code == 422, answer.text
    assert [one["field"] for one in answer.json()["errors"]] == [field]


def test_notices_name_the_person_and_never_the_address(house: House, program: Program) -> None:
    draft = outbox.Draft(
        key="k",
        kind="page",
        severity=Severity.MAJOR,
        person_id=house.people[Role.ENGINEER],
        channel="mail",
        target="wang@example.com",
        site_id=SiteId(1),
    )
    with transaction(house.parts.database) as tx:
        outbox.put(tx, draft, START)
    answer = program(Role.HEAD).get("/api/v1/notices?state=waiting")
    [one] = answer.json()["items"]
    assert (one["reason"], one["recipient"], one["channel"]) == ("page", "P-5", "mail")
    assert one["attempts"] == []
    assert "wang@" not in answer.text
    assert program(Role.HEAD).get("/api/v1/notices?state=dead").json()["items"] == []
    assert program(Role.HEAD).get("/api/v1/notices?state=odd").status_code == 422


def test_rejects_and_strangers_go_newest_first(house: House, program: Program) -> None:
    with transaction(house.parts.database) as tx:
        for number in range(3):
            body = b"\xff" if number else b"{}"
            add_all(tx, [Reject(at=START, topic=f"t{number}", body=body, reason="r")], keep=9)
            at = START + timedelta(seconds=number // 2)
            one = Heard(site="S-1", device=f"c{number}", at=at, messages=1, topic="t", sample="s")
            heard(tx, [one], keep=9)
    who = program(Role.HEAD)
    for noun, key, wanted in (
        ("rejects", "topic", ["t2", "t1", "t0"]),
        ("discovered", "device", ["c2", "c1", "c0"]),
    ):
        found, cursor = [], ""
        for _ in range(3):
            page = who.get(f"/api/v1/{noun}?limit=1&cursor={cursor}").json()
            found += [one[key] for one in page["items"]]
            cursor = page["next"]
        assert found == wanted
        assert cursor is None
    assert who.get("/api/v1/rejects").json()["items"][0]["body"] == "ff"
    for cursor in ("x", "WyJ4Il0=", "WyIyMDI2LTA2LTE1IiwiIiwiIl0="):
        answer = who.get(f"/api/v1/discovered?cursor={cursor}")
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["field"] == "cursor"


def test_what_nobody_serves_is_a_problem_too(program: Program, order: WorkOrder) -> None:
    for method, path, status in (
        ("GET", "/nothing", 404),
        ("GET", "/inspections/1/nothing", 404),
        ("GET", "/a%0Ab", 404),  # a line break too is answered by the API
        ("DELETE", f"/work-orders/{order.id}", 405),
        ("PUT", "/faults", 405),
    ):
        answer = program().request(method, f"/api/v1{path}")
        assert answer.status_code == status
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["status"] == status


@pytest.fixture
def broken(house: House) -> Iterator[None]:
    """A table is not where it should be."""
    with transaction(house.parts.database) as tx:
        tx.exec_driver_sql("ALTER TABLE rejects RENAME TO lost")
    yield
    with transaction(house.parts.database) as tx:
        tx.exec_driver_sql("ALTER TABLE lost RENAME TO rejects")


@pytest.mark.usefixtures("broken")
def test_a_failure_of_ours_tells_no_detail(program: Program) -> None:
    answer = program().get("/api/v1/rejects")
    assert answer.status_code == 500
    assert answer.json() == {
        "type": "urn:ringwatch:problem:failed",
        "title": "It failed on our side",
        "status": 500,
        "detail": "It failed on our side",
        "errors": [],
    }
