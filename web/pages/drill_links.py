"""What a drill's link opens: what it is, and one button. No login; opening it only shows."""

from dataclasses import dataclass

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from operations import drills as drill_desk
from rules.drills import Call, Drill, DrillId, Stand
from rules.model import Person
from storage import drills as drill_rows
from storage import links
from storage.db import Tx, reading, transaction
from storage.links import Link
from web.pages.links import HEADERS, behind, voice_of
from web.wired import Stranger, Viewer, Wired, page

router = APIRouter()


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """`call` is the reader's on the channel the link came by."""

    link: Link
    person: Person
    drill: Drill
    call: Call | None

    @property
    def waits(self) -> bool:
        unanswered = self.call is not None and self.call.answered_at is None
        return unanswered and self.drill.stand is Stand.RUNNING


@router.head("/l/drill/{token}", include_in_schema=False)
@router.get("/l/drill/{token}")
def show(request: Request, parts: Wired, stranger: Stranger, token: str) -> Response:
    with reading(parts.database) as tx:
        opened = _opened(tx, token, stranger)
        voice = voice_of(tx, stranger, opened.person if opened else None)
    status = 200 if opened else 404
    answer = page(request, voice, "drills/link.html", status=status, opened=opened)
    answer.headers.update(HEADERS)
    return answer


@router.post("/l/drill/{token}")
def answer(request: Request, parts: Wired, stranger: Stranger, token: str) -> Response:
    """As the person the link belongs to. What is over is shown, not done."""
    with reading(parts.database) as tx:
        opened = _opened(tx, token, stranger)
    if opened is None:
        return show(request, parts, stranger, token)
    if opened.waits and opened.link.notice_id:
        with transaction(parts.database) as tx:
            drill_desk.answer_notice(tx, opened.link.notice_id, "link", stranger.now)
            links.use(tx, opened.link.id, stranger.now)
    return RedirectResponse(f"/l/drill/{token}", status_code=303, headers=HEADERS)


def _opened(tx: Tx, token: str, stranger: Viewer) -> Opened | None:
    found = behind(tx, token, stranger)
    if found is None or found[0].subject_kind != "drill":
        return None
    link, person = found
    drill = drill_rows.get(tx, DrillId(link.subject_id))
    called = drill_rows.of_notice(tx, link.notice_id) if link.notice_id else None
    if drill is None or called is None:
        return None
    mine = (
        one
        for one in drill_rows.calls(tx, drill.id)
        if (one.person_id, one.channel) == (person.id, called[2])
    )
    return Opened(link=link, person=person, drill=drill, call=next(mine, None))
