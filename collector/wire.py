"""Bytes from the field become a Reading, or a Rejected that says why. Never an exception.

The native dialect (docs/mqtt.md): `ringwatch/v1/<site>/<device>/<kind>`, UTF-8 JSON.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Annotated, TypeVar

import msgspec

from collector.recording_wire import read_index
from collector.refusals import UnfitError, because_of
from rules.discovery import Guess
from rules.recordings import Index
from words.refusals import Reason, because

__all__ = ["MAX_BYTES", "MAX_NAMES", "Guess", "Reading", "Rejected", "named_well", "read"]

MAX_BYTES = 64 * 1024
MAX_NAMES = 256  # metrics or flags in one message
_ID = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.:-]{0,63}")


@dataclass(frozen=True, slots=True)
class Rejected:
    reason: Reason


@dataclass(slots=True)
class Reading:
    """What one message says of one device. `t` is the device's own clock: evidence only.

    `kind` is `state` (then `word`), `health` (then `metrics` and `flags`), `event`, `recordings`
    (then `index`), `alive` (it was heard, and says nothing that is judged) or `about` (somebody
    else speaks of it: only `guess`, `interval_s` and `gone` count, and it was not heard itself).

    `device` is the code of the asset list (native) or the dialect's own id: any text without
    control characters, 128 characters at most. A name `metric:point` or `flag:point` is the
    reading of one point (a channel, a bay, a zone) and judged by the rules of its first part.
    `gone` names metrics and flags that are no longer known: neither good nor bad. `also` is
    another id the device may be listed under, for those enrolled before the dialect knew better.
    """

    site: str
    device: str
    kind: str
    t: datetime | None = None
    word: str = ""
    interval_s: float | None = None
    seq: int | None = None
    metrics: dict[str, float] = field(default_factory=dict)
    flags: dict[str, bool] = field(default_factory=dict)
    code: str = ""
    active: bool = False
    point: str = ""
    dialect: str = "native"
    gone: tuple[str, ...] = ()
    guess: Guess | None = None
    index: Index | None = None
    also: str = ""


_V = TypeVar("_V")
_T = Annotated[datetime, msgspec.Meta(tz=True)]
_PLAIN = r"\A[^\x00-\x1f]*\Z"  # PostgreSQL refuses NUL: one such message would come for ever
_Count = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]
_Interval = Annotated[float, msgspec.Meta(gt=0, le=366 * 86_400)]


class _Health(msgspec.Struct):
    t: _T | None = None
    seq: _Count | None = None
    interval: _Interval | None = None
    metrics: dict[str, float | None] = {}
    flags: dict[str, bool | None] = {}


class _TimelessHealth(msgspec.Struct):
    """The same without `t`: a device whose clock cannot be read still says how it is."""

    seq: _Count | None = None
    interval: _Interval | None = None
    metrics: dict[str, float | None] = {}
    flags: dict[str, bool | None] = {}


class _Event(msgspec.Struct):
    code: Annotated[str, msgspec.Meta(min_length=1, max_length=64, pattern=_PLAIN)]
    active: bool
    point: Annotated[str, msgspec.Meta(max_length=64, pattern=_PLAIN)] = ""
    t: msgspec.Raw = msgspec.Raw(b"null")


class _State(msgspec.Struct):
    state: str
    t: msgspec.Raw = msgspec.Raw(b"null")


_health = msgspec.json.Decoder(_Health).decode
_timeless = msgspec.json.Decoder(_TimelessHealth).decode
_event = msgspec.json.Decoder(_Event).decode
_state = msgspec.json.Decoder(_State).decode
_instant = msgspec.json.Decoder(_T | None).decode

# One word for one thing, whatever form it comes in; any other word is *unknown*, never healthy.
_WORDS = {
    **dict.fromkeys(("online", "true", "1", "connected", "ready", "alive", "on"), "online"),
    **dict.fromkeys(("offline", "false", "0", "disconnected", "lost", "off"), "offline"),
    **dict.fromkeys(("sleeping", "asleep"), "sleeping"),
    "stopped": "stopped",
}


def read(topic: str, body: bytes) -> Reading | Rejected:
    """Understand one message, or say why not."""
    words = topic.split("/")
    if len(words) != 5 or words[0] != "ringwatch" or words[1] != "v1":  # noqa: PLR2004
        return Rejected(because("topic_native"))
    if len(body) > MAX_BYTES:
        return Rejected(because("too_large", size=len(body), most=MAX_BYTES))
    _, _, site, device, kind = words
    reader = _READERS.get(kind)
    if reader is None:
        return Rejected(because("kind", kind=repr(kind[:64])))
    try:
        return reader(Reading(site, device, kind), body)
    except (ValueError, RecursionError) as error:
        return Rejected(because_of(error))


def named_well(site: str, device: str) -> bool:
    """May these stand in a topic as ids (`[A-Za-z0-9_.-]{1,64}`)?"""
    return bool(_ID.fullmatch(site) and _ID.fullmatch(device))


def _read_health(reading: Reading, body: bytes) -> Reading:
    try:
        said: _Health | _TimelessHealth = _health(body)
        reading.t = _possible(said.t)  # type: ignore[union-attr]
    except msgspec.ValidationError as error:
        if not str(error).endswith("`$.t`"):
            raise
        said = _timeless(body)
    reading.seq, reading.interval_s = said.seq, said.interval
    reading.metrics = _present(said.metrics)
    reading.flags = _present(said.flags)
    return reading


def _read_event(reading: Reading, body: bytes) -> Reading:
    said = _event(body)
    reading.code, reading.active, reading.point = said.code, said.active, said.point
    reading.t = _lenient(said.t)
    return reading


def _read_recordings(reading: Reading, body: bytes) -> Reading:
    reading.index = read_index(body)
    return reading


def _possible(t: datetime | None) -> datetime | None:
    """In UTC; None outside the years that both databases can give back."""
    if t is None or not 1970 <= t.year < 9999:  # noqa: PLR2004
        return None
    return t if t.tzinfo is UTC else t.astimezone(UTC)


def _read_state(reading: Reading, body: bytes) -> Reading:
    if not body:
        reading.word = "removed"
        return reading
    if body.lstrip()[:1] == b"{":
        said = _state(body)
        word, reading.t = said.state, _lenient(said.t)
    else:
        word = body.decode("utf-8")
    reading.word = word_of(word)
    return reading


def word_of(said: str) -> str:
    """`online`, `offline`, `sleeping` or `stopped` in any of their forms; else `unknown`."""
    return _WORDS.get(said.strip().strip('"').lower(), "unknown")


def _lenient(t: msgspec.Raw) -> datetime | None:
    """A time nobody can read is no time; the rest of the message still counts."""
    try:
        return _possible(_instant(t))
    except (ValueError, RecursionError):
        return None


def _present(said: dict[str, _V | None]) -> dict[str, _V]:
    """Absent is not false, and null is absent. Raises `UnfitError` for a name we cannot keep."""
    if len(said) > MAX_NAMES:
        raise UnfitError(because("names", count=len(said), most=MAX_NAMES))
    for name in said:
        if name not in _known_names:
            _learn(name)
    if None in said.values():
        return {name: value for name, value in said.items() if value is not None}
    return said  # type: ignore[return-value]


_known_names: set[str] = set()
_MOST_NAMES = 10_000


def _learn(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise UnfitError(because("name", name=repr(name[:64])))
    if len(_known_names) < _MOST_NAMES:
        _known_names.add(name)


_READERS: dict[str, Callable[[Reading, bytes], Reading]] = {
    "health": _read_health,
    "event": _read_event,
    "state": _read_state,
    "recordings": _read_recordings,
}
