"""A13: the customer's guard calls whom the card names; the head gets another number, five times.

Real pages, signed, and a real post office; the clock is turned.
"""

import io
from collections.abc import Iterator
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader
from starlette.testclient import TestClient

from operations import contact_cards as card_desk
from operations import documents as document_desk
from rules.documents import Document, Kind
from rules.model import CustomerId
from scheduler import sending
from scheduler.printing import Press
from scheduler.tick import tick
from storage import company, journal
from storage import contact_cards as card_rows
from storage import documents as document_rows
from storage import logins as login_rows
from storage import people as people_rows
from storage.db import Database, reading, transaction
from tests import company as companies
from tests.company import CHEN, LI
from tests.mailbox import Mailbox
from tests.waiting import until
from tests.web.conftest import TurnedClock
from web.main import furnish, laid_out
from wiring.in_force import Figures
from wiring.parts import Parts
from wiring.settings import Settings

NOON = datetime.fromisoformat("2026-06-15T12:00:00+08:00")
GUARD = "guard@customer.example"
CUSTOMER = CustomerId(1)


class Office:
    """Head Chen, engineer Li, a customer with a guard who gets letters, and the press."""

    def __init__(self, parts: Parts, clock: TurnedClock, mailbox: Mailbox) -> None:
        self.parts, self.clock, self.mailbox = parts, clock, mailbox
        self.press = Press()
        with transaction(parts.database) as tx:
            self.company = companies.found(tx, channels=0)
            company.set_fact(tx, "name", "锦城安防", NOON)
            people_rows.add(tx, [guard()])
        self.gets(CHEN, "13800000001")
        self.gets(LI, "13800000002")
        with transaction(parts.database) as tx:
            by = self.company.id_of(CHEN)
            card_desk.set_service_line(tx, "400-800-1234", by=by, now=clock())
            assert card_desk.issue_missing(tx, by=by, now=clock()) == 1

    def gets(self, code: str, phone: str) -> None:
        """The administrator enters another number."""
        with transaction(self.parts.database) as tx:
            people_rows.change(tx, self.company.id_of(code), {"phone": phone})

    def passes(self, **span: float) -> None:
        """What the clock's door does: compare, keep promises, print."""
        self.clock.passes(**span)
        with transaction(self.parts.database) as tx:
            card_desk.compare(tx, self.parts.policy, self.clock())
        tick(self.parts.database, self.parts.policy, self.clock)
        self.press.look(self.parts)

    def letters(self) -> list[EmailMessage]:
        return [one for one in self.mailbox.received if one["To"] == GUARD]

    def paper_of(self, version: int) -> Document:
        with reading(self.parts.database) as tx:
            cards = card_rows.of_customer(tx, CUSTOMER, limit=9)
            card = next(one for one in cards if one.version == version)
            (paper,) = document_rows.of_subject(tx, Kind.CONTACT_CARD, card.id)
        return paper

    def code_of(self, version: int) -> str:
        """What the QR code of that card leads to."""
        return f"/verify/{self.paper_of(version).public_id}"

    def sends_again_to_a_guard_with_a_login(self) -> None:
        with transaction(self.parts.database) as tx:
            guard = people_rows.by_code(tx, "guard")
            assert guard is not None
            login_rows.add(tx, guard.id, "guard", "", self.clock(), must_change=False)
            by = self.company.id_of(CHEN)
            document_desk.send(tx, self.paper_of(2), by, self.clock(), again=1)

    def verbs(self) -> list[str]:
        with reading(self.parts.database) as tx:
            return [one.verb for one in journal.after(tx, 0, NOON)]


def guard() -> dict[str, Any]:
    return {
        "code": "guard",
        "name": "保安室",
        "roles": ["customer"],
        "customer_id": CUSTOMER,
        "channels": [["mail", GUARD]],
        "language": "en",
    }


def attached(letter: EmailMessage) -> str:
    """The text of the card in it."""
    (pdf,) = letter.iter_attachments()
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf.get_content())).pages)
    return "".join(text.split())


def words_of(letter: EmailMessage) -> str:
    body = letter.get_body()
    assert body is not None
    return str(body.get_content())


@pytest.fixture
def office(
    database: Database, telemetry: Database, tmp_path: Path, mailbox: Mailbox
) -> Iterator[Office]:
    provider = f"smtp://127.0.0.1:{mailbox.port}/?from=watch@example.com"
    channel = [{"name": "mail", "providers": [provider]}]
    settings = Settings.model_validate({"data": tmp_path, "channel": channel})
    clock = TurnedClock(NOON)
    parts = Parts(
        settings=settings,
        database=database,
        telemetry=telemetry,
        figures=Figures(settings.policy),
        clock=clock,
    )
    made = Office(parts, clock, mailbox)
    yield made
    made.press.close()


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_five_wrong_numbers_later_the_guard_holds_one_new_card(office: Office) -> None:
    office.passes(minutes=1)
    for number in range(5):
        office.gets(CHEN, f"1390000000{number}")
        office.passes(minutes=5)
    office.passes(minutes=31)
    office.passes(hours=2)
    with sending.at_work(office.parts):
        until(lambda: len(office.letters()) > 1)
    first, second = office.letters()
    assert "13800000001" in attached(first)
    assert "/verify/" in words_of(second)
    assert "/documents/" not in words_of(second)  # a door the guard has no key for
    office.sends_again_to_a_guard_with_a_login()
    with sending.at_work(office.parts):
        until(lambda: len(office.letters()) > 2)
    assert "/documents/" in words_of(office.letters()[2])
    card = attached(second)
    assert card.index("400-800-1234") < card.index("13900000004") < card.index("13800000002")
    assert "contact card" in second["Subject"]
    assert office.verbs().count("contact_card_issued") == 2

    app = laid_out()
    furnish(app, office.parts)
    phone = TestClient(app, headers={"Accept-Language": "en"})
    assert "has been replaced" in phone.get(office.code_of(1)).text
    assert "is in force" in phone.get(office.code_of(2)).text
