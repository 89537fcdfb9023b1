"""A customer nobody can reach: said once on the order, once to the heads, never at each step."""

from datetime import datetime

from operations import notices
from rules import permits, tellings
from rules.assets import Customer, Site
from rules.model import Person, Role, Severity, WorkOrder
from rules.notices import Kind
from rules.permits import Verb
from rules.tellings import Audience
from storage import company, journal, ledger
from storage import people as people_rows
from storage import tellings as telling_rows
from storage.db import Tx


def note(
    tx: Tx, order: WorkOrder, site: Site, customer: Customer, found: Audience, now: datetime
) -> None:
    """In the order's timeline once; the heads hear of each contract once, and by day."""
    if telling_rows.was_unheard(tx, order.id):
        return
    entry = journal.Entry(
        at=now,
        actor="system",
        verb=telling_rows.NOT_TOLD,
        site_id=site.id,
        order_id=order.id,
        fault_id=order.root_fault_id,
        facts={"unheard": found.unheard, "channels": ", ".join(found.missing)},
    )
    journal.write(tx, entry)
    _tell_heads(tx, site, customer, found, now)


def _tell_heads(tx: Tx, site: Site, customer: Customer, found: Audience, now: datetime) -> None:
    key, page = _said_of(site)
    if ledger.of_reason(tx, f"{key}:"):
        return
    facts = {
        "unheard": found.unheard,
        "channels": ", ".join(found.missing),
        "customer": customer.name,
        "page": page,
    }
    for head in _heads(tx, site):
        notices.tell(
            tx,
            head,
            Kind.UNTOLD,
            key=key,
            severity=Severity.MINOR,
            site_id=site.id,
            facts=facts,
            now=now,
            not_before=tellings.NIGHT.over_at(now, company.timezone(tx)),
        )


def _said_of(site: Site) -> tuple[str, str]:
    """What it is said of once, the contract or else the site, and where one mends it."""
    if site.contract_id:
        return f"untold:contract:{site.contract_id}", f"/tellings/{site.contract_id}"
    return f"untold:site:{site.id}", f"/sites/{site.id}"


def _heads(tx: Tx, site: Site) -> list[Person]:
    return [
        person
        for person in people_rows.with_role(tx, Role.HEAD)
        if permits.may(person, Verb.SEE_ORDER, site.id, site.customer_id)
    ]
