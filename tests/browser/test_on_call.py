"""Drills, what on call costs, contact cards, the list behind a letter: by eye, thumb and key.

A13, C02, D05.
"""

import re

import pytest
from playwright.sync_api import Page, expect

from operations import drills as drill_desk
from rules.drills import Drill
from rules.model import Role, SiteId, WorkOrder
from storage import drills as drill_rows
from storage.db import reading, transaction
from storage.tables.night import notices
from tests.browser.conftest import DESKTOP, PHONE, Open, arrived, log_in
from tests.browser.fitness import misfits
from tests.storage.assets import some_devices
from tests.web.conftest import House, known
from tests.web.drills import a_drill, link_of
from tests.web.test_link_lists import an_ordinary_order, letter_to

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)

PAGES = (
    "/drills",
    "/drills/new",
    "/drills/1",
    "/figures/on-call",
    "/figures/on-call/orders?which=called",
    "/figures/on-call/pages?which=all",
    "/contact-cards",
    "/contact-cards/1",
)
MEANT = (
    "main button, main select, main input:not([type=checkbox]):not([type=radio]),"
    "main label:has(input), nav a, summary"
)
LOOKS = ((DESKTOP, False, "en"), (PHONE, True, "zh"))


def pressed_by_keys(page: Page, name: str) -> None:
    """Somebody without a mouse: on by Tab until the button has the focus, then Enter."""
    page.wait_for_load_state("load")
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.trim()") == name:
            break
    expect(page.locator(":focus")).to_have_text(name)
    page.keyboard.press("Enter")


def test_the_pages_of_a_drill_and_of_a_letter_of_several(house: House, open_page: Open) -> None:
    """One company: three ordinary orders told in one letter, and a drill that runs."""
    with transaction(house.parts.database) as tx:
        orders = [an_ordinary_order(tx, house, one) for one in some_devices(tx, SiteId(1), 3)]
        drill = a_drill(tx, house)
    listed = letter_to(house, Role.ENGINEER, orders).replace("/l/", "/l/list/")
    asked = link_of(house, drill).replace("/l/", "/l/drill/")
    with transaction(house.parts.database) as tx:
        tx.execute(notices.update().values(state="sent"))  # so that the figures know of calls
    for size, dark, language in LOOKS:
        page = open_page("/login?next=/drills", size=size, language=language, dark=dark)
        log_in(page)
        assert misfits(page, MEANT, *PAGES, listed, asked) == {}, language
    _taken(page, listed, house, orders)
    _answered(page, asked, house, drill)
    _planned(page, house)
    _carded(page)
    page.goto("/figures/on-call")
    figure = page.locator("main dl a").first
    count = int(figure.inner_text())
    figure.click()
    expect(page.locator("main tr[data-row]")).to_have_count(count)


def test_a_drill_is_followed_without_taking_the_focus_away(house: House, open_page: Open) -> None:
    """The page asks every two seconds while the drill runs; whoever tabs stays where he is."""
    with transaction(house.parts.database) as tx:
        drill = a_drill(tx, house)
    page = open_page(f"/login?next=/drills/{drill.id}")
    log_in(page)
    stop = page.locator("form[action$='/cancel'] button")
    stop.focus()
    for _ in range(2):  # the second is asked for when the first has been shown
        with page.expect_response(lambda said: said.url.endswith(f"/drills/{drill.id}")):
            pass
    expect(stop).to_be_focused()
    with transaction(house.parts.database) as tx:
        drill_desk.cancel(tx, drill.id, house.people[Role.HEAD], house.clock())
    expect(stop).to_have_count(0)
    expect(page.locator("#drill[hx-get]")).to_have_count(0)


def _carded(page: Page) -> None:
    """A13: all that are missing by one button; the numbers when they are asked for."""
    page.goto("/contact-cards")
    page.get_by_role("button", name="为所有未发过的客户签发").click()
    expect(page.locator("#c1")).to_contain_text("正在生成 PDF")
    page.locator("#c1 a.row-title").click()
    arrived(page, re.compile(r"/contact-cards/\d+$"))
    expect(page.locator("#content a[href^='tel:']")).to_have_count(0)
    page.locator("a, button", has_text="显示号码").click()
    expect(page.locator("#content a[href^='tel:']").first).to_be_visible()


def _taken(page: Page, listed: str, house: House, orders: list[WorkOrder]) -> None:
    """One by the thumb, the rest at once by keys."""
    page.goto(listed)
    page.locator("section.job button").first.click()
    expect(page.locator("h1")).to_contain_text("2")
    pressed_by_keys(page, "全部由我来（2）")
    expect(page.locator("main button")).to_have_count(0)
    me = house.people[Role.ENGINEER]
    assert [known(house, one).received_by for one in orders] == [me] * 3


def _answered(page: Page, asked: str, house: House, drill: Drill) -> None:
    page.goto(asked)
    pressed_by_keys(page, "我在")
    expect(page.locator("main button")).to_have_count(0)
    with reading(house.parts.database) as tx:
        [call] = drill_rows.calls(tx, drill.id)
    assert call.answered_how == "link"


def _planned(page: Page, house: House) -> None:
    """Begun from the keyboard alone, at once."""
    page.goto("/drills/new")
    page.locator("#name").focus()
    page.keyboard.type("周末呼叫")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("周末呼叫")
    with reading(house.parts.database) as tx:
        assert "周末呼叫" in {one.name for one in drill_rows.open_ones(tx)}
