"""Failed tries, counted in the database: they survive a restart and are shared by processes."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, func, select

from storage.db import Tx, insert_into
from storage.tables.access import throttles


def count(tx: Tx, key: str, now: datetime, forget_before: datetime) -> int:
    """One more try under `key`; how many there are now. Older ones are forgotten."""
    tx.execute(delete(throttles).where(throttles.c.key == key, throttles.c.last_at < forget_before))
    asked = insert_into(tx, throttles).values(key=key, failures=1, last_at=now)
    more = {"failures": throttles.c.failures + 1, "last_at": now}
    counted = asked.on_conflict_do_update(index_elements=["key"], set_=more)
    return int(tx.execute(counted.returning(throttles.c.failures)).scalar_one())


def block(tx: Tx, key: str, until: datetime) -> None:
    tx.execute(throttles.update().where(throttles.c.key == key).values(blocked_until=until))


def blocked_until(tx: Tx, keys: Sequence[str], now: datetime) -> datetime | None:
    """The latest instant any of `keys` is closed until, when that is still to come."""
    chosen = select(func.max(throttles.c.blocked_until)).where(
        throttles.c.key.in_(keys), throttles.c.blocked_until > now
    )
    found: datetime | None = tx.scalar(chosen)
    return found


def forgive(tx: Tx, keys: Sequence[str]) -> None:
    """The last try under these keys was a right one: it does not count."""
    table = throttles.c
    given_back = {"failures": table.failures - 1, "blocked_until": None}
    tx.execute(throttles.update().where(table.key.in_(keys), table.failures > 0).values(given_back))


def clear(tx: Tx, keys: Sequence[str]) -> None:
    tx.execute(delete(throttles).where(throttles.c.key.in_(keys)))


def sweep(tx: Tx, forget_before: datetime) -> None:
    tx.execute(delete(throttles).where(throttles.c.last_at < forget_before))
