"""Who was, is and will be on duty, for programs (1)."""

from datetime import timedelta

import pytest

from rules.model import Role
from storage.db import transaction
from tests.web.api.conftest import Program
from tests.web.conftest import START, House
from tests.web.rotas import a_rotation, an_override

ENGINEER = "P-5"


def test_any_instant_is_answered_with_people_or_the_reason_why_nobody(
    house: House, program: Program
) -> None:
    with transaction(house.parts.database) as tx:
        a_rotation(tx, house)
        an_override(tx, house)
    who = program(Role.ENGINEER)
    now = who.get("/api/v1/rota").json()
    assert now["layers"][0] == {"layer": "first", "person": None, "gap": "left_empty"}
    assert now["called_now"]["nobody_on_duty"]
    assert now["called_now"]["first"] == ENGINEER
    tomorrow = (START + timedelta(days=2)).isoformat().replace("+00:00", "Z")
    later = who.get(f"/api/v1/rota?at={tomorrow}").json()
    assert not later["written"]
    assert later["layers"][0] == {"layer": "first", "person": ENGINEER, "gap": None}
    before = (START - timedelta(hours=3)).isoformat().replace("+00:00", "Z")
    past = who.get(f"/api/v1/rota?at={before}").json()
    assert past["written"]
    assert past["layers"][0]["gap"] == "not_planned"
    tonight = (START + timedelta(hours=3)).isoformat().replace("+00:00", "Z")
    assert who.get(f"/api/v1/rota?at={tonight}").json()["layers"][0]["gap"] == "left_empty"


def test_shifts_come_without_holes(house: House, program: Program) -> None:
    with transaction(house.parts.database) as tx:
        a_rotation(tx, house)
        an_override(tx, house)
    told = program(Role.HEAD).get("/api/v1/rota/shifts").json()
    first = [one for one in told["items"] if one["layer"] == "first"]
    assert [one["person"] for one in first] == [None, ENGINEER]
    assert first[0]["from"] == told["from"]
    assert first[0]["to"] == first[1]["from"]
    assert first[1]["to"] == told["to"]


@pytest.mark.parametrize(
    "query",
    [
        "rota?at=1999-01-01T00:00:00Z",
        "rota?at=2026-06-15T00:00:00",
        "rota/shifts?from=2026-06-15T00:00:00Z&to=2026-06-15T00:00:00Z",
        "rota/shifts?from=2026-01-01T00:00:00Z&to=2026-12-01T00:00:00Z",
    ],
)
def test_what_makes_no_sense_is_refused(program: Program, query: str) -> None:
    assert program(Role.HEAD).get(f"/api/v1/{query}").status_code == 422
