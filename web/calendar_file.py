"""A person's duty as iCalendar (RFC 5545): all instants in UTC, so that it needs no time zones.

The same duty makes the same bytes: a calendar program that asks again is told nothing changed.
"""

from datetime import timedelta

from icalendar import Calendar
from icalendar import Event as Entry

import words
from operations.feeds import Event, Opened, What

REFRESH = timedelta(hours=1)  # Apple and Outlook keep to it, Google reads when it likes
_BUSY = frozenset({What.GUARD})  # to be on call is no appointment; to stand by on site is one


def written(opened: Opened, base_url: str, company: str) -> bytes:
    """In the words of whose calendar it is."""
    language = opened.person.language
    name = words.say(language, "feed.name", company=company or words.say(language, "product.name"))
    calendar = Calendar()
    calendar.add("prodid", "-//Ringwatch//Duty//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("name", name)
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    for event in sorted(opened.events, key=lambda one: one.uid):
        calendar.add_component(_entry(event, opened, base_url))
    file: bytes = calendar.to_ical(sorted=False)
    return file


def _entry(event: Event, opened: Opened, base_url: str) -> Entry:
    language = opened.person.language
    layer = words.say(language, f"layer.{event.layer}") if event.layer else ""
    said = words.say(language, f"feed.event.{event.what}", layer=layer, name=event.name)
    entry = Entry()
    entry.add("uid", f"{event.uid}@ringwatch")
    entry.add("dtstamp", opened.feed.created_at)
    if event.on is not None:
        entry.add("dtstart", event.on)
        entry.add("dtend", event.on + timedelta(days=1))
    else:
        entry.add("dtstart", event.starts_at)
        entry.add("dtend", event.ends_at)
    entry.add("summary", said)
    if event.place:
        entry.add("location", event.place)
    entry.add("url", f"{base_url}{event.path}")
    entry.add("transp", "OPAQUE" if event.what in _BUSY else "TRANSPARENT")
    entry.add("class", "PRIVATE")
    return entry
