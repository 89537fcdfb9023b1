"""Hand-over notes: filled with what is open, told to whoever comes, read once, kept."""

from datetime import timedelta

import pytest

from operations import rota as rota_desk
from rules.duty import Span
from rules.model import Layer, Role
from storage import handovers as note_rows
from storage import journal, outbox
from storage.db import reading, transaction
from storage.handovers import Note
from tests.web.conftest import START, House, an_order


@pytest.fixture
def rota(house: House) -> House:
    """The engineer stands first for eight hours, then the dispatcher."""
    change = START + timedelta(hours=8)
    by = house.people[Role.HEAD]
    with transaction(house.parts.database) as tx:
        for role, begins in ((Role.ENGINEER, START), (Role.DISPATCHER, change)):
            span = Span(starts_at=begins, ends_at=begins + timedelta(hours=8))
            rota_desk.override(tx, Layer.FIRST, house.people[role], span, by=by, now=START)
    return house


def written(rota: House, text: str = "the key is at the gate") -> Note:
    data = {"layer": "first", "text": text}
    answer = rota.enter(Role.ENGINEER).post("/duty/notes/write", data=data)
    assert answer.status_code == 303, answer.text
    with reading(rota.parts.database) as tx:
        return note_rows.newest(tx, limit=1).rows[0]


def test_it_begins_with_what_is_open(rota: House) -> None:
    with transaction(rota.parts.database) as tx:
        order = an_order(tx, rota)
    html = rota.enter(Role.ENGINEER).get("/duty/notes").text
    assert "Open at hand-over:" in html
    assert f"- {order.number} S-1" in html


def test_whoever_comes_is_told_and_reads_it_once(rota: House) -> None:
    note = written(rota)
    assert note.to_id == rota.people[Role.DISPATCHER]
    with reading(rota.parts.database) as tx:
        [letter] = outbox.due(tx, rota.clock(), each=9)
    assert (letter.kind, letter.person_id) == ("handover", note.to_id)
    dispatcher = rota.enter(Role.DISPATCHER)
    assert "the key is at the gate" in dispatcher.get("/duty/notes").text
    assert dispatcher.post(f"/duty/notes/{note.id}/read").status_code == 303
    rota.clock.passes(minutes=1)
    assert dispatcher.post(f"/duty/notes/{note.id}/read").status_code == 303
    with reading(rota.parts.database) as tx:
        read = note_rows.get(tx, note.id)
        lines = journal.after(tx, 0, START - timedelta(days=1))
    assert read is not None
    assert (read.read_at, read.read_by) == (START, note.to_id)
    said = {one.verb: one.person_id for one in lines}
    assert said["handover_written"] == rota.people[Role.ENGINEER]
    assert said["handover_read"] == note.to_id


def test_nobody_else_marks_it_as_read(rota: House) -> None:
    note = written(rota)
    for role in (Role.ENGINEER, Role.HEAD):
        assert rota.enter(role).post(f"/duty/notes/{note.id}/read").status_code == 422
    with reading(rota.parts.database) as tx:
        assert note_rows.newest(tx, limit=1).rows[0].read_at is None


def test_who_takes_the_shift_over_reads_it_too(rota: House) -> None:
    note = written(rota)
    span = Span(starts_at=note.changes_at, ends_at=note.changes_at + timedelta(hours=8))
    head = rota.people[Role.HEAD]
    with transaction(rota.parts.database) as tx:
        rota_desk.override(tx, Layer.FIRST, head, span, by=head, now=START)
    assert rota.enter(Role.HEAD).post(f"/duty/notes/{note.id}/read").status_code == 303


def test_unread_it_is_written_anew_and_read_it_is_another(rota: House) -> None:
    first = written(rota)
    again = written(rota, "the key is with the guard")
    assert again.id == first.id
    assert "with the guard" in rota.enter(Role.ENGINEER).get("/duty/notes").text
    rota.enter(Role.DISPATCHER).post(f"/duty/notes/{first.id}/read")
    assert written(rota, "one thing more").id != first.id


def test_who_does_not_stand_hands_nothing_over(rota: House) -> None:
    head = rota.enter(Role.HEAD)
    answer = head.post("/duty/notes/write", data={"layer": "first", "text": "x"})
    assert answer.status_code == 422
    empty = rota.enter(Role.ENGINEER).post("/duty/notes/write", data={"layer": "first"})
    assert empty.status_code == 422
    assert "Please write what the next shift must know." in empty.text
    assert head.post("/duty/notes/99/read").status_code == 404
