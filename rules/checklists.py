"""What is looked at each month (A10): areas, kinds of point, items with unit and limits.

The lists are data (`storage/checklists/<version>.toml`); here is how they are read and which
points a system has. A sheet names the version it was frozen from.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rules.assets import Device
from rules.codes import CATALOGUE
from rules.inspections import Area
from rules.model import DeviceType, Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One item: message id `checklist.item.<key>`.

    `against` are the faults that deny it is normal while they are open. `metric` is what the
    device reports of the same thing; a measured value further than `near` from it is doubted.
    """

    key: str
    unit: str = ""
    low: float | None = None
    high: float | None = None
    against: frozenset[str] = frozenset()
    metric: str = ""
    near: float = 0
    severity: Severity = Severity.MINOR


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of point: devices of one type, or a subject without a device.

    A subject belongs to systems of `systems` (empty: all), `unless` they hold such devices.
    """

    type: str
    area: Area
    checks: tuple[Check, ...]
    systems: frozenset[str] = frozenset()
    unless: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Checklist:
    version: str
    devices: Mapping[DeviceType, Kind]
    subjects: tuple[Kind, ...]

    def kind(self, point_type: str) -> Kind | None:
        """The kind of a frozen point, if this version knows it."""
        known = {str(one.type): one for one in (*self.devices.values(), *self.subjects)}
        return known.get(point_type)

    def check(self, point_type: str, item: str) -> Check:
        """The item as this version has it; one it does not know is denied by nothing."""
        kind = self.kind(point_type)
        found = (one for one in (kind.checks if kind else ()) if one.key == item)
        return next(found, Check(key=item))


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A point that is to be frozen; `device` None is a subject."""

    kind: Kind
    device: Device | None = None


def points(checklist: Checklist, system_kind: str, devices: Iterable[Device]) -> Sequence[Draft]:
    """Every point of a system: by area, in it devices by place and code, then the subjects."""
    held = list(devices)
    types = {str(device.type) for device in held}
    drafts = [Draft(kind=checklist.devices[one.type], device=one) for one in held]
    drafts += [
        Draft(kind=one)
        for one in checklist.subjects
        if (not one.systems or system_kind in one.systems) and not one.unless & types
    ]
    areas = list(Area)
    return sorted(drafts, key=lambda one: (areas.index(one.kind.area), *_place(one)))


def _place(draft: Draft) -> tuple[bool, str, str]:
    device = draft.device
    return (device is None, device.location if device else "", device.code if device else "")


class BadChecklistError(ValueError):
    """The data file is not sound; only a change of it can bring that about."""


def read(version: str, data: Mapping[str, Any]) -> Checklist:
    """From the data file. Raises `BadChecklistError` where it names what there is not."""
    try:
        devices = [_kind(one) for one in data["device"]]
        subjects = tuple(_kind(one) for one in data["subject"])
        by_type = {DeviceType(one.type): one for one in devices}
    except (KeyError, TypeError, ValueError) as error:
        raise BadChecklistError(f"checklist {version}: {error!r}") from error
    if missing := set(DeviceType) - set(by_type):
        raise BadChecklistError(f"checklist {version}: no items for {sorted(missing)}")
    return Checklist(version=version, devices=by_type, subjects=subjects)


def _kind(data: Mapping[str, Any]) -> Kind:
    return Kind(
        type=data["type"],
        area=Area(data["area"]),
        checks=tuple(_check(one) for one in data["items"]),
        systems=frozenset(data.get("systems", ())),
        unless=frozenset(data.get("unless", ())),
    )


def _check(data: Mapping[str, Any]) -> Check:
    against = frozenset(data.get("against", ()))
    if unknown := against - set(CATALOGUE):
        raise ValueError(f"{data['key']}: no fault is called {sorted(unknown)}")
    if "metric" in data and not data.get("unit"):
        raise ValueError(f"{data['key']}: what is compared needs a unit")
    return Check(
        key=data["key"],
        unit=data.get("unit", ""),
        low=data.get("low"),
        high=data.get("high"),
        against=against,
        metric=data.get("metric", ""),
        near=data.get("near", 0),
        severity=Severity(data.get("severity", Severity.MINOR)),
    )
