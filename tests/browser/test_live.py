"""A night in a real browser: a fault appears by itself, is taken, walked to its end, and closes."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from operations import faults as fault_desk
from operations import work_orders as order_desk
from rules.model import DeviceId, Role, Severity, SiteId, WorkOrder
from storage import ledger, links
from storage import work_orders as order_rows
from storage.db import reading, transaction
from tests.browser.conftest import PHONE, Open, held, log_in
from tests.storage.assets import some_devices
from tests.web.conftest import START, House, a_fault, an_order

CURRENT = re.compile("is-current")
COUNTS = re.compile(r"^1:[45]\d:\d\d$")  # from 2:00:00 on, also where the machine is slow
pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)


def opens(house: House, device: int | None = None) -> WorkOrder:
    with transaction(house.parts.database) as tx:
        return an_order(tx, house, device=None if device is None else DeviceId(device))


def watching(page: Page) -> None:
    """Wait until the stream is open, and mark the page: a reload would wipe the mark."""
    expect(page.locator("[data-live-word]").first).to_have_text("Live")
    page.evaluate("window.sameDocument = true")


def the_board(open_page: Open, name: str = "head", path: str = "/", **how: object) -> Page:
    page = open_page(f"/login?next={path.replace('?', '%3F')}", **how)
    log_in(page, name)
    page.goto(path)
    return page


def test_a_fault_appears_is_taken_and_leaves_without_a_reload(
    house: House, open_page: Open
) -> None:
    page = the_board(open_page)
    watching(page)
    expect(page.locator("#board")).to_contain_text("No device is watched yet")
    order = opens(house)
    row = page.locator(f"#o{order.id}")
    expect(row).to_contain_text("Video lost")
    expect(row.locator("[data-figure]")).to_have_text(COUNTS)
    row.get_by_role("button", name="Acknowledge").click()
    expect(row).to_contain_text("Acknowledged")
    with reading(house.parts.database) as tx:
        taken = order_rows.get(tx, order.id)
    assert taken is not None
    assert taken.received_by == house.people[Role.HEAD]
    with transaction(house.parts.database) as tx:
        order_desk.cancel(tx, order.id, house.people[Role.HEAD], START, "a drill")
    expect(row).to_have_count(0)
    assert page.evaluate("window.sameDocument")


def test_the_figure_counts_down_in_the_browser(house: House, open_page: Open) -> None:
    opens(house)
    page = the_board(open_page)
    figure = page.locator("[data-figure]").first
    expect(figure).to_have_text(COUNTS)


def test_by_keys_alone(house: House, open_page: Open) -> None:
    first, second = opens(house), opens(house, 2)
    page = the_board(open_page)
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator(f"#o{second.id}")).to_have_class(CURRENT)
    page.keyboard.press("a")
    expect(page.locator(f"#o{second.id}")).to_contain_text("Acknowledged")
    expect(page.locator(f"#o{second.id}")).to_have_class(CURRENT)
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    page.wait_for_url("**/orders/*")
    assert page.url.endswith(f"/orders/{first.id}") or page.url.endswith(f"/orders/{second.id}")


def test_an_order_walked_to_its_end_while_the_device_proves_itself(
    house: House, open_page: Open
) -> None:
    order = opens(house)
    page = the_board(open_page, "engineer", f"/orders/{order.id}")
    for button in ("Acknowledge", "Depart", "Arrived"):
        page.locator("#do .main-act", has_text=button).click()
    page.locator("#do .main-act", has_text="Record the diagnosis").click()
    expect(page.locator(".field-error")).to_contain_text("cannot be empty")
    page.fill("#text-diagnose", "the plug is corroded")
    page.locator("#do .main-act").click()
    page.fill("#text-repair", "new plug")
    page.locator("#do .main-act", has_text="Repaired").click()
    expect(page.locator(".answer")).to_contain_text("has yet to prove it")
    page.evaluate("window.sameDocument = true")
    with transaction(house.parts.database) as tx:
        known = order_rows.get(tx, order.id)
        assert known is not None
        fault_desk.clear(tx, known.root_fault_id, "reading", house.parts.policy, START)
    expect(page.locator(".answer")).to_contain_text("waits for the customer's acceptance")
    page.fill("#text", "刘强")
    page.locator("#do .main-act", has_text="Customer accepts").click()
    expect(page.locator(".answer")).to_have_text("Closed")
    assert page.evaluate("window.sameDocument")


def test_what_is_being_typed_and_opened_survives_a_change(house: House, open_page: Open) -> None:
    order = opens(house)
    page = the_board(open_page, "head", f"/orders/{order.id}")
    watching(page)
    page.click("#more > summary")
    page.click("#act-cancel > summary")
    page.fill("#text-cancel", "half a sen")
    with transaction(house.parts.database) as tx:
        order_desk.acknowledge(tx, order.id, house.people[Role.ENGINEER], START)
    expect(page.locator(".story")).to_contain_text("took it")
    expect(page.locator("#text-cancel")).to_have_value("half a sen")
    expect(page.locator("#act-cancel")).to_have_attribute("open", "")


def test_a_mistake_stays_in_sight_while_it_is_mended(house: House, open_page: Open) -> None:
    order = opens(house)
    page = the_board(open_page, "head", f"/orders/{order.id}")
    watching(page)
    page.click("#more > summary")
    page.click("#act-cancel > summary")
    page.click("#act-cancel button")
    expect(page.locator("#text-cancel-error")).to_be_visible()
    with page.expect_event("console", lambda said: said.text == "swallowed", timeout=60_000):
        page.evaluate("""document.addEventListener("htmx:before:request", (e) =>
            setTimeout(() => e.defaultPrevented && console.log("swallowed")))""")
        with transaction(house.parts.database) as tx:
            order_desk.acknowledge(tx, order.id, house.people[Role.ENGINEER], START)
    expect(page.locator("#text-cancel-error")).to_be_visible()
    page.fill("#text-cancel", "a drill")
    page.click("#act-cancel button")
    expect(page.locator("#trouble")).to_contain_text("Things have moved on")


def test_a_page_that_comes_late_undoes_nothing(house: House, open_page: Open) -> None:
    """Asked for before the order was taken, answered after the next form was filled."""
    order = opens(house)
    page = the_board(open_page, "engineer", f"/orders/{order.id}")
    watching(page)
    page.locator("#do .main-act", has_text="Acknowledge").click()
    page.locator("#do .main-act", has_text="Depart").click()
    expect(page.locator("#do .main-act")).to_have_text("Arrived")
    under_way = held(page, rf"/orders/{order.id}$")
    page.evaluate("htmx.trigger('#order', 'every')")
    late = under_way(1)
    old = late.fetch()
    page.locator("#do .main-act", has_text="Arrived").click()
    page.fill("#text-diagnose", "the plug is corroded")
    late.fulfill(response=old)
    again = under_way(2)  # asked when the late one had been looked at
    expect(page.locator("#do .main-act")).to_have_text("Record the diagnosis")
    again.continue_()
    page.unroute_all()
    page.locator("#do .main-act", has_text="Record the diagnosis").click()
    expect(page.locator(".story")).to_contain_text("the plug is corroded")


def test_a_time_that_is_typed_is_not_put_right_by_a_fresh_page(
    house: House, open_page: Open
) -> None:
    """The form of a call suggests the present minute; who typed another means it."""
    with transaction(house.parts.database) as tx:
        some_devices(tx, SiteId(1), 1)
    page = the_board(open_page, "dispatcher", "/devices/1")
    page.fill("#at", "2026-06-14T22:10")
    page.fill("#symptom", "no picture")
    house.clock.passes(minutes=2)
    with page.expect_response(lambda said: said.url.endswith("/devices/1")):
        page.evaluate("htmx.trigger('#device', 'every')")
    page.wait_for_function("!document.querySelector('#device.htmx-request')")
    expect(page.locator("#at")).to_have_value("2026-06-14T22:10")
    expect(page.locator("#symptom")).to_have_value("no picture")


def test_who_gets_no_answer_is_told(house: House, open_page: Open) -> None:
    order = opens(house)
    page = the_board(open_page)
    page.context.set_offline(True)
    acknowledge = page.locator(f"#o{order.id}").get_by_role("button", name="Acknowledge")
    acknowledge.click()
    expect(page.locator("#note")).to_contain_text("No answer came")
    page.context.set_offline(False)
    acknowledge.click()
    expect(page.locator(f"#o{order.id}")).to_contain_text("Acknowledged")
    expect(page.locator("#note")).to_be_empty()


def test_a_key_held_down_takes_one_order_only(house: House, open_page: Open) -> None:
    first, second = opens(house), opens(house, 2)
    page = the_board(open_page)
    rows = page.locator(f"#o{first.id}, #o{second.id}")
    sent: list[str] = []
    page.on("request", lambda one: sent.append(one.url) if one.method == "POST" else None)
    page.keyboard.press("?")
    page.keyboard.press("a")  # which is about nothing that lies behind the help
    page.keyboard.press("Escape")
    expect(page.locator("#keys")).to_be_hidden()
    page.keyboard.down("a")
    expect(rows.filter(has_text="Acknowledged")).to_have_count(1)
    page.keyboard.down("a")
    page.keyboard.up("a")
    page.goto("/orders")
    assert len(sent) == 1


def test_the_fold_of_minor_faults_stays_open(house: House, open_page: Open) -> None:
    with transaction(house.parts.database) as tx:
        a_fault(tx, house, code="BATT_LOW", severity=Severity.MINOR)
    page = the_board(open_page)
    watching(page)
    page.click("#waiting > summary")
    order = opens(house, 2)
    expect(page.locator(f"#o{order.id}")).to_be_visible()
    expect(page.locator("#waiting .row-line")).to_be_visible()


def test_the_wall_sounds_for_a_new_emergency_until_it_is_touched(
    house: House, open_page: Open
) -> None:
    opens(house)
    page = the_board(open_page, path="/?wall=1")
    watching(page)
    expect(page.locator(".top")).to_be_hidden()
    assert page.locator("html").get_attribute("data-ringing") is None
    page.click("[data-sound]")
    expect(page.locator("[data-sound]")).to_have_attribute("aria-pressed", "true")
    opens(house, 2)
    expect(page.locator("html")).to_have_attribute("data-ringing", "yes")
    page.mouse.click(5, 400)
    expect(page.locator("html")).not_to_have_attribute("data-ringing", "yes")


def test_the_pagers_link_works_with_one_hand(house: House, open_page: Open) -> None:
    order = opens(house)
    with transaction(house.parts.database) as tx:
        notice = ledger.of_order(tx, order.id)[0]
        expires = START + timedelta(hours=24)
        who = house.people[Role.ENGINEER]
        token = links.create(tx, who, "order", order.id, notice.id, START, expires)
    page = open_page(f"/l/{token}", size=PHONE, language="zh")
    button = page.get_by_role("button", name="我来")
    box = button.bounding_box()
    assert box is not None
    assert box["height"] >= 64
    assert box["y"] + box["height"] < PHONE[1]  # within reach, no scrolling
    button.click()
    expect(page.locator(".said")).to_contain_text("您已接单")
    with reading(house.parts.database) as tx:
        taken = order_rows.get(tx, order.id)
    assert taken is not None
    assert taken.received_by == who
