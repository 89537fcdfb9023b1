"""What we told the dead-man's switch outside, and what it answered; the last week of it."""

from datetime import datetime

from sqlalchemy import delete, insert, select

from rules.dead_man import Ping
from storage.db import Tx
from storage.tables.oncall import outside_pings


def add(tx: Tx, ping: Ping, *, keep: int) -> None:
    """The oldest beyond `keep` are forgotten."""
    row = {
        "at": ping.at,
        "sent": ping.sent,
        "taken": ping.taken,
        "words": ping.words,
        "checks": dict(ping.checks),
    }
    p = outside_pings.c
    number = tx.execute(insert(outside_pings).values(row).returning(p.id)).scalar_one()
    tx.execute(delete(outside_pings).where(p.id <= number - keep))


def newest(tx: Tx, *, limit: int) -> list[Ping]:
    """Newest first."""
    p = outside_pings.c
    found = select(p.at, p.sent, p.taken, p.words, p.checks).order_by(p.id.desc()).limit(limit)
    return [Ping(**row) for row in tx.execute(found).mappings()]


def last_taken(tx: Tx) -> datetime | None:
    """When the outside last said that it heard us."""
    p = outside_pings.c
    found: datetime | None = tx.scalar(select(p.at).where(p.taken).order_by(p.id.desc()).limit(1))
    return found
