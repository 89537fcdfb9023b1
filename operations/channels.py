"""See whether a channel carries: a test to oneself, through the outbox like any notice."""

from datetime import datetime, timedelta

from operations import notes
from rules.model import Address, Person, Severity
from rules.notices import Kind
from storage import outbox
from storage.db import Tx

ONE_EACH = timedelta(seconds=30)  # a double click, or impatience, sends one


class NotYoursError(Exception):
    """The address is none of this person's own: nobody sends tests to others."""


def send_test(tx: Tx, person: Person, address: Address, now: datetime) -> bool:
    """Owe `person` a test on one of their own addresses; the ledger shows what becomes of it.

    False when one was asked for within the last half minute. Raises `NotYoursError`.
    """
    if address not in person.channels:
        raise NotYoursError
    turn = int(now.timestamp() // ONE_EACH.total_seconds())
    draft = outbox.Draft(
        key=f"test:{person.id}:{turn}:{address.channel}:{address.target}",
        kind=Kind.TEST,
        severity=Severity.MAJOR,  # a digest would not tell whether this one arrived
        person_id=person.id,
        channel=address.channel,
        target=address.target,
    )
    if not outbox.put(tx, draft, now):
        return False
    facts, record = {"channel": address.channel}, f"channels/{address.channel}"
    notes.of_act(tx, "channel_tested", person.id, now, facts, record=record)
    return True
