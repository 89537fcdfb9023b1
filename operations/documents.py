"""Hand a document over: to the customer's contacts, or tell the head that there are none (D04)."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from operations import notes, notices, tellings
from rules import permits
from rules.documents import Document, Draft, Kind, Language
from rules.inspections import InspectionId
from rules.model import Person, PersonId, Role, Severity
from rules.notices import Kind as Why
from rules.permits import Verb, Verdict
from storage import company, deadlines
from storage import customers as customer_rows
from storage import documents as document_rows
from storage import inspections as inspection_rows
from storage import people as people_rows
from storage import sites as site_rows
from storage.db import Tx
from storage.deadlines import Kind as Promise

STEPS = {language: step for step, language in enumerate(Language, start=1)}  # 0: the customer's


SEEN_BY = {Kind.INSPECTION: Verb.SEE_INSPECTION, Kind.CONTACT_CARD: Verb.SEE_CONTACT_CARD}
KEPT_BY = {Kind.INSPECTION: Verb.DECIDE_INSPECTION, Kind.CONTACT_CARD: Verb.ISSUE_CONTACT_CARD}


def may(
    tx: Tx, person: Person, document: Document, verbs: Mapping[Kind, Verb] = SEEN_BY
) -> Verdict:
    """Whether this person may see it, or with `KEPT_BY` send it again."""
    verb, customer_id = verbs[document.kind], document.customer_id
    if document.site_id is not None:
        return permits.may(person, verb, document.site_id, customer_id)
    here = [site.id for site in site_rows.of_customer(tx, customer_id)]
    return permits.may_for_customer(person, verb, customer_id, here)


def file_away(tx: Tx, draft: Draft, now: datetime) -> Document:
    """Archive what was printed and signed; the caller holds the subject."""
    document = document_rows.add(tx, draft, now)
    _note(tx, document, "document_issued", None, now)
    return document


def send(tx: Tx, document: Document, by: PersonId | None, now: datetime, *, again: int = 0) -> int:
    """Tell every contact who may see it; returns how many. Nobody: the heads hear of it.

    `again` tells a repeated sending from the first.
    """
    told = _contacts(tx, document, now)
    kind = Why.DOCUMENT if told else Why.UNADDRESSED
    readers = told or _heads(tx, document)
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


def _contacts(tx: Tx, document: Document, now: datetime) -> Sequence[Person]:
    """Whom it is sent to; a contact card goes to the customer's own address if to nobody else."""
    told = contacts(tx, document)
    if told or document.kind is not Kind.CONTACT_CARD:
        return told
    customer = customer_rows.get(tx, document.customer_id)
    return tellings.own_address(tx, customer, now) if customer else []


def contacts(tx: Tx, document: Document) -> list[Person]:
    """The customer's own people who may see it and can be told."""
    return [
        person
        for person in people_rows.of_customer(tx, document.customer_id)
        if person.channels and not person.roles - {Role.CUSTOMER} and may(tx, person, document)
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
    record, site_id = f"inspections/{inspection_id}", inspection.site_id
    notes.of_act(tx, "document_ordered", by, now, facts, record=record, site_id=site_id)


def seen(tx: Tx, document: Document, by: PersonId, now: datetime) -> None:
    """Each look is on record (C12)."""
    _note(tx, document, "document_seen", by, now)


def _heads(tx: Tx, document: Document) -> Sequence[Person]:
    """A card goes out by itself to many at once: the page lists who has no address."""
    if document.site_id is None:
        return []
    return [
        person
        for person in people_rows.with_role(tx, Role.HEAD)
        if permits.may(person, Verb.DECIDE_INSPECTION, document.site_id)
    ]


def record_of(document: Document) -> str:
    """Which page it belongs to, and the line of the journal about it."""
    if document.kind is Kind.CONTACT_CARD:
        return f"contact-cards/{document.customer_id}"
    return f"inspections/{document.subject_id}"


def _note(
    tx: Tx, document: Document, verb: str, by: PersonId | None, now: datetime, **facts: int
) -> None:
    told = {"document_id": document.id, "number": document.number, **facts}
    if document.kind is Kind.INSPECTION:
        told["inspection_id"] = document.subject_id
    record, site_id = record_of(document), document.site_id
    notes.of_act(tx, verb, by, now, told, record=record, site_id=site_id)
