"""What the link's page says of another who has the order: took it, was only told, or idles."""

from typing import Any

import pytest

from rules.model import Role, WorkOrder
from storage import work_orders as order_rows
from storage.db import transaction
from tests.web.conftest import START, House
from tests.web.test_links import given

TOLD = {"self_dispatched_at": START, "dispatched_at": START}


@pytest.mark.parametrize(
    ("stands", "said"),
    [
        ({"received_at": START}, "您无需处理"),
        (TOLD, "尚未应答"),
        ({"received_at": START, "stalled_at": START}, "尚未出发"),
    ],
    ids=["took it", "told to go, unheard", "did not set out"],
)
def test_nobody_is_said_to_have_it_who_never_answered(
    house: House, order: WorkOrder, stands: dict[str, Any], said: str
) -> None:
    """A02, B24: whoever reads "nothing for you to do" goes back to sleep."""
    link = given(house, order, Role.DISPATCHER)
    with transaction(house.parts.database) as tx:
        order_rows.change(tx, order.id, assignee_id=house.people[Role.ENGINEER], **stands)
    shown = house.browser().get(link).text
    assert [word for word in ("您无需处理", "尚未应答", "尚未出发") if word in shown] == [said]
