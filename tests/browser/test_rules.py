"""Figures, remarks, channels, the journal and labels in a real browser: fit for everybody."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from operations import policy as policy_desk
from operations import rule_remarks as remark_desk
from operations import stickers as sticker_desk
from operations.policy import Proposal
from rules.model import Role, SiteId
from storage import devices as device_rows
from storage.db import transaction
from tests.browser.conftest import DESKTOP, PHONE, Open, log_in
from tests.browser.fitness import misfits
from tests.storage.assets import some_devices
from tests.web.conftest import START, House

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)

# A radio or a box is as large as its label.
TARGETS = (
    "main button, main select, main textarea, main label:has(input), nav a, summary,"
    " main input:not([type=checkbox], [type=radio])"
)
PAGES = (
    "/policy",
    "/policy/zone_hours.ring1",
    "/policy/limits.TEMP_HIGH.raise_at",
    "/remarks",
    "/remarks?state=reviewed",
    "/channels",
    "/journal",
    "/journal?kind=looks",
    "/labels",
    "/labels/1",
    "/s/ABCDEFGH2345",
)


@pytest.fixture
def office(house: House) -> House:
    """A figure that was changed and one that will be, remarks, labels: something on each page."""
    by = house.people[Role.HEAD]
    with transaction(house.parts.database) as tx:
        some_devices(tx, SiteId(1), 3)
        for typed, days in (("1.5", 0), ("1", 30)):
            said = Proposal(
                name="zone_hours.ring1",
                typed=typed,
                why="agreed with the customers",
                effective_from=START + timedelta(days=days),
                seen=99,
            )
            policy_desk.change(tx, said, house.parts.figures.base, by=by, now=START)
        for text in ("2 h are too short at 8 in the morning", "nobody has two channels"):
            last = remark_desk.write(tx, "A03", text, by=by, now=START)
        remark_desk.review(tx, last, "stays as it is", by=by, now=START)
        points = [None, *(device.id for device in device_rows.of_site(tx, SiteId(1)))]
        made = sticker_desk.make(tx, SiteId(1), points, revoke_old=False, by=by, now=START)
        sticker_desk.revoke(tx, made[0], by=by, now=START)
    house.parts.figures.read(house.parts.database)
    return house


@pytest.mark.usefixtures("office")
@pytest.mark.parametrize(
    ("size", "dark", "language"),
    [(DESKTOP, False, "en"), (PHONE, True, "zh")],
    ids=["desk-light-en", "phone-dark-zh"],
)
def test_every_page_is_fit_for_everybody(
    open_page: Open, size: tuple[int, int], language: str, *, dark: bool
) -> None:
    page = open_page("/login?next=/policy", size=size, language=language, dark=dark)
    log_in(page)
    assert misfits(page, TARGETS, *PAGES[:-1]) == {}


@pytest.mark.usefixtures("office")
def test_a_figure_is_changed_from_a_phone(open_page: Open) -> None:
    """A18: typed as people say it, with the reason, and in force when the page is back."""
    page = open_page("/login?next=/policy/ladder.again_s", size=PHONE)
    log_in(page)
    expect(page.locator(".figure-now")).to_have_text("5 min")
    page.fill("#value", "4 min")
    page.get_by_role("button", name="Change the figure").click()
    expect(page.locator("#why-error")).to_contain_text("A reason of 3")
    expect(page.locator("#value")).to_have_value("4 min")
    page.fill("#why", "the night of the storm")
    page.get_by_role("button", name="Change the figure").click()
    expect(page.locator(".figure-now")).to_have_text("4 min")
    expect(page.get_by_text("the night of the storm")).to_be_visible()


@pytest.mark.usefixtures("office")
def test_all_points_are_ticked_at_once_and_the_sheet_opens(open_page: Open) -> None:
    """E01: one tick for all, one button, one sheet."""
    page = open_page("/login?next=/labels/1")
    log_in(page)
    every = page.locator("[data-picks] input")
    tick_all(page)
    assert every.count() == page.locator("[data-picks] input:checked").count() == 4
    page.get_by_role("button", name="Make the labels").click()
    sheet = page.get_by_role("link", name="Open the sheet")
    expect(sheet).to_be_in_viewport()
    page.wait_for_function("""() => {
      const box = (one) => document.querySelector(one).getBoundingClientRect();
      return box("#ready").top >= box(".top").bottom;
    }""")
    address = sheet.get_attribute("href")
    assert address
    answer = page.request.get(address)
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.body().startswith(b"%PDF")


def tick_all(page: Page) -> None:
    box = page.locator("[data-pick-all] input")
    if not box.is_checked():
        box.check()
