"""What was handed over of an inspection or a card, and what became of the letters (B04, D04)."""

from collections.abc import Sequence
from dataclasses import dataclass

from rules.documents import Document, Kind
from storage import documents as document_rows
from storage import ledger
from storage.db import Tx
from storage.views import names
from storage.views.orders import Receipt


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One letter to one person."""

    name: str
    receipt: Receipt


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    document: Document
    sent: Sequence[Sent]


def of_subject(tx: Tx, kind: Kind, subject_id: int) -> list[Paper]:
    """Newest first, each with its letters, the last sent first."""
    found = []
    for document in reversed(document_rows.of_subject(tx, kind, subject_id)):
        told = ledger.of_reason(tx, f"document:{document.id}:")
        tries = ledger.attempts_of(tx, [notice.id for notice in told])
        people = names.of_people(tx, [notice.person_id for notice in told])
        letters = [
            Sent(
                name=people.get(notice.person_id, ""),
                receipt=Receipt(notice=notice, attempts=tries[notice.id]),
            )
            for notice in reversed(told)
        ]
        found.append(Paper(document=document, sent=letters))
    return found
