"""One month from end to end, by nothing but people, a browser, a post office and the clock.

Plan, phone, abnormal, order, signature, the head's decision, PDF, mail, verify page, download
(A09, B04, B11, D03, D04).
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from reports import signing
from reports.signing import Seal
from rules.inspections import Decision, Stand
from rules.policy import Policy
from scheduler import sending
from scheduler.plan import plan
from scheduler.printing import Press
from storage import inspections as inspection_rows
from storage.db import reading
from tests.browser.conftest import DESKTOP, Open, log_in
from tests.browser.test_inspections import settles, sign, tap, walking
from tests.mailbox import Mailbox
from tests.waiting import until
from tests.web import inspected
from tests.web.conftest import House
from tests.web.inspected import Walk
from wiring.parts import Parts
from wiring.settings import Settings
from words import say

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)


@dataclass(frozen=True, slots=True)
class Received:
    """What lay in the customer's mailbox."""

    name: str
    content: bytes
    text: str


@pytest.fixture
def press() -> Iterator[Press]:
    made = Press()
    yield made
    made.close()


@dataclass(frozen=True, slots=True)
class Works:
    """What runs behind the pages: the press and the sender, by parts of their own."""

    parts: Parts
    press: Press
    mailbox: Mailbox


@pytest.fixture
def works(house: House, address: str, mailbox: Mailbox, press: Press) -> Works:
    """The same database, real mail, and the address the browser knows."""
    provider = f"smtp://127.0.0.1:{mailbox.port}/?from=watch@example.com"
    said = {
        "data": house.parts.settings.data,
        "public_url": address,
        "channel": [{"name": "mail", "providers": [provider]}],
    }
    parts = replace(house.parts, settings=Settings.model_validate(said))
    return Works(parts, press, mailbox)


@pytest.mark.parametrize("language", ["zh"])
def test_a_month_on_paper(
    house: House, open_page: Open, works: Works, tmp_path: Path, language: str
) -> None:
    walk = planned_twice(house)
    phone = walking(open_page, walk, language)
    phone.click("#do .main-act")
    finds_a_crack(phone)
    walks_on(house, phone, walk)
    finishes_and_signs(phone, walk)
    desk = open_page(f"/login?next={walk.address}", language=language)
    log_in(desk, "head")
    decides(desk, walk)
    desk.click("#do .main-act")
    expect(desk.locator("#papers .waiting")).to_be_visible()

    assert works.press.look(works.parts) == 1
    expect(desk.locator("#papers a.main-act")).to_be_visible(timeout=120_000)
    letter = arrives(works)
    says_what_was_found(letter, tmp_path)
    is_verified(open_page, letter, tmp_path, language)
    assert downloads(open_page, letter, language) == letter.content


def planned_twice(house: House) -> Walk:
    """A09: planned by the clock, once, however often it is asked; a device was offline since."""
    walk = inspected.planned(house, devices=2)
    for _ in range(2):
        plan(house.parts.database, Policy(), house.clock())
    with reading(house.parts.database) as tx:
        months = [
            one.period for one in inspection_rows.of_system(tx, walk.sheet.inspection.system_id)
        ]
    assert sorted(months) == ["2026-06", "2026-07"]
    inspected.is_offline(house, "V-1", since=timedelta(hours=5))
    return walk


def finds_a_crack(phone: Page) -> None:
    """An abnormal item becomes an order at once."""
    expect(phone.locator("#point-title")).to_have_text("V-0")
    tap(phone, "abnormal")
    phone.fill("#note-abnormal", "护罩开裂 #strong[x]")
    phone.click("[data-panel=abnormal] .btn-primary")
    expect(phone.locator(".item-order")).to_have_count(1)
    tap(phone, "normal")
    expect(phone.locator("#point-title")).to_have_text("V-1")


