"""Faults by API: found, filtered, reported."""

import json
from datetime import timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from rules.model import Role, SiteId, WorkOrder
from storage import devices as device_rows
from storage import faults as fault_rows
from storage import journal
from storage import sites as site_rows
from storage.db import transaction
from tests.web.api.conftest import Program
from tests.web.conftest import START, House

ITEMS = "/api/v1/faults"
REPORT = {"site": "S-1", "device": "d1", "symptom": "the picture is black", "reporter": "Zhou"}


def test_a_fault_is_told_by_codes_and_opaque_ids(program: Program, order: WorkOrder) -> None:
    [one] = program().get(ITEMS).json()["items"]
    assert one == {
        "id": str(order.root_fault_id),
        "site": "S-1",
        "device": "d0",
        "point": "",
        "code": "CAM_VIDEO_LOSS",
        "severity": "emergency",
        "state": "open",
        "opened_at": "2026-06-15T01:02:03Z",
        "cleared_at": None,
        "explained_by": None,
        "work_order": str(order.id),
        "occurrences": 1,
    }


def test_each_filter_narrows(house: House, program: Program, order: WorkOrder) -> None:
    who = program()
    who.post(ITEMS, json=REPORT)
    with transaction(house.parts.database) as tx:
        fault_rows.change(tx, order.root_fault_id, cleared_at=START, clear_why="test")
    for query, codes in (
        ("", ["CUSTOMER_REPORT"]),
        ("state=cleared", ["CAM_VIDEO_LOSS"]),
        ("state=all", ["CUSTOMER_REPORT", "CAM_VIDEO_LOSS"]),
        ("state=all&device=d0", ["CAM_VIDEO_LOSS"]),
        ("state=all&code=CUSTOMER_REPORT", ["CUSTOMER_REPORT"]),
        ("state=all&severity=emergency&site=S-1", ["CAM_VIDEO_LOSS"]),
        ("state=all&site=S-2", []),
        ("state=all&site=&device=&code=&severity=", ["CUSTOMER_REPORT", "CAM_VIDEO_LOSS"]),
    ):
        assert [one["code"] for one in who.get(f"{ITEMS}?{query}").json()["items"]] == codes, query
    page = who.get(f"{ITEMS}?state=all&limit=1").json()
    rest = who.get(f"{ITEMS}?state=all&cursor={page['next']}").json()
    assert [one["code"] for one in rest["items"]] == ["CAM_VIDEO_LOSS"]


@pytest.mark.usefixtures("order")
def test_a_report_opens_a_fault_and_its_order_once(house: House, program: Program) -> None:
    who, key = program(Role.CUSTOMER), {"Idempotency-Key": "call-1"}
    early = (START - timedelta(minutes=30)).isoformat()
    said = {**REPORT, "reported_at": early}
    answer = who.post(ITEMS, json=said, headers=key)
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert made["fault"]["code"] == "CUSTOMER_REPORT"
    assert made["fault"]["work_order"] == made["work_order"]["id"]
    assert made["work_order"]["clock_source"] == "customer_notice"
    assert made["work_order"]["clock_started_at"] == "2026-06-15T00:32:03Z"
    assert answer.headers["location"] == f"/api/v1/work-orders/{made['work_order']['id']}"
    assert who.get(answer.headers["location"]).headers["etag"] == answer.headers["etag"]
    assert who.post(ITEMS, json=said, headers=key).json() == made
    assert len(who.get(f"{ITEMS}?device=d1").json()["items"]) == 1
    with transaction(house.parts.database) as tx:
        said_by = [one for one in journal.after(tx, 0, START) if one.verb == "fault_reported"]
    assert [one.person_id for one in said_by] == [house.people[Role.CUSTOMER]]


def test_a_report_of_what_is_known_joins_its_order(program: Program, order: WorkOrder) -> None:
    made = program().post(ITEMS, json={**REPORT, "device": "d0"}).json()
    assert made["work_order"]["id"] == str(order.id)
    assert made["fault"]["id"] == str(order.root_fault_id)


def test_a_report_without_a_device_is_of_the_site_as_a_whole(
    house: House, program: Program
) -> None:
    """C11: whoever only knows that all is dark is heard too, with the same clock (A03)."""
    said = {"site": "S-1", "symptom": "all is dark", "reporter": "Zhou"}
    first = program(Role.CUSTOMER).post(ITEMS, json=said)
    assert first.status_code == 201, first.text
    made = first.json()
    assert (made["fault"]["device"], made["fault"]["code"]) == ("whole-site", "CUSTOMER_REPORT")
    assert made["work_order"]["clock_source"] == "customer_notice"
    again = program().post(ITEMS, json={**said, "device": None}).json()
    assert again["work_order"]["id"] == made["work_order"]["id"]
    point = program().get("/api/v1/devices/S-1/whole-site").json()
    assert (point["state"], point["type"]) == ("fault", "other")
    with transaction(house.parts.database) as tx:
        assert [one.verb for one in journal.after(tx, 0, START)].count("enrolled") == 1


