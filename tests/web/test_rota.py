"""The pages of the rota: plan turns, see what a change does, take it back, look back (1)."""

import re
from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from operations import rota as rota_desk
from rules.model import Layer, Role
from rules.rotations import Gap
from storage import rotations as rotation_rows
from storage.db import reading, transaction
from tests.web.conftest import START, House
from tests.web.rotas import SAVE, TONIGHT, TURNS, a_rotation, an_override


def first_at(house: House, hours: float) -> object:
    instant = START + timedelta(hours=hours)
    with reading(house.parts.database) as tx:
        slot = rota_desk.at(tx, instant, house.clock())[Layer.FIRST]
    return slot.person_id or slot.gap


def kept(html: str) -> dict[str, str]:
    """What the preview sends again when it is saved."""
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', html))


@pytest.fixture
def head(house: House) -> TestClient:
    return house.enter(Role.HEAD)


def test_a_change_is_shown_first_and_done_when_asked_again(house: House, head: TestClient) -> None:
    with transaction(house.parts.database) as tx:
        a_rotation(tx, house)
    shown = head.post("/rota", data=TONIGHT)
    assert shown.status_code == 200
    assert "What would this do?" in shown.text
    assert "First line: nobody for 12 h" in shown.text
    assert first_at(house, 12) == house.people[Role.ENGINEER]
    saved = head.post("/rota", data=kept(shown.text) | SAVE)
    assert saved.headers["location"].startswith("/rota?done=")
    assert first_at(house, 12) is Gap.LEFT_EMPTY
    done = head.get(saved.headers["location"]).text
    [undo] = re.findall(r'action="(/rota/overrides/\d+/revoke)"', done)
    assert head.post(undo).headers["location"] == "/rota"
    assert first_at(house, 12) == house.people[Role.ENGINEER]
    assert head.post(undo).status_code == 303  # taken back before: no mistake


def test_back_from_the_preview_the_form_holds_what_was_typed(head: TestClient) -> None:
    again = head.post("/rota", data=TONIGHT | {"step": "edit"})
    assert again.status_code == 200
    assert 'value="at the doctor&#39;s"' in again.text
    assert 'value="2026-06-15T20:00"' in again.text


def test_a_change_of_the_past_is_refused_beside_the_form(head: TestClient) -> None:
    over = TONIGHT | {"starts": "2026-06-14T20:00", "ends": "2026-06-15T08:00"}
    for step in ({}, SAVE):
        answer = head.post("/rota", data=over | step)
        assert answer.status_code == 422
        assert "who stood in the past cannot be changed" in answer.text


def test_turns_are_planned_changed_and_put_out_of_use(house: House, head: TestClient) -> None:
    turns = TURNS | {"member": str(house.people[Role.ENGINEER])}
    shown = head.post("/rota/rotations/new", data=turns)
    assert "What would this do?" in shown.text
    assert head.post("/rota/rotations/new", data=turns | SAVE).status_code == 303
    assert first_at(house, 24) == house.people[Role.ENGINEER]
    other = turns | {"member": str(house.people[Role.DISPATCHER]), "hours_from": "22:00"}
    assert "Give both times or neither" in head.post("/rota/rotations/1", data=other).text
    assert head.post("/rota/rotations/1", data=other | {"hours_to": "06:00"} | SAVE)
    assert first_at(house, 24) is Gap.NOT_PLANNED
    assert first_at(house, 15) == house.people[Role.DISPATCHER]
    assert 'value="22:00"' in head.get("/rota/rotations/1").text
    assert "What would this do?" in head.post("/rota/rotations/1/archive").text
    assert first_at(house, 15) == house.people[Role.DISPATCHER]
    assert head.post("/rota/rotations/1/archive", data=SAVE).status_code == 303
    assert first_at(house, 15) is Gap.NOT_PLANNED
    assert head.get("/rota/rotations/1").status_code == 404
    assert "No longer in use" in head.get("/rota/rotations").text


def test_all_that_is_wrong_with_turns_is_said_at_once(head: TestClient) -> None:
    wrong = {
        "name": " ",
        "layer": "fourth",
        "kind": "custom",
        "turn_days": "0",
        "days": "sometimes",
        "handover": "25:00",
        "hours_from": "x",
        "starts_on": "soon",
        "ends_on": "later",
        "member": "nobody",
    }
    answer = head.post("/rota/rotations/new", data=wrong)
    assert answer.status_code == 422
    assert re.findall(r"\d+ fields need a look", answer.text) == ["10 fields need a look"]
    assert answer.text.count('class="field-error"') == 10
    assert (
        "Choose at least one person"
        in head.post("/rota/rotations/new", data=TURNS | {"member": ""}).text
    )


