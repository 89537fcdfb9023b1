"""Contact cards of the demo company (A13): most hold one, one is out of date, one never had any."""

from dataclasses import replace
from datetime import datetime, timedelta

from operations import contact_cards as card_desk
from operations import documents as document_desk
from rules.assets import Customer
from rules.contact_cards import Card
from rules.documents import Language
from rules.model import PersonId, Role
from rules.policy import Policy
from storage import company, deadlines
from storage import contact_cards as card_rows
from storage import customers as customer_rows
from storage import people as people_rows
from storage.db import Tx

LINE = "400-000-1234"
ISSUED = timedelta(days=40)
FORMER = "+8613800010099"  # the one on the outdated card
QUIET_FOR, ONE_EVERY = timedelta(minutes=1), timedelta(seconds=10)


def fill(tx: Tx, policy: Policy, now: datetime) -> None:
    """Cards are printed quietly, one after the other: nobody is written to about the past."""
    head = people_rows.with_role(tx, Role.HEAD)[0].id
    company.set_fact(tx, card_desk.SERVICE_LINE, LINE, now)
    here = card_desk.ground(tx)
    *given, _ = customer_rows.all_customers(tx)
    for number, customer in enumerate(given):
        card = here.card(customer)
        told = _former(card, head) if number == 1 else card
        _given(tx, customer, told, head, now, now + QUIET_FOR + number * ONE_EVERY)
    card_desk.compare(tx, policy, now)


def _given(
    tx: Tx, customer: Customer, card: Card, head: PersonId, now: datetime, print_at: datetime
) -> None:
    issued = card_rows.add(tx, customer.id, card, by=head, now=now - ISSUED)
    step = document_desk.STEPS[Language(customer.language)]
    deadlines.put(tx, deadlines.Kind.RENDER, card_desk.SUBJECT, issued.id, print_at, step)


def _former(card: Card, head: PersonId) -> Card:
    """As it was before the head got another number."""
    people = [replace(one, phone=FORMER) if one.person_id == head else one for one in card.people]
    return replace(card, people=tuple(people))
