"""Inspections by API: how far each is, what was found, and the report byte for byte."""

import hashlib
from datetime import timedelta

import pytest

from operations import inspections as inspection_desk
from rules.inspections import InspectionId
from rules.model import Role
from storage.db import transaction
from tests.web import inspected
from tests.web.api.conftest import PDF, Program
from tests.web.conftest import House
from tests.web.inspected import BAD, Walk

ITEMS = "/api/v1/inspections"
CAMERA = "V-0"


def test_a_sheet_in_work_tells_how_far_it_is(house: House, program: Program) -> None:
    walk = inspected.begun(house)
    with transaction(house.parts.database) as tx:
        me, now = house.people[Role.ENGINEER], house.clock()
        point = walk.point(CAMERA)
        inspection_desk.answer_point(tx, point.id, BAD, me, house.parts.policy, now)
    [one] = program(Role.HEAD).get(f"{ITEMS}?period=2026-06").json()["items"]
    assert (one["site"], one["system"], one["state"]) == ("S-1", "V", "in_work")
    assert (one["due_on"], one["issued_at"], one["documents"]) == ("2026-06-30", None, [])
    assert one["assignee"] == "P-5"
    assert one["points"] == {
        "due": len(walk.sheet.points),
        "answered": 1,
        "normal": 0,
        "abnormal": 1,
        "not_checked": 0,
    }
    whole = program(Role.HEAD).get(f"{ITEMS}/{one['id']}").json()
    assert {name: whole[name] for name in one} == one
    [bad] = [each for each in whole["all_points"] if each["device"] == CAMERA]
    assert (bad["area"], bad["type"], bad["result"]) == ("front_end", "camera", "abnormal")
    said = bad["items"][0]
    assert (said["note"], said["checked_by"]) == (BAD.note, "P-5")
    order = program(Role.HEAD).get(f"/api/v1/work-orders/{said['work_order']}")
    assert order.json()["site"] == "S-1"


def test_a_customer_reads_what_has_been_issued_and_no_names_of_ours(
    house: House, program: Program, issued: Walk
) -> None:
    """C12, D04."""
    inspected.begun(house, "W")
    who = program(Role.CUSTOMER)
    [one] = who.get(ITEMS).json()["items"]
    assert (one["id"], one["state"], one["assignee"]) == (str(issued.id), "issued", None)
    assert who.get(f"{ITEMS}/{InspectionId(issued.id + 1)}").status_code == 404
    whole = who.get(f"{ITEMS}/{issued.id}")
    assert "P-" not in whole.text
    assert whole.json()["signer"] == "刘强"
    assert {point["result"] for point in whole.json()["all_points"]} == {"normal"}
    assert len(program(Role.HEAD).get(ITEMS).json()["items"]) > 1


def test_the_report_is_the_very_file_that_was_issued(program: Program, issued: Walk) -> None:
    """B04: byte for byte, with its hash."""
    who = program(Role.CUSTOMER)
    [paper] = who.get(f"{ITEMS}/{issued.id}").json()["documents"]
    assert (paper["language"], paper["pages"], paper["size"]) == ("zh", 6, len(PDF))
    got = who.get(paper["url"])
    assert got.status_code == 200
    assert got.content == PDF
    assert hashlib.sha256(got.content).hexdigest() == paper["sha256"]
    assert got.headers["content-type"] == "application/pdf"
    assert got.headers["etag"] == f'"{paper["sha256"]}"'
    assert 'filename="MI-2026-06-1-zh.pdf"' in got.headers["content-disposition"]
    assert who.get(f"{ITEMS}/{issued.id}/report.pdf").content == PDF
    assert who.get(f"{ITEMS}/{issued.id}/report.pdf?lang=en").status_code == 404
    wrong = who.get(f"{ITEMS}/{issued.id}/report.pdf?lang=fr")
    assert wrong.status_code == 422
    assert wrong.json()["errors"][0]["field"] == "lang"


def test_a_file_that_is_gone_or_another_is_not_handed_out(
    house: House, program: Program, issued: Walk
) -> None:
    name = hashlib.sha256(PDF).hexdigest()
    path = house.parts.files.folder / name[:2] / name
    path.chmod(0o600)
    path.write_bytes(b"another")
    assert program().get(f"{ITEMS}/{issued.id}/report.pdf").status_code == 404
    path.unlink()
    assert program().get(f"{ITEMS}/{issued.id}/report.pdf").status_code == 404


def test_lists_go_newest_first_by_cursor_and_filter(
    program: Program, issued: Walk, foreign_sheet: InspectionId
) -> None:
    who = program(Role.HEAD)
    first = who.get(f"{ITEMS}?limit=1").json()
    rest = who.get(f"{ITEMS}?limit=200&cursor={first['next']}").json()
    ids = [int(one["id"]) for one in (*first["items"], *rest["items"])]
    assert ids == sorted(ids, reverse=True)
    assert {issued.id, foreign_sheet} <= set(ids)
    for query, sites in (
        ("site=S-9", {"S-9"}),
        ("site=S-1&period=2026-06", {"S-1"}),
        ("site=S-1&system=V&period=2026-07", {"S-1"}),
        ("system=X", set()),
        ("period=2031-01", set()),
        ("period=&site=&system=", {"S-1", "S-9"}),
    ):
        got = {one["site"] for one in who.get(f"{ITEMS}?{query}").json()["items"]}
        assert got == sites, query


@pytest.mark.parametrize("query", ["period=2026-13", "period=June", "site=%00", "state=open"])
def test_a_wrong_filter_is_named(program: Program, query: str) -> None:
    answer = program().get(f"{ITEMS}?{query}")
    assert answer.status_code == 422
    assert [one["field"] for one in answer.json()["errors"]] == [query.partition("=")[0]]


def test_statistics_add_up(house: House, program: Program, issued: Walk) -> None:
    """Points, intact rate (完好率), online rate, downtime, faults of the span."""
    house.clock.passes(hours=30)
    inspected.is_offline(house, "V-1", since=timedelta(hours=12), until=timedelta(hours=6))
    got = program(Role.HEAD).get("/api/v1/statistics?site=S-1").json()
    assert (got["from"], got["sites"]) == ("2026-05-31T16:00:00Z", ["S-1"])
    assert got["down_s"] == 6 * 3600
    assert got["devices"] == 3 + 4
    assert got["faults"] == {"emergency": 1, "major": 1, "minor": 0}
    assert 99 < got["online_pct"] < 100
    assert sum(day["down_s"] for day in got["days"]) == got["down_s"]
    done = got["inspections"]
    assert (done["issued"], done["points_normal"]) == (1, len(issued.sheet.points))
    assert done["intact_pct"] == 100
    early = program(Role.HEAD).get("/api/v1/statistics?to=2026-06-01T00:00:00Z").json()
    assert (early["down_s"], early["faults"]["major"]) == (0, 0)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("from=2026-06-20T00:00:00Z", "from"),
        ("from=2020-01-01T00:00:00Z", "from"),
        ("from=0001-01-01T00:00:00%2B14:00", "from"),
        ("from=2026-06-01T00:00:00", "from"),
        ("to=soon", "to"),
        ("colour=red", "colour"),
    ],
)
def test_a_span_that_is_none_is_named(program: Program, query: str, field: str) -> None:
    answer = program().get(f"/api/v1/statistics?{query}")
    assert answer.status_code == 422, answer.text
    assert [one["field"] for one in answer.json()["errors"]] == [field]
