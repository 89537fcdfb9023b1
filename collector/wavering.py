"""A device that comes and goes, restarts, or is two that speak under one id."""

from datetime import timedelta

from collector import remembering
from collector.ear import Ear, Found
from collector.memory import Watched
from collector.wire import Reading
from rules import flapping, restarts
from rules.faults import Evidence
from rules.flapping import Swings
from rules.model import Severity
from rules.restarts import Heard, Units

FLAPPING, REBOOTS, DUPLICATE = "DEV_FLAPPING", "DEV_REBOOT_LOOP", "DEV_DUPLICATE_ID"
DAILY = "daily"
DAYS_OF_RESTARTS = 7  # a restart a day for so long is a fault of its own, if a minor one
ASLEEP = frozenset({"sleeping", "stopped"})
AGAIN = timedelta(hours=1)


def is_down(watched: Watched) -> bool:
    """Is it silent, or did its last will say so, with no word since?"""
    point = watched.silence_point
    condition = watched.conditions.get(point)
    if condition is None:
        return point in watched.open
    return condition.clear_since is None


def come_or_gone(ear: Ear, reading: Reading) -> list[Found]:
    if reading.kind == "state" and reading.word not in {"online", "sleeping"}:
        says_down = reading.word == "offline" and ear.watched.judged
        return swing(ear, up=False) if says_down and not is_down(ear.watched) else []
    return swing(ear, up=True) if is_down(ear.watched) else []


def swing(ear: Ear, *, up: bool) -> list[Found]:
    swings = flapping.change(ear.known(remembering.SWINGS, Swings()), ear.at, up=up)
    ear.learn(remembering.SWINGS, swings)
    return [ear.counted(FLAPPING, swings.instants, remembering.SWINGS)]


def uptime(ear: Ear, reading: Reading) -> list[Found]:
    before = ear.watched.metrics.get("uptime_s")
    now = reading.metrics["uptime_s"]
    heard_at = ear.watched.heard_at
    units: Units = ear.known(remembering.UNITS, Units())
    if before is None or heard_at is None or (now >= before and units.left_uptime is None):
        return []
    asleep = ear.watched.word in ASLEEP or reading.flags.get("deepsleep_wake", False)
    learnt = restarts.hear_uptime(units, Heard(before, heard_at), Heard(now, ear.at), asleep=asleep)
    return _learnt(ear, units, learnt)


def numbered(ear: Ear, before: int, now: int) -> list[Found]:
    if now >= before and remembering.UNITS not in ear.watched.memories:
        return []  # nearly always: numbers rise, and none was left behind
    units: Units = ear.known(remembering.UNITS, Units())
    if now >= before and units.left_seq is None:
        return []
    heard_at = ear.watched.heard_at or ear.at
    return _learnt(
        ear, units, restarts.hear_seq(units, Heard(before, heard_at), Heard(now, ear.at))
    )


def taken_over(ear: Ear, reading: Reading) -> list[Found]:
    if reading.word == "offline" or ear.watched.word != "offline":
        return []
    units: Units = ear.known(remembering.UNITS, Units())
    return _learnt(ear, units, restarts.take_over(units, ear.watched.word_at, ear.at))


def _learnt(ear: Ear, before: Units, units: Units) -> list[Found]:
    if units == before:
        return []
    ear.learn(remembering.UNITS, units)
    return _units(ear, units)


def _units(ear: Ear, units: Units) -> list[Found]:
    days = restarts.days_in_a_row(units.restarts, ear.at)
    daily = Evidence.BAD if days >= DAYS_OF_RESTARTS else Evidence.GOOD
    if days and daily is Evidence.GOOD and (REBOOTS, DAILY) in ear.watched.open:
        daily = Evidence.BETWEEN
    return [
        ear.counted(REBOOTS, units.restarts, remembering.UNITS),
        Found(code=REBOOTS, point=DAILY, evidence=daily, value=days, severity=Severity.MINOR),
        ear.counted(DUPLICATE, units.swaps, remembering.UNITS),
    ]


def look_again(ear: Ear, kind: str) -> list[Found]:
    """A timer: it may have been quiet for long enough."""
    if kind == remembering.SWINGS:
        return [ear.counted(FLAPPING, ear.known(kind, Swings()).instants, kind)]
    if is_down(ear.watched):
        ear.ask_again(kind, ear.at + AGAIN)  # a device that is away is not getting well
        return []
    return _units(ear, ear.known(kind, Units()))
