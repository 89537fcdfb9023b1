"""Planned work on its pages: planned, shown where it will be, cancelled."""

from datetime import timedelta

import pytest

from rules.model import Role
from scheduler.tick import tick
from storage import journal
from storage import maintenance as window_rows
from storage.db import reading, transaction
from tests.web.conftest import START, House, an_order

LATER = {"starts_at": "2026-06-20T22:00", "half_hours": "4", "what": "new recorder"}
AT_THEN = START.replace(day=20, hour=14, minute=0, second=0)  # by the site's clocks


@pytest.fixture(autouse=True)
def devices(house: House) -> None:
    with transaction(house.parts.database) as tx:
        an_order(tx, house)


def test_it_is_planned_shown_and_begins(house: House) -> None:
    browser = house.enter(Role.ENGINEER)
    answer = browser.post("/maintenance/site/1/plan", data=LATER)
    assert (answer.status_code, answer.headers["location"]) == (303, "/maintenance/site/1")
    for role, address in (
        (Role.ENGINEER, "/maintenance/site/1"),
        (Role.ENGINEER, "/maintenance/device/1"),
        (Role.SALES, "/maintenance?state=planned"),
        (Role.CUSTOMER, "/sites/1"),
        (Role.CUSTOMER, "/devices/1"),
    ):
        assert "new recorder" in house.enter(role).get(address).text, address
    tick(house.parts.database, house.parts.policy, lambda: AT_THEN)
    with reading(house.parts.database) as tx:
        [window] = window_rows.running(tx)
    assert (window.starts_at, window.ends_at) == (AT_THEN, AT_THEN + timedelta(hours=2))
    assert window.owner_id == house.people[Role.ENGINEER]


def test_it_is_cancelled_by_whoever_may(house: House) -> None:
    engineer = house.enter(Role.ENGINEER)
    engineer.post("/maintenance/device/1/plan", data=LATER)
    address = "/maintenance/planned/1/cancel"
    assert house.enter(Role.SALES).post(address).status_code == 403
    assert address in engineer.get("/maintenance/device/1").text
    for _ in range(2):  # the second of two clicks
        assert engineer.post(address).status_code == 303
    with reading(house.parts.database) as tx:
        told = journal.of_record(tx, "devices/1", limit=10)
    assert [(one.verb, one.person_id) for one in told if "maintenance" in one.verb] == [
        ("maintenance_cancelled", house.people[Role.ENGINEER]),
        ("maintenance_planned", house.people[Role.ENGINEER]),
    ]
    assert engineer.post("/maintenance/planned/9/cancel").status_code == 404


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"starts_at": "soon"}, "starts_at"),
        ({"starts_at": "2026-06-14T22:00"}, "starts_at"),
        ({"half_hours": "17"}, "plan-hours"),
        ({"what": " "}, "what"),
    ],
)
def test_what_is_refused_stands_beside_its_field(
    house: House, change: dict[str, str], field: str
) -> None:
    form = {**LATER, **change}
    answer = house.enter(Role.ENGINEER).post("/maintenance/device/1/plan", data=form)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert "/plan#plan" in answer.text  # below the first form: a phone is led back to it
    assert f'value="{form["starts_at"]}"' in answer.text
