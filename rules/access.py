"""Ways into the house besides a password: what a link is for, how long it lasts, who may. Pure."""

from datetime import timedelta
from enum import StrEnum

from rules.model import Person, Role
from rules.notices import Kind


class Purpose(StrEnum):
    """What a link in a mail lets its reader do, once."""

    RESET = "reset"  # choose a new password
    INVITATION = "invitation"  # come in for the first time
    MAGIC = "magic"  # come in without a password; customers only


LASTS = {
    Purpose.RESET: timedelta(minutes=30),
    Purpose.INVITATION: timedelta(days=7),
    Purpose.MAGIC: timedelta(minutes=15),
}
HALF_LASTS = timedelta(minutes=10)  # between the password and the code of the second factor

# What only tells of the house's own door: no order, no site, no severity to speak of.
KINDS = frozenset({Kind.RESET, Kind.INVITATION, Kind.MAGIC, Kind.SECURITY})


def purpose_of(kind: str) -> Purpose | None:
    """The link a notice of that kind carries; None where it carries none that lets anybody in."""
    return next((purpose for purpose in Purpose if purpose == kind), None)


def only_customer(person: Person) -> bool:
    """Whoever has any role of ours is one of ours, and comes by password or the company's door."""
    return person.roles == {Role.CUSTOMER}


def must_have_second_factor(person: Person, required: frozenset[Role]) -> bool:
    """The setting `second_factor_roles`: one such role is enough."""
    return bool(person.roles & required)
