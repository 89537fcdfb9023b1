"""A changed configuration, and the word that it was meant."""

from fastapi import APIRouter, Request, Response

from operations import configurations as configuration_desk
from operations.configurations import Word
from operations.refusals import NotNowError
from rules.assets import Device
from rules.model import DeviceId
from rules.permits import Verb
from storage.db import Tx, reading, transaction
from web.pages.devices import seen_device
from web.pages.sessions import Text
from web.wired import RowId, Viewer, Visitor, Wired, go, page
from wiring.parts import Parts

router = APIRouter()


@router.get("/devices/{device_id}/configuration")
def form(request: Request, parts: Wired, visitor: Visitor, device_id: RowId) -> Response:
    with reading(parts.database) as tx:
        device = _mine(tx, visitor, device_id)
    return _page(request, parts, visitor, device)


@router.post("/devices/{device_id}/configuration")
def accept(
    request: Request,
    parts: Wired,
    visitor: Visitor,
    device_id: RowId,
    reason: Text = "",
    seen: Text = "",
) -> Response:
    with reading(parts.database) as tx:
        device = _mine(tx, visitor, device_id)
    word = Word(reason=reason, seen=seen)
    try:
        with transaction(parts.database) as tx:
            configuration_desk.accept(tx, device.id, word, visitor.me.id, parts.policy, visitor.now)
    except NotNowError as error:
        return _page(request, parts, visitor, device, reason, error)
    return go(request, f"/devices/{device.id}")


def _mine(tx: Tx, visitor: Viewer, device_id: int) -> Device:
    """Another's is not even there."""
    device, site = seen_device(tx, visitor, DeviceId(device_id))
    visitor.must(Verb.MAINTAIN_DEVICE, site.id, site.customer_id)
    return device


def _page(
    request: Request,
    parts: Parts,
    visitor: Viewer,
    device: Device,
    reason: str = "",
    error: NotNowError | None = None,
) -> Response:
    with reading(parts.database) as tx:
        changed = configuration_desk.changed(tx, device.id)
    said = visitor.say(error.message_id) if error else ""
    return page(
        request,
        visitor,
        "devices/configuration.html",
        status=200 if error is None else 422 if error.field else 409,
        device=device,
        changed=changed,
        reason=reason,
        wrong=said if error and error.field else "",
        said=said if error and not error.field else "",
    )
