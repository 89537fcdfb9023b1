"""Tell the customer of each step, in the transaction that makes it (C14).

The words are filled in here and kept with the letter: what was told stays what was told, whoever
comes in the end. Nothing is told twice, and nothing is lost with whoever dies in between.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import words
from operations import notices, unheard
from rules import permits
from rules import tellings as rules
from rules.assets import Customer, Site
from rules.model import Address, Fault, Person, PersonId, Role, Severity, WorkOrder
from rules.notices import Kind
from rules.permits import Verb
from rules.tellings import Audience, Outcome, Step, Template, Wishes
from storage import company, logins
from storage import customers as customer_rows
from storage import devices as device_rows
from storage import faults as fault_rows
from storage import people as people_rows
from storage import sites as site_rows
from storage import tellings as telling_rows
from storage.db import Tx
from words.catalogue import text_of


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a letter is filled from. `outcome` is how an order ended that nobody repaired."""

    order: WorkOrder
    site: Site
    customer: Customer
    fault: Fault | None
    wishes: Wishes
    outcome: Outcome = Outcome.RECOVERED


def follow(
    tx: Tx, order: WorkOrder, verb: str, facts: Mapping[str, Any], now: datetime
) -> Step | None:
    """Tell of what was just written into the journal of the order; which step that was."""
    if not rules.may_tell(verb):
        return None
    step = rules.step_of(verb, facts, order, telling_rows.told(tx, order.id))
    about = _about(tx, order, verb, facts) if step else None
    if step is None or about is None or step not in about.wishes.steps:
        return None
    found = audience(tx, about.site, about.customer)
    if found.unheard:
        unheard.note(tx, order, about.site, about.customer, found, now)
        return None
    readers = found.contacts or own_address(tx, about.customer, now)
    telling_rows.overtake(tx, order.id, now)
    for reader in readers:
        _tell(tx, reader, step, about, now)
    telling_rows.note(tx, order, telling_rows.TOLD, record(tx, step, about, readers), now)
    return step


def text(tx: Tx, step: Step, language: str, about: About) -> Template:
    """What goes out, in that language."""
    return filled(template(tx, step, language), values(tx, language, about))


def template(tx: Tx, step: Step, language: str) -> Template:
    """The company's own words, else ours."""
    return telling_rows.template(tx, step, language) or ours(step, language)


def ours(step: Step, language: str) -> Template:
    subject, body = (text_of(language, f"telling.ours.{step}.{part}") for part in _PARTS)
    return Template(subject=subject, body=body)


_PARTS = ("subject", "body")


def filled(words_: Template, given: Mapping[str, str]) -> Template:
    subject = " ".join(rules.filled(words_.subject, given).split())
    return Template(subject=subject, body=rules.filled(words_.body, given))


def values(tx: Tx, language: str, about: About) -> dict[str, str]:
    """Every placeholder in that language, on the site's clocks; ours are named only if wished."""
    order, site, fault = about.order, about.site, about.fault
    device = device_rows.get(tx, fault.device_id) if fault else None
    ours = words.say(language, "telling.engineer")
    holder = people_rows.get(tx, order.holder_id) if order.holder_id else None
    hidden = _names(tx, order, but=holder if about.wishes.names else None)
    return {
        "customer": about.customer.name,
        "company": company.fact(tx, "name") or "",
        "site": site.name,
        "address": site.address,
        "device": (device.name or device.code) if device else "",
        "fault": words.say(language, f"code.{fault.code}.name") if fault else "",
        "number": order.number,
        "since": words.instant(language, order.clock_started_at, site.timezone),
        "by": words.instant(language, rules.until_of(order), site.timezone),
        "engineer": holder.name if holder and about.wishes.names else ours,
        "found": rules.discreet(order.diagnosis, hidden, ours),
        "repair": rules.discreet(order.repair, hidden, ours),
        "outcome": words.say(language, f"telling.outcome.{about.outcome}"),
    }


