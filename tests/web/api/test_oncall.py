"""What programs read of drills and of the figures of duty."""

from datetime import timedelta

from operations import drills as drill_desk
from operations import work_orders as order_desk
from operations.drills import Wish
from rules.model import Role
from storage.db import transaction
from storage.tables.night import notices
from tests.web.api.conftest import Program
from tests.web.conftest import START, House, an_order
from tests.web.drills import a_drill


def test_a_drill_tells_each_call_and_its_answer(house: House, program: Program) -> None:
    with transaction(house.parts.database) as tx:
        drill = a_drill(tx, house)
        engineer, at = house.people[Role.ENGINEER], START + timedelta(seconds=42)
        drill_desk.answer(tx, drill.id, engineer, "mail", "link", at)
    [one] = program(Role.ENGINEER).get("/api/v1/drills").json()["items"]
    assert (one["state"], one["people"], one["answered"], one["median_s"]) == ("running", 1, 1, 42)
    [call] = one["calls"]
    assert (call["person"], call["channel"], call["answered_after_s"]) == ("P-5", "mail", 42)


def test_a_surprise_is_told_only_to_who_plans_it(house: House, program: Program) -> None:
    wish = Wish(name="A surprise", due_at=START + timedelta(days=1))
    with transaction(house.parts.database) as tx:
        drill_desk.plan(tx, wish, house.people[Role.HEAD], START)
    assert program(Role.ENGINEER).get("/api/v1/drills").json()["items"] == []
    assert len(program(Role.HEAD).get("/api/v1/drills").json()["items"]) == 1


def test_the_figures_of_a_month(house: House, program: Program) -> None:
    with transaction(house.parts.database) as tx:
        order = an_order(tx, house)
        tx.execute(notices.update().values(state="sent"))
        answered = START + timedelta(minutes=4)
        order_desk.acknowledge(tx, order.id, house.people[Role.ENGINEER], answered)
    house.clock.passes(hours=1)
    told = program(Role.HEAD).get("/api/v1/figures/on-call?month=2026-06").json()
    assert told["answers"]["emergency"] == {
        "called": 1,
        "answered": 1,
        "median_s": 240,
        "p90_s": 240,
        "mean_s": 240,
    }
    assert told["kept"]["emergency_in_time_pct"] == 100
    assert [(one["person"], one["pages"]) for one in told["people"]] == [("P-5", 1)]
    wrong = program(Role.HEAD).get("/api/v1/figures/on-call?month=June")
    assert wrong.status_code == 422
    assert program(Role.ENGINEER).get("/api/v1/figures/on-call").status_code == 403
