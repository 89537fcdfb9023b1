"""A change of the rota drawn over its bars (1)."""

import pytest
from playwright.sync_api import Page, expect

from storage.db import transaction
from tests.browser.conftest import DESKTOP, PHONE, Open, log_in
from tests.browser.fitness import unfit
from tests.web.conftest import House
from tests.web.rotas import a_rotation, an_override

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)

MEANT = "main button, main select, main input, nav a, summary"
PAGES = (
    "/rota",
    "/rota/month?month=2027-10",
    "/rota/rotations",
    "/rota/rotations/new",
    "/rota/overrides",
    "/rota/past",
)


def drawn(page: Page, begins: float, ends: float) -> None:
    """From one part of the first line of the second week to another."""
    box = page.locator(".week").nth(1).locator(".bars").first.bounding_box()
    assert box
    y = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] * begins, y)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * (begins + ends) / 2, y, steps=3)
    page.mouse.move(box["x"] + box["width"] * ends, y, steps=3)
    page.mouse.up()


def test_a_span_drawn_is_chosen_previewed_saved_and_undone(house: House, open_page: Open) -> None:
    with transaction(house.parts.database) as tx:
        a_rotation(tx, house)
    page = open_page("/login?next=/rota")
    log_in(page)
    page.locator(".week").nth(1).scroll_into_view_if_needed()
    drawn(page, 1 / 7, 3 / 7)
    expect(page.locator("#layer")).to_have_value("first")
    expect(page.locator("#starts")).to_have_value("2026-06-23T00:00")
    expect(page.locator("#ends")).to_have_value("2026-06-25T00:00")
    expect(page.locator("#person")).to_be_focused()
    page.get_by_role("button", name="See what it does").click()
    expect(page.get_by_role("heading", name="What would this do?")).to_be_visible()
    page.get_by_role("button", name="Put on the rota").click()
    expect(page.locator("#done")).to_contain_text("Saved")
    expect(page.locator(".bars .is-gap.is-decided")).to_have_count(1)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".bars .is-decided")).to_have_count(0)


def test_a_bar_touched_is_chosen_whole(house: House, open_page: Open) -> None:
    with transaction(house.parts.database) as tx:
        a_rotation(tx, house)
    page = open_page("/login?next=/rota")
    log_in(page)
    page.locator(".week").nth(2).locator(".bars").first.click()
    expect(page.locator("#starts")).to_have_value("2026-06-29T00:00")
    expect(page.locator("#ends")).to_have_value("2026-07-06T00:00")


@pytest.mark.parametrize(
    ("size", "dark", "language"),
    [(DESKTOP, False, "en"), (PHONE, True, "zh")],
    ids=["desk-light-en", "phone-dark-zh"],
)
def test_the_pages_of_the_rota_are_fit_for_everybody(
    house: House, open_page: Open, size: tuple[int, int], language: str, *, dark: bool
) -> None:
    with transaction(house.parts.database) as tx:
        a_rotation(tx, house)
        an_override(tx, house)
    page = open_page("/login?next=/rota", size=size, language=language, dark=dark)
    log_in(page)
    found = {}
    for path in PAGES:
        page.goto(path)
        if wrong := unfit(page, MEANT):
            found[path] = wrong
    page.goto("/rota")
    page.locator("#set button.save").click()
    expect(page.locator("#changes")).to_be_visible()
    if wrong := unfit(page, MEANT):
        found["preview"] = wrong
    assert found == {}
