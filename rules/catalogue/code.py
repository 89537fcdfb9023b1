"""One entry of the fault catalogue: what counts as a fault, from when, until when, how bad.

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


def silence(code: str, severity: Severity, **more: Severity) -> Code:
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


def flag(
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
