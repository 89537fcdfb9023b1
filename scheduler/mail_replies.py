"""The mailbox of answers is looked through again and again; what came is taken once each."""

import logging
from datetime import datetime, timedelta

from notify import mailbox
from notify.mailbox import MailboxDownError
from operations import alerts as alert_desk
from operations import mail_replies as reply_desk
from operations.receipts import Providers
from storage.db import ConflictError, Database, transaction
from wiring.parts import Parts
from wiring.settings import Settings

log = logging.getLogger(__name__)

UNREAD = "MON_REPLIES_UNREAD"
ALERT_AFTER = timedelta(minutes=5)  # (ours) a mail server may be restarted
MOST_KNOWN = 10_000


class Postman:
    """Knows which letters it has dealt with, and since when the box cannot be read."""

    def __init__(self) -> None:
        self._next_at: datetime | None = None
        self._down_since: datetime | None = None
        self._alerted: bool | None = None
        self._known: set[str] = set()

    def look(self, parts: Parts) -> None:
        """Raises `DatabaseDownError`; a conflict or a dead mail server waits for the next look."""
        wanted, now = parts.settings.mail_replies, parts.clock()
        if wanted is None or (self._next_at and now < self._next_at):
            return
        self._next_at = now + timedelta(seconds=wanted.every_s)
        try:
            self._read(parts, mailbox.opened_at(wanted.mailbox.get_secret_value()))
        except ConflictError:
            log.debug("mail replies: another was in the way")
        except MailboxDownError as error:
            self._is_down(parts, wanted.address, str(error))
        else:
            self._is_up(parts, wanted.address)

    def _read(self, parts: Parts, box: mailbox.Box) -> None:
        """Each letter in a transaction of its own, marked after it: a crash between repeats it."""
        carry = _providers(parts.settings)
        with box.opened() as reader:
            for uid, mail in reader.letters(parts.clock().date(), self._known):
                with transaction(parts.database) as tx:
                    became = reply_desk.take(tx, mail, carry, parts.policy, parts.clock())
                reader.done(uid)
                if became:
                    log.info("a mail answered a notice: %s", became)
                if len(self._known) >= MOST_KNOWN:
                    self._known.clear()
                self._known.add(uid)

    def _is_down(self, parts: Parts, address: str, words: str) -> None:
        now = parts.clock()
        if self._down_since is None:
            log.error("the mailbox of answers cannot be read: %s", words)
            self._down_since = now
        if now - self._down_since >= ALERT_AFTER and not self._alerted:
            facts = {"error": words}
            with transaction(parts.database) as tx:
                alert_desk.raise_alert(tx, UNREAD, address, facts, parts.policy, now)
            self._alerted = True

    def _is_up(self, parts: Parts, address: str) -> None:
        """At the first look it also clears what an end of ours left open."""
        self._down_since = None
        if self._alerted is not False:
            _clear(parts.database, address, parts.clock())
            self._alerted = False


def _providers(settings: Settings) -> Providers:
    """How many carry the letters of a channel."""
    known = {one.name: len(one.providers) for one in settings.channel}
    return lambda name: known.get(name, 1)


def _clear(database: Database, address: str, now: datetime) -> None:
    with transaction(database) as tx:
        alert_desk.clear_alert(tx, UNREAD, address, now)
