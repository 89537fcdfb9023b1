"""What is merged, and that nothing is lost or said twice by it: by table and by property."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules import digests
from rules.digests import Waiting
from rules.model import NoticeId
from rules.notices import Kind


def waiting(
    number: int, *, channel: str = "group", kind: str = Kind.PAGE, rank: int = 1, attempts: int = 0
) -> Waiting:
    return Waiting(id=NoticeId(number), channel=channel, kind=kind, rank=rank, attempts=attempts)


SOME = st.builds(
    waiting,
    st.integers(1, 10_000),
    channel=st.sampled_from(["group", "other", "mail"]),
    kind=st.sampled_from(list(Kind)),
    rank=st.integers(0, 2),
    attempts=st.integers(0, 2),
)
MANY = st.lists(SOME, unique_by=lambda one: one.id, max_size=60)
ROOMS = st.fixed_dictionaries({"group": st.integers(0, 20), "other": st.integers(0, 20)})


@pytest.mark.parametrize(
    ("one", "mergeable"),
    [
        (waiting(1, rank=2), True),
        (waiting(1, kind=Kind.RESTORED), True),
        (waiting(1, rank=0), False),
        (waiting(1, kind=Kind.GO), False),
        (waiting(1, kind=Kind.DEAD_LETTER), False),
        (waiting(1, kind=Kind.ALERT), False),
        (waiting(1, attempts=1), False),
    ],
)
def test_what_may_be_merged(one: Waiting, *, mergeable: bool) -> None:
    assert one.mergeable is mergeable


@pytest.mark.parametrize(
    ("count", "room", "sizes"),
    [
        (3, 3, [1, 1, 1]),
        (3, 2, [3]),
        (3, 0, [3]),
        (1, 0, [1]),
        (16, 15, [16]),
        (40, 15, [16, 16, 8]),
    ],
)
def test_merged_when_more_wait_than_may_go(count: int, room: int, sizes: list[int]) -> None:
    asked = [waiting(number) for number in range(1, count + 1)]
    assert [len(one) for one in digests.batches(asked, {"group": room})] == sizes


def test_the_urgent_go_alone_and_first() -> None:
    asked = [waiting(9, rank=0), waiting(1), waiting(2), waiting(3, kind=Kind.GO), waiting(4)]
    assert digests.batches(asked, {"group": 0}) == [(9,), (1, 2, 4), (3,)]


@given(MANY, ROOMS)
def test_each_notice_is_in_exactly_one_message(asked: list[Waiting], rooms: dict[str, int]) -> None:
    together = digests.batches(asked, rooms)
    assert Counter(one for batch in together for one in batch) == Counter(one.id for one in asked)


@given(MANY, ROOMS)
def test_a_digest_is_of_one_group_and_holds_nothing_urgent(
    asked: list[Waiting], rooms: dict[str, int]
) -> None:
    by_id = {one.id: one for one in asked}
    for batch in digests.batches(asked, rooms):
        if len(batch) == 1:
            continue
        inside = [by_id[number] for number in batch]
        assert len(batch) <= digests.MOST
        assert len({one.channel for one in inside}) == 1
        assert all(one.mergeable and one.channel in rooms for one in inside)


@given(MANY, ROOMS)
def test_nothing_is_merged_while_there_is_room(asked: list[Waiting], rooms: dict[str, int]) -> None:
    wide = {name: len(asked) for name in rooms}
    assert all(len(batch) == 1 for batch in digests.batches(asked, wide))