def test_any_past_instant_is_answered_with_by_whom(house: House, head: TestClient) -> None:
    with transaction(house.parts.database) as tx:
        a_rotation(tx, house)
        an_override(tx, house)
    house.clock.passes(hours=30)
    head = house.enter(Role.HEAD)
    html = head.get("/rota/past?at=2026-06-15T12:00").text
    assert "a fair" in html
    assert "Gap" in html
    assert "written down at the time" in html
    assert "follows from the rotations" in head.get("/rota/past?at=2030-01-01T00:00").text
    wrong = head.get("/rota/past?at=0001-01-01T00:00")
    assert wrong.status_code == 422
    assert "2026-06-15 02:30" in wrong.text


def test_before_the_first_shift_there_is_no_gap(house: House, head: TestClient) -> None:
    """Nobody forgot to stand when there was no rota."""
    with transaction(house.parts.database) as tx:
        an_override(tx, house)
    long_ago = head.get("/rota/month?month=2021-03").text
    assert "No rota was on record" in long_ago
    assert "is-wrong-word" not in long_ago.split('class="month"')[1]
    assert "is-wrong-word" in head.get("/rota/month?month=2026-07").text  # to come, and nobody yet


def test_the_month_shows_holidays_and_what_is_not_published_yet(head: TestClient) -> None:
    october = head.get("/rota/month?month=2026-10").text
    assert "National Day" in october
    assert "day-mark is-make_up" in october
    assert "not published yet" not in october
    assert "not published yet" in head.get("/rota/month?month=2027-10").text
    entered = {"on": "2027-10-09", "kind": "work", "name": "调休"}
    assert head.post("/rota/days", data=entered).headers["location"] == "/rota/month?month=2027-10"
    after = head.get("/rota/month?month=2027-10").text
    assert "not published yet" not in after
    assert "调休" in after


def test_another_country_is_chosen_by_its_code(head: TestClient) -> None:
    refused = head.post("/rota/country", data={"country": "Bavaria", "subdivision": "BY"})
    assert refused.status_code == 422
    assert "Give its two letters" in refused.text
    assert (
        head.post("/rota/country", data={"country": "de", "subdivision": "BY"}).status_code == 303
    )
    assert "Epiphany" in head.get("/rota/month?month=2027-01").text


def test_taking_back_is_looked_at_first(house: House, head: TestClient) -> None:
    with transaction(house.parts.database) as tx:
        a_rotation(tx, house)
        an_override(tx, house)
    html = head.get("/rota/overrides").text
    [address] = re.findall(r'action="(/rota/overrides/\d+/revoke)"', html)
    assert "What would this do?" in head.post(address, data={"step": "look"}).text
    assert address in head.get("/rota/overrides").text  # it stands as it did
    assert head.post(address, data={"step": "edit"}).headers["location"] == "/rota/overrides"
    assert head.post(address, data={"step": "save"}).status_code == 303
    assert address not in head.get("/rota/overrides").text


def test_decisions_are_listed_page_by_page_the_youngest_first(
    house: House, head: TestClient
) -> None:
    assert "No changes yet" in head.get("/rota/overrides").text
    with transaction(house.parts.database) as tx:
        for _ in range(51):
            an_override(tx, house)
        before = rotation_rows.overrides_page(tx, None, 60)
    html = head.get("/rota/overrides").text
    assert html.count("/revoke") == 50
    [older] = re.findall(r'href="([^"]*before=\d+)"', html)
    assert head.get(older).text.count("/revoke") == 1
    assert len(before) == 51


def test_other_weeks_can_be_looked_at_and_nonsense_shows_this_one(head: TestClient) -> None:
    assert "This week" not in head.get("/rota?week=2026-08-05").text.split("<h2>")[-1]
    for odd in ("soon", "0001-01-01", "9999-12-31", ""):
        assert "This week" in head.get(f"/rota?week={odd}").text


def test_who_may_not_plan_sees_no_form(house: House) -> None:
    with transaction(house.parts.database) as tx:
        a_rotation(tx, house)
        an_override(tx, house)
    engineer = house.enter(Role.ENGINEER)
    for address in ("/rota", "/rota/month", "/rota/overrides", "/rota/rotations"):
        html = engineer.get(address).text
        assert 'action="/rota' not in html, address
    assert "data-layer" not in engineer.get("/rota").text
    assert "disabled" in engineer.get("/rota/rotations/1").text
