"""A09, B11 in a real browser: thumbs on a phone, a real file chooser, a finger on the glass."""

import io
from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from operations import work_orders as order_desk
from rules.inspections import Decision, Result, Stand
from rules.model import Role
from storage import work_orders as order_rows
from storage.db import reading, transaction
from tests.browser.conftest import DESKTOP, PHONE, Open, log_in
from tests.browser.fitness import unfit
from tests.waiting import until
from tests.web import inspected
from tests.web.conftest import House
from tests.web.inspected import Walk, a_photo
from words import say

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)

MEANT = "main button:not(.visually-hidden), main select, main .btn, .choices label, nav a, summary"
DARK_SHARE = """(glass) => {
  const board = glass.getContext("2d");
  const {data} = board.getImageData(0, 0, glass.width, glass.height);
  let dark = 0;
  for (let n = 0; n < data.length; n += 4) if (data[n] < 100) dark += 1;
  return dark;
}"""

TAP_AGAIN = """() => document.addEventListener("htmx:after:swap", () => {
  document.querySelector(".three .is-normal").click();
  window.tappedAgain = true;
}, {once: true})"""


def walking(open_page: Open, walk: Walk, language: str = "en", name: str = "engineer") -> Page:
    page = open_page(f"/login?next={walk.address}", size=PHONE, language=language)
    log_in(page, name)
    return page


def settles(page: Page) -> None:
    """A page has its scripts first; a point that has just come takes no tap for a moment."""
    page.wait_for_load_state("load")
    expect(page.locator("html:not([data-settling]) #walk")).to_be_visible()


def tap(page: Page, word: str) -> None:
    settles(page)
    page.locator(f".three .is-{word}").click()


def sign(page: Page) -> None:
    glass = page.locator("[data-glass]")
    glass.scroll_into_view_if_needed()
    page.wait_for_load_state("load")
    box = glass.bounding_box()
    assert box
    page.mouse.move(box["x"] + 40, box["y"] + 120)
    page.mouse.down()
    for step in range(20):
        page.mouse.move(box["x"] + 40 + step * 9, box["y"] + 120 - (step % 5) * 16)
    page.mouse.up()
    expect(page.locator("html[data-signed]")).to_be_attached()


@pytest.mark.parametrize("language", ["en"])
def test_the_month_from_the_first_point_to_the_issue(
    house: House, open_page: Open, tmp_path: Path, language: str
) -> None:
    """Plan, points, a value, a photo, an order, the signature, the head: nothing by another way."""
    walk = inspected.planned(house, devices=2)
    page = walking(open_page, walk, language)
    page.click("#do .main-act")
    expect(page.locator("#point-title")).to_have_text("V-0")
    _measures_and_takes_a_photo(page, walk, tmp_path)
    _finds_something(page, walk)
    house.clock.passes(minutes=5)
    tap(page, "not_checked")
    page.click("[data-panel=not_checked] [data-fill] >> nth=0")
    page.click("[data-panel=not_checked] .btn-primary")
    expect(page.locator(".walk-said")).to_contain_text("V-1")
    _walks_on(house, page, walk)
    _sees_it_through(page, walk, language)

    assert walk.item("V-0", "supply_v").value == 12.4
    assert walk.item("V-0", "housing").note == "护罩开裂"
    assert walk.point("V-1").result is Result.NOT_CHECKED
    kept = house.parts.files.get(walk.point("V-0").photos[0].file)
    assert b"SECRETPHONE" not in kept
    assert Image.open(io.BytesIO(kept)).size == (960, 1280)


def _measures_and_takes_a_photo(page: Page, walk: Walk, folder: Path) -> None:
    """A figure outside its limits is not normal; a photo leaves what is typed alone."""
    volts = walk.item("V-0", "supply_v")
    page.fill(f"#value-{volts.id}", "9.5")
    tap(page, "normal")
    expect(page.locator(f"#wrong-{volts.id}")).to_be_visible()
    expect(page.locator(f"#value-{volts.id}")).to_have_value("9.5")
    settles(page)
    page.fill(f"#value-{volts.id}", "12.4")
    taken = folder / "IMG_1.jpg"
    taken.write_bytes(a_photo())
    page.set_input_files("#photo", taken)
    expect(page.locator("#photos .photo")).to_have_count(1)
    expect(page.locator(f"#value-{volts.id}")).to_have_value("12.4")


def _finds_something(page: Page, walk: Walk) -> None:
    tap(page, "abnormal")
    page.select_option("#item-abnormal", str(walk.item("V-0", "housing").id))
    page.fill("#note-abnormal", "护罩开裂")
    page.click("[data-panel=abnormal] .btn-primary")
    expect(page.locator(".item-order")).to_have_count(1)
    tap(page, "normal")
    expect(page.locator("#point-title")).to_have_text("V-1")


def _walks_on(house: House, page: Page, walk: Walk) -> None:
    for _ in range(len(walk.sheet.points) - 2):
        house.clock.passes(minutes=5)
        point = page.locator("#walk").get_attribute("data-address")
        tap(page, "normal")
        expect(page.locator(f"#walk[data-address='{point}'] .three")).to_have_count(0)
    assert walk.sheet.next_point() is None


