"""What `ringwatch doctor` says of webhooks, the dead-man's switch and the mailbox of answers."""

import socket
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from notify import mailbox
from notify.mailbox import MailboxDownError
from rules.dead_man import Stand, judge
from storage import outside_pings
from storage import people as people_rows
from storage.db import Database, DatabaseDownError, reading
from wiring.outside import WebhookSettings
from wiring.parts import Parts

_PORTS = {"http": 80, "https": 443}


def webhooks(parts: Parts) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """How bad, the last part of the message id, and its facts."""
    for hook in parts.settings.webhook:
        url = urlsplit(hook.url.get_secret_value())
        where = (url.hostname or "", url.port or _PORTS[url.scheme])
        facts = {"name": hook.name, "host": f"{where[0]}:{where[1]}", "person": hook.person}
        if not _there(parts.database, hook):
            yield "bad", "hook_nobody", facts
        elif reached(where):
            yield "good", "hook", facts
        else:
            yield "bad", "hook_down", facts


def dead_man(parts: Parts) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Does the world outside hear from us? Never set up is a gap, not a fault."""
    url = parts.settings.dead_man_url
    if url is None:
        yield "odd", "dead_man_unset", {}
        return
    host = urlsplit(url.get_secret_value()).hostname or ""
    try:
        with reading(parts.database) as tx:
            newest, taken_at = outside_pings.newest(tx, limit=10), outside_pings.last_taken(tx)
    except DatabaseDownError:
        return
    verdict = judge(newest, taken_at, parts.clock(), url=host)
    if taken_at is None:
        yield "odd", "dead_man_new", {"host": host}
        return
    facts = {"host": host, "at": f"{taken_at:%Y-%m-%d %H:%M} UTC"}
    yield "good" if verdict.stand is Stand.WELL else "bad", "dead_man", facts


def mail_replies(parts: Parts) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Can the mailbox of answers be opened, with the password that is set?"""
    wanted = parts.settings.mail_replies
    if wanted is None:
        return
    box = mailbox.opened_at(wanted.mailbox.get_secret_value())
    facts = {"address": wanted.address, "host": box.label}
    try:
        with box.opened():
            yield "good", "mail_replies", facts
    except MailboxDownError as error:
        yield "bad", "mail_replies_down", {**facts, "words": str(error)}


def _there(database: Database, hook: WebhookSettings) -> bool:
    try:
        with reading(database) as tx:
            known = people_rows.by_code(tx, hook.person)
            return known is not None and people_rows.present(tx, known.id) is not None
    except DatabaseDownError:
        return False


def reached(where: tuple[str, int]) -> bool:
    """Whether anything listens at that host and port."""
    try:
        socket.create_connection(where, timeout=3).close()
    except OSError:
        return False
    return True


LOOKS = (webhooks, dead_man, mail_replies)