def walks_on(house: House, phone: Page, walk: Walk) -> None:
    """The rest is said to be normal, also the point whose device was offline (B11)."""
    for _ in range(len(walk.sheet.points) - 1):
        house.clock.passes(minutes=5)
        point = phone.locator("#walk").get_attribute("data-address")
        settles(phone)
        phone.locator(".three .is-normal").click()
        expect(phone.locator(f"#walk[data-address='{point}'] .three")).to_have_count(0)


def finishes_and_signs(phone: Page, walk: Walk) -> None:
    phone.goto(walk.address)
    phone.fill("#remarks", "下月清洁护罩")
    phone.click("#do .main-act")
    phone.click("#do a.main-act")
    phone.fill("#signer_name", "刘强")
    sign(phone)
    phone.click("form[action$='/sign'] .main-act")
    expect(phone.locator(".signature-shown")).to_be_visible()
    assert walk.stands() is Stand.TO_DECIDE
    assert phone.locator("#do form[action$='/issue']").count() == 0


def decides(desk: Page, walk: Walk) -> None:
    """Each contradiction with its reason; before that nothing can be issued."""
    expect(desk.locator("#do form[action$='/issue']")).to_have_count(0)
    for point in walk.sheet.undecided:
        box = desk.locator(f"#doubt-{point.id}")
        box.locator(f"label[for=d{point.id}-stands]").click()
        box.locator("textarea").fill("当天已现场核实")
        box.locator("form button").click()
        expect(box.locator("q")).to_have_text("当天已现场核实")
    assert walk.point("V-1").decision is Decision.STANDS
    assert walk.stands() is Stand.TO_ISSUE


def arrives(works: Works) -> Received:
    received = works.mailbox.received
    with sending.at_work(works.parts):
        until(lambda: any(list(one.iter_attachments()) for one in received))
    letter = next(one for one in received if list(one.iter_attachments()))
    (attached,) = letter.iter_attachments()
    body = letter.get_body()
    assert body is not None
    return Received(attached.get_filename() or "", attached.get_content(), body.get_content())


def says_what_was_found(letter: Received, folder: Path) -> None:
    """Signed, whole, and the engineer's words as typed."""
    assert signing.examine(letter.content).seal is Seal.WHOLE
    path = folder / letter.name
    path.write_bytes(letter.content)
    pages = "".join(page.extract_text() for page in PdfReader(path).pages)
    for words in ("护罩开裂 #strong[x]", "刘强", "当天已现场核实", "下月清洁护罩"):
        assert words in pages


def is_verified(open_page: Open, letter: Received, folder: Path, language: str) -> None:
    """By whoever holds it, without a login; a changed file is told from it."""
    found = re.search(r"https?://\S+/verify/\S+", letter.text)
    assert found
    page = open_page(found.group(), language=language)
    expect(page.locator("h1")).to_have_text(say(language, "verify.known"))
    page.set_input_files("#file", folder / letter.name)
    page.click("form[enctype] button")
    expect(page.locator(".verdict.is-good h1")).to_have_text(say(language, "verify.finding.issued"))
    expect(page.locator(".verdict")).to_contain_text(hashlib.sha256(letter.content).hexdigest())
    changed = folder / "changed.pdf"
    middle = len(letter.content) // 2
    flipped = bytes([letter.content[middle] ^ 1])
    changed.write_bytes(letter.content[:middle] + flipped + letter.content[middle + 1 :])
    page.set_input_files("#file", changed)
    page.click("form[enctype] button")
    expect(page.locator(".verdict.is-bad h1")).to_be_visible()


def downloads(open_page: Open, letter: Received, language: str) -> bytes:
    """The customer's own login: their month, their file."""
    page = open_page("/login?next=/portal", size=DESKTOP, language=language)
    log_in(page, "customer")
    paper = page.locator(".portal-paper")
    expect(paper).to_have_count(1)
    with page.expect_download() as waiting:
        paper.locator("a").click()
    assert waiting.value.suggested_filename == letter.name
    return Path(waiting.value.path()).read_bytes()
