"""The fault catalogue as one: every code of `rules/catalogue/`, and how bad one is on a device."""

from collections.abc import Set as AbstractSet
from types import MappingProxyType

from rules.catalogue import access, any_device, cameras, intrusion, network, recorders
from rules.catalogue.code import Code, Sign
from rules.model import DeviceType, Severity

__all__ = ["CATALOGUE", "FLAGS", "METRICS", "Code", "Sign", "severity_of", "silence_code"]

_AREAS = (any_device, cameras, recorders, intrusion, access, network)
_ALL: tuple[Code, ...] = tuple(code for area in _AREAS for code in area.CODES)
METRICS: tuple[Code, ...] = tuple(code for code in _ALL if code.sign is Sign.METRIC)
FLAGS: tuple[Code, ...] = tuple(code for code in _ALL if code.sign is Sign.FLAG)
_SILENT = {code.code: code for code in _ALL if code.sign is Sign.SILENCE}
# A code that two signals feed stands in the catalogue under its first.
CATALOGUE: MappingProxyType[str, Code] = MappingProxyType(
    {code.code: code for code in reversed(_ALL)}
)


def silence_code(kind: DeviceType, *, supervised: bool = False) -> Code:
    """What a silent device of this type is called: the network's own parts have own names.

    `supervised`: an alarm host whose account has a category; its silence is its lost ways.
    """
    if supervised:
        return _SILENT["PANEL_COMM_FAIL"]
    if kind in {DeviceType.UPLINK, DeviceType.GATEWAY}:
        return _SILENT["NET_UPLINK_DOWN"]
    return _SILENT["NET_SWITCH_DOWN" if kind is DeviceType.SWITCH else "DEV_OFFLINE"]


def severity_of(
    code: Code,
    kind: DeviceType,
    *,
    key: bool,
    value: float | None = None,
    held_s: float = 0,
    beside: AbstractSet[str] = frozenset(),
) -> Severity:
    """How bad `code` is on this device; `key` is a device the contract calls important.

    `held_s`: for how long it has been true; `beside`: what else is open on the device.
    """
    candidates = [code.severity_for.get(kind, code.severity)]
    if key and code.key_severity:
        candidates.append(code.key_severity)
    if code.worse and (_beyond(code, value) or _lasting(code, held_s) or code.worse_with & beside):
        candidates.append(code.worse)
    return min(candidates, key=lambda severity: severity.rank)


def _beyond(code: Code, value: float | None) -> bool:
    if value is None or code.worse_at is None:
        return False
    reading = abs(value) if code.magnitude else value
    return reading <= code.worse_at if code.bad_below else reading >= code.worse_at


def _lasting(code: Code, held_s: float) -> bool:
    return code.worse_after_s is not None and held_s >= code.worse_after_s
