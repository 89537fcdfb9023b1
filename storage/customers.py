"""The customers: whom we work for."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import insert, select, update

from rules.assets import Customer
from rules.model import CustomerId
from storage.db import Tx
from storage.tables.columns import in_use
from storage.tables.company import customers


def get(tx: Tx, customer_id: CustomerId) -> Customer | None:
    return _one(tx, customers.c.id == customer_id)


def by_code(tx: Tx, code: str) -> Customer | None:
    return _one(tx, customers.c.code == code)


def all_customers(tx: Tx, *, also_archived: bool = False) -> list[Customer]:
    chosen = select(customers).where(in_use(customers, also_archived=also_archived))
    found = tx.execute(chosen.order_by(customers.c.code))
    return [Customer(**row) for row in found.mappings()]


def add(tx: Tx, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows of column values; the caller has checked them."""
    if rows:
        tx.execute(insert(customers), [dict(row) for row in rows])


def change(tx: Tx, customer_id: CustomerId, columns: Mapping[str, Any]) -> None:
    tx.execute(update(customers).where(customers.c.id == customer_id).values(dict(columns)))


def _one(tx: Tx, condition: Any) -> Customer | None:
    row = tx.execute(select(customers).where(condition)).mappings().one_or_none()
    return Customer(**row) if row else None
