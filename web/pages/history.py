"""The journal: who did what, when, and what was before and after; as a page and as CSV."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Request, Response

from rules import duty as duty_rules
from rules.model import PersonId
from rules.permits import Verb
from storage import people as people_rows
from storage.db import Tx, reading
from storage.views import journal as journal_view
from storage.views.journal import KINDS, MOST_COUNTED, Line, Wanted
from web import exports, history
from web.exports import MOST_EXPORTED
from web.lists import PAGE_ROWS, cursor, next_page
from web.wired import Viewer, Visitor, Wired, page

router = APIRouter()

COLUMNS = ("at", "actor", "person", "verb", "text", "site", "order", "record", "changes", "said")


@dataclass(frozen=True, slots=True)
class Asked:
    """The filter as it stands in the address."""

    kind: str = ""
    person: str = ""
    site: str = ""
    record: str = ""
    first: str = ""
    last: str = ""

    def wanted(self, visitor: Viewer) -> Wanted:
        who, zone = cursor(self.person), ZoneInfo(visitor.timezone)
        last = _day(self.last)
        return Wanted(
            reach=visitor.reach,
            house=visitor.may(Verb.SET_POLICY).ok,
            kind=self.kind if self.kind in KINDS else "",
            person_id=PersonId(who) if who else None,
            site=self.site.strip()[:64],
            record=self.record[:100],
            since=_midnight(_day(self.first), zone),
            until=_midnight(last + timedelta(days=1) if last else None, zone),
        )


def asked(
    kind: str = "",
    person: str = "",
    site: str = "",
    record: str = "",
    first: str = "",
    last: str = "",
) -> Asked:
    return Asked(kind, person, site, record, first, last)


Filter = Annotated[Asked, Depends(asked)]


@router.get("/journal")
def lines(
    request: Request, parts: Wired, visitor: Visitor, given: Filter, before: str = ""
) -> Response:
    visitor.must(Verb.SEE_JOURNAL)
    wanted = given.wanted(visitor)
    with reading(parts.database) as tx:
        found = journal_view.newest(tx, wanted, before=cursor(before), limit=PAGE_ROWS)
        people = people_rows.all_staff(tx)
    return page(
        request,
        visitor,
        "journal/page.html",
        found=found,
        told=[history.told(visitor, line) for line in found.rows],
        wanted=wanted,
        given=given,
        people=people,
        kinds=list(KINDS),
        more=found.count > MOST_COUNTED,
        most=MOST_COUNTED,
        export=str(request.url.include_query_params().replace(path="/journal.csv").query),
        next=next_page(request, "before", found.next),
    )


@router.get("/journal.csv")
def export(parts: Wired, visitor: Visitor, given: Filter) -> Response:
    """The same lines as a file; that it was taken is on record itself (C12)."""
    visitor.must(Verb.SEE_JOURNAL)
    wanted = given.wanted(visitor)

    def lines(tx: Tx) -> Iterator[Sequence[str]]:
        for line in journal_view.every(tx, wanted, most=MOST_EXPORTED):
            yield _cells(visitor, line)

    return exports.on_record(parts, visitor, "journal", COLUMNS, lines)


def _cells(visitor: Viewer, line: Line) -> tuple[str, ...]:
    entry, said = line.entry, history.told(visitor, line)
    changes = [[one.field, one.before, one.after] for one in said.differences]
    return (
        entry.at.isoformat(),
        entry.actor,
        line.person,
        entry.verb,
        said.text,
        line.site,
        line.order,
        entry.record,
        json.dumps(changes, ensure_ascii=False) if changes else "",
        said.quote,
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _midnight(day: date | None, zone: ZoneInfo) -> datetime | None:
    return duty_rules.midnight(day, zone) if day else None
