"""The contact card, set for real and read back: one sheet, whom to call first (A13, A02)."""

import io
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from pypdf import PdfReader

from reports import contact_card
from reports.pool import Job, render
from reports.stamps import QR, Stamp
from rules.contact_cards import MOST_PEOPLE, Card, Entry, Issued, Part
from rules.model import CustomerId, PersonId
from tests.reports.test_inspection import UGLY, squeezed

NOW = datetime(2026, 11, 22, 1, tzinfo=UTC)
STAMP = Stamp(number="CC-20261122-3", verify_url="https://r.example.com/verify/q7Xw2Lr9Tt0Z")


def entry(number: int, part: Part, pager: str = "") -> Entry:
    return Entry(
        person_id=PersonId(number),
        name=f"王{number}",
        part=part,
        phone=f"138 0000 {number:04}",
        pager=pager,
    )


HEADS = (entry(1, Part.HEAD, "128-1234567"), entry(2, Part.DEPUTY))
CREW = tuple(entry(number, Part.STAFF) for number in range(3, MOST_PEOPLE + 1))
CARD = Card(
    company="锦城安防维护有限公司",
    customer="成都某某银行锦江支行",
    service_line="400-800-1234",
    people=(*HEADS, *CREW),
    more=2,
)


def job(card: Card = CARD, language: str = "zh", stamp: Stamp | None = STAMP) -> Job:
    issued = Issued(
        id=3,
        customer_id=CustomerId(1),
        version=3,
        digest=card.digest,
        card=card,
        issued_at=NOW,
    )
    portal = "https://r.example.com"
    return contact_card.job(
        issued, "Asia/Shanghai", portal, language, str.encode, at=NOW, stamp=stamp
    )


def pages(card: Card = CARD, language: str = "zh", stamp: Stamp | None = STAMP) -> list[str]:
    made = PdfReader(io.BytesIO(render(job(card, language, stamp))))
    return [squeezed(page.extract_text()) for page in made.pages]


@pytest.mark.parametrize("language", ["zh", "en", "both"])
def test_a_full_card_is_one_sheet_and_says_everything(language: str) -> None:
    """A13: names, phone and pager numbers of heads and maintenance staff; whose, from when on."""
    (text,) = pages(language=language)
    numbers = [squeezed(one.phone) for one in CARD.people]
    for told in (CARD.customer, "400-800-1234", "128-1234567", *numbers, STAMP.number):
        assert squeezed(told) in text
    assert "2026-11-22" in text
    assert "https://r.example.com" in text
    assert ("第3版" in text) is (language != "en")
    assert ("Version3" in text) is (language != "zh")


def test_the_service_line_comes_before_the_heads_and_they_before_the_others() -> None:
    """A02: the heads when nobody answers."""
    (text,) = pages()
    order = [
        "400-800-1234",
        "无人接听时，请找部门负责人",
        "13800000001",
        "13800000002",
        "13800000003",
    ]
    assert sorted(order, key=text.index) == order


def test_without_a_service_line_the_head_is_called_at_once() -> None:
    (text,) = pages(replace(CARD, service_line=""))
    assert "请拨打部门负责人" in text
    assert "服务热线，24小时" not in text


def test_the_code_leads_to_the_page_that_says_whether_it_holds() -> None:
    """The picture is the same as on labels, where it is read back."""
    made = job()
    assert made.files[QR] == STAMP.code()
    assert STAMP.verify_url in made.data["qr_alt"]


def test_a_draft_says_so_and_has_no_code() -> None:
    (text,) = pages(stamp=None)
    assert "草稿" in text
    assert STAMP.number not in text


def test_what_people_wrote_is_printed_and_never_obeyed() -> None:
    ugly = replace(HEADS[0], name=UGLY[:60], phone="1" * 60)
    (text,) = pages(replace(CARD, customer=UGLY[:60], people=(ugly,), more=0), "both")
    assert squeezed('#read("/etc/passwd")') in text


def test_another_number_is_another_hash() -> None:
    other = replace(CARD, people=(replace(HEADS[0], phone="139"), *CARD.people[1:]))
    assert job().data["hash"] != job(other).data["hash"]
    assert job().data["hash"] == job().data["hash"]
