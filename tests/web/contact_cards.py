"""A contact card of a customer, as the press leaves it in the archive."""

from operations import contact_cards as card_desk
from operations import documents as document_desk
from rules.contact_cards import Issued
from rules.documents import Document, Draft, Kind, Language
from rules.model import CustomerId
from storage import deadlines
from storage.db import Tx
from storage.files import Files
from tests.web.conftest import START, House

CUSTOMER = CustomerId(1)
PDF = b"%PDF-1.7 a card"


def issued(tx: Tx, customer: CustomerId = CUSTOMER) -> Issued:
    return card_desk.issue(tx, customer, by=None, now=START)


def printed(tx: Tx, house: House, customer: CustomerId = CUSTOMER) -> Document:
    """Issued as things stand, and filed; nothing of the press is owed any more."""
    card, files = issued(tx, customer), Files(house.parts.settings.data / "files")
    deadlines.drop(tx, deadlines.Kind.RENDER, "contact_card", card.id)
    content = PDF + str(card.id).encode()
    draft = Draft(
        kind=Kind.CONTACT_CARD,
        subject_id=card.id,
        language=Language.ZH,
        number=f"CC-20260615-{card.id}",
        public_id=f"card-{card.id}",
        site_id=None,
        customer_id=customer,
        period="2026-06-15",
        title="维护工作联系卡",
        file=files.put(content),
        content_hash="0" * 64,
        size=len(content),
        pages=1,
        certificate="f" * 64,
    )
    return document_desk.file_away(tx, draft, START)
