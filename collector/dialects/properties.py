"""What a device's event messages add up to: ONVIF properties over a small memory per device.

Such devices speak when something changes. So what they once said stands, a pulse ends by itself,
an age grows with every word, and their silence for a day means little: their last will says more.
"""

from collections.abc import Iterable
from datetime import datetime
from itertools import islice
from typing import Any, NamedTuple

import msgspec

from collector.dialects import lenient
from collector.dialects.onvif_topics import TOPICS, How, Sign, Value
from collector.dialects.speech import Source
from collector.wire import Guess, Reading

SELDOM_S = 30_000.0  # three of these intervals are 25 h
LONGEST_TOPIC = 512  # characters; what is remembered of topics stays small
MOST_POINT = 64  # characters
MOST_SOURCES = 8  # values that name a point
MOST_KEPT = 256  # names in each part of a memory
LATE_S = 120.0  # a message further behind may tell of what was long ago
STEADY_S = 5.0  # a wrong clock is wrong by the same from word to word ...
STEADY_FOR_S = 60.0  # ... a while apart
_VENDOR_FAILURE = "Device/HardwareFailure/"


class Memory(msgspec.Struct, frozen=True):
    """Of one device. `spoke`: it has said more than that it is connected; `word`: its last word.

    `signs`: flag → topic → said, where several topics feed one flag. `well`: what was seen to be
    well. `pulses` and `since`: name → when (seconds since 1970), and the length or unit in
    seconds. `behind`: the device's time and how far behind ours it was, for a clock in doubt.
    """

    spoke: bool = False
    word: str = ""
    signs: dict[str, dict[str, bool]] = {}
    well: dict[str, bool] = {}
    pulses: dict[str, tuple[float, float]] = {}
    since: dict[str, tuple[float, float]] = {}
    behind: tuple[float, float] | None = None


class Heard(NamedTuple):
    memory: Memory
    metrics: dict[str, float]
    flags: dict[str, bool]
    gone: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        return "health" if self.metrics or self.flags else "alive"


def reading(
    source: Source, device: str, kind: str, guess: Guess, heard: Heard, t: datetime | None = None
) -> Reading:
    """What a device says that speaks when something changes."""
    return Reading(
        source.site,
        device,
        kind,
        t=t,
        interval_s=SELDOM_S,
        metrics=heard.metrics,
        flags=heard.flags,
        dialect=source.dialect,
        gone=heard.gone,
        guess=guess,
    )


def nothing(memory: Memory) -> Heard:
    """Only that it was heard."""
    return Heard(memory, {}, {})


def point_of(sources: Iterable[object]) -> str:
    """The values of a message's source name the point; '' for the device as a whole."""
    said = [lenient.text(one, MOST_POINT) for one in islice(sources, MOST_SOURCES)]
    return "/".join(filter(None, said))[:MOST_POINT]


def hear(
    memory: Memory, topic: str, point: str, data: dict[str, Any], *, now: datetime, retained: bool
) -> Heard:
    """What one message says, and what has run off or grown since the last one."""
    at = now.timestamp()
    heard = nothing(memory)
    signs = TOPICS.get(topic)
    if signs:
        items = {name.lower(): value for name, value in data.items()}
        for sign in signs:
            heard = _hear_sign(heard, sign, topic, point, items, at, retained=retained)
    elif topic.startswith(_VENDOR_FAILURE):
        _hear_vendor(heard, topic, point, data)
    return heard if retained else _what_time_does(heard, at)


def forget(memory: Memory, topic: str, point: str) -> Heard:
    """A property is gone: no longer known, neither good nor bad."""
    heard, gone = nothing(memory), []
    for sign in TOPICS.get(topic, ()):
        name = _name(sign.name, point)
        left = _without(heard.memory.signs.get(name, {}), topic)
        heard = heard._replace(memory=_forgotten(heard.memory, name, left))
        if left:
            heard.flags[name] = any(left.values())
        else:
            gone.append(name)
    if topic.startswith(_VENDOR_FAILURE) and not gone:
        gone.append(_vendor(topic, point))
    return heard._replace(gone=tuple(gone))


def clock(memory: Memory, t: datetime | None, now: datetime) -> tuple[Memory, datetime | None]:
    """The device's time, where it is evidence of its clock.

    A message far behind may tell of a state that began long ago. Only a second one, a minute or
    more later and behind by the same, shows that the clock itself is wrong.
    """
    if t is None:
        return memory, None
    behind_s = (now - t).total_seconds()
    if behind_s <= LATE_S:
        return memory, t
    said_s = t.timestamp()
    if memory.behind is not None and abs(behind_s - memory.behind[1]) < STEADY_S:
        return memory, t if said_s - memory.behind[0] >= STEADY_FOR_S else None
    return msgspec.structs.replace(memory, behind=(said_s, behind_s)), None


