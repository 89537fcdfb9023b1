"""Ways in by mail: a new password, an invitation, a login link. Each works once, by a button.

Whether a name is known is told to nobody: the answer to a request is the same, and so is nearly
all of its work. The secret of a link is made when its mail goes out, and is kept nowhere.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from operations import notes, tries
from rules import access as access_rules
from rules.access import Purpose
from rules.model import Person, PersonId, Severity
from rules.notices import Kind
from storage import access_links as link_rows
from storage import ledger, outbox
from storage import logins as login_rows
from storage import people as people_rows
from storage import sessions as session_rows
from storage.access_links import AccessLink
from storage.db import Tx
from storage.logins import Login

# Requests before the door closes: for one name, from one address; mails to one person an hour.
_NAME, _ADDRESS, _MAILS = 3, 20, 5
_LINKS = 30  # links that open nothing, from one address
_HOUR = timedelta(hours=1)


class AccessError(Exception):
    """`message_id` says why not; `field` which of the form's fields it is about."""

    def __init__(self, message_id: str, field: str = "") -> None:
        super().__init__(message_id)
        self.message_id, self.field = message_id, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A link that still opens something, and for whom."""

    link: AccessLink
    person: Person
    login: Login | None

    @property
    def password_needed(self) -> bool:
        """A customer may do without one and come by login links."""
        invited = self.link.purpose is Purpose.INVITATION
        return not (invited and access_rules.only_customer(self.person))


def ask(
    tx: Tx, typed: str, purpose: Purpose, *, address: str, channel: str, now: datetime
) -> datetime | None:
    """Mail a link to whoever `typed` (a login name or mail address) means, if anybody.

    Returns until when no more requests are taken; None says only that this one was.
    """
    limits = {
        f"mail:{login_rows.folded(typed)[:64]}": _NAME,
        f"mail-address:{tries.network_of(address)}": _ADDRESS,
    }
    if until := tries.count(tx, limits, now):
        return until
    for login in _meant(tx, typed):
        person = people_rows.present(tx, login.person_id)
        fits = person and (purpose is Purpose.RESET or access_rules.only_customer(person))
        if person and fits and _may_have_more(tx, person, now):
            send(tx, person, Kind(purpose), channel=channel, now=now)
    return None


def send(
    tx: Tx, person: Person, kind: Kind, *, channel: str, now: datetime, by: PersonId | None = None
) -> bool:
    """Owe this person such a mail; False when no mail can reach them."""
    target = mail_of(person, channel)
    if not channel or not target:
        return False
    draft = outbox.Draft(
        key=f"{kind}:{person.id}:{now.isoformat()}",
        kind=kind,
        severity=Severity.MAJOR,
        person_id=person.id,
        channel=channel,
        target=target,
        facts={"by": by} if by else {},
    )
    return outbox.put(tx, draft, now)


def invite(tx: Tx, person: Person, by: PersonId, channel: str, now: datetime) -> None:
    """Mail an invitation; to whoever has a login already, a link for a new password."""
    kind = Kind.RESET if login_rows.of_person(tx, person.id) else Kind.INVITATION
    if not channel:
        raise AccessError("access.no_channel")
    if not mail_of(person, channel):
        raise AccessError("access.no_address")
    send(tx, person, kind, channel=channel, now=now, by=by)
    verb = "invited" if kind is Kind.INVITATION else "reset_sent"
    notes.of_act(tx, verb, by, now, {"name": person.name})


def mail_of(person: Person, channel: str) -> str:
    """The address on the people list, else the person's own on that channel."""
    on_channel = (one.target for one in person.channels if one.channel == channel)
    return person.email or next(on_channel, "")


def opened(tx: Tx, token: str, now: datetime) -> Opened | None:
    """None for unknown, used, expired and for who has left alike."""
    return _opened(tx, link_rows.find(tx, token, now))


def opened_again(tx: Tx, link_id: int, now: datetime) -> Opened:
    """A link that was open a while ago. Raises `AccessError` when it is gone by now."""
    found = _opened(tx, link_rows.get(tx, link_id, now))
    if found is None:
        raise AccessError("access.gone")
    return found


def count_miss(tx: Tx, address: str, now: datetime) -> datetime | None:
    """A link that opens nothing was tried; until when this address is not heard."""
    return tries.count(tx, {f"link:{tries.network_of(address)}": _LINKS}, now)


def choose_password(
    tx: Tx, given: Opened, name: str, password_hash: str, channel: str, now: datetime
) -> Login:
    """Use up a reset or an invitation; `name` counts only where there is no login yet.

    An empty hash stands for no password. Raises `AccessError` when the link is gone or the name
    taken; then nothing has changed.
    """
    _use(tx, given, now)
    known = given.login
    if known is None:
        taken = login_rows.by_name(tx, name)
        if taken is not None:
            raise AccessError("access.name_taken", "name")
        number = login_rows.add(tx, given.person.id, name, password_hash, now, must_change=False)
    else:
        number = known.id
        login_rows.set_password(tx, number, password_hash, now, must_change=False)
        session_rows.end_all(tx, number)
        send(tx, given.person, Kind.SECURITY, channel=channel, now=now)
    invited = given.link.purpose is Purpose.INVITATION
    notes.of_act(tx, "invitation_accepted" if invited else "password_reset", given.person.id, now)
    return _login(tx, number)


def come_in(tx: Tx, given: Opened, now: datetime) -> Login:
    """Use up a login link. Raises `AccessError` when it is gone."""
    if given.link.purpose is not Purpose.MAGIC or given.login is None:
        raise AccessError("access.gone")
    _use(tx, given, now)
    return given.login


def accept_outside(tx: Tx, given: Opened, now: datetime) -> None:
    """Use up an invitation by the company's own door. Raises `AccessError` when it is gone."""
    if given.link.purpose is not Purpose.INVITATION:
        raise AccessError("access.gone")
    _use(tx, given, now)
    notes.of_act(tx, "invitation_accepted", given.person.id, now)


def free_name(tx: Tx, person: Person) -> str:
    """A login name to propose: of the mail address or the code, with a figure if it is taken."""
    wished = login_rows.folded((person.email.partition("@")[0] or person.code).replace(" ", "."))
    taken = set(login_rows.names_like(tx, wished))
    figures = (f"{wished}{number}" for number in range(2, len(taken) + 3))
    return next(name for name in (wished, *figures) if name not in taken)


def _use(tx: Tx, given: Opened, now: datetime) -> None:
    """Use up the link, and every other its person was mailed."""
    if not link_rows.use(tx, given.link.id, now):
        raise AccessError("access.gone")
    link_rows.void(tx, given.person.id, now)


def _opened(tx: Tx, link: AccessLink | None) -> Opened | None:
    person = people_rows.present(tx, link.person_id) if link else None
    if link is None or person is None:
        return None
    return Opened(link=link, person=person, login=login_rows.of_person(tx, person.id))


def _meant(tx: Tx, typed: str) -> list[Login]:
    """Both questions are asked in any case."""
    by_name, by_mail = login_rows.by_name(tx, typed), login_rows.of_mail(tx, typed)
    found = {login.id: login for login in [*([by_name] if by_name else []), *by_mail]}
    return list(found.values())


def _may_have_more(tx: Tx, person: Person, now: datetime) -> bool:
    """Nobody can fill another's mailbox through us."""
    return ledger.told_since(tx, person.id, access_rules.KINDS, now - _HOUR) < _MAILS


def _login(tx: Tx, number: int) -> Login:
    login = login_rows.get(tx, number)
    assert login is not None  # noqa: S101 - written in this transaction
    return login
