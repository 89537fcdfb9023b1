"""The whole journal, newest first, as far as its reader may see."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from rules.model import PersonId
from rules.permits import Reach
from storage.db import Tx
from storage.journal import Entry
from storage.tables.company import people, sites
from storage.tables.night import journal, work_orders
from storage.views.pages import Page, cut
from storage.views.reach import within

MOST_COUNTED = 10_000
_LOGINS = ("logged_in", "logged_out", "login_given", "password_changed", "password_reset")
_MORE_LOGINS = ("session_ended", "sessions_ended", "token_given", "token_revoked", "invited")
# What people ask the journal for, and where it is found.
KINDS: Mapping[str, ColumnElement[bool]] = {
    "lists": or_(
        journal.c.verb.like("record\\_%", escape="\\"),
        journal.c.verb.in_(("enrolled", "set_aside", "taken_back", "rings_imported")),
    ),
    "rules": or_(
        journal.c.record.like("policy/%"),
        journal.c.record.like("rule\\_remarks/%", escape="\\"),
        journal.c.verb.in_(("shift_set", "override_revoked")),
        journal.c.verb.like("rotation\\_%", escape="\\"),
        journal.c.verb.like("calendar\\_%", escape="\\"),
    ),
    "orders": journal.c.order_id.is_not(None),
    "inspections": journal.c.verb.like("inspection%"),
    "logins": or_(
        journal.c.verb.in_((*_LOGINS, *_MORE_LOGINS)),
        journal.c.verb.like("second\\_factor%", escape="\\"),
    ),
    "looks": or_(
        journal.c.verb.like("%\\_seen", escape="\\"),
        journal.c.verb.in_(("journal_exported", "alarms_exported")),
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """An entry with the names of whom and what it is about."""

    entry: Entry
    person: str
    site: str
    order: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The filter of the page; empty means all. `house`: also what is about no site."""

    reach: Reach
    house: bool = False
    kind: str = ""
    person_id: PersonId | None = None
    site: str = ""
    record: str = ""
    since: datetime | None = None
    until: datetime | None = None


def newest(tx: Tx, wanted: Wanted, *, before: int | None = None, limit: int) -> Page[Line]:
    """`count` goes no further than `MOST_COUNTED` + 1: nobody waits for a figure."""
    chosen = _chosen(wanted)
    found = _lines(chosen, before).limit(limit + 1)
    rows = [_line(row) for row in tx.execute(found).mappings()]
    counted = select(journal.c.id).join(sites, sites.c.id == journal.c.site_id, isouter=True)
    counted = counted.where(chosen).limit(MOST_COUNTED + 1)
    count = tx.scalar(select(func.count()).select_from(counted.subquery())) or 0
    return cut(rows, limit, count, lambda line: line.entry.id)


def every(tx: Tx, wanted: Wanted, *, most: int) -> Iterator[Line]:
    """For a file: newest first, at most so many, a row at a time."""
    found = _lines(_chosen(wanted), None).limit(most)
    for row in tx.execution_options(stream_results=True).execute(found).mappings():
        yield _line(row)


def _lines(chosen: ColumnElement[bool], before: int | None) -> Select[Any]:
    found = (
        select(
            journal,
            func.coalesce(people.c.name, "").label("_person"),
            func.coalesce(sites.c.name, "").label("_site"),
            func.coalesce(work_orders.c.number, "").label("_order"),
        )
        .join(people, people.c.id == journal.c.person_id, isouter=True)
        .join(sites, sites.c.id == journal.c.site_id, isouter=True)
        .join(work_orders, work_orders.c.id == journal.c.order_id, isouter=True)
        .where(chosen)
        .order_by(journal.c.id.desc())
    )
    return found if before is None else found.where(journal.c.id < before)


def _line(row: Any) -> Line:
    entry = Entry(**{name: value for name, value in row.items() if not name.startswith("_")})
    return Line(entry=entry, person=row["_person"], site=row["_site"], order=row["_order"])


def _chosen(wanted: Wanted) -> ColumnElement[bool]:
    where = [_in_reach(wanted)]
    if wanted.kind in KINDS:
        where.append(KINDS[wanted.kind])
    if wanted.person_id is not None:
        where.append(journal.c.person_id == wanted.person_id)
    if wanted.site:
        where.append(sites.c.code == wanted.site)
    if wanted.record:
        where.append(journal.c.record == wanted.record)
    if wanted.since is not None:
        where.append(journal.c.at >= wanted.since)
    if wanted.until is not None:
        where.append(journal.c.at < wanted.until)
    return and_(*where)


def _in_reach(wanted: Wanted) -> ColumnElement[bool]:
    """Without a site it is about the house itself: people, rules, logins."""
    mine = within(wanted.reach, journal.c.site_id)
    if wanted.house:
        return or_(mine, journal.c.site_id.is_(None))
    return and_(mine, journal.c.site_id.is_not(None))
