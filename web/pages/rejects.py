"""Messages we could not use: how many, why, and what was in them."""

from fastapi import APIRouter, Request, Response

from rules.permits import Verb
from storage.db import reading
from storage.views import rejects as reject_view
from web.lists import PAGE_ROWS, cursor, next_page
from web.wired import NotFoundError, RowId, Visitor, Wired, page

router = APIRouter()


@router.get("/rejects")
def rejects(
    request: Request, parts: Wired, visitor: Visitor, reason: str = "", before: str = ""
) -> Response:
    visitor.must(Verb.SEE_REJECTS)
    with reading(parts.database) as tx:
        older = cursor(before)
        found = reject_view.newest(tx, reason=reason, before=older, limit=PAGE_ROWS)
        reasons = reject_view.reasons(tx)
    ahead = next_page(request, "before", found.next)
    return page(
        request,
        visitor,
        "rejects/page.html",
        found=found,
        reasons=reasons,
        reason=reason,
        next=ahead,
    )


@router.get("/rejects/{reject_id}")
def reject(request: Request, parts: Wired, visitor: Visitor, reject_id: RowId) -> Response:
    visitor.must(Verb.SEE_REJECTS)
    with reading(parts.database) as tx:
        found = reject_view.get(tx, reject_id)
    if found is None:
        raise NotFoundError
    return page(request, visitor, "rejects/one.html", reject=found, body=readable(found.body))


def readable(body: bytes) -> str:
    """Text as text; anything else byte by byte, so that nothing acts on the reader's screen."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return body.hex(" ")
    return "".join(
        one if one.isprintable() or one in "\n\t" else f"\\x{ord(one):02x}" for one in text
    )
