"""A number that every change of devices, links, policy or maintenance moves on."""

from sqlalchemy import select

from storage.db import Tx, insert_into
from storage.tables.watch import revision


def current(tx: Tx) -> int:
    return tx.scalar(select(revision.c.number).where(revision.c.id == 1)) or 0


def bump(tx: Tx) -> None:
    """Tell the collector, in the transaction of the change, that its memory is stale."""
    row = insert_into(tx, revision).values(id=1, number=1)
    tx.execute(
        row.on_conflict_do_update(index_elements=["id"], set_={"number": revision.c.number + 1})
    )
