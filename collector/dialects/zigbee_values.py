"""What the attributes of a Zigbee device mean for its health (Zigbee2MQTT).

Units become ours (millivolts to volts), polarities too: `contact` true is *closed*, `ac_status`
true is *no mains*. Names that are nobody's business here are kept as they are, unless they would
pass for a name that is judged.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from collector.dialects.lenient import flag, number, record, text
from rules.codes import FLAGS, METRICS

MOST_NAMES = 64  # attributes of one message that are kept
BATTERY, MAINS = "battery", "mains"

_MILLIVOLTS_FROM = 100  # no battery has a hundred volts
_LEAST_OF_A_BATTERY_MV = 1000  # and no mains have so many
_LOW_PCT = 20
_FULL_PCT = 100
_OUTDATED = {"available": True, "scheduled": True, "idle": False}
_JUDGED = frozenset(code.signal for code in (*METRICS, *FLAGS))
_name = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,63}").fullmatch


@dataclass(slots=True)
class Values:
    """What one message says; `power` is where the device is fed from, as far as it is known."""

    power: str
    metrics: dict[str, float] = field(default_factory=dict)
    flags: dict[str, bool] = field(default_factory=dict)


def values_of(said: Mapping[str, Any], power: str) -> Values:
    """Absent is not false; null, sentinels and values out of range are absent."""
    found = Values(power)
    for name, value in said.items():
        reader = _READERS.get(name)
        if reader is not None:
            reader(found, value)
        elif value is not None and len(found.metrics) + len(found.flags) < MOST_NAMES:
            _keep(found, name, value)
    if "voltage" in said:
        _voltage(found, said)
    if found.flags.get("low_battery") and found.metrics.get("battery_pct", 100) <= _LOW_PCT:
        found.flags["low_battery"] = False  # the share says it: one fault, not two
    return found


def _keep(found: Values, name: str, value: Any) -> None:
    if name in _JUDGED or not _name(name):
        return
    if isinstance(value, bool):
        found.flags[name] = value
    elif isinstance(value, int | float) and (read := number(value)) is not None:
        found.metrics[name] = read


def _metric(name: str, least: float, most: float) -> Callable[[Values, Any], None]:
    def read(found: Values, value: Any) -> None:
        said = number(value)
        if said is not None and least <= said <= most:
            found.metrics[name] = said

    return read


def _flag(name: str, *, upside_down: bool = False) -> Callable[[Values, Any], None]:
    def read(found: Values, value: Any) -> None:
        said = flag(value)
        if said is not None:
            found.flags[name] = said is not upside_down

    return read


def _mains_trouble(found: Values, value: Any) -> None:
    """The bit *no mains* of the alarm standard; without a supply of its own it is always clear."""
    said = flag(value)
    if said or (said is False and found.power == MAINS):
        found.flags["mains"] = not said


def _battery(found: Values, value: Any) -> None:
    """Nothing left in a battery that does not feed it means that there is none."""
    said = number(value)
    if said is not None and 0 <= said <= _FULL_PCT and (said or found.power != MAINS):
        found.metrics["battery_pct"] = said


def _battery_state(found: Values, value: Any) -> None:
    """In words: low, medium, high."""
    if isinstance(value, str) and value:
        found.flags["low_battery"] = value.lower() == "low"


def _update(found: Values, value: Any) -> None:
    """While it is updating, nothing is said: it is not done, and may fail."""
    outdated = _OUTDATED.get(text(record(value).get("state")))
    if outdated is not None:
        found.flags["firmware_outdated"] = outdated


def _voltage(found: Values, said: Mapping[str, Any]) -> None:
    """Millivolts of a battery, or volts of the mains: the name does not say which."""
    volts = number(said["voltage"])
    if volts is None or volts < 0:
        return
    if found.power == MAINS and _MILLIVOLTS_FROM < volts < _LEAST_OF_A_BATTERY_MV:
        found.metrics["mains_v"] = volts
    elif "battery" in said or found.power == BATTERY or volts > _LEAST_OF_A_BATTERY_MV:
        found.metrics["battery_v"] = volts / 1000 if volts > _MILLIVOLTS_FROM else volts
    else:
        found.metrics["mains_v"] = volts


def _nothing(found: Values, value: Any) -> None:
    """Read elsewhere, or not about health."""


_READERS: dict[str, Callable[[Values, Any], None]] = {
    "battery": _battery,
    "battery_state": _battery_state,
    "linkquality": _metric("lqi", 0, 255),
    "device_temperature": _metric("temperature_c", -60, 150),
    "battery_low": _flag("low_battery"),
    "battery_defect": _flag("battery_fault"),
    "tamper": _flag("tamper"),
    "tampered": _flag("tamper"),
    "trouble": _flag("zone_trouble"),
    "contact": _flag("open", upside_down=True),
    "update_available": _flag("firmware_outdated"),
    "update": _update,
    "ac_status": _mains_trouble,
    "voltage": _nothing,
    "last_seen": _nothing,
    "device": _nothing,
}
