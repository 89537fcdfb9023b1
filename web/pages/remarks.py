"""Where a rule does not fit the work, and what came of it (A18)."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from fastapi import APIRouter, Request, Response

from operations import rule_remarks as remark_desk
from rules import figures
from rules.permits import Verb
from storage import rule_remarks as remark_rows
from storage.db import reading, transaction
from web.figures import Spoken
from web.lists import PAGE_ROWS, cursor, next_page
from web.pages.sessions import Text
from web.wired import RowId, Viewer, Visitor, Wired, go, page
from wiring.parts import Parts

router = APIRouter()


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """`on` is the remark whose review was refused; 0: the new remark's own form."""

    clause: str = ""
    text: str = ""
    wrong: str = ""
    on: int = 0
    facts: Mapping[str, int] = field(default_factory=lambda: {"most": remark_desk.LONGEST})


@router.get("/remarks")
def remarks(
    request: Request,
    parts: Wired,
    visitor: Visitor,
    state: str = "",
    about: str = "",
    before: str = "",
) -> Response:
    """`about` begins a remark on a figure."""
    visitor.must(Verb.SEE_POLICY)
    figure = figures.find(about)
    clause = Spoken(visitor).name_of(figure.name) if figure else ""
    return _page(request, parts, visitor, Typed(clause=clause), state=state, before=before)


@router.post("/remarks")
def write(
    request: Request, parts: Wired, visitor: Visitor, clause: Text = "", text: Text = ""
) -> Response:
    visitor.must(Verb.REMARK_RULE)
    try:
        with transaction(parts.database) as tx:
            remark_desk.write(tx, clause, text, by=visitor.me.id, now=visitor.now)
    except remark_desk.TooShortError:
        return _page(request, parts, visitor, Typed(clause=clause, text=text, wrong="text"))
    return go(request, "/remarks")


@router.post("/remarks/{remark_id}/review")
def review(
    request: Request, parts: Wired, visitor: Visitor, remark_id: RowId, outcome: Text = ""
) -> Response:
    """The first review stands; whoever comes second sees it."""
    visitor.must(Verb.REVIEW_RULE)
    try:
        with transaction(parts.database) as tx:
            remark_desk.review(tx, remark_id, outcome, by=visitor.me.id, now=visitor.now)
    except remark_desk.TooShortError:
        typed = Typed(text=outcome, wrong="outcome", on=remark_id)
        return _page(request, parts, visitor, typed)
    return go(request, "/remarks")


def _page(
    request: Request,
    parts: Parts,
    visitor: Viewer,
    typed: Typed,
    *,
    state: str = "",
    before: str = "",
) -> Response:
    reviewed = state == "reviewed"
    with reading(parts.database) as tx:
        found = remark_rows.listed(tx, reviewed=reviewed, before=cursor(before), limit=PAGE_ROWS)
        counts = remark_rows.counts(tx)
    return page(
        request,
        visitor,
        "remarks/page.html",
        status=422 if typed.wrong else 200,
        found=found,
        counts=counts,
        reviewed=reviewed,
        typed=typed,
        next=next_page(request, "before", found.next),
    )
