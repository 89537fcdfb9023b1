"""Reports out of the archive: handed to whom they concern, sent again, printed in another language.

`/documents/{id}` is behind login and each look is on record (C12); `/verify` is for anybody.
"""

from urllib.parse import quote

from fastapi import APIRouter, Request, Response

from operations import documents as document_desk
from rules.documents import Document, DocumentId, Language
from rules.inspections import InspectionId
from rules.permits import Verb
from storage import documents as document_rows
from storage.db import Tx, reading, transaction
from storage.files import NoSuchFileError
from web import inspecting
from web.pages.sessions import Text
from web.wired import ForbiddenError, NotFoundError, RowId, Viewer, Visitor, Wired, go
from wiring.parts import Parts

router = APIRouter()


@router.get("/documents/{document_id}")
def document(
    request: Request, parts: Wired, visitor: Visitor, document_id: RowId, download: str = ""
) -> Response:
    """The PDF as it was issued, byte for byte."""
    with reading(parts.database) as tx:
        found = _seen(tx, visitor, document_id)
    tag = f'"{found.file[:32]}"'
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers={"ETag": tag})
    with transaction(parts.database) as tx:
        document_desk.seen(tx, found, visitor.me.id, visitor.now)
    return handed(parts, found, attached=bool(download), tag=tag)


def handed(parts: Parts, found: Document, *, attached: bool, tag: str) -> Response:
    """Its bytes under its number; raises `NotFoundError` when the store has lost the file."""
    try:
        content = parts.files.get(found.file)
    except NoSuchFileError as error:
        raise NotFoundError from error
    how = "attachment" if attached else "inline"
    headers = {
        "Content-Disposition": f"{how}; filename*=UTF-8''{quote(found.file_name)}",
        "Cache-Control": "private, no-cache",
        "ETag": tag,
    }
    return Response(content, headers=headers, media_type="application/pdf")


@router.post("/documents/{document_id}/send")
def send(request: Request, parts: Wired, visitor: Visitor, document_id: RowId) -> Response:
    """Once more to the customer's contacts; the ledger shows each time."""
    if not any(visitor.may(verb) for verb in document_desk.KEPT_BY.values()):
        raise ForbiddenError("permit.role")
    with transaction(parts.database) as tx:
        found = _seen(tx, visitor, document_id)
        if not (verdict := document_desk.may(tx, visitor.me, found, document_desk.KEPT_BY)):
            raise ForbiddenError(verdict.why)
        again = int(visitor.now.timestamp())
        document_desk.send(tx, found, visitor.me.id, visitor.now, again=again)
    return go(request, f"/{document_desk.record_of(found)}")


@router.post("/inspections/{inspection_id}/copies")
def copies(
    request: Request,
    parts: Wired,
    visitor: Visitor,
    inspection_id: RowId,
    language: Text = "",
) -> Response:
    """The issued report in another language, as a document of its own."""
    with transaction(parts.database) as tx:
        inspecting.allowed(tx, visitor, Verb.DECIDE_INSPECTION, inspection_id)
        if language not in list(Language):
            raise NotFoundError
        try:
            document_desk.order_copy(
                tx, InspectionId(inspection_id), Language(language), visitor.me.id, visitor.now
            )
        except LookupError as error:
            raise NotFoundError from error
    return go(request, f"/inspections/{inspection_id}")


def _seen(tx: Tx, visitor: Viewer, document_id: int) -> Document:
    """Another's document is not even there."""
    found = document_rows.get(tx, DocumentId(document_id))
    if found is None or not document_desk.may(tx, visitor.me, found):
        raise NotFoundError
    return found
