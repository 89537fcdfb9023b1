"""The page of one line: its form, what was done to it, and the way into the archive and back."""

from dataclasses import dataclass, replace

from fastapi import Request, Response

from operations import records
from operations.imports import Kind, RowError
from operations.imports.stored import Stored
from operations.records import Hand, RefusedError
from storage import archive as archive_rows
from storage import journal
from storage import sites as site_rows
from storage.db import Tx, reading
from storage.views import names
from web import forms, nouns
from web.forms import State, Typed
from web.wired import NotFoundError, Viewer, page
from wiring.parts import Parts

HISTORY_SHOWN = 30


@dataclass(frozen=True, slots=True)
class Desk:
    """Who keeps which list, and what the browser asked."""

    request: Request
    parts: Parts
    visitor: Viewer
    kind: Kind

    @property
    def hand(self) -> Hand:
        return Hand(by=self.visitor.me.id, policy=self.parts.policy, now=self.visitor.now)

    def said(self, errors: tuple[RowError, ...]) -> dict[str, str]:
        """The first of each column: the next shows when this one is mended."""
        said: dict[str, str] = {}
        for error in errors:
            said.setdefault(error.column, forms.told(self.visitor, error.message_id, error.facts))
        return said


def may_stand_there(tx: Tx, desk: Desk, site_code: str) -> None:
    """A new system or device only at a site of one's own reach."""
    visitor, kind = desk.visitor, desk.kind
    nouns.must_keep(tx, visitor, kind, fresh=True)
    site = site_rows.by_code(tx, site_code) if kind in nouns.AT_SITE else None
    if site is not None and not visitor.may(nouns.KEPT_BY[kind], site.id, site.customer_id):
        raise NotFoundError


def fresh(desk: Desk, typed: Typed, errors: tuple[RowError, ...] = ()) -> Response:
    """An empty form, or one that was refused."""
    with reading(desk.parts.database) as tx:
        may_stand_there(tx, desk, typed.cells.get("site", ""))
        state = State(
            cells=typed.cells,
            was=typed.was,
            errors=desk.said(errors),
            choices=nouns.choices(tx, desk.visitor, desk.kind, typed.cells),
            channels=_channels(desk),
        )
        site = site_rows.by_code(tx, typed.cells.get("site", ""))
    where_first = desk.kind in nouns.AT_SITE and site is None
    groups = nouns.WHERE if where_first else nouns.GROUPS[desk.kind]
    fixed = {"site"} if desk.kind in nouns.AT_SITE and site else set()
    state = replace(state, fixed=fixed)
    return page(
        desk.request,
        desk.visitor,
        "records/new.html",
        status=422 if errors else 200,
        kind=desk.kind,
        site=site,
        where_first=where_first,
        cells=state.cells,
        errors=state.errors,
        sections=forms.draw(desk.visitor, desk.kind, groups, state),
    )


def filled(
    desk: Desk,
    record: Stored,
    state: State,
    *,
    status: int = 200,
    refused: str = "",
    note: str = "",
) -> Response:
    """The form of a line that is there; `refused` and `note` are said above it."""
    visitor = desk.visitor
    with reading(desk.parts.database) as tx:
        state = replace(
            state,
            choices=nouns.choices(tx, visitor, desk.kind, state.cells),
            channels=_channels(desk),
            fixed=records.fixed(desk.kind),
        )
        history = journal.of_record(tx, record_name(record), limit=HISTORY_SHOWN)
        people = names.of_people(tx, [entry.person_id for entry in history])
        site = site_rows.get(tx, record.site_id) if record.site_id else None
        gone = record.archived_at is not None or desk.kind is Kind.PEOPLE
        along = {} if gone else archive_rows.along(tx, desk.kind, record.id)
    return page(
        desk.request,
        visitor,
        "records/one.html",
        status=status,
        kind=desk.kind,
        record=record,
        site=site,
        cells=state.cells,
        errors=state.errors,
        sections=forms.draw(visitor, desk.kind, nouns.GROUPS[desk.kind], state),
        private=sorted(state.hidden),
        stamp=records.stamp_of(record),
        history=history,
        people=people,
        along=along,
        refused=refused,
        note=note,
    )


def wrong(desk: Desk, record: Stored, typed: Typed, errors: tuple[RowError, ...]) -> Response:
    """What was typed stays where it was typed."""
    state = State(
        cells={**record.cells, **typed.cells},
        was=record.cells,
        errors=desk.said(errors),
        hidden=_hidden(desk, typed),
    )
    return filled(desk, record, state, status=422)


def meanwhile(desk: Desk, record: Stored, typed: Typed) -> Response:
    """Another was faster: what was not touched is theirs; what was stays, beside theirs."""
    cells, theirs = dict(record.cells), {}
    for name, cell in typed.cells.items():
        if cell != typed.was.get(name, ""):
            cells[name] = cell
            if record.cells[name] not in {typed.was.get(name, ""), cell}:
                theirs[name] = record.cells[name]
    with reading(desk.parts.database) as tx:
        last = journal.of_record(tx, record_name(record), limit=1)
        who = names.of_people(tx, [entry.person_id for entry in last])
    said = desk.visitor.say("record.meanwhile", who=next(iter(who.values()), "—"))
    state = State(cells=cells, was=record.cells, theirs=theirs, hidden=_hidden(desk, typed))
    return filled(desk, record, state, status=409, refused=said)


def stays(desk: Desk, record: Stored, why: RefusedError) -> Response:
    """It could not be archived or brought back."""
    state = State(cells=record.cells, was=record.cells, hidden=forms.private(desk.kind))
    said = desk.visitor.say(why.message_id, **why.facts)
    return filled(desk, record, state, status=409, refused=said)


def record_name(record: Stored) -> str:
    """As the journal names it."""
    return f"{record.kind}/{record.id}"


def _hidden(desk: Desk, typed: Typed) -> frozenset[str]:
    """Private fields were on the form if they came back with it."""
    return forms.private(desk.kind) - typed.was.keys()


def _channels(desk: Desk) -> list[str]:
    """Those a person can be told by; groups are no person's."""
    return [one.name for one in desk.parts.settings.channel if not one.group]
