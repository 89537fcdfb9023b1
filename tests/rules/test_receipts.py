"""Receipts in any order: what has arrived stays arrived (D05). By table and by property."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules import receipts
from rules.receipts import ARRIVED, LOST, Status


@pytest.mark.parametrize(
    ("told", "lost"),
    [
        ([], False),
        ([Status.QUEUED], False),
        ([Status.FAILED], True),
        ([Status.QUEUED, Status.BUSY], True),
        ([Status.UNANSWERED, Status.ANSWERED], False),
        ([Status.DELIVERED, Status.FAILED], False),
        ([Status.READ, Status.FAILED, Status.UNANSWERED], False),
    ],
)
def test_lost_is_what_failed_and_never_arrived(told: list[Status], *, lost: bool) -> None:
    assert receipts.is_lost(told) is lost


@given(st.lists(st.sampled_from(Status)), st.randoms())
def test_neither_order_nor_repetition_matters(told: list[Status], chance: Random) -> None:
    shuffled = [*told, *told]
    chance.shuffle(shuffled)
    assert receipts.is_lost(shuffled) is receipts.is_lost(told)


def test_every_status_is_on_the_way_arrived_or_lost() -> None:
    assert set(Status) - ARRIVED - LOST == {Status.QUEUED}
    assert not ARRIVED & LOST


@pytest.mark.parametrize(
    ("told", "for_good", "again"),
    [
        ([Status.FAILED], False, True),
        ([Status.BUSY], False, True),
        ([Status.UNANSWERED], False, False),
        ([Status.QUEUED, Status.FAILED], True, False),
    ],
)
def test_who_does_not_take_up_is_not_called_again_by_the_same_maker(
    told: list[Status], *, for_good: bool, again: bool
) -> None:
    assert receipts.may_try_again(told, for_good=for_good) is again
