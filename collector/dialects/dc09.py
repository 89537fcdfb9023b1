"""Alarm hosts (SIA DC-09): what the receiver put into the inbox, as readings.

The panel is the device `5501`, its zones are `5501/zone/012`. Any message means that the panel
is alive. A `passing` trouble (nothing restores it) is remembered until the next good test.
"""

from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from typing import Any

import msgspec

from collector.dc09 import events
from collector.dc09.events import Event
from collector.dialects import lenient
from collector.dialects.speech import Said, Source
from collector.wire import Reading
from rules.alarms import AWAITED, COMM_FAIL, TEST_MISSED, Effect, Sort, Whose, effects
from rules.discovery import Guess
from rules.model import DeviceType
from rules.supervision import TIMES, Category
from words.refusals import because

NAME = "dc09"
MOST_BYTES = 64 * 1024
MOST_PASSING = 64
PATH = "path-"  # a network path (J) is a point of the panel: `path-1`
_NUMBERS = frozenset("123456789")


class Passing(msgspec.Struct, frozen=True):
    """A trouble that only a good test ends."""

    device: str
    code: str
    point: str


class Path(msgspec.Struct, frozen=True):
    """One of the ways to us: when it was last used (seconds since 1970), whether it is lost."""

    at_s: float
    lost: bool = False


class Memory(msgspec.Struct, frozen=True):
    """Of one account."""

    passing: tuple[Passing, ...] = ()
    paths: dict[str, Path] = {}


class Letter(msgspec.Struct, frozen=True):
    """What `collector/dc09/reception.py` writes."""

    site: str
    account: str
    kind: str
    data: str = ""
    extras: dict[str, str] = {}
    category: Category | None = None
    tested: bool = False
    t: str | None = None


_letter = msgspec.json.Decoder(Letter).decode
# Link tests and periodic tests are nearly all there is: the same words again and again.
_parsed = lru_cache(maxsize=1024)(events.parse)
_instant = lru_cache(maxsize=64)(lenient.instant)


def filters(_prefix: str) -> tuple[str, ...]:
    """Nothing of it comes by MQTT."""
    return ()


def node(_source: Source, topic: str) -> str:
    return topic[: lenient.MOST_TEXT]


def read(
    memory: Memory, _source: Source, _topic: str, body: bytes, *, retained: bool, now: datetime
) -> Said:
    """`now` is when the receiver took it in. Nothing of the inbox is retained."""
    del retained
    try:
        letter = _letter(body)
    except (ValueError, RecursionError) as error:
        return Said(memory=memory, rejected=because("dc09_letter", wrong=str(error)[:150]))
    parsed = _parsed(letter.kind, letter.data, letter.extras.get("I", ""))
    rejected = parsed.unreadable
    if parsed.unknown:
        rejected = because("dc09_sia_code", code=parsed.unknown)
    passing, paths = dict.fromkeys(memory.passing), dict(memory.paths)
    readings = [
        *_panel(letter),
        *_paths(letter, paths, now.timestamp()),
        *_told(letter, parsed.events, passing),
    ]
    left = tuple(passing)[-MOST_PASSING:]
    if (left, paths) != (memory.passing, memory.paths):
        memory = Memory(passing=left, paths=paths)
    return Said(memory=memory, readings=tuple(readings), rejected=rejected)


def _panel(letter: Letter) -> Iterator[Reading]:
    """It was heard; and at the latest from now on a test is waited for."""
    guess = _host(letter.account)
    yield _reading(letter, letter.account, kind="alive", guess=guess)
    if letter.tested:
        yield _event(letter, letter.account, TEST_MISSED, active=False, point=AWAITED)


@lru_cache(maxsize=4096)
def _host(account: str) -> Guess:
    return Guess(type=DeviceType.ALARM_HOST, name=account)


def _paths(letter: Letter, paths: dict[str, Path], at_s: float) -> Iterator[Reading]:
    """Of two ways one is lost when it was not used for its time while the other was (EN 50136)."""
    number = letter.extras.get("J", "")
    times = TIMES[letter.category] if letter.category else None
    if number not in _NUMBERS or times is None or times.alternative is None:
        return
    for each, path in list(paths.items()):
        back = each == number and path.lost
        gone = each != number and not path.lost
        if gone and at_s - path.at_s > times.of_path(each).total_seconds():
            paths[each] = Path(path.at_s, lost=True)
            yield _event(letter, letter.account, COMM_FAIL, active=True, point=f"{PATH}{each}")
        elif back:
            yield _event(letter, letter.account, COMM_FAIL, active=False, point=f"{PATH}{each}")
    paths[number] = Path(at_s)


def _told(
    letter: Letter, told: tuple[Event, ...], passing: dict[Passing, None]
) -> Iterator[Reading]:
    for event in told:
        if letter.tested and event.meaning.sort in {Sort.TEST, Sort.ODD_TEST}:
            yield _event(letter, letter.account, TEST_MISSED, active=False)
        if event.meaning.sort is Sort.TEST:
            yield from _ended(letter, passing)
        for effect in effects(event.meaning, event.turn, event.number):
            yield _effect(letter, event, effect, passing)
        if event.meaning.whose is Whose.ZONE and event.number and not event.meaning.fault:
            yield _zone_heard(letter, event)


def _ended(letter: Letter, passing: dict[Passing, None]) -> Iterator[Reading]:
    """A test without trouble: what only passes has passed."""
    for one in [*passing, Passing(letter.account, "PANEL_SYSTEM", "test")]:
        yield _event(letter, one.device, one.code, active=False, point=one.point)
    passing.clear()


def _effect(letter: Letter, event: Event, effect: Effect, passing: dict[Passing, None]) -> Reading:
    device, guess = letter.account, None
    if effect.zone:
        device, guess = _zone(letter, effect.zone), _zone_guess(letter, event)
    if event.meaning.passing:
        one = Passing(device, effect.code, effect.point)
        if effect.active:
            passing[one] = None
        else:
            passing.pop(one, None)
    return _event(
        letter, device, effect.code, active=effect.active, point=effect.point, guess=guess
    )


def _zone_heard(letter: Letter, event: Event) -> Reading:
    """An alarm or a walk test is no fault: the zone works."""
    device = _zone(letter, event.number)
    return _reading(letter, device, kind="alive", guess=_zone_guess(letter, event))


def _zone(letter: Letter, number: int) -> str:
    return f"{letter.account}/zone/{number:03d}"


def _zone_guess(letter: Letter, event: Event) -> Guess:
    kind = DeviceType.PANIC_BUTTON if event.meaning.panic else DeviceType.ZONE
    return Guess(type=kind, name=event.text, via=letter.account)


def _event(
    letter: Letter,
    device: str,
    code: str,
    *,
    active: bool,
    point: str = "",
    guess: Guess | None = None,
) -> Reading:
    return _reading(
        letter, device, kind="event", code=code, active=active, point=point, guess=guess
    )


def _reading(letter: Letter, device: str, *, kind: str, **more: Any) -> Reading:
    return Reading(letter.site, device, kind, t=_instant(letter.t), dialect=NAME, **more)
