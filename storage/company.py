"""Facts about the company itself, one row each: its name, its rings, the city's hours.

Names in use: `name`, `timezone`, `country` and `subdivision` (whose holidays count),
`calendar_days` (days a person entered), `city_hours` (hours on site outside the rings, A03),
`rings` (the city's GeoJSON as it was handed in), `demo` (the sample company was filled in),
`channels` (the ways to tell people that are set up, as the last sender that started has them).
"""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select, text

from rules.holidays import HOME, Calendar, Entered
from storage.db import Tx, insert_into
from storage.tables.company import company

DEFAULT_TIMEZONE = "Asia/Shanghai"


def timezone(tx: Tx) -> ZoneInfo:
    """The clocks of the company."""
    return ZoneInfo(fact(tx, "timezone") or DEFAULT_TIMEZONE)


def calendar(tx: Tx) -> Calendar:
    """Which days are worked; China's until another country was chosen."""
    entered = fact(tx, "calendar_days") or {}
    return Calendar(
        country=fact(tx, "country") or HOME,
        subdivision=fact(tx, "subdivision") or "",
        entered={
            date.fromisoformat(on): Entered(rest=told["rest"], name=told["name"])
            for on, told in entered.items()
        },
    )


def channels(tx: Tx) -> frozenset[str] | None:
    """By which ways people can be told; None while no sender ever ran: nobody knows."""
    told = fact(tx, "channels")
    return None if told is None else frozenset(told)


def fact(tx: Tx, name: str) -> Any:
    """The fact as it was set (anything JSON can hold), or None."""
    return tx.scalar(select(company.c.value).where(company.c.name == name))


def set_fact(tx: Tx, name: str, value: Any, now: datetime) -> None:
    row = {"name": name, "value": value, "changed_at": now}
    asked = insert_into(tx, company).values(row)
    changed = {"value": asked.excluded.value, "changed_at": asked.excluded.changed_at}
    tx.execute(asked.on_conflict_do_update(index_elements=["name"], set_=changed))


def lock_lists(tx: Tx) -> None:
    """One import at a time, whatever file it brings; readers are not held up.

    SQLite has one writer anyway.
    """
    if tx.dialect.name == "postgresql":
        tx.execute(text("LOCK TABLE customers IN SHARE ROW EXCLUSIVE MODE"))
