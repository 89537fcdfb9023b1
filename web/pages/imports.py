"""Whole lists from a file: first what it would do, line by line, then the yes to exactly that."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, File, Form, Request, Response, UploadFile

from operations import imports, places
from operations.imports import Kind, Outcome, RowError, columns_of
from operations.places import RingsTaken
from rules.permits import Verb
from rules.rings import RingsError
from storage import waiting
from storage.db import Tx, reading, transaction
from web import forms, nouns
from web.pages.sessions import Text
from web.security import IMPORT_MIB
from web.wired import NotFoundError, Viewer, Visitor, Wired, page
from wiring.parts import Parts

router = APIRouter()

RINGS = "rings"
SHOWN = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a file would do: `digest` stands for exactly that."""

    outcome: Outcome | None = None
    rings: RingsTaken | None = None
    wrong: str = ""
    digest: str = ""


@router.get("/import")
def form(request: Request, visitor: Visitor, kind: str = "") -> Response:
    visitor.must(Verb.KEEP_LISTS)
    return _form(request, visitor, kind)


@router.post("/import")
def preview(
    request: Request,
    parts: Wired,
    visitor: Visitor,
    kind: Annotated[str, Form(max_length=20)] = "",
    file: Annotated[UploadFile | None, File()] = None,
) -> Response:
    """Judged whole, kept nowhere but beside the yes that may follow."""
    _must(parts, visitor, kind)
    data = file.file.read() if file is not None and file.filename else b""
    if not data:
        return _form(request, visitor, kind, error=visitor.say("import.no_file"))
    with transaction(parts.database) as tx:
        seen = _look(tx, parts, visitor, kind, data)
    fine = not seen.wrong and (seen.outcome is None or seen.outcome.fine)
    token = waiting.keep(_folder(parts), visitor.me.id, data, visitor.now) if fine else ""
    return _preview(request, visitor, kind, seen, token, status=200 if fine else 422)


@router.post("/import/apply")
def apply(
    request: Request,
    parts: Wired,
    visitor: Visitor,
    kind: Text = "",
    token: Text = "",
    digest: Text = "",
) -> Response:
    """What was previewed, and nothing else: a different effect is previewed again."""
    _must(parts, visitor, kind)
    data = waiting.read(_folder(parts), visitor.me.id, token, visitor.now)
    if data is None:
        return _form(request, visitor, kind, error=visitor.say("import.gone"))
    with transaction(parts.database) as tx:
        seen = _look(tx, parts, visitor, kind, data)
        as_seen = seen.digest == digest
        if as_seen:
            _keep(tx, parts, visitor, kind, data)
    if not as_seen:
        return _preview(request, visitor, kind, seen, token, moved=True, status=409)
    waiting.forget(_folder(parts), visitor.me.id, token)
    return _preview(request, visitor, kind, seen, "", done=True)


def _must(parts: Parts, visitor: Viewer, kind: str) -> None:
    """A whole list is kept by who sees all of it; rings are the sites' affair."""
    visitor.must(Verb.KEEP_LISTS)
    if kind not in {*Kind, RINGS}:
        raise NotFoundError
    with reading(parts.database) as tx:
        nouns.must_keep(tx, visitor, Kind.SITES if kind == RINGS else Kind(kind), fresh=True)
        if not visitor.reach.everything:
            nouns.must_keep(tx, visitor, Kind.SITES, fresh=True)


def _look(tx: Tx, parts: Parts, visitor: Viewer, kind: str, data: bytes) -> Seen:
    me, now = visitor.me.id, visitor.now
    if kind == RINGS:
        try:
            taken = places.take_rings(tx, data, by=me, now=now, dry_run=True)
        except RingsError as error:
            return Seen(wrong=visitor.say(error.message_id, **error.facts))
        return Seen(rings=taken, digest=_digest(taken.sites_elsewhere))
    outcome = imports.load(tx, Kind(kind), data, policy=parts.policy, by=me, now=now, dry_run=True)
    told = [(one.now.key, one.fresh, one.fields) for one in outcome.changes]
    return Seen(outcome=outcome, digest=_digest((outcome.errors_in_all, told)))


def _keep(tx: Tx, parts: Parts, visitor: Viewer, kind: str, data: bytes) -> None:
    me, now = visitor.me.id, visitor.now
    if kind == RINGS:
        places.take_rings(tx, data, by=me, now=now)
    else:
        imports.load(tx, Kind(kind), data, policy=parts.policy, by=me, now=now)


def _digest(told: object) -> str:
    return hashlib.sha256(repr(told).encode()).hexdigest()


def _folder(parts: Parts) -> Path:
    return parts.settings.data / "waiting"


def _form(request: Request, visitor: Viewer, kind: str, *, error: str = "") -> Response:
    mine = [each for each in Kind if visitor.may(nouns.KEPT_BY[each])]
    chosen = kind if kind in {*Kind, RINGS} else Kind.DEVICES.value
    return page(
        request,
        visitor,
        "imports/page.html",
        status=422 if error else 200,
        kinds=[*mine, *([RINGS] if visitor.may(Verb.KEEP_SITES) else [])],
        chosen=chosen,
        columns=columns_of(Kind(chosen)) if chosen != RINGS else (),
        most=IMPORT_MIB,
        error=error,
    )


def _preview(  # noqa: PLR0913 - a page and what stands on it
    request: Request,
    visitor: Viewer,
    kind: str,
    seen: Seen,
    token: str,
    *,
    status: int = 200,
    moved: bool = False,
    done: bool = False,
) -> Response:
    outcome = seen.outcome or Outcome(kind=Kind.SITES)

    def told(found: Sequence[RowError]) -> list[tuple[RowError, str]]:
        return [(one, forms.told(visitor, one.message_id, one.facts)) for one in found[:SHOWN]]

    return page(
        request,
        visitor,
        "imports/preview.html",
        status=status,
        kind=kind,
        seen=seen,
        outcome=outcome,
        errors=told(outcome.errors),
        warnings=told(outcome.warnings),
        changes=outcome.changes[:SHOWN],
        private=forms.private(Kind(kind)) if kind != RINGS else frozenset(),
        shown=SHOWN,
        token=token,
        moved=moved,
        done=done,
    )
