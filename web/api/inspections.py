"""Monthly inspections: how far each one is, what was found, and the report as it was issued."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from rules.documents import Document, Language
from rules.inspections import InspectionId
from rules.permits import Verb
from storage import inspections as inspection_rows
from storage.db import Tx, reading
from storage.files import NoSuchFileError
from storage.views import names, sheets
from storage.views.sheets import Listed, Wanted
from web.api import sheet_shapes as shapes
from web.api.asked import Filter, Id, Line, Paged
from web.api.callers import Caller, InspectionReader
from web.inspecting import is_customer
from web.wired import NotFoundError, Wired

router = APIRouter(tags=["inspections"])

PDF: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "the signed document, byte for byte as it was issued",
        "content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}},
        "headers": {"ETag": {"description": "its SHA-256", "schema": {"type": "string"}}},
    }
}


class Asked(Paged):
    """`period` is a month like 2026-11; `site` and `system` are codes."""

    period: Annotated[str, shapes.MONTH] = ""
    site: Line = ""
    system: Line = ""


class Spoken(Filter):
    """Without `lang` the newest document, whatever its language."""

    lang: Language | None = None


@router.get("/inspections")
def inspections(
    parts: Wired, caller: InspectionReader, asked: Annotated[Asked, Query()]
) -> shapes.Inspections:
    caller.must(Verb.SEE_INSPECTION)
    wanted = Wanted(
        reach=caller.reach,
        issued_only=is_customer(caller),
        **asked.model_dump(include={"period", "site", "system"}),
    )
    with reading(parts.database) as tx:
        found = sheets.listed(tx, wanted, before=asked.before, limit=asked.limit)
        codes = names.codes_of_people(tx, [one.inspection.assignee_id for one in found.rows])
    items = [shapes.line(one, codes, ours=not is_customer(caller)) for one in found.rows]
    return shapes.Inspections(items=items, next=found.next or None)


@router.get("/inspections/{inspection_id}")
def inspection(parts: Wired, caller: InspectionReader, inspection_id: Id) -> shapes.Whole:
    with reading(parts.database) as tx:
        listed = _seen(tx, caller, inspection_id)
        sheet = inspection_rows.sheet(tx, listed.inspection.id)
        people = shapes.people_of(listed.inspection, sheet)
        codes = names.codes_of_people(tx, people)
    if sheet is None:
        raise NotFoundError
    return shapes.whole(listed, sheet, codes, ours=not is_customer(caller))


@router.get("/inspections/{inspection_id}/report.pdf", response_class=Response, responses=PDF)
def report(
    parts: Wired, caller: InspectionReader, inspection_id: Id, asked: Annotated[Spoken, Query()]
) -> Response:
    with reading(parts.database) as tx:
        listed = _seen(tx, caller, inspection_id)
    wanted = [one for one in listed.documents if asked.lang in {None, one.language}]
    if not wanted:
        raise NotFoundError
    return handed_over(parts.files.get, wanted[-1])


def handed_over(read: Callable[[str], bytes], one: Document) -> Response:
    """Its bytes, as any document is handed to a program."""
    try:
        content = read(one.file)
    except NoSuchFileError as error:
        raise NotFoundError from error
    headers = {
        "ETag": f'"{one.file}"',
        "Content-Disposition": f'attachment; filename="{one.file_name}"',
        "Content-Language": "zh, en" if one.language is Language.BOTH else one.language,
    }
    return Response(content, media_type="application/pdf", headers=headers)


def _seen(tx: Tx, caller: Caller, inspection_id: str) -> Listed:
    """Another's inspection is not even there; a customer's is there once it is issued."""
    found = sheets.of_inspections(tx, [InspectionId(int(inspection_id))])
    one = found[0] if found else None
    if one is None:
        raise NotFoundError
    owner = one.documents[0].customer_id if one.documents else one.customer_id
    if not caller.may(Verb.SEE_INSPECTION, one.inspection.site_id, owner):
        raise NotFoundError
    if is_customer(caller) and one.inspection.issued_at is None:
        raise NotFoundError
    return one
