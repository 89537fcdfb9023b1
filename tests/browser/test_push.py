"""A real browser is told by the worker, and its notification's button takes the order."""

import json
from typing import Any

from playwright.sync_api import Browser, CDPSession, Page
from playwright.sync_api import BrowserContext as Context

from operations import notices as notice_desk
from rules.model import Role, WorkOrder
from storage import ledger
from storage import people as people_rows
from storage import work_orders as order_rows
from storage.db import reading, transaction
from storage.outbox import Notice
from tests.waiting import until
from tests.web.conftest import PASSWORD, START, House, an_order

CLICKED = """
async () => {
  const [notification] = await self.registration.getNotifications();
  const click = { notification, action: "take" };
  self.dispatchEvent(new NotificationEvent("notificationclick", click));
}
"""
SHOWN = """
() => navigator.serviceWorker.ready.then(one => one.getNotifications()).then(
  all => all.map(one => [one.title, one.body, one.actions.map(each => each.title)]))
"""


def logged_in(context: Context, address: str) -> Page:
    page = context.new_page()
    page.goto(f"{address}/login")
    page.fill("#name", Role.ENGINEER.value)
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/login" not in url)
    return page


def registered(page: Page, session: CDPSession) -> str:
    """The worker of our root is at work; its number in the browser."""
    found: list[dict[str, Any]] = []
    session.on(
        "ServiceWorker.workerRegistrationUpdated", lambda said: found.extend(said["registrations"])
    )
    session.send("ServiceWorker.enable")
    page.evaluate("() => navigator.serviceWorker.register('/sw.js').then(() => 1)")
    page.evaluate("() => navigator.serviceWorker.ready.then(() => 1)")
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    return str(found[-1]["registrationId"])


def paged(house: House) -> tuple[WorkOrder, Notice]:
    with transaction(house.parts.database) as tx:
        order = an_order(tx, house)
        person = people_rows.get(tx, house.people[Role.ENGINEER])
        assert person
        notice_desk.tell(
            tx, person, "page", key="own", severity=order.severity, order=order, now=START
        )
        return order, ledger.of_reason(tx, "own:")[0]


def received(house: House, order: WorkOrder) -> bool:
    with reading(house.parts.database) as tx:
        found = order_rows.get(tx, order.id)
    return found is not None and found.received_by == house.people[Role.ENGINEER]


def test_what_was_pushed_is_shown_and_its_button_takes_the_order(
    house: House, address: str, browser: Browser
) -> None:
    order, notice = paged(house)
    with browser.new_context() as context:
        context.grant_permissions(["notifications"], origin=address)
        page = logged_in(context, address)
        session = context.new_cdp_session(page)
        number = registered(page, session)
        said = {"title": "Please take", "body": "A fault", "take": "我来", "noted": "Noted"}
        said |= {"notice": str(notice.id), "link": "/l/x", "tag": "order-1"}
        pushed = {"origin": address, "registrationId": number, "data": json.dumps(said)}
        session.send("ServiceWorker.deliverPushMessage", pushed)
        until(lambda: page.evaluate(SHOWN))
        assert page.evaluate(SHOWN) == [["Please take", "A fault", ["我来"]]]
        assert not received(house, order)  # shown is not answered
        context.service_workers[0].evaluate(CLICKED)
        until(lambda: received(house, order))
        until(lambda: [one[1] for one in page.evaluate(SHOWN)] == ["Noted"])
