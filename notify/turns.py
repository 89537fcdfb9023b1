"""What goes out now, letter by letter: most urgent first, and no reader has too many at once."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from rules import digests
from rules.digests import Reader, Room
from rules.policy import Storm
from storage import letters as letter_rows
from storage import outbox
from storage.db import Tx
from storage.outbox import Notice


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """What there is to share out: channels that a whole group reads, and what they may hear.

    `rooms`: how many ordinary letters each group takes now whose robot merges. `each`: how many
    notices of a channel are looked at at most.
    """

    storm: Storm
    each: int
    groups: Collection[str] = ()
    rooms: Mapping[str, int]


def letters(tx: Tx, house: House, now: datetime) -> list[list[Notice]]:
    """The notices of each letter that may go now; several where a reader's room is too small."""
    found = outbox.due(tx, now, each=house.each)
    if not found:
        return []
    since = now - timedelta(seconds=house.storm.within_s)
    had = letter_rows.lately(tx, since, groups=house.groups)
    full = [reader for reader, number in had.items() if number >= house.storm.letters]
    if full:
        found = outbox.due(tx, now, each=house.each, full=full)
    rooms = {
        reader: Room(letters=house.storm.letters - had[reader], most=digests.MOST_FOR_ONE)
        for reader in {_reader(one, house) for one in found}
        if reader.person_id is not None
    }
    found = _with_the_rest(tx, found, rooms, house, now)
    for channel, number in house.rooms.items():
        rooms[Reader(channel=channel)] = Room(letters=number, most=digests.LINES)
    return _shared_out(found, rooms, house)


def _shared_out(
    found: Sequence[Notice], rooms: Mapping[Reader, Room], house: House
) -> list[list[Notice]]:
    asked = [
        digests.Waiting(
            id=one.id,
            reader=_reader(one, house),
            kind=one.kind,
            rank=one.rank,
            alone=one.alone,
        )
        for one in found
    ]
    by_id = {one.id: one for one in found}
    return [[by_id[number] for number in ids] for ids in digests.batches(asked, rooms)]


def _with_the_rest(
    tx: Tx, found: Sequence[Notice], rooms: Mapping[Reader, Room], house: House, now: datetime
) -> list[Notice]:
    """And whatever else waits for those who will have a letter of several."""
    seen: dict[Reader, int] = dict.fromkeys(rooms, 0)
    lengths: dict[str, int] = {}
    for one in found:
        lengths[one.channel] = lengths.get(one.channel, 0) + 1
        reader = _reader(one, house)
        if reader in seen and digests.is_ordinary(one.kind, one.rank):
            seen[reader] += 1
    many = [
        reader
        for reader, number in seen.items()
        if number > rooms[reader].letters
        or (number and lengths[reader.channel] >= house.each)  # there may be more behind
    ]
    more: dict[int, Notice] = {}
    for reader in many:
        rest = letter_rows.ordinary_for(tx, reader, now, limit=rooms[reader].most)
        more |= {one.id: one for one in rest}
    return _in_turn([*found, *more.values()])


def _in_turn(found: Iterable[Notice]) -> list[Notice]:
    by_id = {one.id: one for one in found}
    return sorted(by_id.values(), key=lambda one: (one.rank, one.created_at, one.id))


def _reader(notice: Notice, house: House) -> Reader:
    if notice.channel in house.groups:
        return Reader(channel=notice.channel)
    return Reader(channel=notice.channel, person_id=notice.person_id, target=notice.target)
