"""The company's own door (OpenID Connect): who of theirs is who of ours.

A stranger is linked by a mail address their provider has verified and exactly one of our people
has, or by an invitation in their hand; never by a name or an address nobody has proven.
"""

from dataclasses import dataclass
from datetime import datetime

from operations import access as access_desk
from operations import notes
from operations.access import AccessError, Opened
from rules.model import Person, PersonId
from storage import logins as login_rows
from storage import outside_identities as identity_rows
from storage import people as people_rows
from storage.db import Tx
from storage.logins import Login


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What the provider vouches for. `mail` is empty unless it is verified."""

    issuer: str
    subject: str
    mail: str = ""


def enter(tx: Tx, claim: Claim, invited: Opened | None, now: datetime) -> Login:
    """Whose login this is, linked and made if need be. Raises `AccessError`."""
    known = identity_rows.find(tx, claim.issuer, claim.subject)
    person = people_rows.present(tx, known.person_id) if known else None
    if known and person is None:
        raise AccessError("outside.unknown")
    if invited and person and person.id != invited.person.id:
        raise AccessError("outside.taken")
    if invited:
        access_desk.accept_outside(tx, invited, now)
    if person is None:
        person = _linked(tx, claim, invited.person if invited else _by_mail(tx, claim), now)
    return _login(tx, person, now)


def unlink(tx: Tx, person: Person, by: PersonId, now: datetime) -> None:
    if identity_rows.unlink(tx, person.id):
        notes.of_act(tx, "outside_unlinked", by, now, {"name": person.name})


def _linked(tx: Tx, claim: Claim, person: Person, now: datetime) -> Person:
    """An address that passed on to somebody else at the provider does not pass on a login."""
    if any(one.issuer == claim.issuer for one in identity_rows.of_person(tx, person.id)):
        raise AccessError("outside.other_identity")
    identity_rows.link(tx, claim.issuer, claim.subject, person.id, now)
    notes.of_act(tx, "outside_linked", person.id, now, {"issuer": claim.issuer})
    return person


def _by_mail(tx: Tx, claim: Claim) -> Person:
    wanted = claim.mail.casefold()
    found = [one for one in people_rows.all_people(tx) if one.email.casefold() == wanted]
    if not wanted or len(found) != 1:
        raise AccessError("outside.unknown")
    return found[0]


def _login(tx: Tx, person: Person, now: datetime) -> Login:
    known = login_rows.of_person(tx, person.id)
    if known is None:
        name = access_desk.free_name(tx, person)
        login_rows.add(tx, person.id, name, "", now, must_change=False)
        known = login_rows.of_person(tx, person.id)
    assert known is not None  # noqa: S101 - added above
    return known