def _hear_sign(  # noqa: PLR0913 - one sign of one message
    heard: Heard,
    sign: Sign,
    topic: str,
    point: str,
    items: dict[str, Any],
    at: float,
    *,
    retained: bool,
) -> Heard:
    value = _said(sign, items)
    if value is None:
        return heard
    name = _name(sign.name, point)
    if sign.how is How.SINCE:
        since = _with(heard.memory.since, name, (float(value), sign.unit_s))
        return heard._replace(memory=_changed(heard.memory, since=since))
    if not isinstance(value, bool):
        heard.metrics[name] = value
    elif sign.how is How.STATE:
        heard.flags[name] = value
    elif sign.how is not How.PULSE:
        return _flagged(heard, sign, name, topic, value=value)
    elif value and not retained:
        return _pulse(heard, name, sign, at)
    return heard


def _said(sign: Sign, items: dict[str, Any]) -> Value:
    for item in sign.items:
        if item in items:
            return sign.read(items[item])
    return None


def _flagged(heard: Heard, sign: Sign, name: str, topic: str, *, value: bool) -> Heard:
    """What other topics, or what was said before, have a say in."""
    memory = heard.memory
    if sign.how is How.ONCE_WELL:
        if value and name not in memory.well:
            return heard  # never configured, or it came with the first burst
        if not value:
            memory = _changed(memory, well=_with(memory.well, name, True))  # noqa: FBT003
    else:
        said = _with(memory.signs.get(name, {}), topic, value)
        memory = _changed(memory, signs=_with(memory.signs, name, said))
        value = any(said.values())
    heard.flags[name] = value
    return heard if memory is heard.memory else heard._replace(memory=memory)


def _pulse(heard: Heard, name: str, sign: Sign, at: float) -> Heard:
    heard.flags[name] = True
    pulses = _with(heard.memory.pulses, name, (at, sign.lasts_s))
    return heard._replace(memory=_changed(heard.memory, pulses=pulses))


def _hear_vendor(heard: Heard, topic: str, point: str, data: dict[str, Any]) -> None:
    """A maker's own hardware failure is shown, and judged by no rule."""
    said = next((one for one in map(lenient.flag, data.values()) if one is not None), None)
    if said is not None:
        heard.flags[_vendor(topic, point)] = said


def _vendor(topic: str, point: str) -> str:
    what = topic.removeprefix(_VENDOR_FAILURE)
    return _name("hardware_failure", lenient.text(f"{what}/{point}".rstrip("/"), MOST_POINT))


def _what_time_does(heard: Heard, at: float) -> Heard:
    memory = heard.memory
    if not memory.since and not memory.pulses:
        return heard
    for name, (since, unit_s) in memory.since.items():
        heard.metrics[name] = round(max(0.0, at - since) / unit_s, 3)
    over = [name for name, (said, lasts_s) in memory.pulses.items() if at - said >= lasts_s]
    if not over:
        return heard
    for name in over:
        heard.flags.setdefault(name, False)
    left = {name: pulse for name, pulse in memory.pulses.items() if name not in over}
    return heard._replace(memory=_changed(memory, pulses=left))


def _name(name: str, point: str) -> str:
    return f"{name}:{point}" if point else name


def _with(kept: dict[str, Any], name: str, value: object) -> dict[str, Any]:
    """The same with one more; the very same object when nothing is new or no more fit in."""
    if kept.get(name) == value or (len(kept) >= MOST_KEPT and name not in kept):
        return kept
    return {**kept, name: value}


def _without(kept: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in kept.items() if key != name} if name in kept else kept


def _changed(memory: Memory, **parts: dict[str, Any]) -> Memory:
    """The same object when no part is a new one: what is not changed is not written."""
    if all(getattr(memory, name) is part for name, part in parts.items()):
        return memory
    return msgspec.structs.replace(memory, **parts)


def _forgotten(memory: Memory, name: str, left: dict[str, bool]) -> Memory:
    signs = _with(memory.signs, name, left) if left else _without(memory.signs, name)
    return _changed(
        memory,
        signs=signs,
        pulses=_without(memory.pulses, name),
        since=_without(memory.since, name),
    )
