"""The channel to browsers, joined from the parts of the house."""

import contextlib
import logging
from collections.abc import Callable

from notify import push
from notify.channel import Channel
from storage import push as push_rows
from storage.db import ConflictError, DatabaseDownError, Tx, reading, transaction
from storage.push import Subscription
from wiring import push as push_keys
from wiring.parts import Parts

log = logging.getLogger(__name__)


def channel(parts: Parts) -> Channel:
    """By the subscriptions in the database; what is told of them there never fails a letter."""

    def _find(target: str) -> Subscription | None:
        with reading(parts.database) as tx:
            return push_rows.get(tx, int(target))

    def _note(work: Callable[[Tx], None]) -> None:
        with (
            contextlib.suppress(ConflictError, DatabaseDownError),
            transaction(parts.database) as tx,
        ):
            work(tx)

    def _gone(subscription_id: int) -> None:
        log.info("push subscription %s: its browser is gone", subscription_id)
        _note(lambda tx: push_rows.end(tx, subscription_id, parts.clock()))

    def _sent(subscription_id: int) -> None:
        _note(lambda tx: push_rows.sent(tx, subscription_id, parts.clock()))

    provider = push.PushProvider(
        push.Desk(find=_find, gone=_gone, sent=_sent),
        push_keys.private_key(parts.settings),
        push_keys.contact(parts.settings),
        parts.settings.push.hosts,
    )
    return push.channel(provider)
