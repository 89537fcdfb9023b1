"""So often within a time raises; quiet for a time clears (domain rules §3.1)."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from rules import patterns
from rules.codes import CATALOGUE
from rules.faults import Evidence, effective

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
FLAPPING = effective(CATALOGUE["DEV_FLAPPING"], {})
DUPLICATE = effective(CATALOGUE["DEV_DUPLICATE_ID"], {})


def _ago(*minutes: float) -> list[datetime]:
    return [NOW - timedelta(minutes=one) for one in minutes]


def test_four_changes_in_half_an_hour_are_flapping_and_three_are_not() -> None:
    assert (
        patterns.count(FLAPPING, _ago(29, 20, 9, 0), NOW, open_now=False).evidence is Evidence.BAD
    )
    four = patterns.count(FLAPPING, _ago(31, 20, 9, 0), NOW, open_now=False)
    assert (four.evidence, four.number) == (Evidence.GOOD, 3)


def test_it_is_over_when_fewer_than_two_are_left_of_the_last_hour() -> None:
    changes = _ago(70, 65, 62, 50, 40)
    still = patterns.count(FLAPPING, changes, NOW, open_now=True)
    assert (still.evidence, still.number) == (Evidence.BETWEEN, 2)
    assert still.due_at == NOW + timedelta(minutes=10), "when the last but one is an hour old"
    assert still.due_at is not None
    assert patterns.count(FLAPPING, changes, still.due_at, open_now=True).evidence is Evidence.GOOD


def test_a_duplicate_must_be_quiet_for_a_whole_hour() -> None:
    swaps = _ago(59, 58, 57, 56, 55)
    assert patterns.count(DUPLICATE, swaps, NOW, open_now=True).evidence is Evidence.BETWEEN
    later = NOW + timedelta(minutes=5)
    assert patterns.count(DUPLICATE, swaps, later, open_now=True).evidence is Evidence.GOOD


@given(st.lists(st.integers(0, 7200), max_size=30), st.booleans())
def test_when_asked_again_at_the_time_it_named_it_is_over(ages: list[int], open_now: bool) -> None:  # noqa: FBT001
    instants = sorted(NOW - timedelta(seconds=age) for age in ages)
    count = patterns.count(FLAPPING, instants, NOW, open_now=open_now)
    if count.due_at is not None:
        over = patterns.count(FLAPPING, instants, max(count.due_at, NOW), open_now=True)
        assert over.evidence is Evidence.GOOD


def test_old_instants_are_forgotten_and_never_more_than_so_many_are_kept() -> None:
    kept = patterns.kept(tuple(_ago(120, 30, 10)), NOW, timedelta(hours=1), most=2)
    assert kept == (*_ago(10), NOW)
