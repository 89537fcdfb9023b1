"""One entry of the fault catalogue: what counts as a fault, from when, until when, how bad.

Figures are defaults gathered from public standards and manuals (`docs/mqtt.md` lists them per
signal); every one may be changed under `[policy.limits.<CODE>]`, in the browser, and for a type,
model, customer or device. Names, meanings and first steps are words: `code.<CODE>.name`,
`.meaning`, `.first`.
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
    PATTERN = "pattern"  # of many readings, or of what never came: ours to find, nobody says it


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """One kind of fault.

    A metric is bad beyond `raise_at` (below it when `bad_below`) and good again only beyond
    `clear_at`; `worse_at` makes the same fault `worse`, and so does having been bad for
    `worse_after_s`, or an open fault of `worse_with` on the same device. Times in seconds: bad
    for `raise_after_s` raises, good for `clear_after_s` clears. A pattern's `raise_at` is a
    count and its `raise_after_s` the time within which it is counted. `own_evidence` faults are
    never explained by an ancestor's silence. `human_close`: a person must name the cause.
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
    worse: Severity | None = None
    worse_at: float | None = None
    worse_after_s: float | None = None
    worse_with: frozenset[str] = frozenset()
    raise_after_s: float = 0
    clear_after_s: float = 0
    reports: int = 1
    own_evidence: bool = True
    human_close: bool = False
    severity_for: MappingProxyType[DeviceType, Severity] = field(
        default_factory=lambda: MappingProxyType({})
    )
    key_severity: Severity | None = None


def silence(code: str, severity: Severity, **more: Any) -> Code:
    types = {DeviceType.ALARM_HOST: E, DeviceType.RECORDER: E}
    given: dict[str, Any] = {
        "clear_after_s": 120,
        "severity_for": MappingProxyType(types),
        "key_severity": E,
        **more,
    }
    return Code(code=code, severity=severity, sign=Sign.SILENCE, own_evidence=False, **given)


def flag(
    code: str, severity: Severity, signal: str, times_s: tuple[float, float], **more: Any
) -> Code:
    """`times_s`: bad for so long raises, good for so long clears."""
    return Code(
        code=code,
        severity=severity,
        sign=Sign.FLAG,
        signal=signal,
        raise_after_s=times_s[0],
        clear_after_s=times_s[1],
        **more,
    )


def metric(
    code: str,
    severity: Severity,
    signal: str,
    limits: tuple[float, float],
    times_s: tuple[float, float],
    **more: Any,
) -> Code:
    """`limits`: bad from, good again from; a good one above the bad one is bad below."""
    return Code(
        code=code,
        severity=severity,
        sign=Sign.METRIC,
        signal=signal,
        raise_at=limits[0],
        clear_at=limits[1],
        bad_below=limits[1] > limits[0],
        raise_after_s=times_s[0],
        clear_after_s=times_s[1],
        **more,
    )


def pattern(code: str, severity: Severity, times_s: tuple[float, float], **more: Any) -> Code:
    """`times_s`: counted within so long, over when quiet for so long."""
    return Code(
        code=code,
        severity=severity,
        sign=Sign.PATTERN,
        raise_after_s=times_s[0],
        clear_after_s=times_s[1],
        **more,
    )


PANIC = MappingProxyType({DeviceType.PANIC_BUTTON: E})
HOSTS = MappingProxyType({DeviceType.ALARM_HOST: J})
MINUTE, HOUR, DAY = 60, 3600, 86_400
