"""The contracts: what was promised to a customer, and until when."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import insert, select, update

from rules.assets import Contract
from rules.model import ContractId, CustomerId
from storage.db import Tx
from storage.tables.columns import in_use
from storage.tables.company import contracts


def get(tx: Tx, contract_id: ContractId) -> Contract | None:
    return _one(tx, contracts.c.id == contract_id)


def by_number(tx: Tx, number: str) -> Contract | None:
    return _one(tx, contracts.c.number == number)


def of_customer(tx: Tx, customer_id: CustomerId) -> list[Contract]:
    here = (contracts.c.customer_id == customer_id) & in_use(contracts)
    chosen = select(contracts).where(here)
    return [Contract(**row) for row in tx.execute(chosen.order_by(contracts.c.number)).mappings()]


def all_contracts(tx: Tx, *, also_archived: bool = False) -> list[Contract]:
    chosen = select(contracts).where(in_use(contracts, also_archived=also_archived))
    found = tx.execute(chosen.order_by(contracts.c.number))
    return [Contract(**row) for row in found.mappings()]


def add(tx: Tx, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows of column values; the caller has checked them."""
    if rows:
        tx.execute(insert(contracts), [dict(row) for row in rows])


def change(tx: Tx, contract_id: ContractId, columns: Mapping[str, Any]) -> None:
    tx.execute(update(contracts).where(contracts.c.id == contract_id).values(dict(columns)))


def _one(tx: Tx, condition: Any) -> Contract | None:
    row = tx.execute(select(contracts).where(condition)).mappings().one_or_none()
    return Contract(**row) if row else None
