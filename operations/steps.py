"""What every step of an order has in common: the order is held, and why a step is refused."""

from typing import Any

from rules import workflow
from rules.model import OrderId, WorkOrder
from rules.workflow import Verb
from storage import people as people_rows
from storage import work_orders as order_rows
from storage.db import Tx

LONGEST_TEXT = 4000


class NotNowError(Exception):
    """The step is not possible now; `message_id` and `facts` say why, in anybody's language."""

    def __init__(self, message_id: str, **facts: Any) -> None:
        super().__init__(message_id)
        self.message_id = message_id
        self.facts = facts


class NoSuchOrderError(LookupError):
    """There is no order of that id."""


def locked(tx: Tx, order_id: OrderId, verb: Verb) -> WorkOrder:
    """The order, held until the transaction ends. Raises `NotNowError`, `NoSuchOrderError`."""
    order = order_rows.lock(tx, order_id)
    if order is None:
        raise NoSuchOrderError(order_id)
    if why := workflow.refusal(order, verb):
        raise NotNowError(f"order.refused.{why}", **_who(tx, order))
    return order


def said(text: str, field: str) -> str:
    """What was typed, cut to what fits; nothing typed is refused by name."""
    if not text.strip():
        raise NotNowError("order.refused.text_needed", field=field)
    return text.strip()[:LONGEST_TEXT]


def _who(tx: Tx, order: WorkOrder) -> dict[str, str]:
    person = people_rows.get(tx, order.received_by) if order.received_by else None
    return {"name": person.name if person else "", "number": order.number}
