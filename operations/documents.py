"""Hand a document over: to the customer's contacts, or tell the head that there are none (D04)."""

from collections.abc import Sequence
from datetime import datetime

from operations import notices
from rules import permits
from rules.documents import Document, Draft, Language
from rules.inspections import InspectionId
from rules.model import CustomerId, Person, PersonId, Role, Severity, SiteId
from rules.notices import Kind as Why
from rules.permits import Verb
from storage import company, deadlines, journal
from storage import documents as document_rows
from storage import inspections as inspection_rows
from storage import people as people_rows
from storage.db import Tx
from storage.deadlines import Kind as Promise
from storage.journal import Entry

STEPS = {language: step for step, language in enumerate(Language, start=1)}  # 0: the customer's


def file_away(tx: Tx, draft: Draft, now: datetime) -> Document:
    """Archive what was printed and signed; the caller holds the subject."""
    document = document_rows.add(tx, draft, now)
    _note(tx, document, "document_issued", None, now)
    return document


def send(tx: Tx, document: Document, by: PersonId | None, now: datetime, *, again: int = 0) -> int:
    """Tell every contact who may see it; returns how many. Nobody: the heads hear of it.

    `again` tells a repeated sending from the first.
    """
    told = contacts(tx, document.site_id, document.customer_id)
    kind = Why.DOCUMENT if told else Why.UNADDRESSED
    readers = told or _heads(tx, document.site_id)
    for person in readers:
        notices.tell(
            tx,
            person,
            kind,
            key=f"{kind}:{document.id}:{again}",
            severity=Severity.MINOR,
            site_id=document.site_id,
            facts={"document_id": document.id, "company": company.fact(tx, "name") or ""},
            now=now,
        )
    verb = "document_sent" if told else "document_unaddressed"
    _note(tx, document, verb, by, now, count=len(told))
    return len(told)


def contacts(tx: Tx, site_id: SiteId, customer_id: CustomerId) -> list[Person]:
    """The customer's own people who may see this site's reports and can be told."""
    return [
        person
        for person in people_rows.with_role(tx, Role.CUSTOMER)
        if person.channels
        and not person.roles - {Role.CUSTOMER}
        and permits.may(person, Verb.SEE_INSPECTION, site_id, customer_id)
    ]


def order_copy(
    tx: Tx, inspection_id: InspectionId, language: Language, by: PersonId, now: datetime
) -> None:
    """Promise the issued report in another language. Raises `LookupError` before it is issued."""
    inspection = inspection_rows.lock(tx, inspection_id)
    if inspection is None or inspection.issued_at is None:
        raise LookupError(f"inspection {inspection_id} is not issued")
    deadlines.put(tx, Promise.RENDER, "inspection", inspection_id, now, STEPS[language])
    facts = {"inspection_id": inspection_id, "language": language}
    entry = Entry(
        at=now,
        actor="person",
        person_id=by,
        verb="document_ordered",
        record=f"inspections/{inspection_id}",
        site_id=inspection.site_id,
        facts=facts,
    )
    journal.write(tx, entry)


def seen(tx: Tx, document: Document, by: PersonId, now: datetime) -> None:
    """Each look is on record (C12)."""
    _note(tx, document, "document_seen", by, now)


def _heads(tx: Tx, site_id: SiteId) -> Sequence[Person]:
    return [
        person
        for person in people_rows.with_role(tx, Role.HEAD)
        if permits.may(person, Verb.DECIDE_INSPECTION, site_id)
    ]


def _note(
    tx: Tx, document: Document, verb: str, by: PersonId | None, now: datetime, **facts: int
) -> None:
    told = {
        "document_id": document.id,
        "inspection_id": document.subject_id,
        "number": document.number,
        **facts,
    }
    actor = "clock" if by is None else "person"
    entry = Entry(
        at=now,
        actor=actor,
        person_id=by,
        verb=verb,
        site_id=document.site_id,
        record=f"inspections/{document.subject_id}",
        facts=told,
    )
    journal.write(tx, entry)
