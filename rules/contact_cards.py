"""The contact card (维护工作联系卡, A13): whom a customer calls, in which order. Pure.

The service line first; if nobody answers it, the heads (A02). Below them whoever comes: those who
take turns on the rota, then the other engineers who look after the customer's sites.
"""

import hashlib
import json
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from rules import permits, push
from rules.duty import daytime_from
from rules.model import CustomerId, Layer, Person, PersonId, Role, SiteId

MOST_PEOPLE = 12  # (ours) what fits on one sheet and is still read; the rest is the service line's
LONGEST_LINE = 40
_PAGER = re.compile(r"\+?\d[\d ()-]{6,23}")
_LINE = re.compile(r"[+(]?\d[\d ()+/-]*(?:(?:ext\.?|转|#) ?\d+)?")
_LEAST_DIGITS = 5


class Part(StrEnum):
    """What a person on the card is there for, in the order in which they stand on it."""

    HEAD = "head"
    DEPUTY = "deputy"
    DUTY = "duty"
    STAFF = "staff"


ANSWERABLE = (Part.HEAD, Part.DEPUTY)  # A02: called when the service line is not answered
_TURNS = {
    Layer.HEAD: Part.DEPUTY,  # who stands in for the head without being one
    Layer.DEPUTY: Part.DEPUTY,
    Layer.LEAD: Part.DUTY,
    Layer.FIRST: Part.DUTY,
    Layer.SECOND: Part.DUTY,
}
Turns = Mapping[Layer, Collection[PersonId]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One person on it. `pager`: the number they are paged on, where it is another one."""

    person_id: PersonId
    name: str
    part: Part
    phone: str
    pager: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What stands on it; `more` of ours come too and are not named."""

    company: str
    customer: str
    service_line: str
    people: tuple[Entry, ...]
    more: int = 0

    @property
    def answers(self) -> bool:
        """Whether there is anybody to call at all."""
        return bool(self.service_line or self.people)

    @property
    def heads(self) -> tuple[Entry, ...]:
        return tuple(one for one in self.people if one.part in ANSWERABLE)

    @property
    def crew(self) -> tuple[Entry, ...]:
        return tuple(one for one in self.people if one.part not in ANSWERABLE)

    @property
    def digest(self) -> str:
        """SHA-256 of everything on it: another digest is another card."""
        told = json.dumps(self.as_facts(), ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(told.encode("utf-8", "replace")).hexdigest()

    def as_facts(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """A card a customer was given; `version` counts from 1. `issued_by` None: a change did it.

    `outdated_by` is the digest of what holds by now, while that is another; `outdated_at` since
    when it is outdated.
    """

    id: int
    customer_id: CustomerId
    version: int
    digest: str
    card: Card
    issued_at: datetime
    issued_by: PersonId | None = None
    outdated_by: str = ""
    outdated_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """`what` is a message id `contact_card.difference.<what>`; `name` whom it is about."""

    what: str
    name: str = ""


def card_in(facts: Mapping[str, Any]) -> Card:
    """As it was kept."""
    people = (Entry(**{**one, "part": Part(one["part"])}) for one in facts["people"])
    return Card(**{**facts, "people": tuple(people)})


def on_the_card(staff: Iterable[Person], turns: Turns, site_ids: Collection[SiteId]) -> list[Entry]:
    """Everybody a customer with these sites may call, in the order of the card.

    Whoever goes to none of the sites is not named, nor whoever has no number. Without a head the
    administrator stands for one, as when a fault is told (A02).
    """
    able = [one for one in staff if _comes(one, site_ids) and one.phone.strip()]
    lead = Role.HEAD if any(Role.HEAD in one.roles for one in able) else Role.ADMIN
    parts = [(part, one) for one in able if (part := _part(one, lead, turns))]
    order = list(Part)
    parts.sort(key=lambda each: (order.index(each[0]), each[1].all_sites, each[1].code))
    return [
        Entry(
            person_id=one.id,
            name=one.name,
            part=part,
            phone=one.phone.strip(),
            pager=_pager(one),
        )
        for part, one in parts
    ]


def card(company: str, customer: str, service_line: str, people: Sequence[Entry]) -> Card:
    return Card(
        company=company,
        customer=customer,
        service_line=service_line,
        people=tuple(people[:MOST_PEOPLE]),
        more=max(0, len(people) - MOST_PEOPLE),
    )


def differences(before: Card, after: Card) -> list[Difference]:
    """What outdates `before` (A13): names, numbers, parts, who joined and who left."""
    found = [
        Difference(name)
        for name in ("company", "customer", "service_line")
        if getattr(before, name) != getattr(after, name)
    ]
    old = {one.person_id: one for one in before.people}
    new = {one.person_id: one for one in after.people}
    found += [Difference("joined", one.name) for one in after.people if one.person_id not in old]
    found += [Difference("left", one.name) for one in before.people if one.person_id not in new]
    for one in after.people:
        if was := old.get(one.person_id):
            found += [Difference(what, one.name) for what in _changed(was, one)]
    if not found and before != after:
        found.append(Difference("order"))
    return found


def reissued_at(seen_at: datetime, settle_s: float, zone: ZoneInfo) -> datetime:
    """So long after the last change (ours), and by day: five edits make one card and one letter."""
    return daytime_from(seen_at + timedelta(seconds=settle_s), zone)


def unfit(service_line: str) -> str:
    """Why this is no number to print, as a message id; empty: it is one, or none."""
    if not service_line:
        return ""
    digits = sum(letter.isdigit() for letter in service_line)
    fits = _LINE.fullmatch(service_line) and len(service_line) <= LONGEST_LINE
    return "" if fits and digits >= _LEAST_DIGITS else "contact_card.unfit.service_line"


def _comes(person: Person, site_ids: Collection[SiteId]) -> bool:
    """A customer without sites knows those who look after all of them."""
    return person.all_sites or any(permits.goes_to(person, one) for one in site_ids)


def _part(person: Person, lead: Role, turns: Turns) -> Part | None:
    if lead in person.roles:
        stands_in = person.id in turns.get(Layer.DEPUTY, ())
        return (
            Part.DEPUTY if stands_in and person.id not in turns.get(Layer.HEAD, ()) else Part.HEAD
        )
    for layer, part in _TURNS.items():
        if person.id in turns.get(layer, ()):
            return part
    return Part.STAFF if Role.ENGINEER in person.roles else None


def _pager(person: Person) -> str:
    """The first of their channels that is a number, unless it is the phone's."""
    told = (one for one in person.channels if one.channel != push.CHANNEL)
    numbers = (one.target for one in told if _PAGER.fullmatch(one.target))
    return next((one for one in numbers if _digits(one) != _digits(person.phone)), "")


def _digits(number: str) -> str:
    """A mobile number with China's prefix is the same number without it."""
    return re.sub(r"\D", "", number.removeprefix("+86"))


def _changed(was: Entry, now: Entry) -> list[str]:
    found = ["renamed"] if was.name != now.name else []
    if (was.phone, was.pager) != (now.phone, now.pager):
        found.append("number")
    return [*found, "part"] if was.part != now.part else found
