"""Alarm accounts as the receiver knows them, and the guards' events it records."""

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import RowMapping, insert, select

from rules.alarms import Sort, Turn
from rules.model import SiteId
from storage.db import Tx, insert_into
from storage.tables.alarms import alarm_accounts, security_events
from storage.tables.company import sites

RECENT = 32  # messages an account is known by


class Known(NamedTuple):
    """A message that was taken: its number, what it said, and when, in seconds since 1970."""

    sequence: str
    digest: int
    at_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """How an account has reached us so far. The counts are of messages."""

    account: str
    heard_at: datetime | None = None
    recent: tuple[Known, ...] = ()
    taken: int = 0
    repeated: int = 0
    wrong_length: int = 0
    wrong_clock: int = 0
    refused: int = 0
    refused_at: datetime | None = None
    refused_why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SecurityEvent:
    at: datetime
    occurred_at: datetime | None
    site_id: SiteId
    account: str
    event: str
    sort: Sort
    turn: Turn
    partition: str = ""
    number: str = ""
    text: str = ""


def take(tx: Tx, accounts: Collection[str]) -> dict[str, Account]:
    """These accounts, locked until the transaction ends; one never heard is new."""
    found = select(alarm_accounts).where(alarm_accounts.c.account.in_(sorted(accounts)))
    rows = tx.execute(found.order_by(alarm_accounts.c.account).with_for_update()).mappings()
    known = {row["account"]: _account(row) for row in rows}
    return {each: known.get(each) or Account(account=each) for each in accounts}


def everything(tx: Tx) -> dict[str, Account]:
    return {row["account"]: _account(row) for row in tx.execute(select(alarm_accounts)).mappings()}


def put(tx: Tx, accounts: Iterable[Account]) -> None:
    rows = [_row(one) for one in sorted(accounts, key=lambda one: one.account)]
    if not rows:
        return
    upsert = insert_into(tx, alarm_accounts)
    fresh = {name: upsert.excluded[name] for name in rows[0] if name != "account"}
    tx.execute(upsert.on_conflict_do_update(index_elements=["account"], set_=fresh), rows)


def record(tx: Tx, events: Sequence[SecurityEvent]) -> None:
    if events:
        tx.execute(insert(security_events), [_event(one) for one in events])


def site_ids(tx: Tx, codes: Collection[str]) -> dict[str, SiteId]:
    """The sites of these codes, as far as there are such."""
    found = select(sites.c.code, sites.c.id).where(sites.c.code.in_(sorted(codes)))
    return {code: SiteId(site_id) for code, site_id in tx.execute(found)}


def _account(row: RowMapping) -> Account:
    recent = tuple(Known(*each) for each in json.loads(row["recent"]))
    return Account(**{**row, "recent": recent})


def _row(one: Account) -> dict[str, Any]:
    columns = {name: getattr(one, name) for name in alarm_accounts.c.keys()}  # noqa: SIM118 - not a mapping
    return {**columns, "recent": json.dumps(one.recent[-RECENT:])}


def _event(one: SecurityEvent) -> dict[str, Any]:
    return {name: getattr(one, name) for name in security_events.c.keys() if name != "id"}  # noqa: SIM118
