"""What is merged, and that nothing is lost or said twice by it: by table and by property (D05)."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules import digests
from rules.digests import Reader, Room, Waiting
from rules.model import NoticeId, PersonId
from rules.notices import Kind

GROUP = Reader(channel="group")
LI = Reader(channel="sms", person_id=PersonId(1), target="+8613800000001")
MAIL = Reader(channel="mail", person_id=PersonId(1), target="li@example.com")


def waiting(
    number: int,
    *,
    reader: Reader = GROUP,
    kind: str = Kind.PAGE,
    rank: int = 1,
    alone: bool = False,
) -> Waiting:
    return Waiting(id=NoticeId(number), reader=reader, kind=kind, rank=rank, alone=alone)


def room(letters: int, most: int = digests.LINES) -> Room:
    return Room(letters=letters, most=most)


SOME = st.builds(
    waiting,
    st.integers(1, 10_000),
    reader=st.sampled_from([GROUP, LI, MAIL]),
    kind=st.sampled_from(list(Kind)),
    rank=st.integers(0, 2),
    alone=st.booleans(),
)
MANY = st.lists(SOME, unique_by=lambda one: one.id, max_size=60)
ROOM = st.builds(room, st.integers(0, 20), st.integers(1, 30))
ROOMS = st.fixed_dictionaries({GROUP: ROOM, LI: ROOM})


@pytest.mark.parametrize(
    ("one", "ordinary"),
    [
        (waiting(1, rank=2), True),
        (waiting(1, kind=Kind.RESTORED), True),
        (waiting(1, alone=True), True),
        (waiting(1, rank=0), False),
        (waiting(1, kind=Kind.GO), False),
        (waiting(1, kind=Kind.DEAD_LETTER), False),
        (waiting(1, kind=Kind.ALERT), False),
        (waiting(1, kind=Kind.TELLING, rank=2), True),
        (waiting(1, kind=Kind.TELLING, rank=1), False),  # protection lost: at once and by itself
    ],
)
def test_what_may_be_merged(one: Waiting, *, ordinary: bool) -> None:
    assert one.ordinary is ordinary


@pytest.mark.parametrize(
    ("count", "letters", "sizes"),
    [
        (3, 3, [1, 1, 1]),
        (3, 2, [3]),
        (3, 0, []),
        (16, 15, [16]),
        (40, 15, [16, 16, 8]),
        (40, 2, [16, 16]),
    ],
)
def test_merged_when_more_wait_than_may_go(count: int, letters: int, sizes: list[int]) -> None:
    asked = [waiting(number) for number in range(1, count + 1)]
    assert [len(one) for one in digests.batches(asked, {GROUP: room(letters)})] == sizes


def test_the_urgent_go_alone_and_first() -> None:
    asked = [waiting(9, rank=0), waiting(1), waiting(2), waiting(3, kind=Kind.GO), waiting(4)]
    assert digests.batches(asked, {GROUP: room(1)}) == [(9,), (1, 2, 4), (3,)]


def test_the_urgent_go_also_to_who_may_hear_nothing_else() -> None:
    asked = [waiting(9, rank=0), waiting(1), waiting(3, kind=Kind.GO)]
    assert digests.batches(asked, {GROUP: room(0)}) == [(9,), (3,)]


def test_what_was_refused_takes_no_other_with_it() -> None:
    asked = [waiting(1), waiting(2, alone=True), waiting(3), waiting(4, alone=True)]
    assert digests.batches(asked, {GROUP: room(2)}) == [(1, 3), (2,)]
    assert digests.batches(asked, {GROUP: room(3)}) == [(1, 3), (2,), (4,)]


def test_each_reader_has_a_letter_of_their_own() -> None:
    asked = [waiting(n, reader=reader) for n, reader in enumerate([LI, MAIL] * 3, start=1)]
    assert digests.batches(asked, {LI: room(1), MAIL: room(2)}) == [(1, 3, 5), (2, 4, 6)]


@given(MANY, ROOMS)
def test_each_notice_is_in_at_most_one_letter_and_nothing_urgent_waits(
    asked: list[Waiting], rooms: dict[Reader, Room]
) -> None:
    told = Counter(one for batch in digests.batches(asked, rooms) for one in batch)
    assert not told - Counter(one.id for one in asked)
    urgent = {one.id for one in asked if not one.ordinary or one.reader not in rooms}
    assert urgent <= set(told)


@given(MANY, ROOMS)
def test_a_digest_is_for_one_reader_and_holds_nothing_urgent(
    asked: list[Waiting], rooms: dict[Reader, Room]
) -> None:
    by_id = {one.id: one for one in asked}
    for batch in digests.batches(asked, rooms):
        if len(batch) == 1:
            continue
        inside = [by_id[number] for number in batch]
        (reader,) = {one.reader for one in inside}
        assert len(batch) <= rooms[reader].most
        assert all(one.ordinary and not one.alone for one in inside)


@given(MANY, ROOMS)
def test_nobody_has_more_ordinary_letters_than_the_room(
    asked: list[Waiting], rooms: dict[Reader, Room]
) -> None:
    by_id = {one.id: one for one in asked}
    letters = Counter(
        by_id[batch[0]].reader
        for batch in digests.batches(asked, rooms)
        if by_id[batch[0]].ordinary
    )
    assert all(letters[reader] <= limit.letters for reader, limit in rooms.items())


@given(MANY, ROOMS)
def test_nothing_is_merged_or_waits_while_there_is_room(
    asked: list[Waiting], rooms: dict[Reader, Room]
) -> None:
    wide = {reader: room(len(asked)) for reader in rooms}
    assert digests.batches(asked, wide) == [(one.id,) for one in asked]


@given(MANY)
def test_time_and_again_everything_goes_out_once(asked: list[Waiting]) -> None:
    """Where there is room for one letter only, turn after turn carries all of it."""
    left, told = list(asked), Counter[NoticeId]()
    for _ in range(len(asked) + 1):
        batches = digests.batches(left, {GROUP: room(1), LI: room(1, 3), MAIL: room(1)})
        told.update(one for batch in batches for one in batch)
        left = [one for one in left if one.id not in told]
    assert told == Counter(one.id for one in asked)
