"""What a device says of itself, in words: unit, age, limit and where the limit comes from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from rules import codes
from rules.codes import CATALOGUE
from rules.faults import Evidence, Rule, effective, weigh, weigh_flag
from rules.model import DeviceType, Fault
from rules.policy import Limit
from storage.states import LastWord
from storage.telemetry import Point
from web.curves import Sample

_UNITS = {
    "pct": "%",
    "v": "V",
    "c": "°C",
    "dbm": "dBm",
    "fps": "fps",
    "kbps": "kbit/s",
    "w": "W",
    "s": "s",
    "min": "min",
    "days": "d",
}
# Which curve tells most of a device, by its type; the first that it reports.
_TELLING: Mapping[DeviceType, tuple[str, ...]] = {
    DeviceType.CAMERA: ("bitrate_kbps", "video_fps", "temperature_c"),
    DeviceType.RECORDER: ("disk_free_pct", "temperature_c", "retention_days"),
    DeviceType.UPS: ("runtime_min", "load_pct", "battery_pct"),
    DeviceType.DETECTOR: ("battery_pct", "rssi_dbm"),
    DeviceType.SENSOR: ("battery_pct", "rssi_dbm"),
}
_ANY = ("battery_pct", "battery_v", "temperature_c", "packet_loss_pct", "load_pct", "rssi_dbm")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """`at` is when it was last said, None where that is older than the curve goes back."""

    name: str
    value: float
    unit: str
    at: datetime | None
    rule: Rule | None
    evidence: Evidence | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    name: str
    value: bool
    good: bool | None  # None: no rule judges it


def readings(word: LastWord, points: Sequence[Point], limits: Mapping[str, Limit]) -> list[Reading]:
    """Those a rule judges first, then by name."""
    last_said = {name: point.at for point in points for name in point.metrics}
    found = []
    for name, value in word.metrics.items():
        rule = rule_of(name, limits)
        found.append(
            Reading(
                name=name,
                value=value,
                unit=unit_of(name),
                at=last_said.get(name, word.last_heard_at if not points else None),
                rule=rule,
                evidence=weigh(rule, value) if rule else None,
            )
        )
    return sorted(found, key=lambda one: (one.rule is None, one.name))


def flags(word: LastWord, limits: Mapping[str, Limit]) -> list[Flag]:
    rules = {code.signal: effective(code, limits) for code in codes.FLAGS}
    found = [
        Flag(
            name=name,
            value=value,
            good=weigh_flag(rules[name], value=value) is Evidence.GOOD if name in rules else None,
        )
        for name, value in word.flags.items()
    ]
    return sorted(found, key=lambda one: (one.good is None, one.good is True, one.name))


def rule_of(metric: str, limits: Mapping[str, Limit]) -> Rule | None:
    """The milder of several (TEMP_HIGH before TEMP_CRITICAL): it speaks first."""
    judging = (code for code in codes.METRICS if code.signal == metric)
    return next((effective(code, limits) for code in judging), None)


def unit_of(metric: str) -> str:
    return _UNITS.get(metric.rpartition("_")[2], "") if "_" in metric else ""


def telling(kind: DeviceType, word: LastWord, open_faults: Sequence[Fault]) -> str:
    """The metric that matters: that of an open fault, else what tells most of such a device."""
    for fault in open_faults:
        code = CATALOGUE.get(fault.code)
        if code and code.signal in word.metrics:
            return code.signal
    wanted = (*_TELLING.get(kind, ()), *_ANY, *sorted(word.metrics))
    return next((name for name in wanted if name in word.metrics), "")


def samples(points: Sequence[Point], metric: str) -> list[Sample]:
    return [Sample(p.at, p.metrics[metric]) for p in points if metric in p.metrics]
