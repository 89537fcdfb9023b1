"""What a cell may say: readers from text to value, each naming what it accepts."""

import ipaddress
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from rules.model import Address

Reader = Callable[[str], Any]

LONGEST = 2000  # characters of a cell
_ID = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_WORD = re.compile(r"[a-z][a-z0-9_-]{0,31}")
_EMAIL = re.compile(r"[^@\s<>\"(),:;\\]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z0-9-]{2,63}")
_PHONE = re.compile(r"[+(]?[0-9][0-9 ()./*#转-]{1,30}[0-9#*]")
_MAC = re.compile(r"(?:[0-9A-Fa-f]{2}([:-]))(?:[0-9A-Fa-f]{2}\1){4}[0-9A-Fa-f]{2}")
# What a spreadsheet would run: `=`, `@`, or a sign before a call, a pipe or another sheet.
_FORMULA = re.compile(r"[=@\t\r]|[+-](?:.*[|!]|\s*[A-Za-z]+\s*\()", re.DOTALL)


class CellError(ValueError):
    """A cell that is not accepted; the sentence says what is."""

    def __init__(self, message_id: str, **facts: Any) -> None:
        super().__init__(message_id)
        self.message_id, self.facts = message_id, facts


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """`needed`: the header must name it and no cell may be empty; `empty`: what "" stands for."""

    name: str
    read: Reader
    example: str
    needed: bool = False
    empty: Any = ""


def text(value: str) -> str:
    """Words for people. Line breaks may be in them, other control characters may not."""
    if len(value) > LONGEST:
        raise CellError("import.error.too_long", most=LONGEST)
    if any(not c.isprintable() and c not in "\n\r\t\u3000\u00a0\u200b" for c in value):
        raise CellError("import.error.control_character")
    if _FORMULA.match(value):
        raise CellError("import.error.formula")
    return value.replace("\r\n", "\n")


def name(value: str) -> str:
    """A code or number of the company's own: one line, at most 64 characters."""
    if len(text(value)) > 64 or "\n" in value:  # noqa: PLR2004 - as long as an id
        raise CellError("import.error.code_too_long")
    return value


def wire_id(value: str) -> str:
    """A code that is part of an MQTT topic."""
    if not _ID.fullmatch(value):
        raise CellError("import.error.id")
    return value


def word(value: str) -> str:
    if not _WORD.fullmatch(value):
        raise CellError("import.error.word")
    return value


def one_of(choices: Iterable[str]) -> Reader:
    accepted = [str(choice) for choice in choices]

    def read(value: str) -> str:
        if value not in accepted:
            raise CellError("import.error.one_of", choices=", ".join(accepted))
        return value

    return read


def yes_no(value: str) -> bool:
    if value not in ("yes", "no"):
        raise CellError("import.error.one_of", choices="yes, no")
    return value == "yes"


def day(value: str) -> date:
    try:
        if len(value) == len("2026-06-15"):
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise CellError("import.error.date")


def whole(least: int, most: int) -> Reader:
    def read(value: str) -> int:
        if not re.fullmatch(r"[0-9]{1,9}", value) or not least <= int(value) <= most:
            raise CellError("import.error.whole", least=least, most=most)
        return int(value)

    return read


def number(least: float, most: float) -> Reader:
    def read(value: str) -> float:
        plain = re.fullmatch(r"-?[0-9]{1,9}(\.[0-9]{1,20})?", value)
        if not plain or not least <= float(value) <= most:
            raise CellError("import.error.number", least=least, most=most)
        return float(value)

    return read


def email(value: str) -> str:
    if not _EMAIL.fullmatch(value) or len(value) > 254:  # noqa: PLR2004 - RFC 5321
        raise CellError("import.error.email")
    return value


def phone(value: str) -> str:
    if not _PHONE.fullmatch(value):
        raise CellError("import.error.phone")
    return value


def ip(value: str) -> str:
    try:
        return str(ipaddress.ip_address(value))
    except ValueError:
        raise CellError("import.error.ip") from None


def mac(value: str) -> str:
    if not _MAC.fullmatch(value):
        raise CellError("import.error.mac")
    return value.lower().replace("-", ":")


def timezone(value: str) -> str:
    if value not in available_timezones():
        raise CellError("import.error.timezone")
    return ZoneInfo(value).key


def several(value: str) -> list[str]:
    """`a;b`: in order, each once; a full-width semicolon counts."""
    parts = [part.strip() for part in value.replace("；", ";").split(";")]
    return list(dict.fromkeys(part for part in parts if part))


def channels(value: str) -> tuple[Address, ...]:
    """`mail:li@example.com;sms:+86...;ntfy:topic`. A target is never an address on the net."""
    return tuple(_channel(part) for part in several(value))


def _channel(part: str) -> Address:
    channel, colon, target = part.partition(":")
    if not colon or not _WORD.fullmatch(channel) or not target:
        raise CellError("import.error.channel", part=part)
    if "//" in target or len(target) > 200 or re.search(r"[\s\x00-\x1f]", target):  # noqa: PLR2004
        raise CellError("import.error.channel_target", part=part)
    if channel == "mail":
        email(target)
    if channel == "sms":
        phone(target)
    return Address(channel, target)
