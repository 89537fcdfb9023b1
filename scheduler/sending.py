"""The sender and the dead-man's switch, joined from the parts of the house."""

import contextlib
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

from notify import channels, event_hook
from notify.answering import Replies
from notify.channel import Channel
from notify.dead_man import DeadMan
from notify.dispatch import Aftermath, Sender
from notify.errands import Links
from notify.event_hook import HookPlan
from notify.slots import Pace
from operations import dead_letters, drill_incidents, receipts
from operations.events import channel_of
from rules import push as push_rules
from rules.dead_man import CHECKS, KEPT, Ping
from rules.policy import Storm
from scheduler import pushing
from storage import company, listening, outside_pings
from storage.db import ConflictError, DatabaseDownError, Tx, reading, transaction
from storage.outbox import Notice
from wiring import health, secret
from wiring.parts import Parts
from wiring.settings import Settings, channel_plans

ECHO_LATE_S = 60.0


def sender(parts: Parts) -> Sender:
    """Not started yet. Raises `ProviderAddressError`; the settings were checked before."""
    settings = parts.settings

    made = {
        **channels.build(channel_plans(settings)),
        **_event_hooks(settings),
        push_rules.CHANNEL: pushing.channel(parts),
    }

    def _bury(tx: Tx, notice: Notice, words: str, now: datetime) -> None:
        dead_letters.bury(tx, notice, words, parts.policy, now)

    def _recorded(tx: Tx, notice: Notice, now: datetime) -> None:
        of = partial(channels.carriers, made)
        receipts.settle(tx, notice.id, notice.lease, of, parts.policy, now)
        drill_incidents.recorded(tx, notice, now)

    return Sender(
        parts.database,
        parts.clock,
        made,
        links=Links(
            base_url=settings.base_url,
            lasts=timedelta(hours=parts.policy.link_hours),
            replies=_replies(settings),
            hooks=channels.hooks_at(settings.public_url),
        ),
        aftermath=Aftermath(dead=_bury, sent=dead_letters.delivered, recorded=_recorded),
        files=parts.files,
        pace=Pace(storm=parts.policy.storm),
    )


def _say_which(parts: Parts) -> None:
    """Whoever writes to somebody knows what carries; a database that is down is met again soon."""
    made = frozenset(one.name for one in parts.settings.channel) | {push_rules.CHANNEL}
    with (
        contextlib.suppress(ConflictError, DatabaseDownError),
        transaction(parts.database) as tx,
    ):
        if company.channels(tx) != made:
            company.set_fact(tx, "channels", sorted(made), parts.clock())


def _replies(settings: Settings) -> Replies | None:
    """Letters can be answered by mail where their answers are read."""
    wanted = settings.mail_replies
    if wanted is None:
        return None
    mark = partial(secret.seal(settings).mark, about="answer by mail")
    return Replies(address=wanted.address, mark=mark)


def _event_hooks(settings: Settings) -> dict[str, Channel]:
    made = [
        event_hook.channel(
            HookPlan(
                name=one.name,
                channel=channel_of(one.name),
                url=one.url.get_secret_value(),
                secret_file=one.secret_file,
                ca_file=one.ca_file,
            )
        )
        for one in settings.webhook
    ]
    return {one.name: one for one in made}


@contextlib.contextmanager
def at_work(parts: Parts) -> Iterator[Sender]:
    """Notices go out, and the dead-man's switch is pinged, while this lasts."""
    send = sender(parts)
    _say_which(parts)
    switch = dead_man(parts, send)
    send.start()
    if switch:
        switch.start()
    try:
        yield send
    finally:
        if switch:
            switch.stop()
        send.stop()


class Desk:
    """The sender at work, that can be changed for one with other channels while notices wait."""

    def __init__(self, parts: Parts) -> None:
        self._parts, self._figures = parts, _figures(parts)
        self._held = contextlib.ExitStack()
        self._sender = self._held.enter_context(at_work(parts))

    @property
    def outdated(self) -> bool:
        """A figure that the sender goes by has changed since it was made (A18)."""
        return _figures(self._parts) != self._figures

    def healthy(self) -> bool:
        return self._sender.healthy()

    def renew(self, parts: Parts) -> None:
        """The new one starts first; the old one ends what it is sending in its own time."""
        held = contextlib.ExitStack()
        self._parts, self._figures = parts, _figures(parts)
        self._sender = held.enter_context(at_work(parts))
        old, self._held = self._held, held
        threading.Thread(target=old.close, name="sender-leaves", daemon=True).start()

    def close(self) -> None:
        self._held.close()


def _figures(parts: Parts) -> tuple[float, Storm]:
    return parts.policy.link_hours, parts.policy.storm


def dead_man(parts: Parts, send: Sender) -> DeadMan | None:
    """Pings while beat, echo and sender are healthy; None when no outside address is set."""
    url = parts.settings.dead_man_url

    def _beats() -> bool:
        beat = health.read(parts.settings.data, "scheduler")
        return beat is not None and beat.healthy(parts.clock())

    def _hears() -> bool:
        with reading(parts.database) as tx:
            ears = listening.get(tx)
        heard = ears.watermark
        return (
            heard is not None
            and ears.stalled_since is None
            and parts.clock() - heard < timedelta(seconds=ECHO_LATE_S)
        )

    def _note(ping: Ping) -> None:
        with transaction(parts.database) as tx:
            outside_pings.add(tx, ping, keep=KEPT)

    checks = dict(zip(CHECKS, (_beats, _hears, send.healthy), strict=True))
    if url is None:
        return None
    return DeadMan(url.get_secret_value(), checks, clock=parts.clock, record=_note)
