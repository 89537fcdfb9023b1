"""Events, swaps, hand-over notes and the calendar's address in a browser: fit, and done by hand."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from operations import handovers as handover_desk
from operations import rota as rota_desk
from operations import rota_swaps as swap_desk
from rules.duty import Span
from rules.model import Layer, Role
from rules.rota_swaps import Stretch, Swap
from storage import rota_swaps as swap_rows
from storage.db import reading, transaction
from tests.browser.conftest import DESKTOP, PHONE, Open, log_in
from tests.browser.fitness import misfits
from tests.browser.test_axe import MEANT
from tests.web.conftest import START, House
from tests.web.events import an_event

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)

PAGES = (
    "/occasions",
    "/occasions?state=over",
    "/occasions/new",
    "/occasions/1",
    "/duty/swaps",
    "/duty/notes",
    "/duty/calendar",
)


@pytest.fixture
def rota(house: House) -> House:
    """The engineer stands, then the head; an event, an offer, and a note for the head."""
    engineer, head = house.people[Role.ENGINEER], house.people[Role.HEAD]
    change = START + timedelta(hours=8)
    later = Span(starts_at=change, ends_at=START + timedelta(days=9))
    first = Span(starts_at=START, ends_at=change)
    with transaction(house.parts.database) as tx:
        an_event(tx, house)
        rota_desk.override(tx, Layer.FIRST, engineer, first, by=head, now=START)
        rota_desk.override(tx, Layer.FIRST, head, later, by=head, now=START)
        rota_desk.override(tx, Layer.SECOND, engineer, later, by=head, now=START)
        day = START + timedelta(days=3)
        given = Stretch(layer=Layer.SECOND, starts_at=day, ends_at=day + timedelta(hours=24))
        swap_desk.offer(tx, Swap(from_id=engineer, given=given, note="wedding", offered_at=START))
        handover_desk.write(tx, Layer.FIRST, "the key is at the gate", engineer, START)
    return house


@pytest.mark.usefixtures("rota")
@pytest.mark.parametrize(
    ("size", "dark", "language"),
    [(DESKTOP, False, "zh"), (PHONE, True, "en")],
    ids=["desk-light-zh", "phone-dark-en"],
)
def test_every_page_is_fit_for_everybody(
    open_page: Open, size: tuple[int, int], language: str, *, dark: bool
) -> None:
    page = open_page("/login?next=/occasions", size=size, language=language, dark=dark)
    log_in(page)
    assert misfits(page, MEANT, *PAGES) == {}


def test_a_duty_is_taken_and_a_note_read_by_hand(open_page: Open, rota: House) -> None:
    page = open_page("/login?next=/duty/swaps", size=PHONE, language="en")
    log_in(page)
    expect(page.locator("#s1")).to_contain_text("wedding")
    page.locator("#s1").get_by_role("button", name="I take it").click()
    expect(page.locator("#s1")).to_contain_text("Taken")
    with reading(rota.parts.database) as tx:
        assert swap_rows.open_ones(tx) == []
    page.goto("/duty/notes")
    page.get_by_role("button", name="Read", exact=True).click()
    expect(page.locator("#n1")).to_contain_text("Read by")


@pytest.mark.usefixtures("rota")
def test_an_item_is_ticked_off_and_the_address_is_shown_once(open_page: Open) -> None:
    page = open_page("/login?next=/occasions/1", size=DESKTOP, language="en")
    log_in(page)
    expect(page.locator("#items")).to_contain_text("2 of 3 still to do")
    page.locator("#items").get_by_role("button", name="Done", exact=True).first.click()
    expect(page.locator("#items")).to_contain_text("1 of 3 still to do")
    page.goto("/duty/calendar")
    page.get_by_role("button", name="Make an address").click()
    expect(page.locator(".copyable")).to_have_text(re.compile(r"/ics/[\w-]{40,}\.ics$"))
    page.goto("/duty/calendar")
    expect(page.locator(".copyable")).to_have_count(0)
