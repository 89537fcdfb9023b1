"""Readings of the past: by the hour for a quarter, by the minute for the last day.

They are what the fleet would have said (`ringwatch.demo.readings`), with a hole where a device
was silent and the sick value where one was measured, so that curve and fault tell one story.
"""

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import TypeVar

from ringwatch.demo.company.past import DAYS_BACK, Incident
from ringwatch.demo.readings import Values, healthy
from rules.assets import Device
from rules.model import DeviceId, DeviceType, Monitored
from storage import backfill, telemetry
from storage.backfill import HourFigures
from storage.db import Tx
from storage.tables.telemetry import SHARD
from storage.telemetry import Taken

_HOUR_S = 3600
MINUTES_BACK = 24 * 60
OLDER_DAYS = DAYS_BACK + 35
_ROWS_AT_ONCE = 50_000
# One or two curves a device by the hour: a quarter of every metric would be a minute's work.
_KEPT: dict[DeviceType, tuple[str, ...]] = {
    DeviceType.RECORDER: ("temperature_c", "disk_free_pct"),
    DeviceType.UPS: ("battery_pct", "load_pct"),
    DeviceType.ALARM_HOST: ("battery_pct", "battery_v"),
    DeviceType.DETECTOR: ("battery_pct",),
    DeviceType.SENSOR: ("temperature_c", "battery_pct"),
    DeviceType.SWITCH: ("packet_loss_pct",),
    DeviceType.UPLINK: ("packet_loss_pct",),
}
_DEFAULT_KEPT = ("temperature_c",)

Row = TypeVar("Row")
Span = tuple[datetime, datetime]


class _Ills:
    """When each device was silent, and when it said something sick."""

    def __init__(self, incidents: Sequence[Incident]) -> None:
        self._silent: dict[DeviceId, list[Span]] = defaultdict(list)
        self._sick: dict[DeviceId, list[tuple[Span, str, float]]] = defaultdict(list)
        for one in incidents:
            span = (one.opened_at, one.cleared_at)
            for device in one.silent:
                self._silent[device.id].append(span)
            value = one.tale.evidence.get("value")
            if value is not None:
                self._sick[one.device.id].append((span, one.tale.evidence["signal"], value))

    def silent_hours(self, device_id: DeviceId) -> set[int]:
        return {hour for span in self._silent.get(device_id, ()) for hour in _hours_within(span)}

    def sick_hours(self, device_id: DeviceId, metric: str) -> dict[int, float]:
        """The sick value of each hour that had one."""
        found: dict[int, float] = {}
        for span, signal, value in reversed(self._sick.get(device_id, [])):
            if signal == metric:
                found |= dict.fromkeys(_hours_within(span), value)
        return found

    def sick(self, device_id: DeviceId) -> bool:
        return device_id in self._sick

    def silent(self, device_id: DeviceId, at: datetime) -> bool:
        spans = self._silent.get(device_id)
        return spans is not None and any(start <= at < end for start, end in spans)

    def value(self, device_id: DeviceId, metric: str, at: datetime) -> float | None:
        """The sick value of that instant, if there was one."""
        for (start, end), signal, value in self._sick.get(device_id, ()):
            if signal == metric and start <= at < end:
                return value
        return None


def fill(tx: Tx, devices: Sequence[Device], incidents: Sequence[Incident], now: datetime) -> None:
    heard = [device for device in devices if device.monitored is Monitored.YES]
    for hours in _pieces(_hours(heard, _Ills(incidents), now)):
        backfill.put_hours(tx, hours)
    first = now.replace(second=0, microsecond=0) - timedelta(minutes=MINUTES_BACK)
    of_late = _Ills([one for one in incidents if one.cleared_at >= first])
    for minutes in _pieces(_minutes(heard, of_late, first, now)):
        telemetry.write(tx, minutes)


def _hours(devices: Sequence[Device], ills: _Ills, now: datetime) -> Iterator[HourFigures]:
    """A day of each device, told again for every day of the quarter with a little difference."""
    top = now.replace(minute=30, second=0, microsecond=0)
    older = range(OLDER_DAYS, DAYS_BACK, -1)  # one reading a day: the sheets of then want a sign
    instants = [top - timedelta(days=back) for back in older]
    instants += [top - timedelta(hours=back) for back in range(DAYS_BACK * 24, 0, -1)]
    hours = [(at, int(at.timestamp()) // _HOUR_S) for at in instants]
    for device in devices:
        day = [healthy(device, at)[0] for at in instants[-24:]]
        silent = ills.silent_hours(device.id)
        for metric in _KEPT.get(device.type, _DEFAULT_KEPT):
            if metric not in day[0]:
                continue
            sick = ills.sick_hours(device.id, metric)
            for at, number in hours:
                if number in silent:
                    continue
                value = sick.get(number)
                if value is None:
                    value = day[at.hour - instants[-24].hour][metric] * _wobble(number, device.id)
                yield backfill.hour_row(device.id, metric, number, value, spread=abs(value) * 0.01)


def _hours_within(span: Span) -> range:
    """Counted from 1970; those whose half past lies in [start, end)."""
    return range(*(math.ceil(at.timestamp() / _HOUR_S - 0.5) for at in span))


def _wobble(hour: int, device_id: DeviceId) -> float:
    """No day is like the other: 0.95 to 0.99 of it."""
    return 0.95 + (hour * 7919 + device_id * 104_729) % 97 / 97 * 0.04


def _minutes(
    devices: Sequence[Device], ills: _Ills, first: datetime, now: datetime
) -> Iterator[Taken]:
    for device in devices:
        every = max(1, (device.reporting_interval_s or 60) // 60)
        for minute in range(0, MINUTES_BACK, every):
            at = first + timedelta(minutes=minute, seconds=device.id // SHARD % 60)
            if at < now and not ills.silent(device.id, at):
                yield device.id, at, _said(device, at, ills)


def _said(device: Device, at: datetime, ills: _Ills) -> Values:
    values, _ = healthy(device, at)
    for metric in values if ills.sick(device.id) else ():
        if (sick := ills.value(device.id, metric, at)) is not None:
            values[metric] = sick
    return values


def _pieces(rows: Iterator[Row]) -> Iterator[list[Row]]:
    while some := list(islice(rows, _ROWS_AT_ONCE)):
        yield some
