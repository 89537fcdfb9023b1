"""A notice on its way, or a digest of several: leased with its facts."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from notify import allowances, answering, customer_letters, messages, paper
from notify import matter as matters
from notify.answering import Replies
from notify.channel import Channel
from notify.matter import Matter
from notify.slots import Slot
from rules import access as access_rules
from rules import buckets, digests
from rules import notices as rules
from rules.model import NoticeId, OrderId
from rules.notices import Kind
from storage import access_links as link_rows
from storage import attempts, links, logins, outbox
from storage import work_orders as order_rows
from storage.db import ConflictError, DatabaseDownError, Tx, savepoint
from storage.files import Files
from storage.outbox import Notice

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """Where links lead, how long a personal one lasts, and where answers by mail are read.

    `hooks`: where providers tell what became of a letter; empty: we are not reached from outside.
    """

    base_url: str
    lasts: timedelta = timedelta(hours=24)
    replies: Replies | None = None
    hooks: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Errand:
    """`token` is the secret of the reader's personal link; `answer` of a mail to `answers_to`.

    `channel` None: the settings know it no more. `matter` None: its facts could not be read.
    `others` travel in the same letter: it is a digest then, and `order_numbers` are of all of them.
    `full`: no more may go to this address by this provider for now, and why.
    """

    notice: Notice
    slot: Slot
    channel: Channel | None
    matter: Matter | None
    link: str
    token: str
    files: Files | None = None
    others: tuple["Told", ...] = ()
    order_numbers: tuple[str, ...] = ()
    answer: str = ""
    answers_to: str = ""
    hooks: str = ""
    full: str = ""

    @property
    def notices(self) -> tuple[Notice, ...]:
        return (self.notice, *(told.notice for told in self.others))


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Told:
    """A notice within a letter; `matter` None too where its line says no more than a number."""

    notice: Notice
    matter: Matter | None


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
    """Lease what of them nobody else has and somebody still wants; in the order of ids.

    None where there is nothing to send, or its provider may not be asked just now.
    """
    channel = office.channels.get(notices[0].channel)
    if channel and not allowances.grants(tx, channel.provider(slot.provider), slot.rank, now):
        return None
    held = _wanted(tx, office, notices, now)
    if not held:
        return None
    carried_by = held[0].notice.id if len(held) > 1 else None
    taken = [_leased(tx, office, told, slot, now, carried_by) for told in held]
    leased, matter = taken[0].notice, taken[0].matter
    others = tuple(taken[1:])
    link, token, answer = "", "", ""
    if channel and others:
        link, token = _digest_link(tx, office.links, taken, channel, now)
    elif matter and channel and channel.group:
        link = messages.page_link(office.links.base_url, matter)
    elif matter and channel:
        link, token = _personal_link(tx, office.links, leased, matter, now)
        answer = answering.expected(
            tx, office.links.replies, leased, channel, now, office.links.lasts
        )
    return Errand(
        notice=leased,
        slot=slot,
        channel=channel,
        matter=matter,
        link=link,
        token=token,
        files=office.files,
        others=others,
        order_numbers=tuple(order_rows.numbers(tx, _orders(taken))),
        answer=answer,
        answers_to=office.links.replies.address if office.links.replies else "",
        hooks=office.links.hooks,
        full=_full(tx, channel, leased, slot, now) if channel else "",
    )


def _orders(taken: Sequence[Told]) -> set[OrderId]:
    return {one.notice.order_id for one in taken if one.notice.order_id is not None}


def _full(tx: Tx, channel: Channel, leased: Notice, slot: Slot, now: datetime) -> str:
    """Makers refuse more than so many to one number; whatever process sent them (D05)."""
    limits = channel.provider(slot.provider).limits
    longest_s = max((one.window_s for one in limits if one.to_one), default=0.0)
    if not longest_s:
        return ""
    since = now - timedelta(seconds=longest_s)
    spent = attempts.to_one(tx, slot.provider, leased, since, now)
    limit = buckets.too_many_to_one(limits, spent, now)
    return f"{limit.most} to one number in {limit.window_s:.0f} s are sent" if limit else ""


def _by_id(notice: Notice) -> int:
    return notice.id


def _wanted(tx: Tx, office: Office, notices: Sequence[Notice], now: datetime) -> list[Told]:
    """Held, unless they went to somebody else or are no longer wanted; the first with facts."""
    found: list[Told] = []
    for notice in sorted(notices, key=_by_id):
        held = outbox.lock_due(tx, notice.id, now)
        if held is None:
            continue
        matter = _matter(tx, held) if len(found) < digests.LINES else None
        standing = matters.standing(matter) if matter else matters.standing_alone(tx, held)
        why = rules.unwanted(held.kind, held.person_id, standing)
        if why := why or _not_by_call(office, held):
            outbox.silence_one(tx, held, now, why=why)
        else:
            found.append(Told(notice=held, matter=matter))
    return found


def _not_by_call(office: Office, notice: Notice) -> str:
    channel = office.channels.get(notice.channel)
    rings = channel is not None and channel.rings
    return "not_by_call" if rings and notice.kind not in rules.WORTH_A_CALL else ""


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
    tx: Tx, to: Links, told: Sequence[Told], channel: Channel, now: datetime
) -> tuple[str, str]:
    """The list of a letter, for whom it is; a group finds all of it on the board."""
    notices, notice = [one.notice for one in told], told[0].notice
    if customer_letters.together(notices):
        page = customer_letters.page(notices)
        return f"{to.base_url}{page}" if page else "", ""
    if channel.group:
        return messages.front_link(to.base_url), ""
    expires = now + to.lasts
    token = links.create(tx, notice.person_id, "digest", notice.id, notice.id, now, expires)
    return messages.personal_link(to.base_url, token), token


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
    if matter.document:
        login = logins.of_person(tx, notice.person_id) is not None
        return paper.link(to.base_url, matter.document, login=login), ""
    kind, subject_id = _subject(notice, matter)
    if subject_id is None:
        return "", ""
    expires = now + to.lasts
    token = links.create(tx, notice.person_id, kind, subject_id, notice.id, now, expires)
    return messages.personal_link(to.base_url, token), token


def _subject(notice: Notice, matter: Matter) -> tuple[str, int | None]:
    """What a personal link of it shows: the kind and the id; None: there is nothing to show."""
    if notice.kind == Kind.DRILL:
        return "drill", notice.facts.get("drill_id")
    if notice.kind == Kind.TELLING:
        return "order", None  # a customer acts behind login, or not at all
    subject = matter.order or matter.alert
    return "order" if matter.order else "alert", subject.id if subject else None
