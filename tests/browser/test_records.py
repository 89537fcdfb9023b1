"""Lists kept in a real browser: the pin on a map without tiles, and the search by keyboard."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from operations import places
from rules.model import SiteId
from storage import sites as site_rows
from storage.db import reading, transaction
from tests.browser.conftest import DESKTOP, PHONE, Open, context_of, held, log_in
from tests.browser.fitness import unfit
from tests.storage.assets import some_devices
from tests.web.conftest import START, House

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)

RINGS = Path(__file__).parents[2] / "ringwatch" / "demo" / "company" / "chengdu_approx.geojson"
LON, LAT = 104.06354, 30.65984
MEANT = "main button, main select, main input:not([type=checkbox]):not([type=hidden]), nav a"


@pytest.fixture
def city(house: House) -> House:
    """Chengdu's rings, a site in the middle of them, three devices."""
    with transaction(house.parts.database) as tx:
        places.take_rings(tx, RINGS.read_bytes(), by=None, now=START)
        site_rows.change(
            tx,
            SiteId(1),
            {
                "lon": LON,
                "lat": LAT,
                "given_crs": "wgs84",
                "zone_how": "auto",
                "on_site_rule": "zones.rule.table",
            },
        )
        some_devices(tx, SiteId(1), 3)
    return house


def enter(open_page: Open, path: str, name: str = "admin", **how: object) -> Page:
    page = open_page(f"/login?next={path}", **how)
    log_in(page, name)
    return page


def value(page: Page, field: str) -> float:
    return float(page.input_value(f"#{field}"))


def test_the_pin_is_dragged_and_the_zone_follows(open_page: Open, city: House) -> None:
    """A03. No tile is asked for: nothing leaves the house, and it works without a net."""
    page = enter(open_page, "/manage/sites/1")
    asked: list[str] = []
    page.on("request", lambda one: asked.append(one.url))
    page.goto("/manage/sites/1")
    expect(page.locator("path.ring")).to_have_count(4)
    expect(page.locator("#place .answer")).to_contain_text("Inside ring 1: on site within 2 h.")
    page.locator(".leaflet-marker-icon").scroll_into_view_if_needed()
    box = page.locator(".leaflet-marker-icon").bounding_box()
    assert box is not None
    before = value(page, "lon")
    page.mouse.move(box["x"] + 16, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + 136, box["y"] + 20, steps=8)
    page.mouse.up()
    expect(page.locator("#place .answer")).not_to_contain_text("Inside ring 1:")
    assert value(page, "lon") > before + 0.01
    page.locator("form#record button.save").click()
    expect(page.locator(".note.is-good")).to_contain_text("Saved")
    with reading(city.parts.database) as tx:
        site = site_rows.get(tx, SiteId(1))
    assert site is not None
    assert site.zone != "ring1"
    assert {url.split("/")[2] for url in asked} == {page.url.split("/")[2]}


def test_a_click_moves_the_pin_for_whom_dragging_is_hard(open_page: Open, city: House) -> None:
    """WCAG 2.5.7; the fields are a third way."""
    page = enter(open_page, "/manage/sites/1")
    expect(page.locator("#place .answer")).to_be_visible()
    before = value(page, "lat")
    page.locator("#map").click(position={"x": 200, "y": 340})
    expect(page.locator("#place .is-kept")).not_to_contain_text(f"{LAT:.6f}")
    assert value(page, "lat") < before
    del city


def test_a_coordinate_keeps_its_system_and_the_pin_stands_where_it_is(
    open_page: Open, city: House
) -> None:
    """The same figures in GCJ-02 are 500 m away: the system is named, never guessed."""
    page = enter(open_page, "/manage/sites/1")
    expect(page.locator("#place .answer")).to_be_visible()
    page.select_option("#crs", "gcj02")
    expect(page.locator("#place .is-kept")).to_contain_text("GCJ-02")
    moved = page.locator("#place [data-found]").get_attribute("data-lon")
    assert moved is not None
    assert 0.001 < abs(float(moved) - LON) < 0.01
    typed = page.input_value("#lon")
    page.locator("#map").click(position={"x": 250, "y": 200})
    expect(page.locator("#lon")).not_to_have_value(typed)
    expect(page.locator("#crs")).to_have_value("gcj02")
    page.fill("#lon", "30.66")
    page.fill("#lat", "104.06")
    page.locator("#lat").blur()
    expect(page.locator("#place")).to_contain_text("swapped")
    del city


def test_nobody_types_into_a_place_that_is_being_moved(open_page: Open, city: House) -> None:
    """The answer to a click would be mixed with what was typed meanwhile: 104.06 and 30.66."""
    page = enter(open_page, "/manage/sites/1")
    expect(page.locator("#place .answer")).to_be_visible()
    under_way = held(page, r"place\?")
    before = value(page, "lat")
    page.locator("#map").click(position={"x": 200, "y": 340})
    expect(page.locator("#lat")).not_to_be_editable()
    expect(page.locator("#lon")).not_to_be_editable()
    under_way(1).continue_()
    expect(page.locator("#lat")).to_be_editable()
    assert value(page, "lat") < before
    page.locator("#map").click(position={"x": 200, "y": 340})
    expect(page.locator("#lat")).not_to_be_editable()
    under_way(2).abort()
    expect(page.locator("#lat")).to_be_editable()
    expect(page.locator("#place")).to_contain_text("Check the connection")
    del city


