"""Drills in the browser: planned, answered by a link and by hand, read, taken as a file."""

from datetime import timedelta

import pytest

from rules.drills import Drill, Stand
from rules.model import Role
from storage import drills as drill_rows
from storage.db import reading, transaction
from tests.web.conftest import START, House
from tests.web.drills import a_drill, link_of

FORM = {"name": "夜间呼叫", "when": "now", "layers": "first", "limit": "300"}


@pytest.fixture
def drill(house: House) -> Drill:
    with transaction(house.parts.database) as tx:
        return a_drill(tx, house)


def every(house: House) -> list[Drill]:
    with reading(house.parts.database) as tx:
        return drill_rows.open_ones(tx)


def test_nothing_yet_says_what_to_do(house: House) -> None:
    assert "/drills/new" in house.enter(Role.HEAD).get("/drills").text
    seen = house.enter(Role.ENGINEER).get("/drills").text
    assert "No drill has been held yet" in seen
    assert "/drills/new" not in seen


def test_one_begins_at_once(house: House) -> None:
    answer = house.enter(Role.HEAD).post("/drills/new", data=FORM)
    [drill] = every(house)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/drills/{drill.id}")
    assert drill.stand is Stand.RUNNING


def test_a_button_pressed_twice_calls_once(house: House) -> None:
    head = house.enter(Role.HEAD)
    first, again = (head.post("/drills/new", data=FORM).headers["location"] for _ in range(2))
    assert first == again
    assert head.post("/drills/new", data=FORM | {"name": "Another"}).headers["location"] != first
    house.clock.passes(minutes=1)
    assert head.post("/drills/new", data=FORM).headers["location"] != first
    assert len(every(house)) == 3


def test_one_planned_twice_in_a_moment_is_one(house: House) -> None:
    head = house.enter(Role.HEAD)
    at = FORM | {"when": "due", "due": "2031-06-16T14:30"}
    first, again = (head.post("/drills/new", data=at).headers["location"] for _ in range(2))
    assert first == again
    later = head.post("/drills/new", data=at | {"due": "2031-06-17T14:30"})
    assert later.headers["location"] != first
    assert len(every(house)) == 2


def test_one_is_planned_on_the_companys_clock_and_repeats(house: House) -> None:
    at = {"when": "due", "due": "2031-06-16T14:30", "rhythm": "monthly"}
    house.enter(Role.HEAD).post("/drills/new", data=FORM | at)
    [drill] = every(house)
    assert drill.due_at.isoformat() == "2031-06-16T06:30:00+00:00"  # Asia/Shanghai
    assert drill.repeats == "DTSTART:20310616T143000\nRRULE:FREQ=MONTHLY"
    assert "Every month" in house.enter(Role.HEAD).get("/drills").text


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": " "}, "Give it a name"),
        ({"when": "due", "due": "soon"}, "Give date and time"),
        ({"when": "due", "due": "2020-01-01T10:00"}, "That is over"),
        ({"rhythm": "own", "rule": "FREQ=HOURLY"}, "Not a rule we know"),
        ({"rhythm": "own", "rule": " "}, "Not a rule we know"),
        ({"limit": "7"}, "Choose one of the times"),
        ({"people": "999"}, "Choose people who are with us"),
    ],
)
def test_what_cannot_be_is_said_beside_the_field(
    house: House, wrong: dict[str, str], said: str
) -> None:
    answer = house.enter(Role.HEAD).post("/drills/new", data=FORM | {"name": "Autumn"} | wrong)
    assert answer.status_code == 422
    assert said in answer.text
    assert wrong.get("name", "Autumn") in answer.text  # what was typed is kept
    assert every(house) == []


def test_the_link_only_shows_and_its_button_answers(house: House, drill: Drill) -> None:
    browser, address = house.browser(), link_of(house, drill)
    shown = browser.get(address)
    assert (shown.status_code, shown.headers["location"]) == (
        303,
        address.replace("/l/", "/l/drill/"),
    )
    page = browser.get(shown.headers["location"])
    assert "演练" in page.text  # the reader's own language
    assert page.text.count("<button") == 1
    assert page.headers["referrer-policy"] == "no-referrer"
    with reading(house.parts.database) as tx:
        assert [one.answered_at for one in drill_rows.calls(tx, drill.id)] == [None]
    assert browser.post(shown.headers["location"]).status_code == 303
    with reading(house.parts.database) as tx:
        [call] = drill_rows.calls(tx, drill.id)
    assert (call.answered_at, call.answered_how) == (house.clock(), "link")
    assert "<button" not in browser.get(shown.headers["location"]).text


def test_a_link_to_a_drill_opens_no_order_and_a_wrong_one_nothing(
    house: House, drill: Drill
) -> None:
    address = link_of(house, drill)
    assert house.browser().post(address, data={"verb": "acknowledge"}).status_code == 404
    assert house.browser().get("/l/drill/nonsense").status_code == 404
    assert house.browser().post("/l/drill/nonsense").status_code == 404


def test_the_page_shows_who_answered_how_fast_and_on_what(house: House, drill: Drill) -> None:
    house.enter(Role.ENGINEER).post(f"/drills/{drill.id}/answer", data={"channel": "mail"})
    page = house.enter(Role.HEAD).get(f"/drills/{drill.id}").text
    assert "王5" in page
    assert "1 / 1" in page
    assert "logged in" in page


def test_nobody_answers_for_another(house: House, drill: Drill) -> None:
    house.enter(Role.HEAD).post(f"/drills/{drill.id}/answer", data={"channel": "mail"})
    with reading(house.parts.database) as tx:
        assert [one.answered_at for one in drill_rows.calls(tx, drill.id)] == [None]


def test_one_nobody_announced_is_not_there_for_those_it_will_call(house: House) -> None:
    due = (START + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    plan = FORM | {"name": "A surprise", "when": "due", "due": due}
    house.enter(Role.HEAD).post("/drills/new", data=plan)
    [drill] = every(house)
    engineer = house.enter(Role.ENGINEER)
    assert "A surprise" not in engineer.get("/drills").text
    assert engineer.get(f"/drills/{drill.id}").status_code == 404
    assert "A surprise" in house.enter(Role.HEAD).get("/drills").text


def test_a_running_one_is_broken_off(house: House, drill: Drill) -> None:
    house.enter(Role.HEAD).post(f"/drills/{drill.id}/cancel")
    assert every(house) == []
    page = house.browser().get(link_of(house, drill).replace("/l/", "/l/drill/"))
    assert "<button" not in page.text


def test_a_file_holds_a_line_for_each_person_and_channel(house: House, drill: Drill) -> None:
    answer = house.enter(Role.HEAD).get(f"/drills/{drill.id}/report.csv")
    head, *lines = answer.text.strip().splitlines()
    assert head.lstrip("\ufeff").startswith("person,channel,called_at")
    assert len(lines) == 1
    assert lines[0].startswith("王5,mail,")
