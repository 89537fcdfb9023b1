"""All that waits behind the cause of an order, page by page."""

from fastapi import APIRouter, Request, Response

from rules.model import OrderId
from storage import journal
from storage import work_orders as order_rows
from storage.db import reading
from storage.views import behind as behind_view
from web.lists import PAGE_ROWS, cursor, next_page
from web.pages.orders import site_of
from web.wired import NotFoundError, RowId, Visitor, Wired, page

router = APIRouter()


@router.get("/orders/{order_id}/behind")
def behind(
    request: Request, parts: Wired, visitor: Visitor, order_id: RowId, before: str = ""
) -> Response:
    with reading(parts.database) as tx:
        heard = journal.last_id(tx)
        site_of(tx, visitor, OrderId(order_id))
        order = order_rows.get(tx, OrderId(order_id))
        if order is None:
            raise NotFoundError
        found = behind_view.listed(tx, order.root_fault_id, before=cursor(before), limit=PAGE_ROWS)
    return page(
        request,
        visitor,
        "orders/behind_page.html",
        heard=heard,
        topics=f"order-{order.id}",
        order=order,
        behind=found,
        next=next_page(request, "before", found.next),
        grace=parts.policy.hold.grace_s,
    )
