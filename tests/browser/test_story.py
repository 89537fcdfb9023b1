"""One night from end to end in a real browser: the camera speaks through intake, people click."""

import json
import re

import pytest
from playwright.sync_api import Page, expect

from collector.intake import Intake
from collector.message import Message
from rules.model import SiteId
from storage import work_orders as order_rows
from storage.db import reading, transaction
from tests.browser.conftest import DESKTOP, PHONE, Open, arrived, log_in
from tests.storage.assets import some_devices
from tests.web.conftest import House
from words import say

CONFIRMED_S = 61  # a flag counts when it has stood for a minute, and so does its end
TYPED = {"diagnose": "水晶头氧化", "repair": "更换水晶头", "accept": "刘强"}


class Camera:
    """It says over the wire how it is; a minute later the collector believes it."""

    def __init__(self, house: House) -> None:
        self._house = house
        with transaction(house.parts.database) as tx:
            some_devices(tx, SiteId(1), 1)
        self._intake = Intake(house.parts)
        self._intake.start(house.clock())

    def says(self, *, video_loss: bool) -> None:
        for _ in range(2):
            now = self._house.clock()
            said = {"t": now.isoformat(), "interval": 60, "flags": {"video_loss": video_loss}}
            topic = "ringwatch/v1/S-1/d0/health"
            self._intake.take([Message(topic, json.dumps(said).encode())], now)
            self._house.clock.passes(seconds=CONFIRMED_S)
            self._intake.ring(self._house.clock(), self._house.clock())


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("language", "size"), [("en", DESKTOP), ("zh", PHONE)], ids=["desk-en", "phone-zh"]
)
def test_from_a_dark_picture_to_the_customers_name(
    house: House, open_page: Open, size: tuple[int, int], language: str
) -> None:
    camera = Camera(house)
    page = open_page("/login?next=/", size=size, language=language)
    log_in(page, "engineer")
    _watching(page, language)

    camera.says(video_loss=True)
    row = page.locator("[data-row]")
    expect(row).to_contain_text(say(language, "code.CAM_VIDEO_LOSS.name"))
    row.get_by_role("button", name=say(language, "verb.acknowledge")).click()
    expect(row).to_contain_text(say(language, "board.stands.received"))
    _never_reloaded(page)

    row.locator(".row-title").click()
    arrived(page, re.compile(r"/orders/\d+$"))
    _watching(page, language)
    for verb in ("depart", "arrive", "diagnose", "repair"):
        _do(page, language, verb)
    answer = page.locator(".answer")
    expect(answer).to_have_text(say(language, "order.answer.proving"))
    camera.says(video_loss=False)
    expect(answer).to_have_text(say(language, "order.answer.proven"))
    _do(page, language, "accept")
    expect(answer).to_have_text(say(language, "order.answer.closed"))
    expect(page.locator(".stepper .is-done")).to_have_count(page.locator(".stepper li").count())
    for words in TYPED.values():
        expect(page.locator(".story")).to_contain_text(words)
    _never_reloaded(page)
    with reading(house.parts.database) as tx:
        assert order_rows.all_open(tx) == []


def _watching(page: Page, language: str) -> None:
    """Wait until the stream is open, and mark the page: a reload would wipe the mark."""
    expect(page.locator("[data-live-word]").first).to_have_text(say(language, "live.on"))
    page.evaluate("window.sameDocument = true")


def _never_reloaded(page: Page) -> None:
    assert page.evaluate("window.sameDocument")


def _do(page: Page, language: str, verb: str) -> None:
    """The one filled button of the page does it, with what it asks for."""
    act = page.locator(f"#do > .card-body > form[action$='/{verb}']")
    expect(act).to_be_visible()
    if verb in TYPED:
        act.locator("textarea, input[type=text]").fill(TYPED[verb])
    button = act.locator(".main-act")
    expect(button).to_have_text(say(language, f"verb.{verb}"))
    button.click()
    expect(act).to_have_count(0)
