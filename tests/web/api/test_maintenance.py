"""Programs begin and end maintenance, and exchange units, as people do."""

from datetime import timedelta
from typing import Any

import pytest

from rules.model import Role, Severity, SiteId, WorkOrder
from storage import devices as device_rows
from storage import maintenance as window_rows
from storage.db import reading, transaction
from tests import inspected
from tests.web.api.conftest import Program
from tests.web.conftest import START, House, a_fault

SOON = (START + timedelta(hours=2)).isoformat()
NEW_LENS = {"site": "S-1", "device": "d1", "reason": "new lens", "until": SOON}
SWAP = {"serial": "E2", "reason": "lightning", "whereabouts": "spare", "installed": "2026-06-15"}

pytestmark = pytest.mark.usefixtures("order")


def test_it_begins_is_prolonged_and_ends(house: House, program: Program) -> None:
    who = program(Role.ENGINEER)
    begun = who.post("/api/v1/maintenance", json=NEW_LENS, headers={"Idempotency-Key": "k"})
    again = who.post("/api/v1/maintenance", json=NEW_LENS, headers={"Idempotency-Key": "k"})
    assert (begun.status_code, again.text) == (201, begun.text)
    with transaction(house.parts.database) as tx:
        d1 = device_rows.by_code(tx, "S-1", "d1")
        assert d1 is not None
        a_fault(tx, house, device=d1.id)
    [one] = who.get("/api/v1/maintenance?site=S-1").json()["items"]
    assert one == begun.json() | {"held": 1}
    assert (one["scope"], one["code"], one["owner"], one["held"]) == ("device", "d1", "P-5", 1)
    state = who.get("/api/v1/devices/S-1/d1").json()
    assert state["state"] == "maintenance"
    address = f"/api/v1/maintenance/{one['id']}"
    late = (START + timedelta(hours=8)).isoformat()
    assert who.post(f"{address}/prolong", json={"until": late}).json()["ends_at"] == (
        "2026-06-15T09:02:03Z"
    )
    assert who.post(f"{address}/end").json()["ended_at"] == "2026-06-15T01:02:03Z"
    assert who.post(f"{address}/end").status_code == 409
    assert who.get("/api/v1/maintenance").json()["items"] == []
    assert len(who.get("/api/v1/maintenance?state=over").json()["items"]) == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"until": (START + timedelta(hours=9)).isoformat()}, "until"),
        ({"until": START.isoformat()}, "until"),
        ({"reason": " "}, "reason"),
        ({"device": "d9"}, "device"),
        ({"device": "", "system": "nothing"}, "system"),
        ({"site": "S-7"}, "site"),
        ({"owner": "P-5"}, "owner"),  # an engineer answers for himself
        ({"days": 3}, "days"),
    ],
)
def test_what_is_refused_names_its_field(
    house: House, program: Program, change: dict[str, Any], field: str
) -> None:
    answer = program(Role.ENGINEER).post("/api/v1/maintenance", json={**NEW_LENS, **change})
    assert answer.status_code == 422
    assert [one["field"] for one in answer.json()["errors"]] == [field]
    with reading(house.parts.database) as tx:
        assert window_rows.running(tx) == []


def test_of_a_system_or_the_whole_site_by_whom_the_dispatcher_names(
    house: House, program: Program
) -> None:
    with transaction(house.parts.database) as tx:
        inspected.a_system(tx, SiteId(1), "V")
    who = program(Role.DISPATCHER)
    for what, scope in (({"system": "V"}, "system"), ({}, "site")):
        said = {**NEW_LENS, "device": "", "owner": "P-5", **what}
        answer = who.post("/api/v1/maintenance", json=said).json()
        assert (answer["scope"], answer["owner"]) == (scope, "P-5")
    assert who.post("/api/v1/maintenance", json={**NEW_LENS, "device": ""}).status_code == 409
    theirs = program(Role.CUSTOMER).get("/api/v1/maintenance").json()["items"]
    assert [one["owner"] for one in theirs] == [None, None]


def test_a_unit_is_exchanged(house: House, program: Program, order: WorkOrder) -> None:
    who = program(Role.ENGINEER)
    with transaction(house.parts.database) as tx:
        d0 = device_rows.by_code(tx, "S-1", "d0")
        assert d0 is not None
        device_rows.change(tx, d0.id, {"serial": "E1", "name": "door"})
    [old] = who.post("/api/v1/devices/S-1/d0/swap", json=SWAP).json()["items"]
    assert (old["serial"], old["whereabouts"], old["reason"]) == ("E1", "spare", "lightning")
    assert who.get("/api/v1/devices/S-1/d0/units").json()["items"] == [old]
    with reading(house.parts.database) as tx:
        new = device_rows.get(tx, d0.id)
    assert new is not None
    assert (new.serial, new.name, new.dialect) == ("E2", "door", "native")
    assert who.get("/api/v1/devices/S-1/d0").json()["faults"][0]["work_order"] == str(order.id)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"serial": ""}, "serial"),
        ({"mac": "no mac"}, "mac"),
        ({"whereabouts": "lost"}, "whereabouts"),
        ({"reason": ""}, "reason"),
        ({"serial": "E9"}, "serial"),
    ],
)
def test_an_exchange_that_is_refused_names_its_field(
    house: House, program: Program, change: dict[str, Any], field: str
) -> None:
    with transaction(house.parts.database) as tx:
        d1 = device_rows.by_code(tx, "S-1", "d1")
        assert d1 is not None
        device_rows.change(tx, d1.id, {"serial": "E9"})
    who = program(Role.ENGINEER)
    answer = who.post("/api/v1/devices/S-1/d0/swap", json={**SWAP, **change})
    assert answer.status_code == 422
    assert [one["field"] for one in answer.json()["errors"]] == [field]
    assert who.get("/api/v1/devices/S-1/d0/units").json()["items"] == []


def test_a_new_configuration_is_accepted(house: House, program: Program) -> None:
    """CONFIG_CHANGED by a program; what an alarm host tells has no fingerprint."""
    who, address = program(Role.ENGINEER), "/api/v1/devices/S-1/d0/accept-configuration"
    with transaction(house.parts.database) as tx:
        a_fault(tx, house, code="CONFIG_CHANGED", severity=Severity.MINOR)
    assert who.post(address, json={"reason": " "}).status_code == 422
    accepted = who.post(address, json={"reason": "programmed anew"})
    assert accepted.json() == {"site": "S-1", "code": "d0", "fingerprint": None}
    codes = [one["code"] for one in who.get("/api/v1/devices/S-1/d0").json()["faults"]]
    assert "CONFIG_CHANGED" not in codes
    assert who.post(address, json={"reason": "programmed anew"}).status_code == 409
