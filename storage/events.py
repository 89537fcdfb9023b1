"""The journal as a queue of events: how far each webhook has been told, and what came since."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import func, select

from storage.db import Tx, insert_into
from storage.journal import Entry
from storage.tables.night import counters, journal

_PIECE = 500


def told_to(tx: Tx, hook: str) -> int | None:
    """The number of the last entry that is settled for this webhook; None: it is new."""
    return tx.scalar(select(counters.c.value).where(counters.c.name == _name(hook)))


def tell_to(tx: Tx, hook: str, number: int) -> None:
    """It never goes back, whoever of two schedulers is ahead."""
    row = insert_into(tx, counters).values(name=_name(hook), value=number)
    ahead = {"value": number}
    tx.execute(
        row.on_conflict_do_update(
            index_elements=["name"], set_=ahead, where=counters.c.value < number
        )
    )


def numbers(tx: Tx, after: int, verbs: Collection[str], most: int) -> list[int]:
    """The entries of these verbs beyond that number, the oldest first."""
    found = select(journal.c.id).where(journal.c.id > after, journal.c.verb.in_(sorted(verbs)))
    return list(tx.scalars(found.order_by(journal.c.id).limit(most)))


def last_settled(tx: Tx, after: int, before: datetime) -> int:
    """The last entry of any verb beyond that number that is older than `before`."""
    found = select(func.max(journal.c.id)).where(journal.c.id > after, journal.c.at < before)
    return tx.scalar(found) or after


def entries(tx: Tx, wanted: Sequence[int]) -> list[Entry]:
    """In the order of their numbers."""
    some: list[Entry] = []
    for start in range(0, len(wanted), _PIECE):
        found = select(journal).where(journal.c.id.in_(wanted[start : start + _PIECE]))
        rows = tx.execute(found.order_by(journal.c.id)).mappings()
        some += [Entry(**row) for row in rows]
    return some


def _name(hook: str) -> str:
    return f"event:{hook}"
