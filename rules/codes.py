"""The fault catalogue as one: every code of `rules/catalogue/`, and how bad one is on a device."""

from types import MappingProxyType

from rules.catalogue import cameras, common, intrusion, network, recorders
from rules.catalogue.code import Code, Sign
from rules.model import DeviceType, Severity

__all__ = [
    "CATALOGUE",
    "FLAGS",
    "METRICS",
    "Code",
    "Sign",
    "severity_of",
    "silence_code",
]

_ALL = (*common.CODES, *network.CODES, *cameras.CODES, *recorders.CODES, *intrusion.CODES)
METRICS: tuple[Code, ...] = tuple(code for code in _ALL if code.sign is Sign.METRIC)
FLAGS: tuple[Code, ...] = tuple(code for code in _ALL if code.sign is Sign.FLAG)
# A code that two signals feed stands in the catalogue under its first.
CATALOGUE: MappingProxyType[str, Code] = MappingProxyType(
    {code.code: code for code in reversed(_ALL)}
)


def silence_code(kind: DeviceType) -> Code:
    """What a silent device of this type is called: the network's own parts have own names."""
    if kind in {DeviceType.UPLINK, DeviceType.GATEWAY}:
        return CATALOGUE["NET_UPLINK_DOWN"]
    return CATALOGUE["NET_SWITCH_DOWN" if kind is DeviceType.SWITCH else "DEV_OFFLINE"]


def severity_of(code: Code, kind: DeviceType, *, key: bool, value: float | None = None) -> Severity:
    """How bad `code` is on this device; `key` is a device the contract calls important."""
    candidates = [code.severity_for.get(kind, code.severity)]
    if key and code.key_severity:
        candidates.append(code.key_severity)
    if value is not None and code.worse and code.worse_at is not None and _beyond(code, value):
        candidates.append(code.worse)
    return min(candidates, key=lambda severity: severity.rank)


def _beyond(code: Code, value: float) -> bool:
    assert code.worse_at is not None  # noqa: S101 - the caller asked
    reading = abs(value) if code.magnitude else value
    return reading <= code.worse_at if code.bad_below else reading >= code.worse_at
