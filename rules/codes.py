"""The fault catalogue: what counts as a fault, from when, until when, and how bad it is.

Figures are defaults gathered from public standards and manuals (`docs/mqtt.md` lists them per
signal); every one may be changed under `[policy.limits.<CODE>]`. Names, meanings and first
steps are words: `code.<CODE>.name`, `.meaning`, `.first`.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from rules.model import DeviceType, Severity

E, J, N = Severity.EMERGENCY, Severity.MAJOR, Severity.MINOR


class Sign(StrEnum):
    """By what sign a fault is known."""

    SILENCE = "silence"
    METRIC = "metric"
    FLAG = "flag"
    EVENT = "event"
    PERSON = "person"


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """One kind of fault.

    A metric is bad beyond `raise_at` (below it when `bad_below`) and good again only beyond
    `clear_at`; `worse_at` makes the same fault `worse`. Times in seconds: bad for
    `raise_after_s` raises, good for `clear_after_s` clears. `own_evidence` faults are never
    explained by an ancestor's silence. `human_close`: a person must name the cause (TAMPER).
    """

    code: str
    severity: Severity
    sign: Sign
    signal: str = ""
    point: str = ""
    good_when: bool = False
    raise_at: float | None = None
    clear_at: float | None = None
    bad_below: bool = False
    magnitude: bool = False
    worse_at: float | None = None
    worse: Severity | None = None
    raise_after_s: float = 0
    clear_after_s: float = 0
    reports: int = 1
    own_evidence: bool = True
    human_close: bool = False
    severity_for: MappingProxyType[DeviceType, Severity] = field(
        default_factory=lambda: MappingProxyType({})
    )
    key_severity: Severity | None = None


def _silence(code: str, severity: Severity, **more: Severity) -> Code:
    types = {DeviceType.ALARM_HOST: E, DeviceType.RECORDER: E}
    return Code(
        code=code,
        severity=severity,
        sign=Sign.SILENCE,
        clear_after_s=120,
        own_evidence=False,
        severity_for=MappingProxyType(types),
        key_severity=more.get("key", E),
    )


def _flag(
    code: str,
    severity: Severity,
    signal: str,
    times_s: tuple[float, float],
    **more: Any,
) -> Code:
    return Code(
        code=code,
        severity=severity,
        sign=Sign.FLAG,
        signal=signal,
        raise_after_s=times_s[0],
        clear_after_s=times_s[1],
        **more,
    )


PANIC = MappingProxyType({DeviceType.PANIC_BUTTON: E})

_ALL = (
    _silence("DEV_OFFLINE", J),
    _silence("NET_UPLINK_DOWN", E),
    _silence("NET_SWITCH_DOWN", J, key=J),
    Code(code="NO_DATA_YET", severity=N, sign=Sign.SILENCE, clear_after_s=0),
    _flag("MAINS_LOSS", J, "mains", (300, 600), good_when=True),
    _flag("BATT_FAULT", J, "battery_fault", (60, 60)),
    _flag("TAMPER", J, "tamper", (10, 60), human_close=True),
    _flag("CAM_VIDEO_LOSS", J, "video_loss", (60, 60), key_severity=E),
    _flag("CAM_FROZEN", J, "frozen", (600, 60)),
    _flag("CAM_OCCLUDED", J, "occluded", (30, 120)),
    _flag("CAM_BLACK", J, "black", (300, 120)),
    _flag("CAM_MOVED", J, "moved", (900, 60)),
    _flag("STO_DISK_FAIL", J, "disk_fail", (30, 60), key_severity=E),
    _flag("REC_STOPPED", J, "recording_stopped", (300, 600), key_severity=E),
    _flag("DET_MASKED", J, "masked", (30, 60)),
    _flag("ZONE_OPEN", J, "zone_open", (60, 600), severity_for=PANIC),
    _flag("ZONE_SHORT", J, "zone_short", (60, 600), severity_for=PANIC),
    _flag("GROUND_FAULT", N, "ground_fault", (60, 60)),
    _flag("RF_JAM", E, "rf_jam", (30, 60)),
    Code(
        code="BATT_LOW",
        severity=N,
        sign=Sign.METRIC,
        signal="battery_pct",
        raise_at=20,
        clear_at=30,
        bad_below=True,
        reports=2,
        severity_for=MappingProxyType({DeviceType.ALARM_HOST: J}),
    ),
    Code(
        code="BATT_LOW",
        severity=N,
        sign=Sign.FLAG,
        signal="low_battery",
        point="flag",
        reports=2,
        severity_for=MappingProxyType({DeviceType.ALARM_HOST: J}),
    ),
    Code(
        code="TEMP_HIGH",
        severity=N,
        sign=Sign.METRIC,
        signal="temperature_c",
        raise_at=50,
        clear_at=45,
        raise_after_s=900,
        clear_after_s=900,
    ),
    Code(
        code="TEMP_CRITICAL",
        severity=J,
        sign=Sign.METRIC,
        signal="temperature_c",
        raise_at=60,
        clear_at=55,
        raise_after_s=300,
        clear_after_s=900,
    ),
    Code(
        code="STO_LOW",
        severity=N,
        sign=Sign.METRIC,
        signal="disk_free_pct",
        raise_at=10,
        clear_at=15,
        bad_below=True,
        worse_at=3,
        worse=J,
        raise_after_s=60,
        clear_after_s=60,
    ),
    Code(
        code="STO_DISK_PREDICT",
        severity=N,
        sign=Sign.METRIC,
        signal="disk_health_pct",
        raise_at=10,
        clear_at=20,
        bad_below=True,
        raise_after_s=60,
        clear_after_s=60,
    ),
    Code(
        code="REC_GAP",
        severity=N,
        sign=Sign.METRIC,
        signal="recording_gap_s",
        raise_at=300,
        clear_at=60,
        worse_at=3600,
        worse=J,
        raise_after_s=0,
        clear_after_s=600,
    ),
    Code(
        code="CLOCK_DRIFT",
        severity=N,
        sign=Sign.METRIC,
        signal="clock_offset_s",
        raise_at=5,
        clear_at=2,
        magnitude=True,
        worse_at=60,
        worse=J,
        raise_after_s=1200,
        clear_after_s=60,
        reports=3,
    ),
    Code(
        code="SIGNAL_WEAK",
        severity=N,
        sign=Sign.METRIC,
        signal="rssi_dbm",
        raise_at=-80,
        clear_at=-75,
        bad_below=True,
        raise_after_s=3600,
        clear_after_s=3600,
    ),
    Code(
        code="SIGNAL_WEAK",
        severity=N,
        sign=Sign.METRIC,
        signal="lqi",
        point="lqi",
        raise_at=20,
        clear_at=30,
        bad_below=True,
        raise_after_s=86_400,
        clear_after_s=3600,
    ),
    Code(
        code="NET_LOSS_HIGH",
        severity=N,
        sign=Sign.METRIC,
        signal="packet_loss_pct",
        raise_at=5,
        clear_at=1,
        raise_after_s=600,
        clear_after_s=600,
    ),
    Code(
        code="PSU_OVERLOAD",
        severity=J,
        sign=Sign.METRIC,
        signal="load_pct",
        raise_at=90,
        clear_at=85,
        raise_after_s=600,
        clear_after_s=600,
    ),
    Code(
        code="UPS_RUNTIME_LOW",
        severity=E,
        sign=Sign.METRIC,
        signal="runtime_min",
        raise_at=10,
        clear_at=15,
        bad_below=True,
        raise_after_s=60,
        clear_after_s=60,
    ),
    Code(code="CUSTOMER_REPORT", severity=J, sign=Sign.PERSON, human_close=True),
    Code(code="INSPECTION_FOUND", severity=N, sign=Sign.PERSON, human_close=True),
)

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
