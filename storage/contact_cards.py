"""The contact cards customers were given: rows are added; only whether one still holds changes.

Whoever issues one or judges one holds the customer first.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, insert, select, update

from rules.contact_cards import Card, Issued, card_in
from rules.model import CustomerId, PersonId
from storage.db import Tx
from storage.tables.company import customers
from storage.tables.telling import contact_cards


def hold(tx: Tx, customer_id: CustomerId) -> None:
    """Nobody else issues one to this customer meanwhile."""
    found = select(customers.c.id).where(customers.c.id == customer_id)
    tx.execute(found.with_for_update(key_share=True))


def add(
    tx: Tx, customer_id: CustomerId, card: Card, *, by: PersonId | None, now: datetime
) -> Issued:
    """The customer's next version."""
    mine = contact_cards.c.customer_id == customer_id
    last = tx.scalar(select(func.max(contact_cards.c.version)).where(mine)) or 0
    row = {
        "customer_id": customer_id,
        "version": last + 1,
        "digest": card.digest,
        "card": card.as_facts(),
        "issued_at": now,
        "issued_by": by,
    }
    made = tx.execute(insert(contact_cards).values(row).returning(contact_cards))
    return _issued(made.mappings().one())


def get(tx: Tx, card_id: int) -> Issued | None:
    return _one(tx, contact_cards.c.id == card_id)


def lock(tx: Tx, card_id: int, *, skip_locked: bool = False) -> Issued | None:
    """With the customer held; None if another holds it, or there is no such card."""
    found = select(contact_cards).join_from(
        contact_cards, customers, customers.c.id == contact_cards.c.customer_id
    )
    held = found.where(contact_cards.c.id == card_id).with_for_update(
        of=customers, key_share=True, skip_locked=skip_locked
    )
    row = tx.execute(held).mappings().first()
    return _issued(row) if row else None


def newest_of(tx: Tx, customer_id: CustomerId) -> Issued | None:
    """The one that counts."""
    return _one(tx, and_(contact_cards.c.customer_id == customer_id, newest()))


def newest_of_all(tx: Tx) -> list[Issued]:
    """The one that counts of every customer who is not archived and has one."""
    found = (
        select(contact_cards)
        .join_from(contact_cards, customers, customers.c.id == contact_cards.c.customer_id)
        .where(customers.c.archived_at.is_(None), newest())
        .order_by(contact_cards.c.id)
    )
    return [_issued(row) for row in tx.execute(found).mappings()]


def of_customer(tx: Tx, customer_id: CustomerId, *, limit: int) -> list[Issued]:
    """Newest first."""
    found = select(contact_cards).where(contact_cards.c.customer_id == customer_id)
    ordered = found.order_by(contact_cards.c.version.desc()).limit(limit)
    return [_issued(row) for row in tx.execute(ordered).mappings()]


def mark(tx: Tx, card_id: int, *, outdated_by: str, outdated_at: datetime | None) -> None:
    """By what it is outdated and since when; empty and None: it holds."""
    changed = update(contact_cards).where(contact_cards.c.id == card_id)
    tx.execute(changed.values(outdated_by=outdated_by, outdated_at=outdated_at))


def newest() -> ColumnElement[bool]:
    """No card of the same customer came after it."""
    later = contact_cards.alias("later")
    return ~(
        select(later.c.id)
        .where(
            later.c.customer_id == contact_cards.c.customer_id,
            later.c.version > contact_cards.c.version,
        )
        .exists()
    )


def _one(tx: Tx, condition: ColumnElement[bool]) -> Issued | None:
    row = tx.execute(select(contact_cards).where(condition)).mappings().first()
    return _issued(row) if row else None


def _issued(row: Mapping[Any, Any]) -> Issued:
    return Issued(**{**row, "card": card_in(row["card"])})
