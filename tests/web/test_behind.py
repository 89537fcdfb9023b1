"""200 devices behind one cause: one order, and the list inside it (design, root cause)."""

import re

import pytest

from operations import faults as fault_desk
from operations.faults import Finding
from rules.causes import Verdict
from rules.model import Role, Severity, SiteId, WorkOrder
from storage import faults as fault_rows
from storage.db import transaction
from tests.storage.assets import some_devices
from tests.web.conftest import House, an_order

BEHIND = 120


@pytest.fixture
def order(house: House) -> WorkOrder:
    """Of a switch with 120 devices behind it, the last of them behind the one before."""
    with transaction(house.parts.database) as tx:
        switch, *below = some_devices(tx, SiteId(1), BEHIND + 1)
        made = an_order(tx, house, device=switch)
        cause = made.root_fault_id
        for device_id in below:
            found = Finding(
                device_id=device_id,
                site_id=made.site_id,
                code="DEV_OFFLINE",
                point="",
                severity=Severity.MAJOR,
                opened_at=house.clock(),
                why="silent",
                evidence={},
                verdict=Verdict("explained", explained_by=cause),
            )
            fault = fault_desk.open_found(tx, found, house.parts.policy, house.clock())
            if device_id == below[-2]:
                cause = fault.id
    return made


def named(html: str) -> list[str]:
    return re.findall(r'id="behind-(\d+)"', html)


def test_the_order_shows_what_waits_behind_its_fault(house: House, order: WorkOrder) -> None:
    html = house.enter(Role.ENGINEER).get(f"/orders/{order.id}").text
    assert f"Behind this cause: {BEHIND} devices" in html
    assert len(named(html)) == 10
    assert f'href="/orders/{order.id}/behind"' in html
    assert "through" in html


def test_all_of_it_by_cursor(house: House, order: WorkOrder) -> None:
    browser, path, seen = house.enter(Role.ENGINEER), f"/orders/{order.id}/behind", list[str]()
    while path:
        html = browser.get(path).text
        seen += named(html)
        following = re.search(r'href="([^"]*before=\d+)"', html)
        path = following[1].replace("&amp;", "&") if following else ""
    assert len(seen) == len(set(seen)) == BEHIND


def test_nothing_is_left_when_all_are_back(house: House, order: WorkOrder) -> None:
    with transaction(house.parts.database) as tx:
        behind = [f for f in fault_rows.all_open(tx) if f.explained_by]
        for fault in behind:
            fault_rows.change(tx, fault.id, cleared_at=house.clock())
    browser = house.enter(Role.ENGINEER)
    assert named(browser.get(f"/orders/{order.id}").text) == []
    assert (
        "Nothing waits behind this fault any more" in browser.get(f"/orders/{order.id}/behind").text
    )


def test_anothers_order_shows_nothing(house: House, order: WorkOrder) -> None:
    browser = house.enter(Role.CUSTOMER)
    mine = browser.get(f"/orders/{order.id}").status_code
    assert browser.get(f"/orders/{order.id}/behind").status_code == mine
    assert browser.get("/orders/999999/behind").status_code == 404
