"""Which customer holds which contact card (A13): outdated ones, and who never had any."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select, true

from rules.documents import Document, Kind
from rules.model import CustomerId
from rules.permits import Reach
from storage import contact_cards as card_rows
from storage import documents as document_rows
from storage.db import Tx
from storage.tables.company import customers
from storage.tables.telling import contact_cards
from storage.views.pages import Page, cut
from storage.views.reach import customers_within


class State(StrEnum):
    """How it stands with a customer's card."""

    HOLDS = "holds"
    OUTDATED = "outdated"
    NEVER = "never"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """`version` 0: never issued. `documents` of that version, the first printed first."""

    customer_id: CustomerId
    code: str
    name: str
    version: int
    card_id: int | None
    issued_at: datetime | None
    outdated_at: datetime | None
    documents: Sequence[Document] = ()

    @property
    def state(self) -> State:
        if not self.version:
            return State.NEVER
        return State.OUTDATED if self.outdated_at else State.HOLDS


def listed(
    tx: Tx, reach: Reach, *, state: State | None, before: int | None, limit: int
) -> Page[Line]:
    """Customers in use, the last entered first; `state` None: whatever their card."""
    found = _chosen(reach, state).order_by(customers.c.id.desc()).limit(limit + 1)
    if before:
        found = found.where(customers.c.id < before)
    rows = tx.execute(found).mappings().all()
    ids = [row["card_id"] for row in rows if row["card_id"]]
    papers = document_rows.of_subjects(tx, Kind.CONTACT_CARD, ids)
    lines = [Line(**row, documents=papers.get(row["card_id"] or 0, ())) for row in rows]
    return cut(lines, limit, count(tx, reach, state), lambda one: one.customer_id)


def count(tx: Tx, reach: Reach, state: State | None = None) -> int:
    chosen = _chosen(reach, state).subquery()
    return tx.scalar(select(func.count()).select_from(chosen)) or 0


def _chosen(reach: Reach, state: State | None) -> Select[Any]:
    c, card = customers.c, contact_cards.c
    counts = and_(card.customer_id == c.id, card_rows.newest())
    return (
        select(
            c.id.label("customer_id"),
            c.code,
            c.name,
            func.coalesce(card.version, 0).label("version"),
            card.id.label("card_id"),
            card.issued_at,
            card.outdated_at,
        )
        .join_from(customers, contact_cards, counts, isouter=True)
        .where(c.archived_at.is_(None), customers_within(reach, c.id), _in(state))
    )


def _in(state: State | None) -> ColumnElement[bool]:
    card = contact_cards.c
    if state is State.NEVER:
        return card.id.is_(None)
    if state is State.OUTDATED:
        return card.outdated_at.is_not(None)
    if state is State.HOLDS:
        return card.id.is_not(None) & card.outdated_at.is_(None)
    return true()
