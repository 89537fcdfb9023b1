"""What the devices of a sheet reported in its month, for the page and for the comparison."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta

from rules.assets import Device
from rules.checklists import Checklist
from rules.doubts import Record
from rules.evidence import Evidence, Measured, Span, gather, length, merged
from rules.inspections import Sheet
from rules.model import DeviceId, Monitored
from rules.silence import Spell
from storage import devices as device_rows
from storage import faults as fault_rows
from storage import listening, states, telemetry
from storage.db import Tx
from storage.states import LastWord

AROUND = timedelta(hours=2)  # readings this near to a measurement are of the same time
STILL_SAYS = timedelta(hours=6)
SHOWN = (  # the metrics a chip beside a point may show
    "battery_pct",
    "battery_v",
    "temperature_c",
    "disk_free_pct",
    "clock_offset_s",
    "packet_loss_pct",
    "load_pct",
    "runtime_min",
    "mains_v",
)


def of_sheet(
    tx: Tx, sheet: Sheet, month: Span, now: datetime, *, readings: Tx | None = None
) -> dict[DeviceId, Evidence]:
    """By device; subjects have none. What lies ahead of `now` is not counted."""
    ids = [point.device_id for point in sheet.points if point.device_id]
    return of_devices(tx, ids, month, now, readings=readings)


def of_devices(
    tx: Tx,
    device_ids: Collection[DeviceId],
    month: Span,
    now: datetime,
    *,
    readings: Tx | None = None,
) -> dict[DeviceId, Evidence]:
    """A question each for faults, deaf spells, last words and curves, however many devices."""
    ids = sorted(set(device_ids))
    until = max(month[0], min(month[1], now))
    spells = listening.spells(tx, month[0])
    faults = fault_rows.lived(tx, ids, month[0], until)
    last_words = states.of_devices(tx, ids)
    ranges = telemetry.ranges(readings, ids, SHOWN, month[0], until) if readings else {}
    heard = _heard_of(ids, last_words, (month[0], until), readings)
    return {
        one.id: gather(
            faults.get(one.id, ()),
            spells,
            (month[0], until),
            heard=_heard(one, heard, spells, (month[0], until)),
            metrics=_measured(one.id, last_words.get(one.id), ranges, month[0]),
        )
        for one in _devices(tx, ids)
    }


def records(
    tx: Tx,
    sheet: Sheet,
    checklist: Checklist,
    seen: Mapping[DeviceId, Evidence],
    now: datetime,
    *,
    readings: Tx | None = None,
) -> dict[DeviceId, Record]:
    """What a finished sheet is held against: faults up to now, and readings of that hour."""
    checked = [item.checked_at for point in sheet.points for item in point.items]
    first = min((at for at in checked if at), default=now)
    faults = fault_rows.lived(tx, seen, first, now)
    last_words = states.of_devices(tx, sorted(seen))
    found: dict[DeviceId, Record] = {}
    for point in sheet.points:
        if point.device_id is None or point.device_id not in seen:
            continue
        metrics: dict[str, Measured] = {}
        for item in point.items:
            metric = checklist.check(point.type, item.item).metric
            if metric and item.value is not None and item.checked_at:
                at, said = item.checked_at, last_words.get(point.device_id)
                near = _near(readings, point.device_id, metric, at, said)
                metrics |= {metric: near} if near else {}
        found[point.device_id] = Record(
            faults=faults.get(point.device_id, ()),
            heard=seen[point.device_id].heard,
            metrics=metrics,
        )
    return found


def _near(
    readings: Tx | None, device_id: DeviceId, metric: str, at: datetime, said: LastWord | None
) -> Measured | None:
    """The readings of that time; None: nothing to hold it against."""
    spans: list[tuple[float, float]] = []
    if readings:
        found = telemetry.ranges(readings, [device_id], [metric], at - AROUND, at + AROUND)
        spans += found.values()
    heard_at = said.last_heard_at if said else None
    if said and heard_at and metric in said.metrics and abs(heard_at - at) <= STILL_SAYS:
        spans.append((said.metrics[metric], said.metrics[metric]))
    if not spans:
        return None
    low, high = min(low for low, _ in spans), max(high for _, high in spans)
    return Measured(low=low, high=high, last=spans[-1][1])


def _heard_of(
    ids: list[DeviceId],
    last_words: Mapping[DeviceId, LastWord],
    span: Span,
    readings: Tx | None,
) -> set[DeviceId]:
    """Who was heard in the period, by the curves and by its last word."""
    spoke = telemetry.spoke(readings, ids, *span) if readings else set()
    return spoke | {
        number
        for number, said in last_words.items()
        if said.last_heard_at and said.last_heard_at >= span[0]
    }


def _heard(
    device: Device, heard: Collection[DeviceId], spells: Iterable[Spell], span: Span
) -> bool | None:
    """Was anything heard of it? None: nobody listens, or we were deaf for most of the time."""
    if device.monitored is not Monitored.YES:
        return None
    if device.id in heard:
        return True
    deaf_s = length(merged([(one.start, one.end) for one in spells], span))
    return None if deaf_s * 2 >= length(merged([span], span)) else False


def _measured(
    device_id: DeviceId,
    said: LastWord | None,
    ranges: Mapping[tuple[DeviceId, str], tuple[float, float]],
    since: datetime,
) -> dict[str, Measured]:
    fresh = said is not None and said.last_heard_at is not None and said.last_heard_at >= since
    last = said.metrics if said and fresh else {}
    found = {}
    for metric in SHOWN:
        low_high = ranges.get((device_id, metric))
        values = [*(low_high or ()), *([last[metric]] if metric in last else ())]
        if values:
            found[metric] = Measured(
                low=min(values), high=max(values), last=last.get(metric, values[-1])
            )
    return found


def _devices(tx: Tx, ids: list[DeviceId]) -> list[Device]:
    return [
        one
        for start in range(0, len(ids), 500)
        for one in device_rows.by_ids(tx, ids[start : start + 500])
    ]
