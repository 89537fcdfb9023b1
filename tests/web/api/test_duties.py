"""Swaps, hand-over notes and events for programs: as on the pages, and on record (1, A08)."""

from datetime import timedelta
from typing import Any

import pytest

from operations import rota as rota_desk
from rules.model import Layer, Role
from rules.rota_swaps import Swap
from storage import journal
from storage.db import reading, transaction
from tests.storage.assets import a_site
from tests.web.api.conftest import Program
from tests.web.conftest import START, House
from tests.web.events import an_event

API = "/api/v1"


def of(house: House, role: Role) -> str:
    """Who last did something that is on record, by role, and what."""
    with reading(house.parts.database) as tx:
        lines = journal.after(tx, 0, START - timedelta(days=1))
    return [one.verb for one in lines if one.person_id == house.people[role]][-1]


def stands_first(house: House, days: int) -> int | None:
    with reading(house.parts.database) as tx:
        return rota_desk.at(tx, START + timedelta(days=days, hours=1), START)[Layer.FIRST].person_id


def test_a_swap_is_offered_looked_at_and_taken(
    house: House, program: Program, duties: Swap
) -> None:
    engineer, dispatcher = program(Role.ENGINEER), program(Role.DISPATCHER)
    span: dict[str, Any] = {"layer": "first"}
    span |= {"starts_at": str(START + timedelta(days=3)), "ends_at": str(START + timedelta(days=4))}
    key = {"Idempotency-Key": "wedding"}
    offer = {"given": span, "to": "P-4", "note": "wedding"}
    made = [engineer.post(f"{API}/swaps", json=offer, headers=key) for _ in range(2)]
    assert [one.status_code for one in made] == [201, 201]
    assert made[0].json() == made[1].json()  # asked twice, offered once
    listed = dispatcher.get(f"{API}/swaps?state=offered").json()["items"]
    assert [one["id"] for one in listed] == ["2", str(duties.id)]
    one = dispatcher.get(f"{API}/swaps/2").json()
    assert (one["offered_by"], one["offered_to"], one["state"]) == ("P-5", "P-4", "offered")
    taken = dispatcher.post(f"{API}/swaps/2/accept", json={"known_concerns": len(one["concerns"])})
    assert (taken.status_code, taken.json()["state"]) == (200, "accepted")
    assert of(house, Role.DISPATCHER) == "swap_accepted"
    assert stands_first(house, 3) == house.people[Role.DISPATCHER]
    assert stands_first(house, 2) == house.people[Role.ENGINEER]
    assert dispatcher.post(f"{API}/swaps/2/accept").status_code == 409
    mine = engineer.get(f"{API}/swaps?state=answered").json()["items"]
    assert [(one["id"], one["answered_by"]) for one in mine] == [("2", "P-4")]


def test_nobody_answers_for_another(house: House, program: Program, duties: Swap) -> None:
    """Offered to anybody: who is not asked cannot decline, who does not plan cannot withdraw it."""
    path = f"{API}/swaps/{duties.id}"
    assert program(Role.HEAD).post(f"{path}/decline").status_code == 409
    assert program(Role.SUPERVISOR).post(f"{path}/withdraw").status_code == 403
    assert program(Role.ENGINEER).post(f"{path}/accept").status_code == 409  # one's own
    assert program(Role.ENGINEER).post(f"{path}/withdraw").json()["state"] == "withdrawn"
    assert stands_first(house, 5) == house.people[Role.ENGINEER]


@pytest.mark.usefixtures("duties")
def test_a_note_is_written_and_only_its_reader_reads_it(house: House, program: Program) -> None:
    engineer, head = program(Role.ENGINEER), program(Role.HEAD)
    text = {"layer": "first", "text": "camera 3 waits for a lens"}
    again = engineer.post(f"{API}/handovers", json=text).json()
    assert (again["id"], again["written_to"]) == ("1", "P-2")  # unread, so written anew
    refused = head.post(f"{API}/handovers", json=text)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "layer")
    assert program(Role.DISPATCHER).post(f"{API}/handovers/1/read").status_code == 409
    assert head.get(f"{API}/handovers/1").json()["read_at"] is None  # a look is no reading
    assert head.post(f"{API}/handovers/1/read").json()["read_by"] == "P-2"
    assert of(house, Role.HEAD) == "handover_read"
    [note] = engineer.get(f"{API}/handovers").json()["items"]
    assert (note["text"], note["read_by"]) == (text["text"], "P-2")


@pytest.mark.usefixtures("duties", "bound")
def test_an_event_is_prepared_and_a_foreign_one_is_not_even_there(
    house: House, program: Program
) -> None:
    with transaction(house.parts.database) as tx:
        foreign = an_event(tx, house, site=a_site(tx, "S-9", "C9"), name="elsewhere")
    engineer = program(Role.ENGINEER)
    [event] = engineer.get(f"{API}/occasions").json()["items"]
    assert (event["items"], event["undone"], event["guards"]) == (3, 2, 1)
    whole = engineer.get(f"{API}/occasions/{event['id']}").json()
    assert [one["stands"] for one in whole["preparation"]] == ["overdue", "done", "later"]
    assert [(one["site"], one["person"]) for one in whole["standing_by"]] == [("S-1", "P-5")]
    path = f"{API}/occasions/{event['id']}/preparation/{whole['preparation'][0]['id']}/done"
    done = engineer.post(path, json={"remark": "two lenses"}).json()
    assert (done["undone"], done["preparation"][0]["remark"]) == (1, "two lenses")
    assert of(house, Role.ENGINEER) == "preparation_done"
    assert engineer.get(f"{API}/occasions/{foreign.id}").status_code == 404
    assert engineer.post(path.replace("/1/prep", f"/{foreign.id}/prep")).status_code == 404
    assert engineer.get(f"{API}/occasions?state=over").json()["items"] == []
