"""One number that every change of devices, links, policy or maintenance moves on."""

from sqlalchemy import select

from storage.db import Tx, insert_into
from storage.tables.watch import revision


def number(tx: Tx) -> int:
    """0 before the first change."""
    return tx.scalar(select(revision.c.number)) or 0


def bump(tx: Tx) -> None:
    """Call it in the transaction of the change; the collector reloads what it holds."""
    asked = insert_into(tx, revision).values(id=1, number=1)
    one_more = {"number": revision.c.number + 1}
    tx.execute(asked.on_conflict_do_update(index_elements=["id"], set_=one_more))
