"""What was handed over on paper, and stays as it was handed over (B04)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from rules.model import CustomerId, PersonId, SiteId

DocumentId = NewType("DocumentId", int)


class Kind(StrEnum):
    INSPECTION = "inspection"  # the subject is the inspection
    CONTACT_CARD = "contact_card"  # the subject is one version of a customer's card (A13)


class Language(StrEnum):
    """In which languages the pages speak."""

    ZH = "zh"
    EN = "en"
    BOTH = "both"


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A document ready to be archived. `file` is the SHA-256 of its bytes; `size` is in bytes.

    `site_id` None: it is for the whole customer. `period` is the month it is about, or the day
    from which it holds.
    """

    kind: Kind
    subject_id: int
    language: Language
    number: str
    public_id: str
    site_id: SiteId | None
    customer_id: CustomerId
    period: str
    title: str
    file: str
    content_hash: str
    size: int
    pages: int
    certificate: str
    issued_by: PersonId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Document(Draft):
    """As it lies in the archive. A `revision` above 1 stands beside the earlier ones."""

    id: DocumentId
    revision: int
    issued_at: datetime

    @property
    def file_name(self) -> str:
        """What it is called when it is saved or attached."""
        return f"{self.number}.pdf"


_LETTERS = {Kind.INSPECTION: "MI", Kind.CONTACT_CARD: "CC"}


def number_of(kind: Kind, period: str, subject_id: int, language: Language, revision: int) -> str:
    """What people read out: MI-202606-17, with -EN or -ZH+EN, and -R2 when it was issued again."""
    words = [_LETTERS[kind], period.replace("-", ""), str(subject_id)]
    if language is not Language.ZH:
        words.append("EN" if language is Language.EN else "ZH+EN")
    if revision > 1:
        words.append(f"R{revision}")
    return "-".join(words)
