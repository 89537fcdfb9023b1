"""A person's own duty for their own calendar: shifts, where to stand by, what to prepare, events.

Nobody else's name, number or duty is in it: the address may end up with a calendar's maker.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from operations import notes
from rules import permits
from rules.duty import Span
from rules.model import Layer, Person, PersonId
from storage import calendar_feeds as feed_rows
from storage import duty as duty_rows
from storage import occasions as occasion_rows
from storage import people as people_rows
from storage import sites as site_rows
from storage.calendar_feeds import Feed
from storage.db import Tx
from storage.views import occasions as occasion_view

BACK, AHEAD = timedelta(days=31), timedelta(days=92)
READ_EVERY = timedelta(minutes=10)  # how exactly "last read" is kept


class What(StrEnum):
    SHIFT = "shift"
    GUARD = "guard"
    ITEM = "item"
    OCCASION = "occasion"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """`uid` stays the same as long as it is the same thing. `on` is set where it has no hour."""

    uid: str
    what: What
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    on: date | None = None
    layer: Layer | None = None
    name: str = ""
    place: str = ""
    path: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A feed with whose it is and what is in it."""

    feed: Feed
    person: Person
    events: tuple[Event, ...]


def issue(tx: Tx, by: PersonId, now: datetime) -> str:
    """A new address for one's own calendar; the one before it opens nothing any more."""
    feed_rows.revoke(tx, by, now)
    token = feed_rows.create(tx, by, now)
    notes.of_act(tx, "feed_issued", by, now)
    return token


def revoke(tx: Tx, by: PersonId, now: datetime) -> None:
    if feed_rows.revoke(tx, by, now):
        notes.of_act(tx, "feed_revoked", by, now)


def end(tx: Tx, person: Person, by: PersonId, now: datetime) -> None:
    """Somebody else's: their phone is lost, or they leave. Brought back, they make a new one."""
    if feed_rows.revoke(tx, person.id, now):
        notes.of_act(tx, "feed_ended", by, now, {"name": person.name})


def opened(tx: Tx, token: str, now: datetime) -> Opened | None:
    """None when nothing was ever given out by that name, it was revoked, or its owner has left."""
    feed = feed_rows.find(tx, token)
    person = people_rows.present(tx, feed.person_id) if feed else None
    if feed is None or person is None:
        return None
    return Opened(feed=feed, person=person, events=tuple(events_of(tx, person, now)))


def note_read(tx: Tx, feed: Feed, now: datetime) -> None:
    """So that the page can say whether a calendar still asks."""
    feed_rows.note_read(tx, feed.id, now)


def unnoted(feed: Feed, now: datetime) -> bool:
    return feed.last_read_at is None or now - feed.last_read_at >= READ_EVERY


def events_of(tx: Tx, person: Person, now: datetime) -> list[Event]:
    span = Span(starts_at=now - BACK, ends_at=now + AHEAD)
    return [
        *_shifts(tx, person, span),
        *_guards(tx, person, span),
        *_items(tx, person),
        *_occasions(tx, person, span),
    ]


def _shifts(tx: Tx, person: Person, span: Span) -> list[Event]:
    return [
        Event(
            uid=f"duty-{one.layer}-{one.starts_at:%Y%m%dT%H%M%SZ}-{person.id}",
            what=What.SHIFT,
            starts_at=one.starts_at,
            ends_at=one.ends_at,
            layer=one.layer,
            path="/duty",
        )
        for one in duty_rows.between(tx, span)
        if one.person_id == person.id
    ]


def _guards(tx: Tx, person: Person, span: Span) -> list[Event]:
    posted = occasion_rows.guards_by(tx, person.id, span)
    guards = [one for one in posted if permits.goes_to(person, one.site_id)]
    sites = {one.id: one for one in site_rows.by_ids(tx, {one.site_id for one in guards})}
    known = {one.id: one for one in occasion_rows.by_ids(tx, {one.occasion_id for one in guards})}
    return [
        Event(
            uid=f"guard-{one.occasion_id}-{one.site_id}-{one.starts_at:%Y%m%dT%H%M%SZ}-{person.id}",
            what=What.GUARD,
            starts_at=one.starts_at,
            ends_at=one.ends_at,
            name=known[one.occasion_id].name,
            place=" ".join(filter(None, (sites[one.site_id].name, sites[one.site_id].address))),
            path=f"/occasions/{one.occasion_id}",
        )
        for one in guards
    ]


def _items(tx: Tx, person: Person) -> list[Event]:
    shown = occasion_view.shown_ids(tx, permits.reach(person))
    return [
        Event(
            uid=f"item-{one.occasion_id}-{one.id}",
            what=What.ITEM,
            on=one.due_on,
            name=one.text,
            path=f"/occasions/{one.occasion_id}",
        )
        for one in occasion_rows.open_preparations(tx, person.id)
        if one.occasion_id in shown
    ]


def _occasions(tx: Tx, person: Person, span: Span) -> list[Event]:
    return [
        Event(
            uid=f"occasion-{one.id}",
            what=What.OCCASION,
            starts_at=one.starts_at,
            ends_at=one.ends_at,
            name=one.name,
            path=f"/occasions/{one.id}",
        )
        for one in occasion_view.touching(tx, permits.reach(person), span)
    ]