def _sees_it_through(page: Page, walk: Walk, language: str) -> None:
    """Finished, signed, issued; nobody reloads anything."""
    page.goto(walk.address)
    page.fill("#remarks", "下月清洁护罩")
    page.click("#do .main-act")
    expect(page.locator("#do .main-act")).to_have_text(say(language, "sheet.sign"))
    page.click("#do .main-act")
    page.fill("#signer_name", "刘强")
    sign(page)
    page.click("form[action$='/sign'] .main-act")
    expect(page.locator(".signature-shown")).to_be_visible()
    page.locator(".signature-shown").scroll_into_view_if_needed()
    until(lambda: page.locator(".signature-shown").evaluate("(image) => image.naturalWidth"))
    assert walk.stands() is Stand.TO_ISSUE
    page.goto("about:blank")  # the page would notice itself that its login is over
    page.context.clear_cookies(name="ringwatch")
    page.goto(f"/login?next={walk.address}")
    log_in(page, "head")
    page.click("#do .main-act")
    expect(page.locator(".answer")).to_contain_text(say(language, "inspection.stand.issued")[:2])
    expect(page.locator("#papers .waiting")).to_be_visible()
    assert walk.stands() is Stand.ISSUED


def test_a_double_tap_answers_one_point_only(house: House, open_page: Open) -> None:
    """The second tap lands where the next point's button has just appeared."""
    walk = inspected.begun(house)
    page = walking(open_page, walk)
    page.goto(walk.at("V-0"))
    settles(page)
    page.evaluate(TAP_AGAIN)
    page.locator(".three .is-normal").click()
    expect(page.locator("#point-title")).to_have_text("V-1")
    page.wait_for_function("window.tappedAgain")
    settles(page)
    expect(page.locator("#point-title")).to_have_text("V-1")
    assert not walk.point("V-1").touched
    tap(page, "normal")
    expect(page.locator("#point-title")).to_have_text("V-2")


def test_a_stale_page_shows_what_has_become_of_the_point(house: House, open_page: Open) -> None:
    walk = inspected.begun(house)
    page = walking(open_page, walk)
    page.goto(walk.at("V-0"))
    other = house.enter(Role.SUPERVISOR)
    item = walk.item("V-0", "view")
    other.post(walk.at("V-0"), data={"say": f"abnormal-{item.id}", "note_abnormal": "moved"})
    tap(page, "normal")
    expect(page.locator("#walk .note")).to_contain_text("Somebody else has answered this point")
    expect(page.locator(f"#item-{item.id}")).to_contain_text("moved")
    assert walk.item("V-0", "housing").result is None


def test_no_tap_is_lost_without_a_connection(house: House, open_page: Open) -> None:
    walk = inspected.begun(house)
    page = walking(open_page, walk)
    page.goto(walk.at("V-0"))
    settles(page)
    page.context.set_offline(True)
    page.locator(".three .is-normal").click()
    expect(page.locator("#unsent")).to_be_visible()
    assert not walk.point("V-0").touched
    page.context.set_offline(False)
    expect(page.locator("#point-title")).to_have_text("V-1")
    expect(page.locator("#unsent")).to_be_hidden()
    assert walk.point("V-0").result is Result.NORMAL


def test_not_checked_asks_why_and_stays_until_it_is_told(house: House, open_page: Open) -> None:
    walk = inspected.begun(house)
    page = walking(open_page, walk)
    page.goto(walk.at("V-0"))
    tap(page, "not_checked")
    page.click("[data-panel=not_checked] .btn-primary")
    expect(page.locator("#note-not_checked-error")).to_be_visible()
    expect(page.locator("#note-not_checked")).to_be_focused()
    assert not walk.point("V-0").touched
    settles(page)
    page.fill("#note-not_checked", "locked")
    page.click("[data-panel=not_checked] .btn-primary")
    expect(page.locator("#point-title")).to_have_text("V-1")
    assert walk.point("V-0").result is Result.NOT_CHECKED


def test_the_order_of_an_abnormal_item_is_one_tap_away(house: House, open_page: Open) -> None:
    walk = inspected.begun(house)
    page = walking(open_page, walk)
    page.goto(walk.at("V-0"))
    settles(page)
    item = walk.item("V-0", "housing")
    page.click(f"#item-{item.id} .is-abnormal")
    expect(page.locator("#item-abnormal")).to_have_value(str(item.id))
    page.fill("#note-abnormal", "glass cracked")
    page.click("[data-panel=abnormal] .btn-primary")
    page.click(".item-order")
    with reading(house.parts.database) as tx:
        (order,) = order_rows.all_open(tx)
    expect(page.locator("h1")).to_contain_text("Found at an inspection")
    assert page.url.endswith(f"/orders/{order.id}")
    with transaction(house.parts.database) as tx:
        order_desk.diagnose(tx, order.id, house.people[Role.ENGINEER], house.clock(), "sun")


