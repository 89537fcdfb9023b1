"""No window of a robot's ever holds more than its limit: by table and by property."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules import buckets
from rules.buckets import Limit

NOW = datetime(2026, 6, 15, 1, 0, tzinfo=UTC)
DINGTALK = buckets.limit(20, 60, reserved_pct=25)
FEISHU = (buckets.limit(100, 60, reserved_pct=25), buckets.limit(5, 1, reserved_pct=25))


def ago(*seconds: float) -> list[datetime]:
    return [NOW - timedelta(seconds=one) for one in seconds]


@pytest.mark.parametrize(
    ("most", "reserved_pct", "reserved"),
    [(20, 25, 5), (100, 25, 25), (5, 25, 1), (20, 0, 0), (2, 90, 1), (1, 25, 0)],
)
def test_the_share_of_emergencies(most: int, reserved_pct: int, reserved: int) -> None:
    assert buckets.limit(most, 60, reserved_pct=reserved_pct).reserved == reserved


@pytest.mark.parametrize(
    ("spent", "in_flight", "for_all", "for_emergencies"),
    [
        (ago(), 0, 15, 20),
        (ago(*[1] * 15), 0, 0, 5),
        (ago(*[1] * 15), 2, 0, 3),
        (ago(*[1] * 20), 0, 0, 0),
        (ago(*[60] * 20), 0, 0, 0),
        (ago(*[60.1] * 20), 0, 15, 20),
        (ago(*[70] * 10, *[5] * 10), 1, 4, 9),
        (ago(*[1] * 30), 5, 0, 0),
    ],
)
def test_what_is_left(
    spent: list[datetime], in_flight: int, for_all: int, for_emergencies: int
) -> None:
    assert buckets.room([DINGTALK], spent, in_flight, NOW, rank=2) == for_all
    assert buckets.room([DINGTALK], spent, in_flight, NOW, rank=0) == for_emergencies


@pytest.mark.parametrize(
    ("spent", "for_all", "for_emergencies"),
    [(ago(), 4, 5), (ago(*[0.5] * 4), 0, 1), (ago(*[30] * 98), 0, 2), (ago(*[30] * 74), 1, 5)],
)
def test_the_tightest_window_counts(
    spent: list[datetime], for_all: int, for_emergencies: int
) -> None:
    assert buckets.room(FEISHU, spent, 0, NOW, rank=1) == for_all
    assert buckets.room(FEISHU, spent, 0, NOW, rank=0) == for_emergencies


@given(
    st.lists(st.tuples(st.floats(0, 30), st.integers(0, 2)), max_size=60),
    st.integers(1, 6),
    st.integers(0, 90),
)
def test_no_window_holds_too_many_whatever_asks(
    asked: list[tuple[float, int]], most: int, reserved_pct: int
) -> None:
    one = buckets.limit(most, 10, reserved_pct=reserved_pct)
    at, sent = NOW, list[tuple[datetime, int]]()
    for wait_s, rank in asked:
        at += timedelta(seconds=wait_s)
        if buckets.room([one], [when for when, _ in sent], 0, at, rank=rank):
            sent.append((at, rank))
    for start, _ in sent:
        window = [
            rank for when, rank in sent if timedelta() <= when - start <= timedelta(seconds=10)
        ]
        assert len(window) <= one.most


@given(st.lists(st.floats(0, 200), max_size=60), st.integers(0, 30))
def test_emergencies_always_have_more_room(seconds: list[float], in_flight: int) -> None:
    spent = ago(*seconds)
    ordinary = buckets.room([DINGTALK], spent, in_flight, NOW, rank=1)
    urgent = buckets.room([DINGTALK], spent, in_flight, NOW, rank=0)
    assert 0 <= ordinary <= urgent <= DINGTALK.most
    assert urgent - ordinary == min(urgent, DINGTALK.reserved)


def test_a_limit_without_a_share_treats_all_alike() -> None:
    assert buckets.room([Limit(most=3, window_s=60)], [], 0, NOW, rank=2) == 3


def test_one_address_has_limits_of_its_own() -> None:
    """Aliyun: one call a minute to the same number, five an hour, twenty a day."""
    minute, hour = (
        buckets.limit(n, s, reserved_pct=0, to_one=True) for n, s in [(1, 60), (2, 3600)]
    )
    limits = (*FEISHU, minute, hour)
    assert buckets.of_all(limits) == FEISHU
    assert buckets.too_many_to_one(limits, [], NOW) is None
    assert buckets.too_many_to_one(limits, ago(59), NOW) == minute
    assert buckets.too_many_to_one(limits, ago(61), NOW) is None
    assert buckets.too_many_to_one(limits, ago(61, 3500), NOW) == hour
