"""Webhooks: what happened since the last look goes into the outbox, for each that wants it."""

import logging
from collections.abc import Sequence
from datetime import datetime

from operations import events as event_desk
from operations.events import Hook, NobodyError
from storage.db import ConflictError, Database, transaction
from wiring.settings import Settings

log = logging.getLogger(__name__)


def hooks_of(settings: Settings) -> list[Hook]:
    return [
        Hook(name=one.name, events=frozenset(one.events), person=one.person)
        for one in settings.webhook
    ]


class Relay:
    """Remembers what it looked at, so that young entries are not asked for again and again."""

    def __init__(self) -> None:
        self._looked_at: dict[str, frozenset[int]] = {}
        self._missed: set[str] = set()

    def look(self, database: Database, hooks: Sequence[Hook], now: datetime) -> None:
        """What meets a conflict waits for the next look. Raises `DatabaseDownError`."""
        for hook in hooks:
            try:
                with transaction(database) as tx:
                    seen = event_desk.owe(tx, hook, self._looked_at.get(hook.name, ()), now)
            except ConflictError:
                log.debug("webhook %s: another was in the way", hook.name)
            except NobodyError as error:
                self._say_once(hook, error)
            else:
                self._looked_at[hook.name] = frozenset(seen)
                self._missed.discard(hook.name)

    def _say_once(self, hook: Hook, error: NobodyError) -> None:
        if hook.name not in self._missed:
            log.error("%s: its events wait until there is one", error)
            self._missed.add(hook.name)
