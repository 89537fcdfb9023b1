"""The dead-man's switch: does the world outside hear from us, and what happens when it does not?"""

from datetime import datetime

from fastapi import APIRouter, Request, Response

from notify.channels import masked
from rules import dead_man as rules
from rules.dead_man import CHECKS, EVERY_S, MISSED, Verdict
from rules.permits import Verb
from storage import outside_pings
from storage.db import Tx, reading
from web.wired import Viewer, Visitor, Wired, page
from wiring.parts import Parts

router = APIRouter()

SHOWN = 60  # pings: an hour of them


@router.get("/dead-man")
def dead_man(request: Request, parts: Wired, visitor: Visitor) -> Response:
    visitor.must(Verb.SEE_NOTICES)
    with reading(parts.database) as tx:
        pings = outside_pings.newest(tx, limit=SHOWN)
        verdict = _verdict(tx, parts, visitor.now)
    url = _url(parts)
    return page(
        request,
        visitor,
        "dead_man/page.html",
        pings=pings,
        verdict=verdict,
        address=masked(url) if url else "",
        checks=CHECKS,
        every_s=EVERY_S,
        late_s=MISSED * EVERY_S,
    )


def unheard(tx: Tx, parts: Parts, viewer: Viewer) -> Verdict | None:
    """For the board: nobody outside would notice that we are gone. None: all is well."""
    if not viewer.may(Verb.SEE_NOTICES):
        return None
    verdict = _verdict(tx, parts, viewer.now)
    return verdict if verdict.stand is rules.Stand.FAILING else None


def _verdict(tx: Tx, parts: Parts, now: datetime) -> Verdict:
    newest, taken_at = outside_pings.newest(tx, limit=SHOWN), outside_pings.last_taken(tx)
    return rules.judge(newest, taken_at, now, url=_url(parts))


def _url(parts: Parts) -> str:
    url = parts.settings.dead_man_url
    return url.get_secret_value() if url else ""
