"""The frame of every page in a real browser: phone and desk, light and dark, keys and thumbs."""

import re

import pytest
from playwright.sync_api import expect

from rules.model import WorkOrder
from tests.browser.conftest import DESKTOP, PHONE, Open, context_of, log_in
from tests.web.conftest import order

__all__ = ["order"]

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)

PAGES = ("/rota", "/notices", "/discovered", "/rejects", "/password", "/nothing-here")
# Wider or taller than this is a comfortable target; words in running text are exempt (WCAG 2.5.8).
MEANT = "main button, main select, main input, nav a, summary"
SMALL = """(meant) => [...document.querySelectorAll(meant)]
  .filter((e) => e.offsetParent && e.type !== "hidden")
  .filter((e) => e.getBoundingClientRect().height < 43.5)
  .map((e) => e.outerHTML.slice(0, 120))"""


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_page_scrolls_sideways_or_has_tiny_targets(
    open_page: Open, size: tuple[int, int], language: str
) -> None:
    page = open_page("/login?next=/rota", size=size, language=language)
    log_in(page)
    for path in PAGES:
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        assert page.evaluate(SMALL, MEANT) == [], path


def test_a_tablet_does_not_scroll_sideways_either(open_page: Open, order: WorkOrder) -> None:
    """Between phone and desk: the ways in English, and the ten steps of an order."""
    page = open_page(f"/login?next=/orders/{order.id}", size=(1024, 768), language="en")
    log_in(page)
    for width in (1024, 820):
        page.set_viewport_size({"width": width, "height": 768})
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), width


@pytest.mark.usefixtures("order")
def test_nothing_is_lost_on_the_narrowest_screen(open_page: Open) -> None:
    """WCAG 1.4.10: 320 px wide, in the longer words, with what is folded unfolded."""
    page = open_page("/login?next=/", size=(320, 640), language="en")
    log_in(page)
    for path in ("/", "/orders/1", "/sites", "/notices", "/dead-man", "/figures/on-call"):
        page.goto(path)
        page.evaluate("document.querySelectorAll('main details').forEach((d) => d.open = true)")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path


def test_the_light_follows_the_system_until_it_is_switched(open_page: Open) -> None:
    page = open_page("/login", dark=True)
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    page.click("summary[aria-label='Light or dark']")
    page.click("button[value=light]")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "light")
    page.emulate_media(color_scheme="light")
    assert open_page("/login").locator("html").get_attribute("data-bs-theme") == "light"


def test_the_language_is_switched_where_one_is(open_page: Open) -> None:
    page = open_page("/login?next=/rota")
    log_in(page)
    page.goto("/notices?state=dead")
    page.click(".top-end summary:has-text('Language')")
    page.click("button[value=zh]")
    expect(page.locator("h1")).to_have_text("通知台账")
    assert page.url.endswith("/notices?state=dead")


def test_keys_open_help_and_menus_close(open_page: Open) -> None:
    page = open_page("/login?next=/rota")
    log_in(page)
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#keys")).to_be_hidden()
    page.click("nav.ways summary")
    expect(page.locator("nav.ways .menu-list")).to_be_visible()
    page.click("h1")
    expect(page.locator("nav.ways .menu-list")).to_be_hidden()


def test_the_first_tab_leads_past_the_frame_and_focus_is_seen(open_page: Open) -> None:
    page = open_page("/login?next=/rota")
    log_in(page)
    page.keyboard.press("Tab")
    focused = page.locator(":focus")
    expect(focused).to_have_text("To the content")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineWidth") == "3px"


def test_a_second_click_sends_nothing_twice(open_page: Open) -> None:
    page = open_page("/login")
    sent: list[str] = []
    page.on("request", lambda one: sent.append(one.url) if one.method == "POST" else None)
    page.fill("#name", "head")
    page.fill("#password", "not the password")
    page.locator("main button").dblclick(no_wait_after=True)
    expect(page.locator("[role=alert]")).to_be_visible()
    assert len(sent) == 1


def test_it_works_without_script(open_page: Open, address: str) -> None:
    page = open_page("/login")
    browser = page.context.browser
    assert browser is not None
    with context_of(browser, address, java_script_enabled=False) as context:
        plain = context.new_page()
        plain.goto("/login?next=/notices")
        log_in(plain)
        plain.locator("main form button").first.click()
        expect(plain).to_have_url(re.compile(r"/notices\?"))