def test_a_place_is_kept_where_the_pin_was_put_just_before(open_page: Open, city: House) -> None:
    """Saved while the fields still say the old place: the form waits for them."""
    page = enter(open_page, "/manage/sites/1")
    expect(page.locator("#place .answer")).to_be_visible()
    under_way = held(page, r"place\?")
    page.locator("#map").click(position={"x": 200, "y": 340})
    page.locator("form#record button.save").click()
    under_way(1).continue_()
    expect(page.locator(".note.is-good")).to_contain_text("Saved")
    with reading(city.parts.database) as tx:
        site = site_rows.get(tx, SiteId(1))
    assert site is not None
    assert site.lat is not None
    assert site.lat < LAT - 0.001


def test_the_search_answers_what_stands_there_now(open_page: Open, city: House) -> None:
    """Each letter asks; an answer to fewer of them, however late, is nobody's."""
    page = enter(open_page, "/rota")
    page.keyboard.press("/")
    under_way = held(page, r"/search\?q=(d|d1)$")
    page.keyboard.type("d")
    first = under_way(1)
    page.keyboard.type("1")
    under_way(2).continue_()
    expect(page.locator("#search-hits [data-for='d1']")).to_have_count(1)
    expect(page.locator("[data-hit]")).to_have_count(1)
    page.keyboard.type("x")
    expect(page.locator("#search-hits [data-for='d1x']")).to_have_count(1)
    page.context.set_offline(True)
    page.keyboard.type("y")
    expect(page.locator("#search-hits")).to_contain_text("No answer came")
    first.abort()
    del city


def test_the_search_by_keyboard_alone(open_page: Open, city: House) -> None:
    """`/` anywhere, a few letters, arrows, Enter; Escape leaves everything as it was."""
    page = enter(open_page, "/rota")
    page.keyboard.press("/")
    expect(page.locator("#search-all")).to_be_visible()
    page.keyboard.type("d")
    page.keyboard.type("1")
    expect(page.locator("[data-hit]")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.locator("#search-all")).to_be_hidden()
    page.keyboard.press("/")
    page.keyboard.type("S-1")
    expect(page.locator("#search-hits [data-for='S-1']")).to_have_count(1)
    page.keyboard.press("ArrowDown")
    expect(page.locator("[data-hit].is-current")).to_have_count(1)
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/sites/1$"))
    page.goto("/manage/devices")
    page.keyboard.press("f")
    expect(page.locator("#q")).to_be_focused()
    del city


def test_a_file_is_previewed_and_applied(open_page: Open, city: House, tmp_path: Path) -> None:
    file = tmp_path / "devices.csv"
    file.write_text("site,code,type,via\nS-1,cam-77,camera,d0\n", encoding="utf-8")
    page = enter(open_page, "/import")
    page.select_option("#kind", "devices")
    page.set_input_files("#file", file)
    page.click("main form button.save")
    expect(page.locator("main")).to_contain_text("1 new")
    page.click("main form button.save")
    expect(page.locator(".note.is-good")).to_contain_text("Kept.")
    page.goto("/devices?q=cam-77")
    expect(page.locator("[data-row]")).to_have_count(1)
    del city


PAGES = (
    "/manage",
    "/manage/sites",
    "/manage/customers?archived=1",
    "/manage/sites/1?reveal=yes",
    "/manage/devices/1",
    "/manage/devices/new",
    "/manage/people/1?reveal=yes",
    "/import",
    "/search?q=S-1",
)


@pytest.mark.usefixtures("city")
@pytest.mark.parametrize(
    ("size", "dark", "language"),
    [(DESKTOP, True, "en"), (PHONE, False, "zh")],
)
def test_every_page_is_fit_for_everybody(
    open_page: Open, size: tuple[int, int], language: str, *, dark: bool
) -> None:
    page = enter(open_page, "/manage", size=size, language=language, dark=dark)
    found: dict[str, list[str]] = {}
    for path in PAGES:
        page.goto(path)
        page.evaluate("document.querySelectorAll('main details').forEach((d) => d.open = true)")
        if "/sites/1" in path:
            expect(page.locator("#place .answer")).to_be_visible()
        if wrong := unfit(page, MEANT):
            found[path] = wrong
    assert found == {}


@pytest.mark.usefixtures("city")
def test_the_form_works_without_script(open_page: Open, address: str) -> None:
    page = open_page("/login")
    browser = page.context.browser
    assert browser is not None
    with context_of(browser, address, java_script_enabled=False) as context:
        plain = context.new_page()
        plain.goto("/login?next=/manage/customers/1")
        log_in(plain, "admin")
        plain.fill("#name", "锦江商场")
        plain.locator("form#record button.save").click()
        expect(plain.locator("h1")).to_have_text("锦江商场")
