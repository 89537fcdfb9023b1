"""Plans of escalation in the browser: written, bound, put out of use, and what would happen."""

import re

import pytest

from rules.model import Role
from storage import escalations as plan_rows
from storage import people as people_rows
from storage.db import reading, transaction
from tests.web.conftest import START, House, an_order
from tests.web.escalations import NIGHT, a_plan


def test_a_plan_is_written_bound_and_put_out_of_use(house: House) -> None:
    browser = house.enter(Role.HEAD)
    assert "The company&#39;s own ladder" in browser.get("/escalations").text
    made = browser.post("/escalations/new", data=NIGHT)
    assert made.status_code == 303, made.text
    address = made.headers["location"]
    with reading(house.parts.database) as tx:
        [kept] = plan_rows.all_standing(tx)
    assert [step.after_s for step in kept.plan.steps] == [0, 300, 600]
    assert [step.targets for step in kept.plan.steps] == [("first",), ("second",), ("head",)]
    assert kept.plan.steps[1].channels == ("mail",)
    assert (kept.plan.loop_s, kept.plan.loops, kept.plan.digest) == (900, 2, ("first",))
    assert f"{kept.plan.quiet.starts:%H:%M}-{kept.plan.quiet.ends:%H:%M}" == "21:00-07:30"
    assert browser.post(f"{address}/bind", data={"site": "S-1"}).status_code == 303
    assert "S-1" in browser.get(address).text
    with transaction(house.parts.database) as tx:
        assert an_order(tx, house).escalation_id == kept.id
    assert browser.post(f"{address}/retire").headers["location"] == "/escalations"
    with reading(house.parts.database) as tx:
        assert plan_rows.all_standing(tx) == []
        assert plan_rows.bindings(tx) == []


def test_an_edit_is_the_next_version_and_an_old_form_is_told(house: House) -> None:
    with transaction(house.parts.database) as tx:
        first = a_plan(tx, house)
    browser = house.enter(Role.HEAD)
    form = browser.get(f"/escalations/{first.id}/edit").text
    assert 'name="seen" value="1"' in form
    change = {**NIGHT, "seen": "1"}
    second = browser.post(f"/escalations/{first.id}/edit", data=change).headers["location"]
    assert second != f"/escalations/{first.id}"
    assert "version 2" in browser.get(second).text
    assert "An old version" in browser.get(f"/escalations/{first.id}").text
    late = browser.post(f"/escalations/{first.id}/edit", data=change)
    assert late.status_code == 422
    assert "Somebody has just saved another version" in late.text


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"name": " "}, "name"),
        ({"after": ["1", "5", "10", ""]}, "step-1"),
        ({"after": ["0", "10", "5", ""]}, "step-3"),
        ({"after": ["0", "soon", "10", ""]}, "step-2"),
        ({"target": [], "after": ["0"]}, "loop"),
        ({"target": ["0:anybody"]}, "step-1"),
        ({"round_min": "3"}, "round_min"),
        ({"round_min": "9" * 40}, "round_min"),
        ({"rounds": "-1"}, "rounds"),
        ({"quiet_from": "evening"}, "quiet_from"),
    ],
)
def test_what_is_refused_stands_beside_its_field_and_stays_typed(
    house: House, changed: dict[str, object], field: str
) -> None:
    answer = house.enter(Role.ADMIN).post("/escalations/new", data={**NIGHT, **changed})
    assert answer.status_code == 422
    name = "round_min" if field == "loop" else field
    assert f'id="{name}-error"' in answer.text
    assert 'value="21:00"' in answer.text or "quiet_from" in changed
    with reading(house.parts.database) as tx:
        assert plan_rows.all_standing(tx) == []


def test_one_more_step_keeps_what_was_typed(house: House) -> None:
    answer = house.enter(Role.ADMIN).post("/escalations/new", data={**NIGHT, "do": "more"})
    assert answer.status_code == 200
    assert len(re.findall(r'name="after"', answer.text)) == len(NIGHT["after"]) + 1
    assert 'value="0:first" checked' in answer.text


def test_who_left_is_shown_as_a_problem(house: House) -> None:
    with transaction(house.parts.database) as tx:
        gone = house.people[Role.SUPERVISOR]
        kept = a_plan(tx, house, "Old", gone)
        people_rows.leave(tx, gone, START)
        people_rows.change(tx, house.people[Role.SALES], {"channels": []})
        a_plan(tx, house, "Mute", house.people[Role.SALES])
    text = house.enter(Role.ENGINEER).get("/escalations").text
    assert "no longer with us" in text
    assert "cannot be told on any channel" in text
    assert "no longer with us" in house.enter(Role.HEAD).get(f"/escalations/{kept.id}").text


def test_what_would_happen_on_saturday_at_two(house: House) -> None:
    """A02: "an emergency at site S-1 at 02:00 on Saturday"."""
    asked = "/escalations/simulate?site=S-1&severity=emergency&at=2026-06-20T02:00"
    text = house.enter(Role.ENGINEER).get(asked).text
    assert "On site by" in text
    assert "04:00" in text
    assert "the receiver is told to go without him" in text
    assert text.index("02:00") < text.index("02:10")
    taken = house.enter(Role.ENGINEER).get(f"{asked}&taken=5").text
    assert "from 03:05 on the others are called" in taken


@pytest.mark.parametrize(
    ("query", "field"),
    [("site=nowhere", "site"), ("site=S-1&at=soon", "at"), ("site=S-1&at=2036-01-01T00:00", "at")],
)
def test_a_question_that_makes_no_sense(house: House, query: str, field: str) -> None:
    answer = house.enter(Role.HEAD).get(f"/escalations/simulate?{query}")
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    with reading(house.parts.database) as tx:
        assert plan_rows.all_standing(tx) == []
