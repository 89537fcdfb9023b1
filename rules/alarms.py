"""What an alarm host's event means to those who keep the system: the words both codes share.

Contact ID (`rules/contact_id.py`) and SIA (`rules/sia.py`) are two alphabets for the same things.
A *security* event (burglary, hold-up) is the guards' business: recorded, never a fault. A tamper
is both. What is wrong with the equipment is a fault of the catalogue.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

NOT_ARMED = "NOT_ARMED_ON_SCHEDULE"
TEST_MISSED = "TEST_MISSED"
COMM_FAIL = "PANEL_COMM_FAIL"
AWAITED = "awaited"  # the point of TEST_MISSED that only says: a test is waited for from now on


class Turn(StrEnum):
    """`status`: still so, as reported before. It is no news and opens no second fault."""

    NEW = "new"
    RESTORE = "restore"
    STATUS = "status"


class Sort(StrEnum):
    FAULT = "fault"
    TAMPER = "tamper"  # a fault and a security event
    SECURITY = "security"
    TEST = "test"  # a periodic test came
    ODD_TEST = "odd_test"  # it came and says that something is wrong (608, RY)
    WALK = "walk"  # a point was tested by hand: evidence of an inspection
    STATUS = "status"


class Whose(StrEnum):
    """What the number of an event counts."""

    PANEL = "panel"
    ZONE = "zone"
    MODULE = "module"
    OUTPUT = "output"
    LINE = "line"
    DOOR = "door"


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """`fault` is a code of the catalogue at each of `points`; on the panel itself `panel_fault`.

    `turn` is how it is said, where the alphabet has a letter for each. `ends` are faults (code and
    point) that are over once it is said so. `passing`: nothing ever restores it; the next good
    test ends it. `panic`: the zone is a hold-up button.
    """

    sort: Sort
    fault: str = ""
    whose: Whose = Whose.PANEL
    points: tuple[str, ...] = ("",)
    turn: Turn = Turn.NEW
    panel_fault: str = ""
    ends: tuple[tuple[str, str], ...] = ()
    passing: bool = False
    panic: bool = False

    @property
    def recorded(self) -> bool:
        """Does it belong in the list of security events?"""
        return self.sort in {Sort.SECURITY, Sort.TAMPER, Sort.WALK}

    def restored(self) -> "Meaning":
        return replace(self, turn=Turn.RESTORE)


STATUS = Meaning(sort=Sort.STATUS)
ARMED = Meaning(sort=Sort.STATUS, ends=((NOT_ARMED, ""),))
GOOD_TEST = Meaning(sort=Sort.TEST)
ODD_TEST = Meaning(sort=Sort.ODD_TEST, fault="PANEL_SYSTEM", points=("test",))
SECURITY = Meaning(sort=Sort.SECURITY, whose=Whose.ZONE)
PANIC = Meaning(sort=Sort.SECURITY, whose=Whose.ZONE, panic=True)
WALK = Meaning(sort=Sort.WALK, whose=Whose.ZONE)


def of_panel(fault: str, point: str = "", *, passing: bool = False) -> Meaning:
    return Meaning(sort=Sort.FAULT, fault=fault, points=(point,), passing=passing)


def of_zone(fault: str, point: str = "", *, panic: bool = False) -> Meaning:
    return Meaning(sort=Sort.FAULT, fault=fault, whose=Whose.ZONE, points=(point,), panic=panic)


def of_module(fault: str, point: str = "", *, passing: bool = False) -> Meaning:
    whose = Whose.MODULE
    return Meaning(sort=Sort.FAULT, fault=fault, whose=whose, points=(point,), passing=passing)


def of_output(point: str = "") -> Meaning:
    return Meaning(sort=Sort.FAULT, fault="SOUNDER_FAULT", whose=Whose.OUTPUT, points=(point,))


def of_door(fault: str) -> Meaning:
    return Meaning(sort=Sort.FAULT, fault=fault, whose=Whose.DOOR)


def tamper(fault: str, whose: Whose = Whose.ZONE, panel_fault: str = "TAMPER") -> Meaning:
    return Meaning(sort=Sort.TAMPER, fault=fault, whose=whose, panel_fault=panel_fault)


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """A fault that begins or ends, of a zone or (0) of the panel itself."""

    zone: int
    code: str
    point: str
    active: bool


def effects(meaning: Meaning, turn: Turn, number: int) -> tuple[Effect, ...]:
    """What an event does to faults; `number` is that of its zone, module, output, line or door."""
    zone = number if meaning.whose is Whose.ZONE else 0
    code = meaning.panel_fault if meaning.panel_fault and not number else meaning.fault
    active = turn is not Turn.RESTORE
    own = [
        Effect(zone=zone, code=code, point=_point(meaning, point, number), active=active)
        for point in meaning.points
        if code
    ]
    over = meaning.ends if turn is meaning.turn else ()
    ended = (Effect(zone=zone, code=each, point=point, active=False) for each, point in over)
    return (*own, *ended)


def _point(meaning: Meaning, point: str, number: int) -> str:
    """`module-003/ac`: which of its parts, then which of that part's troubles."""
    numbered = meaning.whose not in {Whose.PANEL, Whose.ZONE} and number
    part = f"{meaning.whose.value}-{number:03d}" if numbered else ""
    return "/".join(one for one in (part, point) if one)
