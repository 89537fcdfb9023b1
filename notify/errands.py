"""A notice on its way, or a digest of several: leased with its facts, written out, handed over."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from notify import matter as matters
from notify import messages, paper
from notify.channel import (
    MOST_WORDS,
    Accepted,
    Attachment,
    Channel,
    Letter,
    Provider,
    UndeliveredError,
)
from notify.matter import Matter
from notify.slots import Slot
from rules import access as access_rules
from rules import digests
from rules import notices as rules
from rules.model import NoticeId
from rules.notices import Result
from storage import access_links as link_rows
from storage import links, outbox
from storage.db import ConflictError, DatabaseDownError, Tx, savepoint
from storage.files import Files, NoSuchFileError
from storage.outbox import Notice

log = logging.getLogger(__name__)

MOST_ATTACHED = 15 * 1024 * 1024  # bytes; mail servers refuse much more (ours)


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """Where links lead and how long a personal one lasts."""

    base_url: str
    lasts: timedelta = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Errand:
    """`token` is the secret of the reader's personal link.

    `channel` None: the settings know it no more. `matter` None: its facts could not be read.
    `others` travel in the same letter: it is a digest then.
    """

    notice: Notice
    slot: Slot
    channel: Channel | None
    matter: Matter | None
    link: str
    token: str
    files: Files | None = None
    others: tuple["Told", ...] = ()

    @property
    def notices(self) -> tuple[Notice, ...]:
        return (self.notice, *(told.notice for told in self.others))


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Told:
    """A notice within a letter; `matter` None too where its line says no more than a number."""

    notice: Notice
    matter: Matter | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How an attempt ended; neither `words` nor `text` holds the link's secret.

    `ref`: what the provider calls the letter from now on.
    """

    result: Result
    words: str
    text: str = ""
    for_good: bool = False
    wait_s: float | None = None
    ref: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """What every errand needs besides its notice."""

    channels: Mapping[str, Channel]
    links: Links
    lease_s: float
    files: Files | None = None


def take(
    tx: Tx, office: Office, notices: Sequence[Notice], slot: Slot, now: datetime
) -> Errand | None:
    """Lease what of them nobody else has and somebody still wants; in the order of ids."""
    held = _wanted(tx, notices, now)
    if not held:
        return None
    carried_by = held[0].notice.id if len(held) > 1 else None
    taken = [_leased(tx, office, told, slot, now, carried_by) for told in held]
    leased, matter = taken[0].notice, taken[0].matter
    others = tuple(taken[1:])
    channel = office.channels.get(leased.channel)
    link, token = "", ""
    if channel and others:
        link, token = _digest_link(tx, office.links, leased, channel, now)
    elif matter and channel and channel.group:
        link = messages.page_link(office.links.base_url, matter)
    elif matter and channel:
        link, token = _personal_link(tx, office.links, leased, matter, now)
    return Errand(
        notice=leased,
        slot=slot,
        channel=channel,
        matter=matter,
        link=link,
        token=token,
        files=office.files,
        others=others,
    )


def _by_id(notice: Notice) -> int:
    return notice.id


def _wanted(tx: Tx, notices: Sequence[Notice], now: datetime) -> list[Told]:
    """Held, unless they went to somebody else or are no longer wanted; the first with facts."""
    found: list[Told] = []
    for notice in sorted(notices, key=_by_id):
        held = outbox.lock_due(tx, notice.id, now)
        if held is None:
            continue
        matter = _matter(tx, held) if len(found) < digests.LINES else None
        standing = matters.standing(matter) if matter else matters.standing_alone(tx, held)
        if why := rules.unwanted(held.kind, held.person_id, standing):
            outbox.silence_one(tx, held, now, why=why)
        else:
            found.append(Told(notice=held, matter=matter))
    return found


def _leased(
    tx: Tx, office: Office, told: Told, slot: Slot, now: datetime, carried_by: NoticeId | None
) -> Told:
    leased = outbox.lease(
        tx,
        told.notice,
        slot.provider,
        now,
        lease_s=office.lease_s,
        carried_by=carried_by,
    )
    return Told(notice=leased, matter=told.matter)


def _matter(tx: Tx, notice: Notice) -> Matter | None:
    try:
        with savepoint(tx):
            return matters.read(tx, notice)
    except (ConflictError, DatabaseDownError):
        raise
    except Exception:
        log.exception("notice %s: its facts cannot be read; it goes out bare", notice.id)
        return None


def _digest_link(
    tx: Tx, to: Links, notice: Notice, channel: Channel, now: datetime
) -> tuple[str, str]:
    """The list of a letter, for whom it is; a group finds all of it on the board."""
    if channel.group:
        return messages.front_link(to.base_url), ""
    expires = now + to.lasts
    token = links.create(tx, notice.person_id, "digest", notice.id, notice.id, now, expires)
    return messages.digest_link(to.base_url, token), token


