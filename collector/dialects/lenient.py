"""Values as devices really write them. Nothing here raises; None is "not said".

Booleans and numbers come as strings (`bool("0")` is True in Python), times in a dozen forms, some
of them wrong. What cannot be read for certain is not guessed at.
"""

import math
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from collector.refusals import because_of
from words.refusals import Reason, because

MOST_TEXT = 128  # characters of an id, as the collector keeps it

_BOM = b"\xef\xbb\xbf"
_decode = msgspec.json.decode


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Why a body is no JSON document."""

    reason: Reason


def body(raw: bytes, *, most_bytes: int) -> Any:
    """The JSON document of a message, or `Unreadable`.

    A byte order mark and NULs or blanks behind the document are forgiven. Nesting is bounded by
    the decoder (the interpreter's recursion limit); numbers beyond 1.8e308 are refused.
    """
    if len(raw) > most_bytes:
        return Unreadable(because("too_large", size=len(raw), most=most_bytes))
    try:
        return _decode(raw)
    except (ValueError, RecursionError) as error:
        trimmed = raw.removeprefix(_BOM).rstrip(b"\x00 \t\r\n")
        if len(trimmed) < len(raw):
            return body(trimmed, most_bytes=most_bytes)
        return Unreadable(because_of(error))


def document(raw: bytes, *, most_bytes: int) -> dict[str, Any] | Unreadable:
    """The same where it must be an object."""
    said = body(raw, most_bytes=most_bytes)
    if isinstance(said, dict | Unreadable):
        return said
    return Unreadable(because("not_object"))


def record(value: object) -> dict[str, Any]:
    """An object's members; empty for anything else."""
    return value if isinstance(value, dict) else {}


def flag(value: object) -> bool | None:
    """True and false in their many forms: true, 1, 1.0, "1", "True", "on", "yes"."""
    if isinstance(value, str):
        return _FLAGS.get(value.strip().lower())
    if isinstance(value, bool | int | float) and value in (0, 1):
        return bool(value)
    return None


def number(value: object) -> float | None:
    """A finite number, also out of a string ("42.500"); a boolean is no number."""
    if type(value) is float:
        return value if math.isfinite(value) else None
    if isinstance(value, bool) or not isinstance(value, int | str) or value == "":
        return None
    if isinstance(value, str) and (len(value) > _MOST_DIGITS or "_" in value):
        return None
    try:
        read = float(value)
    except (ValueError, OverflowError):
        return None
    return read if math.isfinite(read) else None


def text(value: object, most: int = MOST_TEXT) -> str:
    """A line of printable text, cut at `most` characters; '' for anything but text or a number."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = str(value) if abs(value) < _END_NS else ""
    if not isinstance(value, str):
        return ""
    cut = value[: 4 * most]
    if not cut.isprintable():
        cut = "".join(letter for letter in cut if letter.isprintable())
    return cut.strip()[:most]


def instant(value: object) -> datetime | None:
    """A point in time, in UTC, between 1970 and 9998; None where the zone is left open.

    Read are: RFC 3339 and ISO 8601 with a zone, also with an hour of one digit (`-8:00`) and with
    the sign of a zone of zero lost (`11:46:3100:00`); seconds, milli-, micro- and nanoseconds
    since 1970, also as text; `HH:MM:SS,MM-DD-YYYY`, which is GMT by its standard (DC-09). 1970
    itself is given back: it is what a clock that was never set says, and evidence of that.
    """
    if type(value) is str:
        if value[:1].isdigit() and value[4:5] == "-":
            return _written(value)
        if match := _DC09.fullmatch(value[:_MOST_DIGITS]):
            hour, minute, second, month, day, year = map(int, match.groups())
            return _made(year, month, day, hour, minute, second)
    return _counted(number(value))


_FLAGS = {
    **dict.fromkeys(("1", "true", "on", "yes", "1.0"), True),
    **dict.fromkeys(("0", "false", "off", "no", "0.0"), False),
}
_MOST_DIGITS = 64
_DC09 = re.compile(r"_?(\d\d):(\d\d):(\d\d),(\d\d)-(\d\d)-(\d{4})")
_SHORT_ZONE = re.compile(r"(.*[+-])(\d:\d\d)")
_LOST_SIGN = re.compile(r"(.*T\d\d:\d\d:\d\d(?:\.\d+)?)(00:00)")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_END = datetime(9999, 1, 1, tzinfo=UTC)
_END_S = (_END - _EPOCH).total_seconds()
_END_NS = _END_S * 1e9
_MILLI_FROM_S = 1e11  # year 5138 in seconds; 1973 in milliseconds


def _written(value: str) -> datetime | None:
    if len(value) > _MOST_DIGITS:
        return None
    try:
        read = datetime.fromisoformat(value)
    except ValueError:
        mended = _mended(value)
        return instant(mended) if mended else None
    if read.tzinfo is None:
        return None
    try:
        return _within(read.astimezone(UTC))
    except OverflowError:
        return None


def _mended(value: str) -> str:
    if match := _SHORT_ZONE.fullmatch(value):
        return f"{match[1]}0{match[2]}"
    if match := _LOST_SIGN.fullmatch(value):
        return f"{match[1]}+{match[2]}"
    return ""


def _counted(since_1970: float | None) -> datetime | None:
    if since_1970 is None or since_1970 > _END_NS:
        return None
    while since_1970 > _MILLI_FROM_S:
        since_1970 /= 1000
    if not 0 <= since_1970 < _END_S:
        return None
    return _EPOCH + timedelta(seconds=since_1970)


def _made(year: int, month: int, day: int, hour: int, minute: int, second: int) -> datetime | None:
    try:
        return _within(datetime(year, month, day, hour, minute, second, tzinfo=UTC))
    except ValueError:
        return None


def _within(t: datetime) -> datetime | None:
    return t if _EPOCH <= t < _END else None
