"""The pages of events (A08): planned with a list to begin from, guarded, ticked off, put away."""

from datetime import timedelta

import pytest

from operations import occasions as occasion_desk
from rules.model import Role, SiteId
from storage import journal
from storage import occasions as occasion_rows
from storage.db import reading, transaction
from tests.web.conftest import START, House
from tests.web.events import an_event

PLAN = {
    "name": "annual meeting",
    "customer": "1",
    "starts_at": "2026-06-25T08:00",
    "ends_at": "2026-06-26T18:00",
    "note": "hall 2",
    "template": "1",
}
SPAN = {"starts_at": "2026-06-25T08:00", "ends_at": "2026-06-25T20:00"}


def planned(house: House, role: Role = Role.DISPATCHER) -> str:
    answer = house.enter(role).post("/occasions/new", data=PLAN)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def verbs(house: House) -> list[tuple[str, int | None]]:
    with reading(house.parts.database) as tx:
        lines = journal.after(tx, 0, START - timedelta(days=1))
    return [(one.verb, one.person_id) for one in lines]


def test_it_is_planned_with_the_list_to_begin_from(house: House) -> None:
    address = planned(house)
    html = house.enter(Role.SALES).get(address).text
    assert "annual meeting" in html
    assert "hall 2" in html
    assert "6 of 6 still to do" in html
    listed = house.enter(Role.SALES).get("/occasions").text
    assert "annual meeting" in listed
    assert "annual meeting" not in house.enter(Role.SALES).get("/occasions?state=over").text


def test_a_guard_is_posted_and_stands_down(house: House) -> None:
    address, dispatcher = planned(house), house.enter(Role.DISPATCHER)
    me = house.people[Role.ENGINEER]
    guard = {**SPAN, "site": "1", "person": str(me)}
    assert dispatcher.post(f"{address}/guards", data=guard).status_code == 303
    at = START.replace(day=25, hour=2)
    with reading(house.parts.database) as tx:
        assert [one.id for one in occasion_desk.guards_at(tx, SiteId(1), at)] == [me]
        [known] = occasion_rows.guards_of(tx, int(address.rpartition("/")[2]))
    again = dispatcher.post(f"{address}/guards", data=guard)
    assert again.status_code == 422
    assert "stands by somewhere at that time already" in again.text
    answer = dispatcher.post(f"{address}/guards/{known.id}/stand-down")
    assert answer.status_code == 303
    with reading(house.parts.database) as tx:
        assert occasion_desk.guards_at(tx, SiteId(1), at) == []


def test_extra_duty_stands_in_the_rota_and_is_taken_back(house: House) -> None:
    address, dispatcher = planned(house), house.enter(Role.DISPATCHER)
    duty = {**SPAN, "layer": "lead", "person": str(house.people[Role.ENGINEER])}
    number = int(address.rpartition("/")[2])
    looked = dispatcher.post(f"{address}/duty", data=duty)
    assert looked.status_code == 200
    assert "What would this do?" in looked.text
    back = dispatcher.post(f"{address}/duty", data=duty | {"step": "edit"})
    assert (back.status_code, SPAN["starts_at"] in back.text) == (200, True)
    with reading(house.parts.database) as tx:
        assert occasion_desk.duty_of(tx, number) == []  # nothing is saved unseen
    answer = dispatcher.post(f"{address}/duty", data=duty | {"step": "save"})
    assert answer.status_code == 303
    with reading(house.parts.database) as tx:
        [extra] = occasion_desk.duty_of(tx, number)
    assert dispatcher.post(f"{address}/duty/{extra.id}/drop").status_code == 303
    assert dispatcher.post(f"{address}/duty/{extra.id}/drop").status_code == 404
    with reading(house.parts.database) as tx:
        assert occasion_desk.duty_of(tx, number) == []


def test_putting_it_away_ends_its_duty(house: House) -> None:
    address, dispatcher = planned(house), house.enter(Role.DISPATCHER)
    duty = {**SPAN, "layer": "lead", "person": str(house.people[Role.ENGINEER])}
    dispatcher.post(f"{address}/duty", data=duty | {"step": "save"})
    with reading(house.parts.database) as tx:
        assert occasion_desk.duty_of(tx, int(address.rpartition("/")[2]))
    assert dispatcher.post(f"{address}/archive").status_code == 303
    assert dispatcher.post(f"{address}/archive").status_code == 303
    with reading(house.parts.database) as tx:
        assert occasion_desk.duty_of(tx, int(address.rpartition("/")[2])) == []


