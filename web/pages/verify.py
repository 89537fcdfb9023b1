"""Is the report in hand the one that was issued? For anybody who holds one; no login (B04, B11).

The QR code on the pages leads here. What is shown stands on the paper already; a file that is
handed in is compared by its hash and not kept.
"""

import hashlib
import re
from dataclasses import dataclass
from enum import StrEnum

from fastapi import APIRouter, Request, Response, UploadFile

from reports import signing
from reports.signing import Seal
from rules.assets import Site
from rules.contact_cards import Issued
from rules.documents import Document
from storage import contact_cards as card_rows
from storage import documents as document_rows
from storage import sites as site_rows
from storage.db import Tx, reading
from web.wired import NotFoundError, Stranger, Viewer, Wired, page
from wiring.parts import Parts

router = APIRouter()

MOST_MIB = 20
A_CODE = re.compile(r"[\w-]{1,40}", re.ASCII)
HEADERS = {"Cache-Control": "no-store", "X-Robots-Tag": "none"}


class Finding(StrEnum):
    """What is said of a file: message id `verify.finding.<word>`."""

    ISSUED = "issued"  # to the byte
    ANOTHER = "another"  # a report of ours, but not the one that was asked about
    ALTERED = "altered"  # was signed and has been changed
    FOREIGN = "foreign"  # signed and whole, but not one that we issued
    UNKNOWN = "unknown"  # a PDF without a signature
    NO_PDF = "no_pdf"


_BY_SEAL = {
    Seal.WHOLE: Finding.FOREIGN,
    Seal.ALTERED: Finding.ALTERED,
    Seal.UNSIGNED: Finding.UNKNOWN,
    Seal.NO_PDF: Finding.NO_PDF,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    finding: Finding
    sha256: str
    name: str
    document: Document | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A document of the archive, and for whom it was issued.

    `card` is what a contact card's document shows; `later` the card that took its place (A13).
    """

    document: Document
    site: Site | None
    customer: str = ""
    card: Issued | None = None
    later: Issued | None = None


@router.get("/verify")
def any_report(request: Request, stranger: Stranger) -> Response:
    """Whoever has only the file and no code."""
    return _page(request, stranger, None)


@router.get("/verify/{public_id}")
def one_report(request: Request, parts: Wired, stranger: Stranger, public_id: str) -> Response:
    with reading(parts.database) as tx:
        found = _named(tx, public_id)
    return _page(request, stranger, found)


@router.post("/verify")
def compare_any(
    request: Request, parts: Wired, stranger: Stranger, file: UploadFile | None = None
) -> Response:
    return _compared(request, parts, stranger, None, file)


@router.post("/verify/{public_id}")
def compare_one(
    request: Request,
    parts: Wired,
    stranger: Stranger,
    public_id: str,
    file: UploadFile | None = None,
) -> Response:
    """Changes nothing: the file is looked at and forgotten."""
    with reading(parts.database) as tx:
        found = _named(tx, public_id)
    return _compared(request, parts, stranger, found, file)


def _named(tx: Tx, public_id: str) -> Known:
    found = document_rows.by_public_id(tx, public_id) if A_CODE.fullmatch(public_id) else None
    if found is None:
        raise NotFoundError
    if found.site_id is not None:
        return Known(document=found, site=site_rows.get(tx, found.site_id))
    card = card_rows.get(tx, found.subject_id)
    newest = card_rows.newest_of(tx, found.customer_id)
    return Known(
        document=found,
        site=None,
        customer=card.card.customer if card else "",
        card=card,
        later=newest if newest != card else None,
    )


def _compared(
    request: Request,
    parts: Parts,
    stranger: Viewer,
    asked: Known | None,
    file: UploadFile | None,
) -> Response:
    content = file.file.read(MOST_MIB * 2**20 + 1) if file else b""
    if not content or len(content) > MOST_MIB * 2**20:
        said = "verify.too_long" if content else "verify.nothing"
        error = stranger.say(said, most=MOST_MIB)
        return _page(request, stranger, asked, error=error, status=422)
    name = (file.filename or "")[:120] if file else ""
    sha256 = hashlib.sha256(content).hexdigest()
    with reading(parts.database) as tx:
        same = document_rows.by_file(tx, sha256)
        asked = asked or (_named(tx, same.public_id) if same else None)
    return _page(request, stranger, asked, told=_told(asked, same, content, sha256, name))


def _told(
    asked: Known | None,
    same: Document | None,
    content: bytes,
    sha256: str,
    name: str,
) -> Compared:
    if same is not None:
        issued = asked is not None and asked.document.id == same.id
        finding = Finding.ISSUED if issued else Finding.ANOTHER
    else:
        finding = _BY_SEAL[signing.examine(content).seal]
    return Compared(finding=finding, sha256=sha256, name=name, document=same)


def _page(
    request: Request,
    stranger: Viewer,
    asked: Known | None,
    *,
    told: Compared | None = None,
    error: str = "",
    status: int = 200,
) -> Response:
    answer = page(
        request,
        stranger,
        "verify/page.html",
        status=status,
        asked=asked,
        document=asked.document if asked else None,
        told=told,
        error=error,
        most=MOST_MIB,
    )
    answer.headers.update(HEADERS)
    return answer
