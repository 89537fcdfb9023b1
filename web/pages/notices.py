"""The delivery ledger: a line a notice, a dot an attempt, the provider's own words behind it."""

from fastapi import APIRouter, Request, Response

from operations import notes
from rules.model import NoticeId, PersonId
from rules.notices import State
from rules.permits import Verb
from storage import escalations as plan_rows
from storage.db import reading, transaction
from storage.views import notices as notice_view
from storage.views.notices import Wanted
from web import notice_story
from web.lists import PAGE_ROWS, cursor, next_page
from web.wired import NotFoundError, RowId, Visitor, Wired, page
from wiring.parts import Parts

router = APIRouter()


@router.get("/notices")
def ledger(  # noqa: PLR0913, PLR0917 - the filters of the address
    request: Request,
    parts: Wired,
    visitor: Visitor,
    state: str = "",
    person: str = "",
    before: str = "",
    reveal: str = "",
) -> Response:
    visitor.must(Verb.SEE_NOTICES)
    who = cursor(person)
    wanted = Wanted(
        reach=visitor.reach,
        state=state if state in set(State) else "",
        person_id=PersonId(who) if who else None,
    )
    with reading(parts.database) as tx:
        found = notice_view.newest(tx, wanted, before=cursor(before), limit=PAGE_ROWS)
        readers = notice_view.readers(tx, visitor.reach)
    return page(
        request,
        visitor,
        "notices/page.html",
        found=found,
        wanted=wanted,
        readers=readers,
        states=list(State),
        revealed=bool(reveal) and _reveal(parts, visitor),
        next=next_page(request, "before", found.next),
        masked=masked,
    )


@router.get("/notices/{notice_id}")
def notice(
    request: Request, parts: Wired, visitor: Visitor, notice_id: RowId, reveal: str = ""
) -> Response:
    visitor.must(Verb.SEE_NOTICES)
    with reading(parts.database) as tx:
        found = notice_view.whole(tx, NoticeId(notice_id), visitor.reach)
        plan_id = found.facts.get("plan_id") if found else None
        plan = plan_rows.get(tx, plan_id) if plan_id else None
    if found is None:
        raise NotFoundError
    return page(
        request,
        visitor,
        "notices/one.html",
        whole=found,
        moments=notice_story.moments(visitor, found),
        why=notice_story.why_written(visitor, found),
        because=notice_story.because(visitor, found),
        plan=plan,
        rung=notice_story.rung(visitor, found),
        seconds=lambda span: f"{span:.1f} s",
        revealed=bool(reveal) and _reveal(parts, visitor),
        masked=masked,
    )


def masked(target: str) -> str:
    """Enough to recognise a number or an address, too little to use it (C12)."""
    name, at, domain = target.partition("@")
    if at:
        return f"{name[:1]}…@{domain}"
    return f"{target[:3]}…{target[-2:]}" if len(target) > 7 else "…"  # noqa: PLR2004 - a phone's


def _reveal(parts: Parts, visitor: Visitor) -> bool:
    """Whole addresses only for those who lead, and each look is on record (C12)."""
    visitor.must(Verb.SEE_TARGETS)
    with transaction(parts.database) as tx:
        notes.of_act(tx, "targets_seen", visitor.me.id, visitor.now)
    return True
