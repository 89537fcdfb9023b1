"""A sender at work on a real database, with channels of real providers."""

import contextlib
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import update

from notify import webhook
from notify.address import take_apart
from notify.channel import Channel
from notify.dispatch import Aftermath, Sender
from notify.errands import Links
from notify.slots import Pace
from operations import dead_letters, drill_incidents, notices
from rules.model import Person, Severity, WorkOrder
from rules.notices import Retry, State
from rules.policy import Policy
from storage import ledger
from storage.db import Database, Tx, reading, transaction
from storage.outbox import Notice
from storage.tables.night import notices as notice_rows
from tests import company
from tests.company import Company
from tests.waiting import until
from wiring.clock import SteadyClock

BASE = "https://watch.example.com"
POLICY = Policy()
CLOCK = SteadyClock()
DONE = {State.SENT, State.DEAD, State.SILENCED}
QUICK = Retry(waits_s=(0.1, 0.1))
PATIENCE_S = 120.0  # a receiver of ours may be slow on a busy machine; it is never away


class Turned:
    """A clock that only a test turns: however slow a machine is, no window runs off meanwhile.

    A day ahead of the clock of the house, so that what is owed by that is due by this.
    """

    def __init__(self, at: datetime | None = None) -> None:
        self._at = at or CLOCK() + timedelta(days=1)

    def __call__(self) -> datetime:
        return self._at

    def passes(self, seconds: float) -> None:
        self._at += timedelta(seconds=seconds)


def hook(where: str) -> webhook.WebhookProvider:
    address = take_apart(f"webhook+http://{where}/hook", options=webhook.OPTIONS)
    return webhook.WebhookProvider(address, timeout_s=PATIENCE_S)


def channel(name: str, *places: str, group: bool = False) -> dict[str, Channel]:
    """A channel of that name whose providers are webhooks at `places`."""
    providers = tuple(hook(where) for where in places)
    return {name: Channel(name=name, providers=providers, group=group)}


def _bury(tx: Tx, notice: Notice, words: str, now: datetime) -> None:
    dead_letters.bury(tx, notice, words, POLICY, now)


@contextlib.contextmanager
def sending(
    database: Database,
    channels: Mapping[str, Channel],
    *,
    clock: Callable[[], datetime] = CLOCK,
    **pace: Any,
) -> Iterator[Sender]:
    sender = Sender(
        database,
        clock,
        channels,
        links=Links(base_url=BASE),
        aftermath=Aftermath(
            dead=_bury, sent=dead_letters.delivered, recorded=drill_incidents.recorded
        ),
        pace=Pace(**{"look_s": 0.02, "retry": QUICK, **pace}),
    )
    sender.start()
    try:
        yield sender
    finally:
        sender.stop(within_s=PATIENCE_S)  # nothing of it is left to the next test


def founded(database: Database, *, channels: int = 1, devices: int = 1) -> Company:
    with transaction(database) as tx:
        return company.found(tx, channels=channels, devices=devices)


def breaks(database: Database, firm: Company, device: int = 0) -> WorkOrder:
    """An emergency: the page to duty and the report to the head are owed from now on."""
    with transaction(database) as tx:
        return company.breaks(tx, firm, device, POLICY, CLOCK())


def tell(
    database: Database,
    person: Person,
    key: str,
    *,
    kind: str = "restored",
    severity: Severity = Severity.EMERGENCY,
    order: WorkOrder | None = None,
) -> int:
    with transaction(database) as tx:
        return notices.tell(tx, person, kind, key=key, severity=severity, order=order, now=CLOCK())


def all_notices(database: Database) -> list[Notice]:
    """Oldest first."""
    with reading(database) as tx:
        return ledger.newest(tx, limit=1000)[::-1]


def states(database: Database) -> list[str]:
    return [notice.state for notice in all_notices(database)]


def settled(database: Database, timeout_s: float = 120) -> list[Notice]:
    """Every notice, once none asks for anything any more."""

    def _done() -> list[Notice]:
        found = all_notices(database)
        return found if all(notice.state in DONE for notice in found) else []

    return until(_done, timeout_s=timeout_s)


def leases_run_out(database: Database) -> None:
    """Of those who died; on PostgreSQL a lease goes by the server's clock, which nobody turns."""
    with transaction(database) as tx:
        taken = update(notice_rows).where(notice_rows.c.state == State.SENDING)
        tx.execute(taken.values(leased_until=CLOCK() - timedelta(days=1)))


def results(database: Database, notice: Notice) -> list[str]:
    with reading(database) as tx:
        return [attempt.result for attempt in ledger.attempts_of(tx, [notice.id])[notice.id]]
