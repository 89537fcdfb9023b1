"""A device's curves: for its page to draw, and as a file."""

from datetime import timedelta

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse

from rules.assets import Device
from rules.model import DeviceId
from storage import faults as fault_rows
from storage import states
from storage.db import reading
from storage.states import LastWord
from web import curves, spreadsheets
from web.curves import Asked, Chart, Which
from web.pages.devices import seen_device
from web.wired import RowId, Viewer, Visitor, Wired
from wiring.parts import Parts

router = APIRouter()

YEAR = timedelta(days=366)


@router.get("/devices/{device_id}/curve")
def curve(parts: Wired, visitor: Visitor, device_id: RowId, asked: Which) -> Response:
    one, chart = _of(parts, visitor, DeviceId(device_id), asked)
    return JSONResponse(curves.drawing(chart, visitor, one.reporting_interval_s))


@router.get("/devices/{device_id}/curve.csv")
def curve_file(parts: Wired, visitor: Visitor, device_id: RowId, asked: Which) -> Response:
    one, chart = _of(parts, visitor, DeviceId(device_id), asked)
    name = f"curve-{one.id}-{chart.view}-{visitor.now:%Y-%m-%d}.csv"
    return spreadsheets.download(name, [curves.COLUMNS, *curves.rows(chart)])


def _of(parts: Parts, visitor: Viewer, device_id: DeviceId, asked: Asked) -> tuple[Device, Chart]:
    with reading(parts.database) as tx:
        one, _ = seen_device(tx, visitor, device_id)
        word = states.get(tx, one.id) or LastWord(device_id=one.id)
        history = fault_rows.of_device(tx, one.id, since=visitor.now - YEAR)
    return one, curves.of_device(parts, visitor.now, one, word, history, asked)
