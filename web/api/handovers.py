"""Hand-over notes: what a shift that ends left in writing, and who read it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel

from operations import handovers as handover_desk
from operations.handovers import NoSuchNoteError
from rules.model import Layer
from rules.permits import Verb
from storage import handovers as note_rows
from storage.api_answers import Answer
from storage.db import Tx, reading
from storage.handovers import Note as Kept
from storage.views import names
from web.api.asked import Asked, Id, Paged, Said, Strict
from web.api.callers import RotaActor, RotaReader
from web.api.once import answered, once
from web.wired import NotFoundError, Wired

router = APIRouter(tags=["rota"])


class Writing(Strict):
    """For whoever stands next in that layer, in which the caller stands now."""

    layer: Layer
    text: Said


class Note(BaseModel):
    """People by code. `changes_at`: when the shift it is for begins; `written_to` null: nobody."""

    id: str
    layer: Layer
    changes_at: datetime
    written_by: str
    written_to: str | None
    text: str
    written_at: datetime
    read_at: datetime | None
    read_by: str | None


class Notes(BaseModel):
    items: list[Note]
    next: str | None


@router.get("/handovers")
def listed(parts: Wired, caller: RotaReader, asked: Annotated[Paged, Query()]) -> Notes:
    caller.must(Verb.STAND_DUTY)
    with reading(parts.database) as tx:
        found = note_rows.newest(tx, before=asked.before, limit=asked.limit)
        items = _notes(tx, found.rows)
    return Notes(items=items, next=found.next or None)


@router.get("/handovers/{note_id}")
def one(parts: Wired, caller: RotaReader, note_id: Id) -> Note:
    """Looked at by a program it is not read: that is said by the person, with `read`."""
    caller.must(Verb.STAND_DUTY)
    with reading(parts.database) as tx:
        note = note_rows.get(tx, int(note_id))
        if note is None:
            raise NotFoundError
        return _note(tx, note)


@router.post("/handovers", status_code=201, response_model=Note)
def write(parts: Wired, caller: RotaActor, asked: Asked, said: Writing) -> Response:
    """As long as it is unread it is written anew; the next in the layer is told."""
    caller.must(Verb.STAND_DUTY)

    def work(tx: Tx) -> Answer:
        note = handover_desk.write(tx, said.layer, said.text, caller.me.id, caller.now)
        return answered(_note(tx, note), 201)

    return once(parts, caller, asked, said, work)


@router.post("/handovers/{note_id}/read", response_model=Note)
def read(parts: Wired, caller: RotaActor, asked: Asked, note_id: Id) -> Response:
    """The first reading counts; only by whom it is for."""
    caller.must(Verb.STAND_DUTY)

    def work(tx: Tx) -> Answer:
        try:
            note = handover_desk.mark_read(tx, int(note_id), caller.me.id, caller.now)
        except NoSuchNoteError:
            raise NotFoundError from None
        return answered(_note(tx, note))

    return once(parts, caller, asked, None, work)


def _note(tx: Tx, note: Kept) -> Note:
    return _notes(tx, [note])[0]


def _notes(tx: Tx, notes: Sequence[Kept]) -> list[Note]:
    ids = [who for note in notes for who in (note.from_id, note.to_id, note.read_by)]
    codes = names.codes_of_people(tx, ids)
    return [
        Note(
            id=str(note.id),
            layer=note.layer,
            changes_at=note.changes_at,
            written_by=codes[note.from_id],
            written_to=codes[note.to_id] if note.to_id else None,
            text=note.text,
            written_at=note.written_at,
            read_at=note.read_at,
            read_by=codes[note.read_by] if note.read_by else None,
        )
        for note in notes
    ]
