"""A device's curves in a real browser: drawn, read with the keyboard, alive, nothing inline."""

import re
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from rules.model import DeviceId
from storage import states, telemetry
from storage.db import transaction
from storage.states import LastWord
from tests.browser.conftest import PHONE, Open, arrived, held, log_in
from tests.web.conftest import START, House, a_fault

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)

ONE = DeviceId(1)
MINUTE = timedelta(minutes=1)
# How many pixels of the canvas are nearer to this colour than to any other thing drawn.
COUNT = """(wanted) => {
  const canvas = document.querySelector("#plot canvas");
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  let found = 0;
  for (let n = 0; n < data.length; n += 4)
    found += data[n + 3] > 20 && wanted.every((one, i) => Math.abs(one - data[n + i]) < 24);
  return found;
}"""
BLUE, RED = [31, 95, 191], [194, 47, 47]


@pytest.fixture
def heard(house: House) -> House:
    """Two hours of temperature, twenty minutes of them missing, and a fault that still stands."""
    with transaction(house.parts.database) as tx:
        a_fault(tx, house, code="TEMP_HIGH", device=ONE)
        metrics = {"temperature_c": 52.0, "battery_pct": 80.0}
        states.put_all(tx, [LastWord(device_id=ONE, last_heard_at=START, metrics=metrics)])
    with transaction(house.parts.telemetry) as tx:
        minutes = [n for n in range(120) if not 40 <= n < 60]
        said = [{"temperature_c": 52.0 - n / 10, "battery_pct": 80.0} for n in minutes]
        points = [(ONE, START - n * MINUTE, one) for n, one in zip(minutes, said, strict=True)]
        telemetry.write(tx, points)
    return house


def the_device(open_page: Open, query: str = "", **how: Any) -> Page:
    page = open_page("/login?next=/devices/1", **how)
    log_in(page)
    page.goto(f"/devices/1{query}")
    expect(page.locator("#plot[data-drawn]")).to_have_count(1)
    return page


@pytest.mark.usefixtures("heard")
def test_curve_limit_and_fault_are_drawn(open_page: Open) -> None:
    page = the_device(open_page)
    assert page.evaluate(COUNT, BLUE) > 50
    assert page.evaluate(COUNT, RED) > 50
    expect(page.locator("#curves")).to_contain_text("Lowest 40.1, highest 52, last 52 °C")
    expect(page.locator("#curves")).to_contain_text("while a fault was open")


@pytest.mark.usefixtures("heard")
def test_a_curve_that_does_not_come_is_said_not_to(open_page: Open) -> None:
    page = open_page("/login?next=/devices")
    log_in(page)
    under_way = held(page, r"/devices/1/curve\?")
    page.goto("/devices/1", wait_until="commit")
    under_way(1).abort()
    expect(page.locator("#curve-at")).to_have_text(re.compile("No answer came"))


@pytest.mark.usefixtures("heard")
def test_single_readings_are_read_with_the_keyboard(open_page: Open) -> None:
    page = the_device(open_page)
    said = page.locator("#curve-at")
    expect(said).to_contain_text("left and right keys")
    page.locator("#plot").focus()
    for key, shown in (
        ("End", "09:02 · Temperature 52 °C"),
        ("ArrowLeft", "09:01 · Temperature 51.9 °C"),
        ("Shift+ArrowLeft", "08:51 · Temperature 50.9 °C"),
        ("ArrowRight", "08:52 · Temperature 51 °C"),
        ("Home", "07:03 · Temperature 40.1 °C"),
    ):
        page.keyboard.press(key)
        expect(said).to_contain_text(shown)
    page.keyboard.press("Escape")
    expect(said).to_contain_text("left and right keys")


def test_a_new_reading_arrives_without_a_reload_and_the_choice_stays_open(
    heard: House, open_page: Open
) -> None:
    page = the_device(open_page)
    page.evaluate("window.sameDocument = true")
    page.locator(".curve-pick summary").click()
    heard.clock.passes(minutes=1)
    with transaction(heard.parts.telemetry) as tx:
        telemetry.write(tx, [(ONE, heard.clock(), {"temperature_c": 70.0})])
    page.evaluate("htmx.ajax('GET', location.pathname, {target: '#device', swap: 'outerMorph'})")
    expect(page.locator("#curves")).to_contain_text("highest 70")
    newest = f"{heard.clock().timestamp():.0f}"
    expect(page.locator("#plot")).to_have_attribute("data-drawn", newest)
    expect(page.locator("#plot canvas")).to_have_count(1)
    page.locator("#plot").focus()
    page.keyboard.press("End")
    expect(page.locator("#curve-at")).to_contain_text("Temperature 70 °C")
    expect(page.locator(".curve-pick")).to_have_attribute("open", "")
    assert page.evaluate("window.sameDocument")


@pytest.mark.usefixtures("heard")
def test_several_curves_are_chosen_and_a_span_keeps_them(open_page: Open) -> None:
    page = the_device(open_page, size=PHONE, language="zh", dark=True)
    page.locator(".curve-pick summary").click()
    page.get_by_label("电池电量").check()
    page.get_by_role("button", name="显示", exact=True).click()
    both = "metric=(temperature_c|battery_pct)&metric=(temperature_c|battery_pct)$"
    arrived(page, re.compile(both))
    page.get_by_role("link", name="7 天").click()
    arrived(page, re.compile(rf"\?span=week&{both}"))
    expect(page.locator(".curve-key li")).to_have_count(2)
    expect(page.locator("#plot[data-drawn]")).to_have_count(1)
    page.locator("#plot").focus()
    page.keyboard.press("End")
    expect(page.locator("#curve-at")).to_contain_text("电池电量 80 %")
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE[0]


@pytest.mark.usefixtures("heard")
def test_the_file_is_one_click_away(open_page: Open) -> None:
    page = the_device(open_page, "?metric=temperature_c&metric=battery_pct")
    with page.expect_download() as got:
        page.get_by_role("link", name="CSV").click()
    text = got.value.path().read_text(encoding="utf-8-sig")
    assert text.startswith("at,metric,unit,low,mean,high")
    assert text.count("temperature_c") == text.count("battery_pct") == 100
