"""A real post office, and the sender of the house at work before it."""

import contextlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from email.message import EmailMessage
from typing import Any

from notify import channels
from notify.dispatch import Aftermath, Sender
from notify.errands import Links
from notify.slots import Pace
from operations import dead_letters
from rules.model import Role
from rules.notices import Retry
from storage import people as people_rows
from storage.db import Tx, transaction
from storage.outbox import Notice
from tests.mailbox import Mailbox, opened
from tests.notify.desk import PATIENCE_S
from tests.waiting import until
from tests.web.conftest import House
from web.main import build
from wiring.settings import Settings, channel_plans

LINK = re.compile(r"https?://[^/\s]+(/a/\S+)")


@dataclass
class PostOffice(Mailbox):
    """Knows whose letters they are, and the links in them."""

    def letters_to(self, address: str) -> list[EmailMessage]:
        return [one for one in self.received if one["To"] == address]

    def link_to(self, address: str, number: int = 1) -> str:
        """The path in the `number`-th letter to that address, once it is here."""
        until(lambda: len(self.letters_to(address)) >= number)
        found = LINK.search(self.letters_to(address)[number - 1].get_content())
        assert found is not None
        return found.group(1)


def address_of(role: Role) -> str:
    return f"{role.value}@example.com"


@contextlib.contextmanager
def post_office(house: House, **settings: Any) -> Iterator[PostOffice]:
    """Everybody has a mail address; the house has a mail channel, and a sender before it."""
    office = PostOffice()
    url = f"smtp://127.0.0.1:{office.port}/?from=watch@example.com"
    channel = [{"name": "mail", "providers": [url]}]
    known = {"data": house.parts.settings.data, "channel": channel}
    given = Settings.model_validate(known | settings)
    house.parts = replace(house.parts, settings=given)
    house.app = build(house.parts)
    with transaction(house.parts.database) as tx:
        for role, person in house.people.items():
            people_rows.change(tx, person, {"email": address_of(role)})
    sender = _sender(house)
    with opened(office):
        sender.start()
        try:
            yield office
        finally:
            sender.stop(within_s=PATIENCE_S)


def _sender(house: House) -> Sender:
    def _bury(tx: Tx, notice: Notice, words: str, now: Any) -> None:
        dead_letters.bury(tx, notice, words, house.parts.policy, now)

    settings = house.parts.settings
    return Sender(
        house.parts.database,
        house.clock,
        channels.build(channel_plans(settings)),
        links=Links(base_url=settings.base_url),
        aftermath=Aftermath(dead=_bury, sent=dead_letters.delivered),
        pace=Pace(look_s=0.02, retry=Retry(waits_s=(0.1, 0.1))),
    )
