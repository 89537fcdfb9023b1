"""The page of swaps: offer, look what is to mind, take it; each leaves a line with who did it."""

import re
from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from operations import rota as rota_desk
from rules.duty import Span
from rules.model import Layer, Role
from storage import journal
from storage import rota_swaps as swap_rows
from storage.db import reading, transaction
from tests.web.conftest import START, House

SPAN = {"layer": "first", "starts_at": "2026-06-20T08:00", "ends_at": "2026-06-21T08:00"}


@pytest.fixture
def rota(house: House) -> House:
    """The engineer stands first, the dispatcher second, for weeks."""
    weeks = Span(starts_at=START, ends_at=START + timedelta(days=30))
    by = house.people[Role.HEAD]
    with transaction(house.parts.database) as tx:
        for layer, role in ((Layer.FIRST, Role.ENGINEER), (Layer.SECOND, Role.DISPATCHER)):
            rota_desk.override(tx, layer, house.people[role], weeks, by=by, now=START)
    return house


def offered(rota: House, **more: str) -> int:
    answer = rota.enter(Role.ENGINEER).post("/duty/swaps/offer", data={**SPAN, **more})
    assert answer.status_code == 303, answer.text
    with reading(rota.parts.database) as tx:
        return swap_rows.open_ones(tx)[-1].id


def verbs(house: House, role: Role) -> list[str]:
    with reading(house.parts.database) as tx:
        lines = journal.after(tx, 0, START - timedelta(days=1))
        return [one.verb for one in lines if one.person_id == house.people[role]]


def takes(browser: TestClient, number: int) -> int:
    """As the page's own button does, with what it showed."""
    html = browser.get("/duty/swaps").text
    known = re.search(rf"swaps/{number}/accept\"><input[^>]*value=\"(\d+)\"", html)
    assert known is not None
    answer = browser.post(f"/duty/swaps/{number}/accept", data={"known": known[1]})
    return answer.status_code


def test_one_offers_another_takes_and_both_are_on_record(rota: House) -> None:
    number = offered(rota, note="wedding")
    head = rota.enter(Role.HEAD)
    assert "wedding" in head.get("/duty/swaps").text
    assert takes(head, number) == 303
    with reading(rota.parts.database) as tx:
        standing = rota_desk.at(tx, START + timedelta(days=5), START)[Layer.FIRST]
    assert standing.person_id == rota.people[Role.HEAD]
    assert "swap_offered" in verbs(rota, Role.ENGINEER)
    assert {"swap_accepted", "shift_set"} <= set(verbs(rota, Role.HEAD))


def test_what_the_page_fills_in_for_the_shift_that_runs_can_be_offered(rota: House) -> None:
    """From the minute that runs it never could: that one has begun."""
    engineer = rota.enter(Role.ENGINEER)
    link = re.search(r'href="/duty/swaps\?([^"]+)#offer"', engineer.get("/duty/swaps").text)
    assert link is not None
    filled = dict(part.split("=") for part in link[1].replace("&amp;", "&").split("&"))
    assert filled["starts_at"] == "2026-06-15T09:30"  # it is 09:02 there
    assert engineer.post("/duty/swaps/offer", data=filled).status_code == 303


def test_what_was_not_shown_is_not_taken(rota: House) -> None:
    """The dispatcher stands second already: that must have been seen before."""
    number = offered(rota)
    dispatcher = rota.enter(Role.DISPATCHER)
    answer = dispatcher.post(f"/duty/swaps/{number}/accept", data={"known": "0"})
    assert answer.status_code == 409
    with reading(rota.parts.database) as tx:
        assert [one.id for one in swap_rows.open_ones(tx)] == [number]
        standing = rota_desk.at(tx, START + timedelta(days=5), START)[Layer.FIRST]
    assert standing.person_id == rota.people[Role.ENGINEER]
    assert takes(dispatcher, number) == 303


def test_declined_and_withdrawn_are_on_record(rota: House) -> None:
    head = rota.people[Role.HEAD]
    first = offered(rota, to=str(head))
    assert rota.enter(Role.HEAD).post(f"/duty/swaps/{first}/decline").status_code == 303
    second = offered(rota)
    assert rota.enter(Role.ENGINEER).post(f"/duty/swaps/{second}/withdraw").status_code == 303
    assert "swap_declined" in verbs(rota, Role.HEAD)
    assert "swap_withdrawn" in verbs(rota, Role.ENGINEER)


def test_only_its_owner_or_the_planner_withdraws(rota: House) -> None:
    number = offered(rota)
    with transaction(rota.parts.database) as tx:
        swap_rows.change(tx, number, {"from_id": rota.people[Role.HEAD]})
    assert rota.enter(Role.ENGINEER).post(f"/duty/swaps/{number}/withdraw").status_code == 403
    assert rota.enter(Role.DISPATCHER).post(f"/duty/swaps/{number}/withdraw").status_code == 303


@pytest.mark.parametrize(
    "changed",
    [
        {"layer": "second"},
        {"starts_at": "soon"},
        {"ends_at": "2026-06-01T08:00"},
        {"to": "999999"},
        {"return_layer": "second", "return_starts_at": "x"},
        {"layer": "nonsense"},
    ],
)
def test_what_is_refused_is_said_beside_its_field_and_kept(
    rota: House, changed: dict[str, str]
) -> None:
    data = {**SPAN, "note": "wedding", **changed}
    answer = rota.enter(Role.ENGINEER).post("/duty/swaps/offer", data=data)
    assert answer.status_code == 422
    assert "field-error" in answer.text
    assert 'value="wedding"' in answer.text


def test_the_page_is_empty_before_the_first(house: House) -> None:
    html = house.enter(Role.ENGINEER).get("/duty/swaps").text
    assert "Nobody asks you to take a duty." in html
    assert house.enter(Role.ENGINEER).post("/duty/swaps/99/accept").status_code == 404
