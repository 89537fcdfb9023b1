"""A zone that was used every day and is not any more (ZONE_SILENT)."""

from datetime import UTC, datetime, timedelta

from rules import activity
from rules.activity import Activity

NOON = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)


def _used(days: int, every: int = 1) -> Activity:
    known = Activity()
    for day in range(0, days, every):
        at = NOON + timedelta(days=day)
        known = activity.hear(known, at, active=True)
        known = activity.hear(known, at + timedelta(seconds=5), active=False)
    return known


def test_a_zone_used_daily_is_missed_from_its_last_activation_on() -> None:
    assert activity.missed_since(_used(10)) == NOON + timedelta(days=9)


def test_one_that_is_used_now_and_then_is_not_missed() -> None:
    assert activity.missed_since(_used(12, every=2)) is None


def test_a_week_is_needed_to_know_a_habit() -> None:
    assert activity.missed_since(_used(6)) is None
    assert activity.missed_since(_used(7)) is not None


def test_one_that_stands_open_is_not_silent() -> None:
    known = activity.hear(_used(10), NOON + timedelta(days=10), active=True)
    assert activity.missed_since(known) is None


def test_only_the_beginning_counts_and_two_weeks_are_kept() -> None:
    known = activity.hear(Activity(), NOON, active=True)
    assert activity.hear(known, NOON + timedelta(hours=1), active=True) is known
    assert len(_used(60).days) == 14
