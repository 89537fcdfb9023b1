"""What alarm hosts report to the guards: a list to read and to take away, never a fault."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from rules.alarm_words import word_of
from rules.alarms import Sort
from rules.permits import Verb
from storage import alarms as alarm_rows
from storage.alarms import Account
from storage.db import Tx, reading
from storage.views import alarms as alarm_view
from storage.views.alarms import MOST_COUNTED, Line, Wanted
from web import exports
from web.exports import MOST_EXPORTED
from web.lists import PAGE_ROWS, asked, cursor, next_page
from web.wired import Viewer, Visitor, Wired, page
from wiring.dc09 import AccountSettings
from wiring.parts import Parts

router = APIRouter()

SORTS = (Sort.SECURITY, Sort.TAMPER, Sort.WALK)
COLUMNS = (
    "at",
    "occurred_at",
    "site",
    "account",
    "event",
    "meaning",
    "sort",
    "turn",
    "partition",
    "number",
    "text",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """An account of the settings, and how it has reached us so far."""

    settings: AccountSettings
    known: Account


@dataclass(frozen=True, slots=True)
class Asked:
    """The filter as it stands in the address."""

    site: str = ""
    sort: str = ""

    def wanted(self, visitor: Viewer) -> Wanted:
        chosen = Sort(self.sort) if self.sort in SORTS else None
        return Wanted(reach=visitor.reach, site=asked(self.site.strip(), 64), sort=chosen)


def _given(site: str = "", sort: str = "") -> Asked:
    return Asked(site, sort)


Filter = Annotated[Asked, Depends(_given)]


@router.get("/alarms")
def events(
    request: Request, parts: Wired, visitor: Visitor, given: Filter, before: str = ""
) -> Response:
    visitor.must(Verb.SEE_ALARMS)
    wanted = given.wanted(visitor)
    with reading(parts.database) as tx:
        found = alarm_view.newest(tx, wanted, before=cursor(before), limit=PAGE_ROWS)
    return page(
        request,
        visitor,
        "alarms/page.html",
        found=found,
        wanted=wanted,
        sorts=SORTS,
        word_of=word_of,
        hosts=bool(_hosts(parts, visitor)),
        more=found.count > MOST_COUNTED,
        most=MOST_COUNTED,
        export=request.url.query,
        next=next_page(request, "before", found.next),
    )


@router.get("/alarms.csv")
def export(parts: Wired, visitor: Visitor, given: Filter) -> Response:
    """The same lines as a file; that it was taken is on record (C12)."""
    visitor.must(Verb.SEE_ALARMS)
    wanted = given.wanted(visitor)

    def lines(tx: Tx) -> Iterator[Sequence[str]]:
        for line in alarm_view.every(tx, wanted, most=MOST_EXPORTED):
            yield _cells(visitor, line)

    return exports.on_record(parts, visitor, "alarms", COLUMNS, lines)


@router.get("/alarms/hosts")
def hosts(request: Request, parts: Wired, visitor: Visitor, after: str = "") -> Response:
    """Each account: when it was last heard, and what was wrong with what it sent."""
    visitor.must(Verb.SEE_REJECTS)
    every = _hosts(parts, visitor)
    rest = [one for one in every if one.account > after]
    shown, more = rest[:PAGE_ROWS], rest[PAGE_ROWS:]
    with reading(parts.database) as tx:
        known = alarm_rows.everything(tx)
    return page(
        request,
        visitor,
        "alarms/hosts.html",
        hosts=[
            Host(settings=one, known=known.get(one.account) or Account(account=one.account))
            for one in shown
        ],
        count=len(every),
        next=next_page(request, "after", shown[-1].account if more else ""),
    )


def _hosts(parts: Parts, visitor: Viewer) -> list[AccountSettings]:
    """Those of sites within the viewer's reach, by number."""
    given = parts.settings.dc09
    if given is None or not visitor.may(Verb.SEE_REJECTS):
        return []
    with reading(parts.database) as tx:
        ids = alarm_rows.site_ids(tx, {one.site for one in given.account})
    seen = {code for code, number in ids.items() if visitor.may(Verb.SEE_REJECTS, number)}
    return sorted((one for one in given.account if one.site in seen), key=lambda one: one.account)


def _cells(visitor: Viewer, line: Line) -> tuple[str, ...]:
    event = line.event
    return (
        event.at.isoformat(),
        event.occurred_at.isoformat() if event.occurred_at else "",
        line.site_code,
        event.account,
        event.event,
        visitor.say(f"alarms.what.{word_of(event.event)}"),
        event.sort,
        event.turn,
        event.partition,
        event.number,
        event.text,
    )
