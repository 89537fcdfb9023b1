"""Faults of more than one reading: what was said before is remembered, and weighed with it.

`hear` is asked before a message changes what is known of a device. It lays figures that follow
from what is remembered (a disk's growth, a disk that was there once) among the message's own, to
be judged by limits like any other, and returns what patterns were found (`judged` makes faults of
them). `ring` is asked again when a pattern may be over.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from functools import lru_cache

from collector import keeping, remembering, transitions, wavering
from collector.ear import Ear, Found
from collector.memory import Watched, Work
from collector.transitions import Transition
from collector.wire import Reading
from rules import activity
from rules.activity import Activity
from rules.faults import Evidence

FIRST_YEAR = 2010  # a clock before it was never set


def hear(work: Work, watched: Watched, reading: Reading, at: datetime) -> list[Found]:
    """What a live message means together with those before it; may add to its figures."""
    ear = Ear(work, watched, at)
    found = wavering.come_or_gone(ear, reading)
    if reading.kind == "state":
        return [*found, *wavering.taken_over(ear, reading)]
    if reading.kind != "health":
        return found
    if reading.seq is not None and watched.seq is not None:
        found += wavering.numbered(ear, watched.seq, reading.seq)
    for handler in _handlers((*reading.metrics, *reading.flags)):
        found += handler(ear, reading)
    if reading.t is not None and (reading.t.year < FIRST_YEAR or "time_unsynced" in watched.flags):
        reading.flags.setdefault("time_unsynced", reading.t.year < FIRST_YEAR)
    return found


def fell_silent(work: Work, watched: Watched, at: datetime) -> Iterator[Transition]:
    """Nothing was heard of it for as long as it may be quiet."""
    if wavering.is_down(watched):
        yield from judged(watched, wavering.swing(Ear(work, watched, at), up=False), at)


def ring(work: Work, watched: Watched, kind: str, now: datetime) -> Iterator[Transition]:
    """A pattern may be over, or have ripened, with nothing heard since."""
    if kind not in watched.memories:
        return
    ear = Ear(work, watched, now)
    if kind == remembering.ACTIVITY:
        found = _quiet(ear, ear.known(kind, Activity()))
    else:
        found = wavering.look_again(ear, kind)
    yield from judged(watched, found, now)


def judged(watched: Watched, found: list[Found], at: datetime) -> Iterator[Transition]:
    """The faults that open or clear by what patterns were found."""
    for one in found if watched.judged else ():
        key = (one.code, one.point)
        bad, open_now = one.evidence is Evidence.BAD, key in watched.open
        raises = bad and not open_now and transitions.has_room(watched, key)
        if raises or (open_now and one.evidence is Evidence.GOOD):
            yield Transition(
                device_id=watched.device.id,
                rule=watched.book.events[one.code],
                point=one.point,
                raises=raises,
                at=at,
                why="pattern" if raises else "quiet",
                value=one.value,
                severity=one.severity,
            )


def _zone(ear: Ear, reading: Reading) -> list[Found]:
    active = any(reading.flags.get(name, False) for name in ("open", "motion"))
    before: Activity = ear.known(remembering.ACTIVITY, Activity())
    known = activity.hear(before, ear.at, active=active)
    if known == before:
        return []
    ear.learn(remembering.ACTIVITY, known)
    return _quiet(ear, known)


def _quiet(ear: Ear, known: Activity) -> list[Found]:
    rule = ear.watched.book.events["ZONE_SILENT"]
    since = activity.missed_since(known)
    if since is None or ear.at < since + rule.raise_after:
        ear.ask_again(remembering.ACTIVITY, since and since + rule.raise_after)
        return [Found(code="ZONE_SILENT", evidence=Evidence.GOOD)]
    days = (ear.at - since) / timedelta(days=1)
    return [Found(code="ZONE_SILENT", evidence=Evidence.BAD, value=round(days, 1))]


def _config(ear: Ear, reading: Reading) -> list[Found]:
    """Another fingerprint of the configuration than the one that was accepted last."""
    said = reading.metrics["config_crc"]
    accepted = ear.known(remembering.CONFIG, None)
    if accepted is None:
        ear.learn(remembering.CONFIG, said)
    elif said != accepted or "config_changed" in ear.watched.flags:
        reading.flags.setdefault("config_changed", said != accepted)
    return []


Handler = Callable[[Ear, Reading], list[Found]]
_BY_NAME: Mapping[str, Handler] = {
    "uptime_s": wavering.uptime,
    "retention_days": keeping.retention,
    "config_crc": _config,
    "open": _zone,
    "motion": _zone,
    **dict.fromkeys(keeping.DISK_NAMES, keeping.bays),
}


@lru_cache(4096)
def _handlers(names: tuple[str, ...]) -> tuple[Handler, ...]:
    """Each once, in the order of what was said; nearly always none, or the uptime's."""
    found: list[Handler] = []
    for name in names:
        handler = _BY_NAME.get(name.partition(":")[0])
        if handler and handler not in found:
            found.append(handler)
    return tuple(found)
