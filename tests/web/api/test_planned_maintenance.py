"""Programs plan maintenance ahead, look for it and cancel it, as people do."""

from datetime import timedelta
from typing import Any

import pytest

from operations import planned_maintenance as planned_desk
from rules.maintenance import Planned, PlannedId, Scope
from rules.model import Role, SiteId, WorkOrder
from storage import journal
from storage import maintenance as window_rows
from storage import planned_maintenance as planned_rows
from storage.db import reading, transaction
from tests import inspected
from tests.web.api.conftest import Program
from tests.web.conftest import START, House

AT = "/api/v1/maintenance/planned"
BEGINS, ENDS = START + timedelta(days=2), START + timedelta(days=2, hours=3)
RECORDER = {
    "site": "S-1",
    "device": "d1",
    "reason": "new recorder",
    "starts_at": BEGINS.isoformat(),
    "until": ENDS.isoformat(),
}

pytestmark = pytest.mark.usefixtures("order")


def kept(house: House, number: int = 1) -> Planned:
    with reading(house.parts.database) as tx:
        found = planned_rows.get(tx, PlannedId(number))
    assert found is not None
    return found


def test_it_is_planned_once_and_begins_by_itself(house: House, program: Program) -> None:
    who = program(Role.ENGINEER)
    first, again = (who.post(AT, json=RECORDER, headers={"Idempotency-Key": "k"}) for _ in "12")
    assert (first.status_code, again.text) == (201, first.text)
    assert who.get(AT).json() == {"items": [first.json()], "next": None}
    one = first.json()
    assert (one["scope"], one["code"], one["owner"], one["over_at"]) == (
        "device",
        "d1",
        "P-5",
        None,
    )
    assert (one["starts_at"], one["ends_at"]) == ("2026-06-17T01:02:03Z", "2026-06-17T04:02:03Z")
    [theirs] = program(Role.CUSTOMER).get(AT).json()["items"]
    assert theirs == one | {"owner": None}
    with transaction(house.parts.database) as tx:
        planned_desk.begin(tx, kept(house), BEGINS)
    assert who.get(AT).json()["items"] == []
    assert who.post(f"{AT}/1/cancel").status_code == 409
    [begun] = who.get("/api/v1/maintenance").json()["items"]
    assert (begun["code"], begun["reason"], begun["ends_at"]) == (
        "d1",
        "new recorder",
        one["ends_at"],
    )


def test_it_is_cancelled_and_both_are_on_record(house: House, program: Program) -> None:
    who = program(Role.HEAD)
    assert who.post(AT, json=RECORDER).status_code == 201
    assert who.post(f"{AT}/1/cancel").json()["over_at"] == "2026-06-15T01:02:03Z"
    assert who.post(f"{AT}/1/cancel").status_code == 409
    assert who.post(f"{AT}/9/cancel").status_code == 404
    device = kept(house).subject_id
    with reading(house.parts.database) as tx:
        told = journal.of_record(tx, f"devices/{device}", limit=10)
    assert [(one.verb, one.person_id) for one in told if "maintenance" in one.verb] == [
        ("maintenance_cancelled", house.people[Role.HEAD]),
        ("maintenance_planned", house.people[Role.HEAD]),
    ]
    assert who.post(AT, json=RECORDER).status_code == 201  # there is room again


@pytest.mark.parametrize(
    ("change", "field", "value"),
    [
        ({"starts_at": START.isoformat()}, "starts_at", "2026-06-15T01:02:03Z"),
        ({"until": BEGINS.isoformat()}, "until", "2026-06-17T01:02:03Z"),
        ({"until": "2026-06-17T10:00:00Z"}, "until", "2026-06-17T10:00:00Z"),
        ({"starts_at": "2028-01-01T00:00:00Z"}, "starts_at", "2028-01-01T00:00:00Z"),
        ({"starts_at": "2026-06-17T01:02:03"}, "starts_at", "2026-06-17T01:02:03"),
        ({"reason": " "}, "reason", " "),
        ({"site": "S-7"}, "site", "S-7"),
        ({"device": "d9"}, "device", "d9"),
        ({"owner": "P-9"}, "owner", "P-9"),
    ],
)
def test_what_is_refused_names_field_value_and_what_is_accepted(
    house: House, program: Program, change: dict[str, Any], field: str, value: str
) -> None:
    answer = program(Role.ENGINEER).post(AT, json={**RECORDER, **change})
    assert answer.status_code == 422
    [wrong] = answer.json()["errors"]
    assert (wrong["field"], wrong["value"]) == (field, value)
    assert wrong["accepted"]
    with reading(house.parts.database) as tx:
        assert planned_rows.newest(tx, limit=1) == []


def test_lists_are_found_by_site_and_by_what_holds_a_device(house: House, program: Program) -> None:
    """A device is in the maintenance of its system and of its site too; newest first, by pages."""
    with transaction(house.parts.database) as tx:
        inspected.a_system(tx, SiteId(1), "V")
    who = program(Role.DISPATCHER)
    for day, what in enumerate(({"device": "d1"}, {"system": "V"}, {})):
        at = {
            "starts_at": (BEGINS + timedelta(days=day)).isoformat(),
            "until": (ENDS + timedelta(days=day)).isoformat(),
        }
        assert who.post(AT, json={**RECORDER, "device": "", **at, **what}).status_code == 201
    wanted = {"": "site system device", "d1": "site device", "d0": "site", "d9": ""}
    for device, scopes in wanted.items():
        asked = {"site": "S-1", "device": device}
        items = who.get(AT, params=asked).json()["items"]
        assert [one["scope"] for one in items] == scopes.split(), device
    assert who.get(AT, params={"site": "S-9"}).json()["items"] == []
    first = who.get(AT, params={"limit": 2}).json()
    rest = who.get(AT, params={"limit": 2, "cursor": first["next"]}).json()
    assert [one["id"] for one in first["items"] + rest["items"]] == ["3", "2", "1"]
    assert rest["next"] is None


def test_what_is_under_way_is_found_by_what_holds_a_device(
    house: House, program: Program, order: WorkOrder
) -> None:
    who = program(Role.DISPATCHER)
    soon = (START + timedelta(hours=2)).isoformat()
    begun = {"site": "S-1", "reason": "new lens", "until": soon}
    assert who.post("/api/v1/maintenance", json=begun).status_code == 201
    assert who.post("/api/v1/maintenance", json={**begun, "device": "d1"}).status_code == 201
    for device, scopes in {"d1": [Scope.DEVICE, Scope.SITE], "d0": [Scope.SITE]}.items():
        items = who.get("/api/v1/maintenance", params={"device": device}).json()["items"]
        assert [one["scope"] for one in items] == scopes, (device, order.id)
    with reading(house.parts.database) as tx:
        assert len(window_rows.running(tx)) == 2