@pytest.mark.usefixtures("order")
def test_what_was_put_away_takes_no_report(house: House, program: Program) -> None:
    """An archived device or site is not on the list any more; the site's own point comes back."""
    who, whole = program(), {"site": "S-1", "symptom": "all is dark", "reporter": "Zhou"}
    assert who.post(ITEMS, json=whole).status_code == 201
    with transaction(house.parts.database) as tx:
        for code in ("d1", "whole-site"):
            device = device_rows.by_code(tx, "S-1", code)
            assert device is not None
            device_rows.change(tx, device.id, {"archived_at": START})
    assert post(who, REPORT).json()["errors"][0]["field"] == "device"
    assert who.post(ITEMS, json=whole).status_code == 201
    with transaction(house.parts.database) as tx:
        back = device_rows.by_code(tx, "S-1", "whole-site")
        assert back is not None
        assert back.archived_at is None
        site_rows.change(tx, SiteId(1), {"archived_at": START})
    assert post(who, whole).json()["errors"][0]["field"] == "site"


@pytest.mark.parametrize(
    ("change", "field", "value"),
    [
        ({"device": "none"}, "device", "S-1/none"),
        ({"device": "", "site": "S-2"}, "site", "S-2"),
        ({"device": None, "site": "S-9"}, "site", "S-9"),
        ({"symptom": "  "}, "symptom", "  "),
        ({"symptom": "a\0b"}, "symptom", "a\0b"),
        ({"reporter": 7}, "reporter", "7"),
        ({"severity": "major"}, "severity", "major"),
        ({"reported_at": "yesterday"}, "reported_at", "yesterday"),
        ({"reported_at": "2026-06-15T01:00:00"}, "reported_at", "2026-06-15T01:00:00"),
        ({"reported_at": "2026-06-01T00:00:00Z"}, "reported_at", "2026-06-01T00:00:00+00:00"),
        ({"reported_at": "2026-06-15T02:00:00Z"}, "reported_at", "2026-06-15T02:00:00+00:00"),
        ({"reported_at": "0001-01-01T00:00:00+14:00"}, "reported_at", "0001-01-01T00:00:00+14:00"),
    ],
)
@pytest.mark.usefixtures("order")
def test_what_is_not_accepted_is_named(
    program: Program, change: dict[str, Any], field: str, value: str | None
) -> None:
    who = program()
    answer = post(who, {**REPORT, **change})
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    [wrong] = answer.json()["errors"]
    assert (wrong["field"], wrong["value"]) == (field, value)
    assert wrong["accepted"]
    assert len(who.get(ITEMS).json()["items"]) == 1


@pytest.mark.parametrize(
    "query",
    ["state=new", "limit=0", "limit=201", "limit=x", "cursor=x", "cursor=-1", "severity=7",
     "colour=red", "site=%00"],
)  # fmt: skip
def test_a_wrong_filter_is_named(program: Program, query: str) -> None:
    answer = program().get(f"{ITEMS}?{query}")
    assert answer.status_code == 422, answer.text
    assert [one["field"] for one in answer.json()["errors"]] == [query.partition("=")[0]]


@pytest.mark.parametrize("body", ["", "{", "[]", '{"a": ' * 5000, "\x00", "7", "NaN"])
def test_any_body_is_answered_with_a_problem(program: Program, body: str) -> None:
    sent = {"Content-Type": "application/json"}
    answer = program().post(ITEMS, content=body.encode(), headers=sent)
    assert answer.status_code in {400, 422}, answer.text
    assert answer.json()["status"] == answer.status_code


def test_half_a_letter_is_refused(program: Program) -> None:
    answer = post(program(), {**REPORT, "symptom": "\ud800"})
    assert answer.status_code == 422
    assert "d800" in answer.json()["errors"][0]["value"]


def post(who: TestClient, said: object) -> Any:
    """As plain ASCII, which can name letters that UTF-8 cannot send."""
    sent = {"Content-Type": "application/json"}
    return who.post(ITEMS, content=json.dumps(said).encode(), headers=sent)


def test_a_body_too_large_is_told_as_a_problem(program: Program) -> None:
    answer = program().post(ITEMS, json={**REPORT, "symptom": "x" * 2_000_000})
    assert answer.status_code == 413
    assert answer.json()["type"] == "urn:ringwatch:problem:too-large"
