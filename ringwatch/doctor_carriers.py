"""What `ringwatch doctor` says of SMS and calls: do makers tell us, and who has no number?

That a template is approved, an account has money and a sender is registered only a test message
shows: the channels' page sends one.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from notify import channels
from notify.carrier import Carrier
from notify.channel import Channel
from storage import people as people_rows
from storage.db import Database, DatabaseDownError, reading
from wiring.parts import Parts
from wiring.settings import channel_plans


def look(parts: Parts) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """How bad, the last part of the message id, and its facts."""
    made = channels.build(channel_plans(parts.settings))
    hooks = channels.hooks_at(parts.settings.public_url)
    for channel in made.values():
        for provider in channel.providers:
            if isinstance(provider, Carrier):
                yield _told(channel, provider, hooks)
    for name, people in _without_number(parts.database, made).items():
        yield "bad", "carrier_number", {"name": name, "people": ", ".join(people)}


def _told(channel: Channel, provider: Carrier, hooks: str) -> tuple[str, str, dict[str, Any]]:
    facts = {"name": channel.name, "provider": provider.label}
    if not hooks:
        return "odd", "carrier_no_url", facts
    if provider.signs:
        return "good", "carrier_signed", facts
    if not provider.has_hook_secret:
        return "odd", "carrier_no_hook", facts
    return "good", "carrier_hook", {**facts, "address": f"{hooks}/{provider.hook}/"}


def _without_number(database: Database, made: Mapping[str, Channel]) -> dict[str, list[str]]:
    """Channel → whose address on it is no number in the international form."""
    try:
        with reading(database) as tx:
            staff = people_rows.all_staff(tx)
    except DatabaseDownError:
        return {}
    found: dict[str, list[str]] = {}
    for person in staff:
        for address in person.channels:
            channel = made.get(address.channel)
            if channel and not _takes(channel, address.target):
                found.setdefault(channel.name, []).append(person.name)
    return found


def _takes(channel: Channel, target: str) -> bool:
    """Only SMS and calls are judged here."""
    return all(one.takes(target) for one in channel.providers if isinstance(one, Carrier))
