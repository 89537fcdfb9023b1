"""Telephone numbers as the makers of SMS and calls want them (ITU-T E.164)."""

import re

_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_CHINA = "+86"


def is_e164(target: str) -> bool:
    """`+8613800138000`: a plus, the country, at most 15 digits, nothing else."""
    return _E164.fullmatch(target) is not None


def at_home_in_china(target: str) -> str:
    """As Aliyun writes it: the bare number within the mainland, the country first elsewhere."""
    return target.removeprefix(_CHINA) if target.startswith(_CHINA) else target.removeprefix("+")
