"""Forget what is older than the company wants to keep: a few rows at a time, nobody is held up.

Orders, inspections and documents are never forgotten, nor what belongs to them.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, Table, delete, exists, func, select, update

from rules.notices import Kind, State
from storage.db import Tx
from storage.tables.access import access_links
from storage.tables.alarms import security_events
from storage.tables.night import (
    alerts,
    journal,
    notice_attempts,
    notices,
    personal_links,
    work_orders,
)
from storage.tables.oncall import (
    answers_received,
    drill_calls,
    push_subscriptions,
    receipts,
    reply_tokens,
)
from storage.tables.paper import inspection_items
from storage.tables.telemetry import hourly
from storage.tables.watch import faults

_FINAL = (State.SENT, State.DEAD, State.SILENCED)
_HOUR_S = 3600


class Kept(StrEnum):
    """What has a span of its own; the names are those of `[retention]`."""

    FAULTS = "faults"
    JOURNAL = "journal"
    NOTICES = "notices"
    EVENTS = "events"
    ATTEMPTS = "attempts"
    ALERTS = "alerts"
    LINKS = "links"
    ALARMS = "alarms"


def forget(tx: Tx, kept: Kept, before: datetime, most: int) -> int:
    """Delete at most `most` rows that ended before that; returns how many."""
    return _FORGETTING[kept](tx, before, most)


def last_device(tx: Tx) -> int:
    """The highest number that has hourly figures; 0 when there are none."""
    return tx.scalar(select(func.max(hourly.c.device_id))) or 0


def forget_hours(tx: Tx, first: int, last: int, before: datetime) -> int:
    """Hourly figures of the devices numbered `first` to `last`."""
    old = hourly.c.hour < int(before.timestamp()) // _HOUR_S
    return tx.execute(delete(hourly).where(hourly.c.device_id.between(first, last), old)).rowcount


def _faults(tx: Tx, before: datetime, most: int) -> int:
    """Those that never became an order, nor stand in an inspection, nor explain another."""
    child = faults.alias("child")
    f = faults.c
    old = select(f.id).where(
        f.cleared_at < before,
        f.order_id.is_(None),
        ~exists().where(child.c.explained_by == f.id),
        ~exists().where(work_orders.c.root_fault_id == f.id),
        ~exists().where(inspection_items.c.fault_id == f.id),
    )
    return _delete(tx, faults, old, most)


def _journal(tx: Tx, before: datetime, most: int) -> int:
    """The story of an order stays with the order, that of an inspection with its sheet."""
    j = journal.c
    told = ~j.record.startswith("inspections/", autoescape=True)
    old = select(j.id).where(j.at < before, j.order_id.is_(None), told)
    return _delete(tx, journal, old, most)


def _notices(which: ColumnElement[bool]) -> Callable[[Tx, datetime, int], int]:
    def work(tx: Tx, before: datetime, most: int) -> int:
        done = notices.c.state.in_(_FINAL) & (notices.c.done_at < before)
        old = select(notices.c.id).where(done, which).order_by(notices.c.id).limit(most)
        ids = list(tx.scalars(old))
        _let_go(tx, ids)
        tx.execute(delete(notice_attempts).where(notice_attempts.c.notice_id.in_(ids)))
        return tx.execute(delete(notices).where(notices.c.id.in_(ids))).rowcount

    return work


def _let_go(tx: Tx, ids: Sequence[int]) -> None:
    """What was told of these notices and answered to them goes too; what stays forgets them."""
    for table in (receipts, reply_tokens, answers_received):
        tx.execute(delete(table).where(table.c.notice_id.in_(ids)))
    for column in (notice_attempts.c.carried_by, drill_calls.c.notice_id):
        tx.execute(update(column.table).where(column.in_(ids)).values({column.name: None}))


def _attempts(tx: Tx, before: datetime, most: int) -> int:
    first = select(notice_attempts.c.id).where(notice_attempts.c.at < before)
    ids = list(tx.scalars(first.order_by(notice_attempts.c.id).limit(most)))
    tx.execute(delete(receipts).where(receipts.c.attempt_id.in_(ids)))
    return tx.execute(delete(notice_attempts).where(notice_attempts.c.id.in_(ids))).rowcount


def _alerts(tx: Tx, before: datetime, most: int) -> int:
    return _delete(tx, alerts, select(alerts.c.id).where(alerts.c.cleared_at < before), most)


def _links(tx: Tx, before: datetime, most: int) -> int:
    return sum(
        _delete(tx, table, select(table.c.id).where(table.c.expires_at < before), most)
        for table in (personal_links, access_links, reply_tokens)
    ) + sum(
        _delete(tx, table, select(table.c.id).where(ended < before), most)
        for table, ended in (
            (answers_received, answers_received.c.at),
            (push_subscriptions, push_subscriptions.c.gone_at),
        )
    )


def _alarms(tx: Tx, before: datetime, most: int) -> int:
    old = select(security_events.c.id).where(security_events.c.at < before)
    return _delete(tx, security_events, old, most)


def _delete(tx: Tx, table: Table, old: Select[tuple[int]], most: int) -> int:
    first = old.order_by(table.c.id).limit(most)
    return tx.execute(delete(table).where(table.c.id.in_(first))).rowcount


_FORGETTING: dict[Kept, Callable[[Tx, datetime, int], int]] = {
    Kept.FAULTS: _faults,
    Kept.JOURNAL: _journal,
    Kept.NOTICES: _notices(notices.c.kind != Kind.EVENT),
    Kept.EVENTS: _notices(notices.c.kind == Kind.EVENT),
    Kept.ATTEMPTS: _attempts,
    Kept.ALERTS: _alerts,
    Kept.LINKS: _links,
    Kept.ALARMS: _alarms,
}