def test_what_the_device_said_stands_beside_the_point(house: House, open_page: Open) -> None:
    walk = inspected.begun(house)
    inspected.is_offline(house, "V-1", since=timedelta(hours=30), until=timedelta(hours=29))
    page = walking(open_page, walk, "zh")
    page.goto(walk.at("V-1"))
    expect(page.locator(".evidence")).to_contain_text("设备本月离线 1 次")
    page.goto(walk.at("V-0"))
    expect(page.locator(".evidence")).to_contain_text("设备本月自报一直正常")


def test_what_was_drawn_survives_a_missing_name_and_is_wiped_by_a_button(
    house: House, open_page: Open
) -> None:
    walk = inspected.begun(house)
    walk.finished()
    page = walking(open_page, walk)
    page.goto(f"{walk.address}/sign")
    glass = page.locator("[data-glass]")
    assert glass.evaluate(DARK_SHARE) == 0
    sign(page)
    assert glass.evaluate(DARK_SHARE) > 200
    page.click("form[action$='/sign'] .main-act")
    expect(page.locator("#signer_name-error")).to_be_visible()
    expect(page.locator("html[data-signed]")).to_be_attached()
    assert glass.evaluate(DARK_SHARE) > 200
    page.click("[data-clear]")
    assert glass.evaluate(DARK_SHARE) == 0
    page.fill("#signer_name", "Liu")
    page.click("form[action$='/sign'] .main-act")
    expect(page.locator("#signature-error")).to_be_visible()
    assert walk.stands() is Stand.TO_SIGN


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desk", "phone"])
def test_the_head_decides_where_sheet_and_device_disagree(
    house: House, open_page: Open, size: tuple[int, int]
) -> None:
    walk = inspected.begun(house)
    inspected.is_offline(house, "V-1", since=timedelta(hours=5))
    walk.signed()
    page = open_page(f"/login?next={walk.address}", size=size)
    log_in(page, "head")
    expect(page.locator("#doubts")).to_contain_text("Said to be normal; the device reported")
    expect(page.locator("form[action$='/issue']")).to_have_count(0)
    point = walk.point("V-1")
    form = page.locator(f"#decide-{point.id} form")
    form.locator("button").click()
    expect(page.locator(f"#decision-{point.id}-error")).to_be_visible()
    page.check(f"#d{point.id}-false")
    form.locator("button").click()
    expect(page.locator(f"#reason-{point.id}-error")).to_be_visible()
    expect(page.locator(f"#d{point.id}-false")).to_be_checked()
    page.fill(f"#reason-{point.id}", "nobody was there")
    form.locator("button").click()
    page.click("form[action$='/issue'] button")
    expect(page.locator("#papers")).to_be_visible()
    assert walk.point("V-1").decision is Decision.FALSE
    assert walk.stands() is Stand.ISSUED


def test_the_sheet_follows_the_walk_by_itself(house: House, open_page: Open) -> None:
    """The head looks on while the engineer walks."""
    walk = inspected.begun(house)
    page = open_page(f"/login?next={walk.address}")
    log_in(page, "head")
    before = len(walk.sheet.points)
    expect(page.locator(".answer")).to_have_text(f"{before} points to go")
    house.enter(Role.ENGINEER).post(walk.at("V-0"), data={"say": "normal"})
    expect(page.locator(".answer")).to_have_text(f"{before - 1} points to go")


@pytest.mark.parametrize(
    ("size", "dark", "language"),
    [(DESKTOP, True, "zh"), (PHONE, False, "en")],
    ids=["desk-dark-zh", "phone-light-en"],
)
def test_every_page_is_fit_for_everybody(
    house: House, open_page: Open, size: tuple[int, int], language: str, *, dark: bool
) -> None:
    """WCAG 2.2 AA by axe, thumbs of 44 px, nothing scrolls sideways."""
    walk, doubted, issued = (inspected.begun(house, code) for code in "VDI")
    inspected.is_offline(house, "D-1", since=timedelta(hours=5))
    doubted.signed()
    issued.issued()
    browser = house.enter(Role.ENGINEER)
    browser.post(f"{walk.at('V-0')}/photos", files={"photo": ("a.jpg", a_photo(), "image/jpeg")})
    item = walk.item("V-0", "housing")
    browser.post(walk.at("V-0"), data={"say": f"abnormal-{item.id}", "note_abnormal": "护罩开裂"})
    page = open_page("/login?next=/orders", size=size, language=language, dark=dark)
    log_in(page)
    found = {}
    for path in ("/inspections", walk.address, walk.at("V-0"), doubted.address, issued.address):
        page.goto(path)
        page.evaluate("document.querySelectorAll('main details').forEach((d) => d.open = true)")
        page.evaluate("document.querySelectorAll('[data-panel]').forEach((p) => p.hidden = false)")
        found[path] = unfit(page, MEANT)
    walk.finished()
    page.goto(f"{walk.address}/sign")
    found["sign"] = unfit(page, MEANT)
    assert {path: wrong for path, wrong in found.items() if wrong} == {}