def about_order(tx: Tx, order: WorkOrder) -> About | None:
    """What its letters are filled from; None where there is no site or customer any more."""
    site = site_rows.get(tx, order.site_id)
    customer = customer_rows.get(tx, site.customer_id) if site else None
    if site is None or customer is None:
        return None
    fault = fault_rows.get(tx, order.root_fault_id)
    wishes = telling_rows.wishes(tx, site.contract_id)
    return About(order=order, site=site, customer=customer, fault=fault, wishes=wishes)


def audience(tx: Tx, site: Site, customer: Customer) -> Audience:
    """The customer's people who may see the site and can be told, else their own address."""
    contacts = (
        person
        for person in people_rows.of_customer(tx, customer.id)
        if not person.roles - {Role.CUSTOMER}
        and permits.may(person, Verb.SEE_ORDER, site.id, customer.id)
    )
    return rules.audience(contacts, _mail_of(customer), company.channels(tx))


def own_address(tx: Tx, customer: Customer, now: datetime) -> list[Person]:
    """Where there is nobody to tell: the customer's own address, if mail carries to it."""
    if not rules.audience((), _mail_of(customer), company.channels(tx)).own_address:
        return []
    stands_for = people_rows.get(tx, telling_rows.mailbox(tx, customer, now))
    own = (Address(rules.MAIL, customer.email),)
    return [replace(stands_for, channels=own, language=customer.language)] if stands_for else []


def _mail_of(customer: Customer) -> str:
    return "" if customer.archived_at else customer.email


def _about(tx: Tx, order: WorkOrder, verb: str, facts: Mapping[str, Any]) -> About | None:
    about = about_order(tx, order)
    return replace(about, outcome=rules.outcome_of(verb, facts)) if about else None


def letter(tx: Tx, reader: Person, step: Step, about: About) -> dict[str, Any]:
    """What a notice to that reader holds: the words as they are now."""
    order, given = about.order, values(tx, reader.language, about)
    said = filled(template(tx, step, reader.language), given)
    return {
        "step": step,
        "subject": said.subject,
        "body": said.body,
        "page": f"/orders/{order.id}" if logins.of_person(tx, reader.id) else "",
        "number": order.number,
        "by": given["by"] if "by" in rules.accepted(step) else "",
    }


def _tell(tx: Tx, reader: Person, step: Step, about: About, now: datetime) -> None:
    order, site = about.order, about.site
    lost = step is Step.PROTECTION_LOST
    notices.tell(
        tx,
        reader,
        Kind.TELLING,
        key=f"telling:{order.id}:{step}:{order.version}",
        severity=Severity.MAJOR if lost else Severity.MINOR,
        order=order,
        facts=letter(tx, reader, step, about),
        now=now,
        not_before=rules.not_before(order, step, about.wishes, ZoneInfo(site.timezone), now),
    )


def record(tx: Tx, step: Step, about: About, readers: Sequence[Person]) -> dict[str, Any]:
    """What the journal holds of it: the words themselves, as the customer's language has them."""
    order = about.order
    return {
        "step": step,
        "text": text(tx, step, about.customer.language, about).body,
        "count": len(readers),
        "customer_id": about.customer.id,
        "who": order.holder_id,
        "until_told": rules.until_of(order).isoformat(),
    }


def _names(tx: Tx, order: WorkOrder, *, but: Person | None) -> set[str]:
    """Ours, all of them: whoever writes names whom he likes. With those who took part and left."""
    took_part: set[PersonId | None] = {
        *(order.received_by, order.assignee_id, order.head_id),
        *(order.first_paged_id, order.arranged_by),
    }
    people = (people_rows.get(tx, one) for one in took_part if one)
    names = {person.name for person in people if person}
    names |= {person.name for person in people_rows.all_staff(tx)}
    return names - {but.name} if but else names
