"""A device nobody has listed: what it says it is, and what it would be called on the list."""

import re
from collections.abc import Container
from dataclasses import dataclass

from rules.model import DeviceType

LONGEST_CODE = 64
_code = re.compile(rf"[A-Za-z0-9_.-]{{1,{LONGEST_CODE}}}").fullmatch


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """What a stranger is, as far as it says so itself; offered when it is enrolled.

    `via` is the id (in the same dialect) of what it is heard through. `name` may hold any text.
    """

    type: DeviceType | None = None
    name: str = ""
    model: str = ""
    supplier: str = ""
    serial: str = ""
    firmware: str = ""
    ip: str = ""
    mac: str = ""
    via: str = ""
    interval_s: float | None = None


def is_code(text: str) -> bool:
    """May this be a device's code: 1 to 64 letters, digits, `_`, `.` or `-`?"""
    return _code(text) is not None


def code_for(spoken: str, taken: Container[str]) -> str:
    """A code for a device that speaks under this id: its own id where that may be a code.

    >>> code_for("garage/door 2", {"garage-door-2"})
    'garage-door-2-2'
    """
    plain = spoken if is_code(spoken) else re.sub(r"[^A-Za-z0-9_.]+", "-", spoken).strip("-")
    plain = plain[: LONGEST_CODE - 5] or "device"
    code, number = plain, 1
    while code in taken:
        number += 1
        code = f"{plain}-{number}"
    return code
