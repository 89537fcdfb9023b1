"""Which waiting notices travel as one letter when their reader may have only few. Pure.

A group reads through its robot, which takes only so many a minute; a person is to have at most
so many ordinary letters a minute (`rules.policy.Storm`): a telephone that rings two hundred times
is no help to anybody. An emergency always goes at once and alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rules.model import NoticeId, PersonId
from rules.notices import Kind

LINES = 16  # so many lines of `LINE` characters fit the smallest robot's 4,096 bytes
LINE = 60
MOST_FOR_ONE = 100  # in one letter to a person (ours): its link lists them all
# From which rank on a kind may be merged: an emergency never is, nor a customer's lost protection.
ORDINARY: Mapping[str, int] = {
    Kind.PAGE: 1,
    Kind.REPORT: 1,
    Kind.WARNING: 1,
    Kind.RESTORED: 1,
    Kind.ASSIGNED: 1,
    Kind.RELIEVED: 1,
    Kind.UNTOLD: 1,
    Kind.TELLING: 2,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Who reads what comes by a channel: one person's address, or, without one, a whole group."""

    channel: str
    person_id: PersonId | None = None
    target: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """How many ordinary letters a reader may have now, and how many notices one may hold."""

    letters: int
    most: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """What of a notice decides whether it may be merged.

    `alone`: nobody would take it together with others; one such text must not hold them up.
    """

    id: NoticeId
    reader: Reader
    kind: str
    rank: int
    alone: bool = False

    @property
    def ordinary(self) -> bool:
        """Neither an emergency nor a call that only its own reader can answer."""
        return is_ordinary(self.kind, self.rank)


def is_ordinary(kind: str, rank: int) -> bool:
    return kind in ORDINARY and rank >= ORDINARY[kind]


def batches(waiting: Sequence[Waiting], rooms: Mapping[Reader, Room]) -> list[tuple[NoticeId, ...]]:
    """What goes out now, in their order: each notice in at most one letter.

    A reader that is not in `rooms` never waits and hears one at a time. Of the others' ordinary
    notices those that are more than the room travel together, never in more letters than the
    room; what is left waits for the next time.
    """
    ordinary: dict[Reader, list[Waiting]] = {}
    for one in waiting:
        if one.ordinary and one.reader in rooms:
            ordinary.setdefault(one.reader, []).append(one)
    first = {
        letter[0]: letter
        for reader, ones in ordinary.items()
        for letter in _letters(ones, rooms[reader])
    }
    alone = {one.id for one in waiting if not (one.ordinary and one.reader in rooms)}
    return [first.get(one.id, (one.id,)) for one in waiting if one.id in alone or one.id in first]


def _letters(ones: Sequence[Waiting], room: Room) -> list[tuple[NoticeId, ...]]:
    if len(ones) <= room.letters:
        return [(one.id,) for one in ones]
    shared = [one.id for one in ones if not one.alone]
    together = [
        tuple(shared[start : start + room.most]) for start in range(0, len(shared), room.most)
    ]
    return [*together, *((one.id,) for one in ones if one.alone)][: room.letters]
