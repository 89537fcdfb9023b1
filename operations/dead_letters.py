"""A notice that reached nobody is a fault of ours: somebody else hears of it, never a loop."""

from collections.abc import Iterable
from datetime import datetime

from operations import alerts as alert_desk
from operations import duty as duty_desk
from operations import notices
from rules.access import KINDS
from rules.model import Person, PersonId, Severity
from rules.notices import Kind
from rules.policy import Policy
from storage import journal, ledger
from storage import work_orders as order_rows
from storage.db import Tx
from storage.outbox import Notice
from storage.views import names

NOTIFY_FAILED = "MON_NOTIFY_FAILED"
_SEVERITIES = {severity.rank: severity for severity in Severity}
_NOBODY_ELSES = {Kind.TEST, Kind.ANSWER, Kind.DRILL, Kind.DRILL_OVER, Kind.DRILL_REPORT}
_ENDS_HERE = (Kind.DEAD_LETTER, Kind.ALERT, Kind.EVENT)


def bury(tx: Tx, notice: Notice, words: str, policy: Policy, now: datetime) -> int:
    """Tell the head of department who was not reached, or those on duty if it was the head.

    Nobody is told when another channel of the same person carried it, and once for all of them.
    A dead letter that dies itself, or nobody left to tell, is an alert on the board and to duty;
    raising it again while it is open does nothing, so nothing can loop. Returns notices put.
    """
    _note(tx, notice, words, now)
    if notice.kind in KINDS or notice.kind in _NOBODY_ELSES:
        return 0  # asked for by the person or a stranger; or a drill, whose report tells of it
    reason = notice.key.removesuffix(f":{notice.channel}:{notice.target}")
    if ledger.reached(tx, notice, reason):
        return 0
    told = 0
    if notice.kind not in _ENDS_HERE:
        order = order_rows.get(tx, notice.order_id) if notice.order_id else None
        for person in _hearers(tx, notice, now):
            told += notices.tell(
                tx,
                person,
                Kind.DEAD_LETTER,
                key=f"dead:{reason}",
                severity=_SEVERITIES[notice.rank],
                order=order,
                site_id=notice.site_id,
                facts={
                    "missed_id": notice.person_id,
                    "missed_kind": notice.kind,
                    "channel": notice.channel,
                    "words": words,
                },
                now=now,
            )
    if not told:
        facts = {"channel": notice.channel}
        alert_desk.raise_alert(tx, NOTIFY_FAILED, notice.channel, facts, policy, now)
    return told


def delivered(tx: Tx, notice: Notice, now: datetime) -> None:
    """The channel carries again."""
    alert_desk.clear_alert(tx, NOTIFY_FAILED, notice.channel, now)


def _hearers(tx: Tx, notice: Notice, now: datetime) -> list[Person]:
    duty = duty_desk.on_duty(tx, now, notice.site_id)
    if duty.head and duty.head.id != notice.person_id:
        return [duty.head]
    return _others((duty.first, duty.second), notice.person_id)


def _others(people: Iterable[Person | None], missed: PersonId) -> list[Person]:
    found = {person.id: person for person in people if person and person.id != missed}
    return list(found.values())


def _note(tx: Tx, notice: Notice, words: str, now: datetime) -> None:
    journal.write(
        tx,
        journal.Entry(
            at=now,
            actor="system",
            verb="undelivered",
            person_id=notice.person_id,
            site_id=notice.site_id,
            order_id=notice.order_id,
            fault_id=notice.fault_id,
            facts={
                "kind": notice.kind,
                "person": names.person(tx, notice.person_id),
                "channel": notice.channel,
                "words": words,
            },
        ),
    )
