"""What goes wrong in the demo: each break names its victims, what they say, and for how long."""

import random
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from ringwatch.demo.readings import Flags, Values
from rules.assets import Device
from rules.model import DeviceId, DeviceType, Link, Monitored

Says = Callable[[Values, Flags, float], None]  # changes both; told how far the break is, 0 to 1

_T = DeviceType
_CAMERAS = frozenset({_T.CAMERA, _T.PTZ, _T.ENCODER})
_SENSORS = frozenset({_T.SENSOR, _T.DETECTOR, _T.PANIC_BUTTON})
_ALL = frozenset(DeviceType)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """`says` None: the device falls silent, and all that hang on it by `takes_along`."""

    name: str
    types: frozenset[DeviceType]
    says: Says | None = None
    event: str = ""  # a code the device also reports at once
    takes_along: frozenset[Link] = frozenset()
    whole_site: bool = False
    weight: int = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    kind: Kind
    device: Device
    begins: datetime
    ends: datetime
    silent: frozenset[DeviceId] = field(default_factory=frozenset)

    def done(self, now: datetime) -> float:
        whole = (self.ends - self.begins).total_seconds()
        return min(1.0, max(0.0, (now - self.begins).total_seconds() / whole))


def _flag(name: str, *, to: bool = True) -> Says:
    def says(_: Values, flags: Flags, __: float) -> None:
        flags[name] = to

    return says


def _value(name: str, value: float) -> Says:
    def says(values: Values, _: Flags, __: float) -> None:
        values[name] = value

    return says


def _sags(values: Values, flags: Flags, done: float) -> None:
    values["battery_pct"] = round(max(6.0, 24 - 40 * done))
    flags["low_battery"] = values["battery_pct"] < 20  # noqa: PLR2004 - the usual mark


def _on_battery(values: Values, flags: Flags, done: float) -> None:
    flags["mains"] = False
    values["battery_pct"] = round(100 - 55 * done)
    values["battery_v"] = round(12.9 - 1.4 * done, 2)
    if "runtime_min" in values:
        values["runtime_min"] = round(55 - 48 * done)


KINDS: tuple[Kind, ...] = (
    Kind(name="video loss", types=_CAMERAS, says=_flag("video_loss"), event="CAM_VIDEO_LOSS"),
    Kind(name="frozen picture", types=_CAMERAS, says=_flag("frozen"), weight=2),
    Kind(name="covered lens", types=_CAMERAS, says=_flag("occluded"), weight=2),
    Kind(name="turned away", types=_CAMERAS, says=_flag("moved"), weight=1),
    Kind(name="battery sagging", types=_SENSORS, says=_sags),
    Kind(name="weak signal", types=_SENSORS, says=_value("rssi_dbm", -89)),
    Kind(name="masked", types=frozenset({_T.DETECTOR}), says=_flag("masked"), weight=2),
    Kind(name="opened case", types=_ALL, says=_flag("tamper"), event="TAMPER", weight=2),
    Kind(name="disk failed", types=frozenset({_T.RECORDER}), says=_flag("disk_fail"), weight=3),
    Kind(
        name="recording stopped",
        types=frozenset({_T.RECORDER}),
        says=_flag("recording_stopped"),
        weight=3,
    ),
    Kind(
        name="disk full", types=frozenset({_T.RECORDER}), says=_value("disk_free_pct", 2), weight=2
    ),
    Kind(
        name="clock drift",
        types=frozenset({_T.RECORDER}),
        says=_value("clock_offset_s", 94),
        weight=2,
    ),
    Kind(name="overheating", types=_CAMERAS | {_T.RECORDER}, says=_value("temperature_c", 64)),
    Kind(name="mains loss", types=frozenset({_T.UPS, _T.POWER, _T.ALARM_HOST}), says=_on_battery),
    Kind(name="dead", types=_CAMERAS | _SENSORS),
    Kind(
        name="switch down",
        types=frozenset({_T.SWITCH}),
        takes_along=frozenset({Link.VIA}),
        weight=2,
    ),
    Kind(
        name="power supply dead",
        types=frozenset({_T.POWER}),
        takes_along=frozenset({Link.POWERED_BY}),
        weight=1,
    ),
    Kind(
        name="uplink down",
        types=frozenset({_T.UPLINK, _T.GATEWAY}),
        takes_along=frozenset({Link.VIA}),
        whole_site=True,
        weight=1,
    ),
)


def choose(
    devices: Sequence[Device],
    hurt: Collection[DeviceId],
    dice: random.Random,
    *,
    first: bool = False,
) -> tuple[Kind, Device] | None:
    """A kind by its weight, then one of the devices it may befall that is still well.

    The `first` is a camera without a picture: it is seen, and paged, within seconds.
    """
    well = [one for one in devices if one.monitored is Monitored.YES and one.id not in hurt]
    kinds = list(KINDS if hurt or not first else KINDS[:1])
    while kinds:
        kind = dice.choices(kinds, [one.weight for one in kinds])[0]
        fitting = [device for device in well if device.type in kind.types]
        if fitting:
            return kind, dice.choice(fitting)
        kinds.remove(kind)
    return None


def silenced(kind: Kind, device: Device, devices: Sequence[Device]) -> frozenset[DeviceId]:
    """Who is not heard while `kind` lasts: the device, and what depends on it, all the way."""
    if kind.says is not None:
        return frozenset()
    children: Mapping[DeviceId, list[DeviceId]] = _children(devices, kind.takes_along)
    found, look = {device.id}, [device.id]
    while look:
        for child in children.get(look.pop(), []):
            if child not in found:
                found.add(child)
                look.append(child)
    return frozenset(found)


def _children(devices: Sequence[Device], by: frozenset[Link]) -> dict[DeviceId, list[DeviceId]]:
    children: dict[DeviceId, list[DeviceId]] = {}
    for device in devices:
        for link, parent in device.links.items():
            if link in by and not (link is Link.POWERED_BY and device.ups):
                children.setdefault(parent, []).append(device.id)
    return children
