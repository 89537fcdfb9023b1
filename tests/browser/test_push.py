"""A real browser is told by the worker, and its notification's button takes the order."""

import json
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, CDPSession, Page, Worker
from playwright.sync_api import BrowserContext as Context

from operations import notices as notice_desk
from rules.model import Role, WorkOrder
from storage import ledger
from storage import people as people_rows
from storage import work_orders as order_rows
from storage.db import reading, transaction
from storage.outbox import Notice
from tests.browser.conftest import context_of
from tests.waiting import until
from tests.web.conftest import PASSWORD, START, House, an_order
from tests.web.test_links import given

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)

# Only a finger of flesh may open a window: where it would lead is noted instead, and gone to.
CLICKED = """
async (action) => {
  const [notification] = await self.registration.getNotifications();
  self.clients.openWindow = (link) => Promise.resolve(self.opened = link);
  self.dispatchEvent(new NotificationEvent("notificationclick", { notification, action }));
}
"""
SHOWN = """
() => navigator.serviceWorker.ready.then(one => one.getNotifications()).then(
  all => all.map(one => [one.title, one.body, one.actions.map(each => each.title)]))
"""
CLOSED = """
() => navigator.serviceWorker.ready.then(one => one.getNotifications()).then(
  all => all.forEach(one => one.close()))
"""


def logged_in(context: Context, address: str) -> Page:
    page = context.new_page()
    page.goto(f"{address}/login")
    page.fill("#name", Role.ENGINEER.value)
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/login" not in url)
    page.goto(f"{address}/account")  # which does not look by itself whether the login holds
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
    until(lambda: page.evaluate("true") and found)  # events come while the browser is talked to
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


@dataclass
class Told:
    """A browser whose worker is told of one notice, and what its notifications do."""

    page: Page
    session: CDPSession
    worker: Worker
    pushed: dict[str, str]

    def pushes(self) -> None:
        self.page.evaluate(CLOSED)
        self.session.send("ServiceWorker.deliverPushMessage", self.pushed)
        until(lambda: self.page.evaluate(SHOWN) == [["Please take", "A fault", ["我来"]]])

    def clicks(self, action: str = "") -> None:
        self.worker.evaluate(CLICKED, action)

    def opened(self) -> str:
        return str(until(lambda: self.worker.evaluate("self.opened")))


def told(context: Context, address: str, notice: Notice, link: str) -> Told:
    page = logged_in(context, address)
    session = context.new_cdp_session(page)
    number = registered(page, session)
    said = {"title": "Please take", "body": "A fault", "take": "我来", "noted": "Noted"}
    said |= {"notice": str(notice.id), "link": link, "tag": "order-1"}
    pushed = {"origin": address, "registrationId": number, "data": json.dumps(said)}
    until(lambda: page.evaluate("true") and context.service_workers)
    return Told(page, session, context.service_workers[0], pushed)


def test_a_notification_opens_its_page_and_its_button_takes_the_order(
    house: House, address: str, browser: Browser
) -> None:
    order, notice = paged(house)
    link = address + given(house, order, Role.ENGINEER)
    with context_of(browser, address) as context, context_of(browser, address) as elsewhere:
        context.grant_permissions(["notifications"], origin=address)
        phone = told(context, address, notice, link)
        phone.pushes()
        phone.clicks()
        assert phone.opened() == link
        until(lambda: phone.page.evaluate(SHOWN) == [])  # it has done its work
        page = elsewhere.new_page()  # which asks for no login
        page.goto(link)
        assert page.get_by_text(order.number).count() == 1
        assert page.get_by_role("button", name="我来").count() == 1
        assert not received(house, order)  # shown and opened is not answered
        phone.pushes()
        phone.clicks("take")
        until(lambda: received(house, order))
        until(lambda: [one[1] for one in phone.page.evaluate(SHOWN)] == ["Noted"])
        context.clear_cookies()  # where the login has ended, the personal page does it
        phone.worker.evaluate("self.opened = ''")
        phone.pushes()
        phone.clicks("take")
        assert phone.opened() == link