def _personal_link(
    tx: Tx, to: Links, notice: Notice, matter: Matter, now: datetime
) -> tuple[str, str]:
    """A new link for this attempt, and its secret."""
    if purpose := access_rules.purpose_of(notice.kind):
        expires = now + access_rules.LASTS[purpose]
        by = notice.facts.get("by")
        token = link_rows.create(tx, purpose, notice.person_id, by=by, now=now, expires=expires)
        return messages.access_link(to.base_url, token), token
    if own := str(notice.facts.get("page", "")):
        return f"{to.base_url}{own}", ""
    subject = matter.order or matter.alert
    if matter.document:
        return paper.link(to.base_url, matter.document), ""
    if subject is None:
        return "", ""
    kind = "order" if matter.order else "alert"
    expires = now + to.lasts
    token = links.create(tx, notice.person_id, kind, subject.id, notice.id, now, expires)
    return messages.personal_link(to.base_url, token), token


def deliver(errand: Errand, now: datetime) -> Outcome:
    """Hand it over, outside of any transaction; never raises."""
    if errand.channel is None:
        words = f"the settings know no channel {errand.notice.channel!r}"
        return Outcome(result=Result.REFUSED, words=words, for_good=True)
    letter = _letter(errand, now)
    text = _masked(f"{letter.subject}\n\n{letter.body}", errand)
    provider = errand.channel.provider(errand.slot.provider)
    try:
        accepted = _hand_over(provider, letter)
    except UndeliveredError as error:
        return Outcome(
            result=error.result,
            words=_said(str(error), errand),
            text=text,
            for_good=error.for_good and not errand.others,  # each alone may still be taken
            wait_s=error.wait_s,
        )
    except Exception as error:
        log.exception("notice %s: %s failed", errand.notice.id, provider.label)
        return Outcome(result=Result.UNKNOWN, words=_said(type(error).__name__, errand), text=text)
    words = _said(accepted.words, errand)
    return Outcome(result=Result.SENT, words=words, text=text, ref=accepted.ref)


def _hand_over(provider: Provider, letter: Letter) -> Accepted:
    if not provider.takes(letter.target):
        words = "not an address of this kind of channel"
        raise UndeliveredError(words, result=Result.REFUSED, for_good=True)
    return provider.send(letter)


def _letter(errand: Errand, now: datetime) -> Letter:
    notice, matter = errand.notice, errand.matter
    order = matter.order if matter and not errand.others else None
    attachment = _attachment(errand)
    text = _text(errand, now, attached=attachment is not None)
    return Letter(
        id=f"{_name(errand)}-{int(notice.created_at.timestamp())}",
        kind=notice.kind,
        rank=min(one.rank for one in errand.notices),
        language=matter.reader.language if matter else "en",
        target=notice.target,
        subject=text.subject,
        body=text.body,
        link=errand.link,
        order_number=order.number if order else "",
        at=now,
        about=_about(matter) if matter and not errand.others else "",
        over=order is not None and not order.open,
        attachment=attachment,
    )


def _attachment(errand: Errand) -> Attachment | None:
    """The document the notice is about, where the way can carry it; else the link has to do."""
    document = errand.matter.document if errand.matter and not errand.others else None
    carries = errand.channel is not None and errand.channel.attaches
    if document is None or errand.files is None or not carries or document.size > MOST_ATTACHED:
        return None
    try:
        return Attachment(name=document.file_name, content=errand.files.get(document.file))
    except NoSuchFileError:
        log.exception("document %s: its file is gone; the letter goes out without", document.id)
        return None


def _text(errand: Errand, now: datetime, *, attached: bool) -> messages.Text:
    notice, matter = errand.notice, errand.matter
    try:
        if errand.others:
            told = [(notice, matter), *((one.notice, one.matter) for one in errand.others)]
            first = told[: digests.LINES]
            return messages.digest(first, len(told) - len(first), errand.link)
        if matter:
            group = errand.channel is not None and errand.channel.group
            if notice.kind in paper.KINDS:
                return paper.text(notice, matter, errand.link, attached=attached)
            return messages.render(notice, matter, errand.link, now, group=group)
    except Exception:
        log.exception("notice %s: its text cannot be made; it goes out bare", notice.id)
    return messages.plain(errand.notices, errand.link)


def _about(matter: Matter) -> str:
    if matter.order:
        return f"order-{matter.order.id}"
    return f"alert-{matter.alert.id}" if matter.alert else ""


def _name(errand: Errand) -> str:
    return f"{'digest' if errand.others else 'notice'}-{errand.notice.id}"


def _said(words: str, errand: Errand) -> str:
    """The provider's words; those of a digest name it, in the ledger of each of its notices."""
    if errand.others:
        words = f"{_name(errand)} of {len(errand.notices)}: {words}"
    return _masked(words, errand)[:MOST_WORDS]


def _masked(words: str, errand: Errand) -> str:
    return words.replace(errand.token, messages.MASK) if errand.token else words
