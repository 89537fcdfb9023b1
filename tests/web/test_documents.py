"""Reports in the browser: handed to whom they concern, each look on record; verified by anybody."""

import hashlib
from datetime import UTC, datetime

import pytest

from reports import keys
from reports.signing import KeyPair, sign
from rules.documents import Document, Draft, Kind, Language
from rules.model import CustomerId, Role, SiteId
from storage import documents as document_rows
from storage import journal
from storage.db import reading, transaction
from tests.storage.assets import a_site
from tests.web.conftest import START, House
from web.pages.verify import MOST_MIB

NOW = datetime(2026, 6, 15, tzinfo=UTC)


def a_pdf(text: str = "page") -> bytes:
    """The least a PDF can be; what is on it does not matter here."""
    from io import BytesIO  # noqa: PLC0415

    from pypdf import PdfWriter  # noqa: PLC0415

    writer = PdfWriter()
    writer.add_blank_page(width=595, height=842)
    writer.add_metadata({"/Title": text})
    made = BytesIO()
    writer.write(made)
    return made.getvalue()


@pytest.fixture(scope="module")
def pair() -> KeyPair:
    return keys.create("安信", NOW)


def filed(house: House, content: bytes, *, site_id: int = 1, customer_id: int = 1) -> Document:
    name = house.parts.files.put(content)
    draft = Draft(
        kind=Kind.INSPECTION,
        subject_id=site_id,
        language=Language.ZH,
        number=f"MI-202605-{site_id}",
        public_id=f"public-{site_id}",
        site_id=SiteId(site_id),
        customer_id=CustomerId(customer_id),
        period="2026-05",
        title="月度巡检报告",
        file=name,
        content_hash="0" * 64,
        size=len(content),
        pages=1,
        certificate="f" * 64,
    )
    with transaction(house.parts.database) as tx:
        return document_rows.add(tx, draft, START)


def looks(house: House) -> int:
    with reading(house.parts.database) as tx:
        return sum(one.verb == "document_seen" for one in journal.after(tx, 0, START))


def test_a_report_comes_as_it_was_filed_and_each_look_is_on_record(house: House) -> None:
    content = a_pdf()
    document = filed(house, content)
    for number, role in enumerate((Role.CUSTOMER, Role.ENGINEER, Role.HEAD), start=1):
        answer = house.enter(role).get(f"/documents/{document.id}")
        assert answer.content == content
        assert answer.headers["content-type"] == "application/pdf"
        assert "MI-202605-1.pdf" in answer.headers["content-disposition"]
        assert answer.headers["cache-control"] == "private, no-cache"
        assert looks(house) == number


def test_a_report_that_is_known_is_not_sent_again(house: House) -> None:
    document = filed(house, a_pdf())
    browser = house.enter(Role.HEAD)
    tag = browser.get(f"/documents/{document.id}").headers["etag"]
    again = browser.get(f"/documents/{document.id}", headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")


def test_another_customers_report_is_not_even_there(house: House) -> None:
    """C12."""
    with transaction(house.parts.database) as tx:
        other = a_site(tx, "S-9", customer="K-9")
    document = filed(house, a_pdf(), site_id=other, customer_id=2)
    assert house.enter(Role.CUSTOMER).get(f"/documents/{document.id}").status_code == 404
    assert house.enter(Role.HEAD).get(f"/documents/{document.id}").status_code == 200
    assert house.browser().get(f"/documents/{document.id}").status_code in {303, 401}


def test_a_lost_file_is_not_there_and_says_so(house: House) -> None:
    content = a_pdf()
    document = filed(house, content)
    folder = house.parts.files.folder
    (folder / document.file[:2] / document.file).unlink()
    assert house.enter(Role.HEAD).get(f"/documents/{document.id}").status_code == 404


def test_the_verify_page_shows_what_was_filed_to_anybody(house: House) -> None:
    document = filed(house, a_pdf())
    answer = house.browser("zh").get(f"/verify/{document.public_id}")
    assert answer.status_code == 200
    for said in (document.number, document.file, "月度巡检报告", "本报告确由我司出具"):
        assert said in answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert house.browser().get("/verify/nobody-knows").status_code == 404


def compared(house: House, where: str, content: bytes) -> str:
    given = {"file": ("hand.pdf", content, "application/pdf")}
    answer = house.browser().post(where, files=given)
    assert answer.status_code == 200
    return answer.text


def test_the_file_in_hand_is_told_from_every_other(house: House, pair: KeyPair) -> None:
    """B04, B11: to the byte; altered, another, foreign and unsigned are told apart."""
    issued = sign(a_pdf("issued"), pair, NOW)
    altered = issued.replace(b"/MediaBox [ 0.0 0.0 595", b"/MediaBox [ 0.0 0.0 594", 1)
    assert altered != issued
    document = filed(house, issued)
    with transaction(house.parts.database) as tx:
        other_site = a_site(tx, "S-9")
    other = filed(house, sign(a_pdf("other"), pair, NOW), site_id=other_site)
    where = f"/verify/{document.public_id}"
    for content, said in (
        (issued, "This is the report as issued"),
        (house.parts.files.get(other.file), "This is another report of ours"),
        (altered, "The file has been altered"),
        (sign(a_pdf("foreign"), pair, NOW), "It is signed and whole, but the archive has no such"),
        (a_pdf("unsigned"), "It carries no signature"),
        (b"hello", "Not a PDF file"),
    ):
        told = compared(house, where, content)
        assert said in told
        assert hashlib.sha256(content).hexdigest() in told


def test_the_file_alone_is_enough_to_be_recognised(house: House) -> None:
    document = filed(house, a_pdf())
    told = compared(house, "/verify", house.parts.files.get(document.file))
    assert "This is the report as issued" in told
    assert document.number in told


def test_nothing_chosen_and_too_much_say_what_to_do(house: House) -> None:
    document = filed(house, a_pdf())
    browser = house.browser()
    empty = browser.post(f"/verify/{document.public_id}", files={"file": ("", b"")})
    assert (empty.status_code, "choose a PDF file first" in empty.text) == (422, True)
    long = b"%PDF-" + bytes(MOST_MIB * 2**20)
    answer = browser.post(f"/verify/{document.public_id}", files={"file": ("x.pdf", long)})
    assert (answer.status_code, f"{MOST_MIB} MB" in answer.text) == (422, True)


def test_what_is_handed_in_is_not_kept(house: House) -> None:
    document = filed(house, a_pdf())
    before = sorted(house.parts.files.folder.rglob("*"))
    compared(house, f"/verify/{document.public_id}", a_pdf("secret"))
    assert sorted(house.parts.files.folder.rglob("*")) == before
    assert looks(house) == 0
