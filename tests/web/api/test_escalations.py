"""Plans of escalation and how an order is called, for programs (2)."""

from rules.model import Role
from storage.db import transaction
from tests.web.api.conftest import Program
from tests.web.conftest import House, an_order
from tests.web.escalations import a_plan, bound


def test_plans_with_whom_they_hold_for(house: House, program: Program) -> None:
    with transaction(house.parts.database) as tx:
        bound(tx, house, a_plan(tx, house, "Banks", house.people[Role.ENGINEER]))
    found = program(Role.ENGINEER).get("/api/v1/escalations").json()
    assert [step["call"] for step in found["own"]["steps"]] == [
        ["first"],
        ["first"],
        ["second"],
        ["head"],
    ]
    [banks] = found["items"]
    assert (banks["name"], banks["version"]) == ("Banks", 1)
    assert banks["steps"] == [{"after_s": 0, "call": ["P-5"], "channels": []}]
    assert banks["holds_for"] == [{"site": None, "contract": None, "severity": None}]


def test_how_an_order_is_being_called(house: House, program: Program) -> None:
    with transaction(house.parts.database) as tx:
        order = an_order(tx, house)
    found = program(Role.HEAD).get(f"/api/v1/work-orders/{order.id}/escalation").json()
    assert found["plan"]["name"] is None
    assert (found["answered"], found["stalled_at"]) == (False, None)
    assert found["pages_made"] == 1
    assert found["next_call_at"] == "2026-06-15T01:07:03Z"
