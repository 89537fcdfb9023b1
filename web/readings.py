"""What a device says of itself, in words: unit, age, limit and where the limit comes from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from rules import codes, limits, silence
from rules.assets import Device
from rules.codes import CATALOGUE, Sign, silence_code
from rules.faults import Evidence, Rule, effective, weigh, weigh_flag
from rules.limits import NONE, Figures, Origin, Overrides
from rules.model import DeviceType, Fault
from rules.policy import Limit, Policy, Silence
from storage import limits as limit_rows
from storage.db import Tx
from storage.states import LastWord
from storage.telemetry import Point
from wiring import dc09
from wiring.parts import Parts

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
    "db": "dB",
    "deg": "°",
    "ohm": "Ω",
}
# Which curve tells most of a device, by its type; the first that it reports.
_TELLING: Mapping[DeviceType, tuple[str, ...]] = {
    DeviceType.CAMERA: ("bitrate_kbps", "video_fps", "temperature_c"),
    DeviceType.RECORDER: ("disk_free_pct", "temperature_c", "retention_days"),
    DeviceType.UPS: ("runtime_min", "load_pct", "battery_pct"),
    DeviceType.DETECTOR: ("battery_pct", "rssi_dbm"),
    DeviceType.SENSOR: ("battery_pct", "rssi_dbm"),
}
_ON_BATTERY = frozenset({DeviceType.ALARM_HOST, DeviceType.POWER})
# What a limit is shown of: what is judged by one, and what a pattern holds against a figure.
_JUDGING = (*codes.METRICS, CATALOGUE["REC_RETENTION_LOW"])
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
    rule: Rule | None = None


def readings(
    word: LastWord, points: Sequence[Point], policy: Mapping[str, Limit], given: Figures = NONE
) -> list[Reading]:
    """Those a rule judges first, then by name."""
    last_said = {name: point.at for point in points for name in point.metrics}
    found = []
    for name, value in word.metrics.items():
        rule = rule_of(name, policy, given)
        found.append(
            Reading(
                name=name,
                value=value,
                unit=unit_of(name),
                at=last_said.get(name, word.last_heard_at if not points else None),
                rule=rule,
                evidence=weigh(rule, value) if rule and rule.code.sign is Sign.METRIC else None,
            )
        )
    return sorted(found, key=lambda one: (one.rule is None, one.name))


def flags(word: LastWord, policy: Mapping[str, Limit], given: Figures = NONE) -> list[Flag]:
    rules = {code.signal: effective(code, policy, given) for code in reversed(codes.FLAGS)}
    found = []
    for name, value in word.flags.items():
        rule = rules.get(signal_of(name))
        good = weigh_flag(rule, value=value) is Evidence.GOOD if rule else None
        found.append(Flag(name=name, value=value, good=good, rule=rule))
    return sorted(found, key=lambda one: (one.good is None, one.good is True, one.name))


def rule_of(metric: str, policy: Mapping[str, Limit], given: Figures = NONE) -> Rule | None:
    """The milder of several (TEMP_HIGH before TEMP_CRITICAL): it speaks first."""
    judging = (code for code in _JUDGING if code.signal == signal_of(metric))
    return next((effective(code, policy, given) for code in judging), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quiet:
    """For how long a device may be quiet, what it is called then, and who says so."""

    code: str
    allowance: timedelta
    origin: Origin


def quiet(device: Device, word: LastWord, policy: Policy, overrides: Overrides) -> Quiet:
    given = overrides.of(device)
    seconds, origin = limits.in_force(limits.ALLOWANCE, policy, given)
    interval_s = device.reporting_interval_s or word.interval_s
    allowance = silence.allowance(
        device.type,
        interval_s,
        limits.silence(policy, given),
        sleeping=word.wire_state in {"sleeping", "stopped"},
        fixed_s=seconds,
    )
    if origin is Origin.INTERVAL and interval_s is None:
        origin = Origin.POLICY if policy.silence != Silence() else Origin.CATALOGUE
    code = silence_code(device.type, supervised=overrides.supervises(device)).code
    return Quiet(code=code, allowance=allowance, origin=origin)


@dataclass(frozen=True, slots=True)
class Standby:
    """For how long the battery is rated to carry it; None: nobody has said."""

    value: float | None
    origin: Origin


def standby(device: Device, policy: Policy, given: Figures) -> Standby | None:
    """Of what people depend on when the mains are lost."""
    if device.type not in _ON_BATTERY:
        return None
    return Standby(*limits.in_force(limits.STANDBY, policy, given))


def own(tx: Tx, parts: Parts, device: Device) -> Overrides:
    """The figures that hold for this device only, and those it is promised."""
    return limit_rows.of_device(tx, device, dc09.promises(parts.settings.dc09))


@dataclass(frozen=True, slots=True)
class Held:
    """A figure that what a device reports is held against."""

    figure: str
    value: float
    origin: Origin


def held_against(word: LastWord, policy: Policy, given: Figures) -> list[Held]:
    """Every figure of every fault that the device's metrics and flags may raise."""
    said = {signal_of(name) for name in (*word.metrics, *word.flags)}
    judging = {code.code for code in (*_JUDGING, *codes.FLAGS) if code.signal in said}
    found = []
    for figure in (each for code in sorted(judging) for each in limits.of_code(code)):
        value, origin = limits.in_force(figure.name, policy, given)
        if value is not None:
            found.append(Held(figure.name, value, origin))
    return found


def signal_of(name: str) -> str:
    """`recording_gap_s:ch-3` is judged by the rules of its first part."""
    return name.partition(":")[0]


def unit_of(metric: str) -> str:
    signal = signal_of(metric)
    return _UNITS.get(signal.rpartition("_")[2], "") if "_" in signal else ""


def telling(kind: DeviceType, word: LastWord, open_faults: Sequence[Fault]) -> str:
    """The metric that matters: that of an open fault, else what tells most of such a device."""
    for fault in open_faults:
        code = CATALOGUE.get(fault.code)
        if code and code.signal in word.metrics:
            return code.signal
    wanted = (*_TELLING.get(kind, ()), *_ANY, *sorted(word.metrics))
    return next((name for name in wanted if name in word.metrics), "")
