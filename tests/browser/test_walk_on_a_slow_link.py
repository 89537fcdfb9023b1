"""A09 in a real browser: what is tapped, taken and typed while something else is under way."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from rules.inspections import Result
from tests.browser.conftest import Open, held
from tests.browser.test_inspections import settles, tap, walking
from tests.web import inspected
from tests.web.conftest import House
from tests.web.inspected import a_photo

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)


def test_an_answer_goes_after_the_photos_never_past_them(
    house: House, open_page: Open, tmp_path: Path
) -> None:
    """The next point would take the photo's form away; the second one waits for the first."""
    walk = inspected.begun(house)
    page = walking(open_page, walk)
    page.goto(walk.at("V-0"))
    under_way = held(page, "/photos$")
    for number in (1, 2):
        taken = tmp_path / f"IMG_{number}.jpg"
        taken.write_bytes(a_photo())  # of noise: no two are alike
        page.set_input_files("#photo", taken)
        under_way(1)
    under_way(1).abort()
    expect(page.locator("#unsent")).to_be_visible()
    tap(page, "normal")
    under_way(2).continue_()
    under_way(3).continue_()
    expect(page.locator("#point-title")).to_have_text("V-1")
    expect(page.locator("#unsent")).to_be_hidden()
    assert len(walk.point("V-0").photos) == 2
    assert walk.point("V-0").result is Result.NORMAL


def test_what_is_typed_while_an_answer_is_under_way_stays(house: House, open_page: Open) -> None:
    walk = inspected.begun(house)
    page = walking(open_page, walk)
    page.goto(walk.at("V-0"))
    settles(page)
    under_way = held(page, re.escape(walk.at("V-0")))
    page.locator(f"#item-{walk.item('V-0', 'view').id} .is-normal").click()
    sent = under_way(1)
    volts = page.locator(f"#value-{walk.item('V-0', 'supply_v').id}")
    volts.fill("12.4")
    sent.continue_()
    expect(page.locator(f"#item-{walk.item('V-0', 'view').id}.is-normal")).to_be_visible()
    settles(page)
    expect(volts).to_have_value("12.4")
    expect(volts).to_be_focused()
