"""A customer nobody can reach: said once on the order, once to the heads, never at each step."""

from datetime import datetime

from operations import notices
from rules import permits, tellings
from rules.assets import Customer, Site
from rules.model import Person, Role, Severity, WorkOrder
from rules.notices import Kind
from rules.permits import Verb
from rules.tellings import Audience
from storage import company, ledger
from storage import people as people_rows
from storage import tellings as telling_rows
from storage.db import Tx


def note(
    tx: Tx, order: WorkOrder, site: Site, customer: Customer, found: Audience, now: datetime
) -> None:
    """In the order's timeline once; the heads hear of each contract once, and by day.

    A site without a contract has no page where one could mend it: its timeline has to do.
    """
    if telling_rows.was_unheard(tx, order.id):
        return
    facts = {"unheard": found.unheard, "channels": ", ".join(found.missing)}
    telling_rows.note(tx, order, telling_rows.NOT_TOLD, facts, now)
    _tell_heads(tx, site, customer, found, now)


def _tell_heads(tx: Tx, site: Site, customer: Customer, found: Audience, now: datetime) -> None:
    key = f"untold:{site.contract_id}"
    if site.contract_id is None or ledger.of_reason(tx, f"{key}:"):
        return
    facts = {
        "unheard": found.unheard,
        "channels": ", ".join(found.missing),
        "customer": customer.name,
        "page": f"/tellings/{site.contract_id}",
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


def _heads(tx: Tx, site: Site) -> list[Person]:
    return [
        person
        for person in people_rows.with_role(tx, Role.HEAD)
        if permits.may(person, Verb.SEE_ORDER, site.id, site.customer_id)
    ]
