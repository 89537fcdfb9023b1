"""The live board: what burns, and will we be there in time?"""

from collections.abc import Hashable
from datetime import datetime
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request, Response

from operations import alerts as alert_desk
from operations import preparations as preparation_desk
from rules import duty as duty_rules
from rules.permits import Verb
from storage import alerts as alert_rows
from storage import journal, listening
from storage.alerts import Alert
from storage.db import Tx, reading, transaction
from storage.views import board as board_view
from storage.views import maintenance as maintenance_view
from storage.views import names
from web import navigation
from web.lists import next_page
from web.pages import dead_man
from web.pages.sessions import Text
from web.wired import (
    ForbiddenError,
    RowId,
    Viewer,
    Visitor,
    Wired,
    as_others,
    go,
    is_htmx,
    page,
)
from wiring.parts import Parts

router = APIRouter()

ROWS, WALL_ROWS, WAITING_ROWS = 50, 40, 20


@router.get("/")
def board(
    request: Request, parts: Wired, visitor: Visitor, after: str = "", wall: str = ""
) -> Response:
    """The whole page, or for htmx the living part of it: one for all who see the same."""
    if not visitor.may(Verb.SEE_BOARD):
        return _elsewhere(request, visitor)

    def made() -> Response:
        return _board(request, parts, visitor, after, on_wall=bool(wall))

    if is_htmx(request):
        return as_others(request, _alike(request, visitor), made)
    return made()


def _alike(request: Request, visitor: Viewer) -> Hashable:
    """All that the living part depends on, but the moment."""
    me = visitor.me
    rights = me.roles, me.all_sites, me.site_ids, me.customer_id
    return "board", request.url.query, visitor.language, visitor.timezone, rights


def _board(
    request: Request, parts: Parts, visitor: Viewer, after: str, *, on_wall: bool
) -> Response:
    with reading(parts.database) as tx:
        heard = journal.last_id(tx)
        reach, now = visitor.reach, visitor.now
        limit = WALL_ROWS if on_wall else ROWS
        rows = board_view.rows(tx, reach, now, after=after[:120], limit=limit)
        waiting = board_view.waiting(tx, reach, limit=WAITING_ROWS)
        maintenance = maintenance_view.running(tx, reach)
        pressing = preparation_desk.of_reach(tx, reach, now)
        figures = board_view.figures(tx, reach, now, midnight(visitor))
        alerts = _alerts(tx, visitor)
        deaf_since = listening.get(tx).stalled_since
        unheard = dead_man.unheard(tx, parts, visitor)
    return page(
        request,
        visitor,
        "board/live.html" if is_htmx(request) else "board/page.html",
        rows=rows,
        waiting=waiting,
        maintenance=maintenance,
        pressing=pressing,
        figures=figures,
        alerts=alerts,
        deaf_since=deaf_since,
        unheard=unheard,
        wall=on_wall,
        first=not after,
        next=next_page(request, "after", rows.next),
        topics="board",
        heard=heard,
    )


@router.post("/alerts/{alert_id}/acknowledge")
def acknowledge(
    request: Request, parts: Wired, visitor: Visitor, alert_id: RowId, back: Text = "/"
) -> Response:
    """Seen: the paging about it ends. Seen before by another is no mistake."""
    visitor.must(Verb.ACKNOWLEDGE_ALERT)
    with transaction(parts.database) as tx:
        alert_desk.acknowledge_alert(tx, alert_id, visitor.me.id, visitor.now)
    if not is_htmx(request):
        return go(request, "/?wall=1" if "wall" in back else "/")
    with reading(parts.database) as tx:
        alerts = _alerts(tx, visitor)
    return page(request, visitor, "board/alerts.html", alerts=alerts)


def midnight(visitor: Viewer) -> datetime:
    """The first instant of the viewer's today."""
    zone = ZoneInfo(visitor.timezone)
    return duty_rules.midnight(visitor.now.astimezone(zone).date(), zone)


def _alerts(tx: Tx, visitor: Viewer) -> list[tuple[Alert, str]]:
    """Emergencies of our own with who has seen them, those nobody has seen first."""
    found = alert_rows.open_ones(tx) if visitor.may(Verb.SEE_NOTICES) else []
    people = names.of_people(tx, [alert.acknowledged_by for alert in found])
    seen = [(one, people[one.acknowledged_by] if one.acknowledged_by else "") for one in found]
    return sorted(seen, key=lambda pair: pair[0].acknowledged_at is not None)


def _elsewhere(request: Request, visitor: Viewer) -> Response:
    """A customer's home is another page."""
    home = navigation.home(visitor)
    if home == "/":
        raise ForbiddenError("permit.role")
    return go(request, home)
