"""Photos of a point: taken, shown to whom they concern, taken away again (A09, C12)."""

from collections.abc import Callable

from fastapi import APIRouter, Request, Response, UploadFile

from operations import inspections as inspection_desk
from operations import pictures
from operations.inspections import NoSuchInspectionError
from operations.pictures import PictureError
from operations.refusals import NotNowError
from rules.inspections import PhotoId, Picture, PointId
from rules.permits import Verb
from storage import inspection_photos
from storage.db import reading, transaction
from storage.files import NoSuchFileError
from web import inspecting
from web.inspecting import Trouble
from web.pages.inspection_points import show
from web.wired import NotFoundError, RowId, Viewer, Visitor, Wired, go, is_htmx, page
from wiring.parts import Parts

router = APIRouter()


@router.post("/inspections/{inspection_id}/points/{point_id}/photos")
def add_photo(
    request: Request,
    parts: Wired,
    visitor: Visitor,
    inspection_id: RowId,
    point_id: RowId,
    photo: UploadFile | None = None,
) -> Response:
    """A photo of the point, upright, small and bare of what the phone wrote into it."""
    with reading(parts.database) as tx:
        inspecting.allowed(tx, visitor, Verb.INSPECT, inspection_id).point(point_id)
    trouble = None
    try:
        picture = _kept(parts, photo)
        with transaction(parts.database) as tx:
            inspection_desk.add_photo(tx, PointId(point_id), picture, visitor.me.id, visitor.now)
    except (PictureError, NotNowError) as error:
        message = visitor.say(error.message_id, **error.facts)
        trouble = Trouble(message=message, beside="photo")
    return _shown(request, parts, visitor, (inspection_id, point_id), trouble)


@router.post("/inspections/{inspection_id}/points/{point_id}/photos/{photo_id}/remove")
def remove_photo(
    request: Request,
    parts: Wired,
    visitor: Visitor,
    inspection_id: RowId,
    point_id: RowId,
    photo_id: RowId,
) -> Response:
    """Away with it; removed already is no mistake."""
    with reading(parts.database) as tx:
        found = inspecting.allowed(tx, visitor, Verb.INSPECT, inspection_id).point(point_id)
    trouble = None
    for one in (photo for photo in found.photos if photo.id == photo_id):
        try:
            with transaction(parts.database) as tx:
                inspection_desk.remove_photo(tx, one.id, visitor.me.id, visitor.now)
        except NotNowError as error:
            message = visitor.say(error.message_id, **error.facts)
            trouble = Trouble(message=message, beside="photo")
        except NoSuchInspectionError:
            pass
    return _shown(request, parts, visitor, (inspection_id, point_id), trouble)


@router.get("/photos/{photo_id}")
def photo(
    request: Request, parts: Wired, visitor: Visitor, photo_id: RowId, small: str = ""
) -> Response:
    """Its bytes, for whoever may see the inspection; asked again each time, sent once."""
    with reading(parts.database) as tx:
        known = inspection_photos.get(tx, PhotoId(photo_id))
        if known is None:
            raise NotFoundError
        inspecting.seen(tx, visitor, known.inspection_id)
    made = pictures.thumbnail if small else None
    return handed(request, parts, known.file, "image/jpeg", made=made)


def handed(
    request: Request,
    parts: Parts,
    name: str,
    kind: str,
    *,
    made: Callable[[bytes], bytes] | None = None,
) -> Response:
    """A file of the store. The browser keeps it, and asks each time whether it still may."""
    tag = f'"{name[:32]}{"-small" if made else ""}"'
    headers = {"Cache-Control": "private, no-cache", "ETag": tag}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    try:
        content = parts.files.get(name)
    except NoSuchFileError as error:
        raise NotFoundError from error
    return Response(made(content) if made else content, headers=headers, media_type=kind)


def _kept(parts: Parts, photo: UploadFile | None) -> Picture:
    """Re-encoded and in the store, before any row names it. Raises `PictureError`."""
    if photo is None:
        raise PictureError("picture.refused.nothing")
    made = pictures.photograph(photo.file, photo.size or 0)
    return Picture(
        file=parts.files.put(made.jpeg),
        fingerprint=made.fingerprint,
        width=made.width,
        height=made.height,
    )


def _shown(
    request: Request,
    parts: Parts,
    visitor: Viewer,
    where: tuple[int, int],
    trouble: Trouble | None,
) -> Response:
    """The photos alone: what was typed around them stays as it is."""
    if not is_htmx(request):
        if trouble is None:
            return go(request, f"/inspections/{where[0]}/points/{where[1]}")
        return show(request, parts, visitor, *where, trouble)
    with reading(parts.database) as tx:
        found = inspecting.allowed(tx, visitor, Verb.INSPECT, where[0])
    point = found.point(where[1])
    return page(
        request,
        visitor,
        "inspections/photos.html",
        status=trouble.status if trouble else 200,
        point=point,
        trouble=trouble,
        editable=inspecting.editable(found.inspection, point),
    )
