"""Contact cards (A13): issued per customer, held against how things stand, issued anew.

Nobody has to think of it: whatever changes a name, a number or a part, by whatever door, is found
by comparing. The promise of a new card is put off with each further change.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from operations import notes
from operations.documents import STEPS
from operations.refusals import NotNowError
from rules import contact_cards as rules
from rules.assets import Customer
from rules.contact_cards import Card, Issued, Turns
from rules.documents import Language
from rules.model import CustomerId, Layer, Person, PersonId, SiteId
from rules.policy import Policy
from storage import company, deadlines
from storage import contact_cards as card_rows
from storage import customers as customer_rows
from storage import people as people_rows
from storage import rotations as rotation_rows
from storage import sites as site_rows
from storage.db import Tx
from storage.deadlines import Kind as Promise

SERVICE_LINE = "service_line"  # the company's fact
SUBJECT: deadlines.SubjectKind = "contact_card"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """Everything cards follow from, read once for however many customers."""

    company: str
    service_line: str
    staff: tuple[Person, ...]
    turns: Turns
    sites: Mapping[CustomerId, frozenset[SiteId]]

    def card(self, customer: Customer) -> Card:
        """What this customer's card would say now."""
        here = self.sites.get(customer.id, frozenset())
        people = rules.on_the_card(self.staff, self.turns, here)
        return rules.card(self.company, customer.name, self.service_line, people)


def ground(tx: Tx) -> Ground:
    turns: dict[Layer, set[PersonId]] = {}
    for rotation in rotation_rows.in_use(tx):
        turns.setdefault(rotation.layer, set()).update(rotation.members)
    sites: dict[CustomerId, set[SiteId]] = {}
    for site in site_rows.all_sites(tx):
        sites.setdefault(site.customer_id, set()).add(site.id)
    return Ground(
        company=company.fact(tx, "name") or "",
        service_line=service_line(tx),
        staff=tuple(people_rows.all_staff(tx)),
        turns=turns,
        sites={customer: frozenset(some) for customer, some in sites.items()},
    )


def service_line(tx: Tx) -> str:
    """The number that is answered round the clock; empty until somebody enters it."""
    return str(company.fact(tx, SERVICE_LINE) or "")


def set_service_line(tx: Tx, number: str, *, by: PersonId, now: datetime) -> bool:
    """False when nothing is different. Raises `NotNowError`."""
    number = number.strip()
    if wrong := rules.unfit(number):
        raise NotNowError(wrong, field="service_line")
    before = service_line(tx)
    if number == before:
        return False
    company.set_fact(tx, SERVICE_LINE, number, now)
    _note(tx, "service_line_set", by, now, before=before, number=number)
    return True


def issue(tx: Tx, customer_id: CustomerId, *, by: PersonId | None, now: datetime) -> Issued:
    """The card as things stand, to be printed and sent; the present one where it still holds.

    Raises `NotNowError` where there is nobody to call, or no such customer in use.
    """
    card_rows.hold(tx, customer_id)
    customer = customer_rows.get(tx, customer_id)
    if customer is None or customer.archived_at:
        raise NotNowError("contact_card.refused.archived")
    return _issue(tx, customer, ground(tx).card(customer), by=by, now=now)


def issue_missing(tx: Tx, *, by: PersonId, now: datetime) -> int:
    """One to every customer in use who never had any; how many."""
    known = {one.customer_id for one in card_rows.newest_of_all(tx)}
    here, issued = ground(tx), 0
    for customer in customer_rows.all_customers(tx):
        card = here.card(customer)
        if customer.id in known or not card.answers:
            continue
        card_rows.hold(tx, customer.id)
        if card_rows.newest_of(tx, customer.id) is None:
            _issue(tx, customer, card, by=by, now=now)
            issued += 1
    return issued


