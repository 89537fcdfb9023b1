"""In the pseudo-language: no page of an inspection holds a word that was never translated."""

import re
from datetime import timedelta

import pytest

from rules.documents import Draft, Kind, Language
from rules.model import Role, SiteId
from storage import documents as document_rows
from storage.db import transaction
from tests.storage.assets import a_customer
from tests.web import inspected
from tests.web.conftest import House
from tests.web.inspected import HTMX, Walk, a_photo
from tests.web.test_pseudo import Ear

GUIDE = re.compile(r'<details class="why guide">.*?</details>', re.DOTALL)


def hear(html: str, where: str) -> None:
    """But for the work instruction: one sentence cut into steps, heard in test_guides.py."""
    ear = Ear()
    ear.feed(GUIDE.sub("", html))
    assert ear.bare == [], where


def printed(house: House, walk: Walk) -> int:
    """The report lies in the archive."""
    content = b"%PDF-1.7 as it was issued"
    with transaction(house.parts.database) as tx:
        draft = Draft(
            kind=Kind.INSPECTION,
            subject_id=walk.id,
            language=Language.ZH,
            number=f"MI-202606-{walk.id}",
            public_id=f"public-{walk.id}",
            site_id=SiteId(1),
            customer_id=a_customer(tx),
            period="2026-06",
            title="月检报告",
            file=house.parts.files.put(content),
            content_hash="c" * 64,
            size=len(content),
            pages=6,
            certificate="d" * 64,
            issued_by=house.people[Role.HEAD],
        )
        return document_rows.add(tx, draft, house.clock()).id


def test_no_page_of_an_inspection_holds_a_bare_string(house: House) -> None:
    walk = inspected.begun(house, "V")
    inspected.is_offline(house, "V-1", since=timedelta(hours=30), until=timedelta(hours=29))
    planned, doubted = inspected.planned(house, "P"), inspected.begun(house, "D")
    inspected.is_offline(house, "D-1", since=timedelta(hours=5))
    doubted.signed()
    issued = inspected.begun(house, "I")
    issued.issued()
    printed(house, issued)
    browser = house.enter(Role.ADMIN, "xx")
    browser.post(f"{walk.at('V-0')}/photos", files={"photo": ("a.jpg", a_photo(), "image/jpeg")})
    item = walk.item("V-0", "housing")
    browser.post(walk.at("V-0"), data={"say": f"abnormal-{item.id}", "note_abnormal": "護罩"})
    browser.post(walk.at("V-0"), data={"say": "normal"})
    sheets = [one.address for one in (walk, planned, doubted, issued)]
    lists = ("/inspections", "/inspections?stand=late", "/inspections?period=2031-01")
    points = [walk.at(code) for code in ("V-0", "V-1")]
    subject = next(one for one in walk.sheet.points if not one.device_id)
    for address in (*lists, *sheets, *points, f"{walk.address}/points/{subject.id}", "/sites/1"):
        hear(browser.get(address).text, address)
    _hear_the_mistakes(house, walk, doubted.at("D-1"))
    hear(house.enter(Role.CUSTOMER, "xx").get(issued.address).text, "customer")


def _hear_the_mistakes(house: House, walk: Walk, doubted: str) -> None:
    """What is said beside a field, and the page on which the customer signs."""
    browser = house.enter(Role.ADMIN, "xx")
    wrong = {"say": "abnormal", "note_abnormal": " ", "of": "1", "value": "x"}
    hear(browser.post(walk.at("V-1"), data=wrong, headers=HTMX).text, "wrong")
    hear(browser.post(walk.at("V-1"), data={"say": "normal", "seen": "x"}).text, "stale")
    hear(browser.post(f"{walk.address}/rest", data={"text": ""}).text, "rest")
    hear(browser.post(f"{doubted}/decide", data={}).text, "decide")
    walk.finished()
    hear(browser.get(f"{walk.address}/sign").text, "sign")
    hear(browser.post(f"{walk.address}/sign", data={"signer_name": "x"}).text, "signature")


@pytest.mark.parametrize("role", [Role.HEAD, Role.CUSTOMER])
def test_the_report_stands_beside_the_sheet_once_it_is_printed(house: House, role: Role) -> None:
    """B04, D04: the archived PDF is one tap away, for the customer too; the letters are ours."""
    issued = inspected.begun(house)
    issued.issued()
    browser = house.enter(role)
    assert "The report is being printed" in browser.get(issued.address).text
    number = printed(house, issued)
    page = browser.get(issued.address).text
    assert f'href="/documents/{number}?download=1"' in page
    assert 'href="/verify/public-' in page
    assert ("Sent to nobody" in page) is (role is Role.HEAD)
    assert (f'action="/documents/{number}/send"' in page) is (role is Role.HEAD)
    assert browser.get(f"/documents/{number}?download=1").content.startswith(b"%PDF")


def test_whom_it_was_sent_to_is_shown_with_what_became_of_it(house: House) -> None:
    issued = inspected.begun(house)
    issued.issued()
    number = printed(house, issued)
    head = house.enter(Role.HEAD)
    head.post(f"/documents/{number}/send")
    page = head.get(issued.address).text
    assert "Sent to nobody" not in page
    assert "王8" in page or "王7" in page
    assert "Send once more" in page
    assert "王" not in house.enter(Role.CUSTOMER).get(issued.address).text.split("</header>")[1]