def test_an_item_is_ticked_off_by_whoever_works_or_must_see_to_it(house: House) -> None:
    sales = house.people[Role.SALES]
    address, dispatcher = planned(house), house.enter(Role.DISPATCHER)
    for person in (sales, house.people[Role.ENGINEER]):
        item = {"text": "call the guard", "due_on": "2026-06-20", "person": str(person)}
        assert dispatcher.post(f"{address}/items", data=item).status_code == 303
    with reading(house.parts.database) as tx:
        items = occasion_rows.preparations_of(tx, [int(address.rpartition("/")[2])])
    theirs = [one.id for one in items if one.person_id == sales]
    others = [one.id for one in items if one.person_id != sales]
    browser = house.enter(Role.SALES)
    assert browser.post(f"{address}/items/{theirs[0]}/done").status_code == 303
    assert browser.post(f"{address}/items/{others[0]}/done").status_code == 403
    assert browser.post(f"{address}/items/{theirs[0]}/strike").status_code == 403
    engineer = house.enter(Role.ENGINEER)
    done = {"remark": "in the van"}
    assert engineer.post(f"{address}/items/{others[0]}/done", data=done).status_code == 303
    assert "in the van" in engineer.get(address).text
    assert engineer.post(f"{address}/items/{others[0]}/open").status_code == 303
    assert engineer.post(f"{address}/items/{others[0]}/burn").status_code == 404
    assert dispatcher.post(f"{address}/items/{others[0]}/strike").status_code == 303


def test_everything_done_is_on_record_with_who_did_it(house: House) -> None:
    test_a_guard_is_posted_and_stands_down(house)
    test_an_item_is_ticked_off_by_whoever_works_or_must_see_to_it(house)
    test_extra_duty_stands_in_the_rota_and_is_taken_back(house)
    address, dispatcher = planned(house), house.enter(Role.DISPATCHER)
    dispatcher.post(address, data={**PLAN, "name": "another name"})
    dispatcher.post(f"{address}/archive")
    planner, engineer = house.people[Role.DISPATCHER], house.people[Role.ENGINEER]
    said = set(verbs(house))
    for verb in (
        *("occasion_planned", "occasion_changed", "occasion_archived"),
        *("guard_posted", "guard_stood_down"),
        *("occasion_duty_added", "occasion_duty_dropped"),
        *("preparation_added", "preparation_struck"),
    ):
        assert (verb, planner) in said, verb
    assert ("preparation_done", engineer) in said
    assert ("preparation_reopened", engineer) in said


@pytest.mark.parametrize(
    "changed",
    [
        {"name": " "},
        {"customer": ""},
        {"customer": "99"},
        {"starts_at": "soon"},
        {"ends_at": "2026-06-24T08:00"},
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_kept(
    house: House, changed: dict[str, str]
) -> None:
    answer = house.enter(Role.DISPATCHER).post("/occasions/new", data={**PLAN, **changed})
    assert answer.status_code == 422
    assert "field-error" in answer.text
    assert 'value="hall 2"' in answer.text


def test_a_holiday_of_the_calendar_is_for_all_of_us(house: House) -> None:
    browser = house.enter(Role.HEAD)
    form = browser.get("/occasions/new?name=National+Day&first=2026-10-01&last=2026-10-07").text
    assert 'value="National Day"' in form
    assert 'value="2026-10-07T23:59"' in form
    assert '<option value="all" selected>' in form
    made = browser.post("/occasions/new", data={**PLAN, "customer": "all"})
    assert "All of us" in browser.get(made.headers["location"]).text


def test_a_holiday_nobody_planned_for_is_offered_until_it_is(house: House) -> None:
    """Dragon Boat Festival, 19 to 21 June 2026."""
    browser = house.enter(Role.HEAD, "zh")
    assert "first=2026-06-19&amp;last=2026-06-21" in browser.get("/occasions").text
    assert "2026-06-19" not in house.enter(Role.ENGINEER).get("/occasions").text
    span = {"starts_at": "2026-06-19T00:00", "ends_at": "2026-06-21T23:59"}
    browser.post("/occasions/new", data={**PLAN, **span, "customer": "all"})
    assert "first=2026-06-19" not in browser.get("/occasions").text


def test_lists_go_by_cursor_and_the_next_comes_first(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.pages.occasions.PAGE_ROWS", 2)
    with transaction(house.parts.database) as tx:
        for name in ("one", "two", "three"):
            occasion = an_event(tx, house, name=name, guarded=False)
            starts = START + timedelta(days={"one": 9, "two": 7, "three": 8}[name])
            occasion_rows.change(
                tx, occasion.id, {"starts_at": starts, "ends_at": starts + timedelta(days=1)}
            )
    browser = house.enter(Role.HEAD)
    first = browser.get("/occasions").text
    assert first.index(">two<") < first.index(">three<")
    assert ">one<" not in first
    assert ">one<" in browser.get("/occasions?after=3").text


def test_nothing_planned_says_what_belongs_here(house: House) -> None:
    assert "No event is coming" in house.enter(Role.ENGINEER).get("/occasions").text