def compare(tx: Tx, policy: Policy, now: datetime) -> int:
    """Hold every card in use against how things stand; how many were found to be otherwise.

    What differs is promised a new card, later with each further change; what is again as it was
    is promised none.
    """
    newest = card_rows.newest_of_all(tx)
    if not newest:
        return 0
    here, found = ground(tx), 0
    customers = {one.id: one for one in customer_rows.all_customers(tx)}
    for issued in newest:
        stands = here.card(customers[issued.customer_id])
        if stands.digest != (issued.outdated_by or issued.digest):
            card_rows.hold(tx, issued.customer_id)
            if card_rows.newest_of(tx, issued.customer_id) == issued:
                _judge(tx, issued, stands, policy, now)
                found += 1
    return found


def reissue(tx: Tx, outdated: Issued, policy: Policy, now: datetime) -> datetime | None:
    """The promise has come: a new card, unless it changed again since, or is as it was.

    Where nobody is left to call, the old one stays outdated and the page says so.
    """
    customer = customer_rows.get(tx, outdated.customer_id)
    newest = card_rows.newest_of(tx, outdated.customer_id)
    if customer is None or customer.archived_at or newest != outdated:
        return None
    stands = ground(tx).card(customer)
    if stands.digest != outdated.outdated_by:
        return _judge(tx, outdated, stands, policy, now)
    if stands.answers:
        _issue(tx, customer, stands, by=None, now=now)
    return None


def due_at(tx: Tx, issued: Issued) -> datetime | None:
    """When the new one goes out; None: none is promised."""
    promise = deadlines.find(tx, Promise.CARD, SUBJECT, issued.id)
    return promise.due_at if promise else None


def order_copy(tx: Tx, issued: Issued, language: Language, *, by: PersonId, now: datetime) -> None:
    """Promise the same card in another language."""
    deadlines.put(tx, Promise.RENDER, SUBJECT, issued.id, now, STEPS[language])
    _note(tx, "document_ordered", by, now, issued.customer_id, language=language)


def seen(tx: Tx, customer: Customer, *, by: PersonId, now: datetime) -> None:
    """Numbers of people were looked at: on record (C12)."""
    _note(tx, "contact_card_seen", by, now, customer.id, name=customer.name)


def _judge(tx: Tx, issued: Issued, stands: Card, policy: Policy, now: datetime) -> datetime | None:
    """Note by what it is outdated, and promise the new one; None: it holds after all."""
    holds = stands.digest == issued.digest
    due = None
    if not holds:
        due = rules.reissued_at(now, policy.contact_card_settle_s, company.timezone(tx))
    since = None if holds else issued.outdated_at or now
    card_rows.mark(tx, issued.id, outdated_by="" if holds else stands.digest, outdated_at=since)
    deadlines.put(tx, Promise.CARD, SUBJECT, issued.id, due)
    if not holds and issued.outdated_at is None:
        facts = {"name": stands.customer, "version": issued.version}
        _note(tx, "contact_card_outdated", None, now, issued.customer_id, **facts)
    return due


def _issue(tx: Tx, customer: Customer, card: Card, *, by: PersonId | None, now: datetime) -> Issued:
    """The caller holds the customer."""
    if not card.answers:
        raise NotNowError("contact_card.refused.nobody")
    last = card_rows.newest_of(tx, customer.id)
    if last and last.digest == card.digest:
        return last
    if last:
        deadlines.drop(tx, Promise.CARD, SUBJECT, last.id)
    issued = card_rows.add(tx, customer.id, card, by=by, now=now)
    deadlines.put(tx, Promise.RENDER, SUBJECT, issued.id, now)
    facts = {"name": customer.name, "version": issued.version}
    _note(tx, "contact_card_issued", by, now, customer.id, **facts)
    return issued


def _note(
    tx: Tx,
    verb: str,
    by: PersonId | None,
    now: datetime,
    customer_id: CustomerId | None = None,
    **facts: Any,
) -> None:
    record = f"contact-cards/{customer_id}" if customer_id else ""
    notes.of_act(tx, verb, by, now, facts, record=record)
