"""Fire drills as pages and programs list them."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, or_, select, true

from rules import drills as rules
from rules.drills import Drill, DrillId, Report
from rules.model import PersonId
from storage import drills as drill_rows
from storage.db import Tx
from storage.tables.oncall import drills
from storage.views import names
from storage.views.pages import Page, cut


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A drill and how it was answered; `people`: names by id, also of whoever made it."""

    drill: Drill
    report: Report
    people: dict[PersonId, str]


def planned(tx: Tx, *, secret: bool) -> list[Line]:
    """Planned or running, the next one first; `secret`: also those not announced."""
    shown = [one for one in drill_rows.open_ones(tx) if secret or one.announced or one.started_at]
    return _lines(tx, shown)


def past(tx: Tx, *, before: int | None = None, limit: int) -> Page[Line]:
    """Over or cancelled, newest first; `before` is the id to go on from."""
    return _page(tx, ~drill_rows.OPEN, before, limit)


def every(tx: Tx, *, secret: bool, before: int | None = None, limit: int) -> Page[Line]:
    """Of all stands, newest first; `secret`: also those planned and not announced."""
    known = or_(drills.c.announced, drills.c.started_at.is_not(None))
    return _page(tx, true() if secret else known, before, limit)


def one(tx: Tx, drill_id: DrillId) -> Line | None:
    drill = drill_rows.get(tx, drill_id)
    return _lines(tx, [drill])[0] if drill else None


def _page(tx: Tx, which: ColumnElement[bool], before: int | None, limit: int) -> Page[Line]:
    found = select(drills).where(which).order_by(drills.c.id.desc()).limit(limit + 1)
    if before is not None:
        found = found.where(drills.c.id < before)
    rows = [drill_rows.drill_of(row) for row in tx.execute(found).mappings()]
    count = tx.scalar(select(func.count()).select_from(drills).where(which)) or 0
    return cut(_lines(tx, rows), limit, count, lambda line: line.drill.id)


def _lines(tx: Tx, found: Sequence[Drill]) -> list[Line]:
    calls = drill_rows.calls_of(tx, [drill.id for drill in found])
    ids = {one.person_id for mine in calls.values() for one in mine}
    ids |= {person for drill in found for person in (*drill.people, drill.made_by)}
    people = names.of_people(tx, ids)
    return [
        Line(drill=drill, report=rules.report(calls.get(drill.id, ())), people=people)
        for drill in found
    ]
