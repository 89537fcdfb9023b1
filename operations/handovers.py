"""Hand-over: what the shift that ends leaves in writing for the next one, and that it was read."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from operations import notes, notices, refusals
from operations import rota as rota_desk
from operations.refusals import NotNowError
from rules.duty import Span
from rules.model import Layer, Person, PersonId, Severity
from rules.notices import Kind as NoticeKind
from rules.rotations import Slot
from storage import handovers as note_rows
from storage import people as people_rows
from storage.db import Tx
from storage.handovers import Note
from storage.views import names

LONGEST_TEXT = 2000
PAGE = "/duty/notes"
AHEAD = timedelta(days=62)  # as far as the rota is written down
WAITS = timedelta(days=7)  # (ours) an unread note is shown so long after its shift began


class NoSuchNoteError(LookupError):
    """There is no note of that id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """When the layer changes hands next, and to whom; `to_id` None: nobody stands then."""

    layer: Layer
    at: datetime
    from_id: PersonId
    to_id: PersonId | None


def changes_of(tx: Tx, person_id: PersonId, now: datetime) -> list[Change]:
    """The layers this person stands in now that change hands within two months, the next first."""
    slots = rota_desk.derived(tx, Span(starts_at=now, ends_at=now + AHEAD))
    found = (_change(slots, layer, person_id) for layer in Layer)
    return sorted((one for one in found if one), key=lambda one: one.at)


def write(tx: Tx, layer: str, text: str, by: PersonId, now: datetime) -> Note:
    """For whoever stands next; as long as it is unread it is written anew. Raises `NotNowError`."""
    said = refusals.said(text, "handover.refused.text", field="text", most=LONGEST_TEXT)
    change = next((one for one in changes_of(tx, by, now) if one.layer == layer), None)
    if change is None:
        raise NotNowError("handover.refused.not_standing", field="layer")
    columns = {"to_id": change.to_id, "text": said, "written_at": now}
    before = note_rows.unread_of(tx, change.layer, change.at, by)
    if before:
        note = note_rows.change(tx, before.id, columns)
    else:
        whole = {"layer": change.layer, "changes_at": change.at, "from_id": by}
        note = note_rows.add(tx, whole | columns)
    reader = people_rows.present(tx, change.to_id) if change.to_id else None
    if reader:
        _tell(tx, reader, note, now)
    _note(tx, note, "handover_written", by, now)
    return note


def mark_read(tx: Tx, note_id: int, by: PersonId, now: datetime) -> Note:
    """The first reading counts. Raises `NotNowError` for whoever it is not for."""
    note = note_rows.lock(tx, note_id)
    if note is None:
        raise NoSuchNoteError(note_id)
    if note.read_at is not None:
        return note
    if not is_for(tx, note, by, now):
        raise NotNowError("handover.refused.not_for_you")
    note = note_rows.change(tx, note.id, {"read_at": now, "read_by": by})
    _note(tx, note, "handover_read", by, now)
    return note


def is_for(tx: Tx, note: Note, person_id: PersonId, now: datetime) -> bool:
    """Whom it was written to, and whoever stands in that layer then or now: the rota may change."""
    if person_id == note.from_id:
        return False
    at = max(now, note.changes_at)
    slot = rota_desk.at(tx, at, now).get(note.layer)
    return person_id == note.to_id or (slot is not None and slot.person_id == person_id)


def waiting_for(tx: Tx, person_id: PersonId, now: datetime) -> list[Note]:
    """Unread notes for this person, the oldest first."""
    unread = note_rows.unread_since(tx, now - WAITS)
    return [note for note in unread if is_for(tx, note, person_id, now)]


def _change(slots: list[Slot], layer: Layer, person_id: PersonId) -> Change | None:
    mine = [slot for slot in slots if slot.layer == layer]
    if not mine or mine[0].person_id != person_id:
        return None
    for one, after in pairwise(mine):
        if after.person_id != one.person_id:
            return Change(layer=layer, at=after.starts_at, from_id=person_id, to_id=after.person_id)
    return None


def _tell(tx: Tx, reader: Person, note: Note, now: datetime) -> None:
    facts = {
        "what": "written",
        "who": names.person(tx, note.from_id),
        "layer": note.layer,
        "starts_at": note.changes_at.isoformat(),
        "text": note.text,
        "note_id": note.id,
        "page": f"{PAGE}#n{note.id}",
    }
    key = f"handover:{note.id}:{now.isoformat()}"
    kind, severity = NoticeKind.HANDOVER, Severity.MINOR
    notices.tell(tx, reader, kind, key=key, severity=severity, facts=facts, now=now)


def _note(tx: Tx, note: Note, verb: str, by: PersonId, now: datetime) -> None:
    facts = {
        "layer": note.layer,
        "person": names.person(tx, note.from_id),
        "changes_at": note.changes_at.isoformat(),
    }
    notes.of_act(tx, verb, by, now, facts, record=f"handovers/{note.id}")
