"""What `ringwatch doctor` says of alarm hosts: does the receiver answer, are they heard?"""

import socket
from collections.abc import Iterator, Mapping
from typing import Any

from storage import alarms
from storage.alarms import Account
from storage.db import DatabaseDownError, reading
from storage.migrate import standing
from wiring.dc09 import Dc09Settings
from wiring.parts import Parts
from wiring.settings import terminal_language
from words.refusals import retold

Said = tuple[str, str, dict[str, Any]]
_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - asked of, not listened on


def look(parts: Parts) -> Iterator[Said]:
    """How bad, the last part of the message id, and its facts. Nothing without `[dc09]`."""
    settings = parts.settings.dc09
    if settings is None:
        return
    try:
        if not all(place.ready for place in standing(parts.database, parts.telemetry)):
            return
        with reading(parts.database) as tx:
            known = alarms.everything(tx)
            there = alarms.site_ids(tx, {one.site for one in settings.account})
    except DatabaseDownError:
        return
    yield _receiver(settings, known)
    for one in settings.account:
        if one.site not in there:
            yield "bad", "dc09_site", {"account": one.account, "site": one.site}
        yield from _account(known.get(one.account))


def _receiver(settings: Dc09Settings, known: Mapping[str, Account]) -> Said:
    host, port = settings.address
    heard = sum(one.heard_at is not None for one in known.values())
    facts = {"where": settings.listen, "heard": heard, "count": len(settings.account)}
    try:
        socket.create_connection((_EVERYWHERE.get(host, host), port), timeout=3).close()
    except OSError:
        return "bad", "dc09_down", facts
    return "good", "dc09", facts


def _account(known: Account | None) -> Iterator[Said]:
    if known is None:
        return
    facts: dict[str, Any] = {"account": known.account}
    if known.refused:
        why = retold(terminal_language(), known.refused_why) or known.refused_why
        yield "odd", "dc09_refused", {**facts, "refused": known.refused, "why": why}
    if known.wrong_clock:
        yield "odd", "dc09_clock", {**facts, "count": known.wrong_clock}
