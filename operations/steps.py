"""What every step of an order has in common: the order is held, and why a step is refused."""

from operations import refusals
from operations.refusals import NotNowError
from rules import workflow
from rules.model import OrderId, WorkOrder
from rules.workflow import Verb
from storage import work_orders as order_rows
from storage.db import Tx
from storage.views import names

LONGEST_TEXT = 4000


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
    return refusals.said(text, "order.refused.text_needed", field=field, most=LONGEST_TEXT)


def _who(tx: Tx, order: WorkOrder) -> dict[str, str]:
    return {"name": names.person(tx, order.received_by), "number": order.number}
