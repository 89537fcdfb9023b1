"""Gaps in the index of a channel, and how far back recordings reach (domain rules §3.3)."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from rules import recordings
from rules.evidence import Span, length, merged
from rules.recordings import Archive, Index, Parts

DAY = timedelta(days=1)
MIDNIGHT = datetime(2026, 11, 22, tzinfo=UTC)
NEXT = MIDNIGHT + DAY


def _span(from_h: float, to_h: float) -> Span:
    return MIDNIGHT + timedelta(hours=from_h), MIDNIGHT + timedelta(hours=to_h)


def _index(*segments: Span, part: int = 1, parts: int = 1, **more: Any) -> Index:
    return Index(
        channel="1",
        start=MIDNIGHT,
        end=NEXT,
        part=part,
        parts=parts,
        segments=segments,
        **more,
    )


def _gaps(parts: Parts, planned: Sequence[Span] = ()) -> recordings.Gaps:
    return recordings.find_gaps(parts, (MIDNIGHT, NEXT), planned)


def _whole(*segments: Span, **more: Any) -> Parts:
    return recordings.gather(None, _index(*segments, **more))


def test_an_answer_is_judged_when_all_its_parts_are_there_in_whatever_order() -> None:
    last = _index(_span(12, 24), part=3, parts=3)
    middle = _index(_span(6, 12), part=2, parts=3)
    first = _index(_span(0, 6), part=1, parts=3)
    known = recordings.gather(None, last)
    known = recordings.gather(known, last)
    known = recordings.gather(known, first)
    assert not known.whole, "a part that comes twice is one part"
    known = recordings.gather(known, middle)
    assert known.whole
    assert _gaps(known).missing == ()


def test_another_answer_begins_anew() -> None:
    known = recordings.gather(None, _index(_span(0, 12), part=1, parts=2))
    other = recordings.gather(known, _index(_span(0, 24), part=1, parts=1))
    assert other.whole
    assert _gaps(other).missing_s == 0


def test_a_gap_is_what_no_segment_covers() -> None:
    gaps = _gaps(_whole(_span(0, 8), _span(9, 24)))
    assert gaps.missing == (_span(8, 9),)
    assert gaps.missing_s == 3600
    assert _gaps(_whole()).missing_s == 86_400


def test_the_seam_between_two_files_is_no_gap() -> None:
    seam = (MIDNIGHT + timedelta(hours=8, seconds=5), NEXT)
    assert _gaps(_whole(_span(0, 8), seam)).missing == ()


def test_only_what_was_scheduled_can_be_missing() -> None:
    parts = _whole(_span(8, 17), scheduled=(_span(8, 18),))
    assert _gaps(parts).missing == (_span(17, 18),)


def test_planned_downtime_does_not_count_but_is_shown() -> None:
    gaps = _gaps(_whole(_span(0, 8), _span(12, 24)), [_span(9, 11)])
    assert gaps.missing == (_span(8, 9), _span(11, 12))
    assert gaps.planned == (_span(9, 11),)
    assert (gaps.missing_s, gaps.planned_s) == (7200, 7200)


@given(st.lists(st.tuples(st.integers(0, 1440), st.integers(0, 1440)), max_size=30))
def test_gaps_and_segments_together_are_the_day(minutes: list[tuple[int, int]]) -> None:
    segments = [_span(a / 60, b / 60) for a, b in minutes]
    parts = _whole(*segments)
    gaps = _gaps(parts)
    covered = length(merged(segments, (MIDNIGHT, NEXT)))
    assert abs(gaps.missing_s + covered - 86_400) < 1e-3


def _checked(*days: float, installed: date | None = None) -> Archive:
    archive = Archive()
    for n, kept in enumerate(days):
        archive = recordings.learn(archive, kept, installed, NEXT + n * DAY)
    return archive


def _judged(archive: Archive, required: float = 30) -> recordings.Retention:
    return recordings.judge(archive, required, archive.checks[-1].at)


OLD = date(2020, 1, 1)


def test_one_check_says_nothing_and_two_say_that_it_is_short() -> None:
    assert _judged(_checked(25, installed=OLD)).short is None
    assert _judged(_checked(25, 25, installed=OLD)).short is True
    assert _judged(_checked(25, 31, installed=OLD)).short is None
    assert _judged(_checked(25, 25, 31, 31, installed=OLD)).short is False


def test_a_young_system_is_not_short_of_retention() -> None:
    """Twelve days old: it cannot have kept thirty."""
    judged = _judged(_checked(11, 12, installed=date(2026, 11, 11)))
    assert (judged.short, judged.young) == (False, True)
    assert _judged(_checked(11, 12)).short is False, "nobody said since when it runs"


def test_one_that_was_young_grows_old() -> None:
    archive = _checked(*(min(12.0, float(n)) for n in range(40)))
    assert _judged(archive).short is True, "forty days on, and it never kept more than twelve"


def test_many_messages_of_a_day_are_one_check() -> None:
    archive = Archive()
    for minute in range(60):
        at = NEXT + timedelta(minutes=minute)
        archive = recordings.learn(archive, 25, OLD, at)
    assert len(archive.checks) == 1


def test_what_falls_below_the_duty_within_a_week_is_forecast() -> None:
    falling = _checked(40, 38, 36, 34, installed=OLD)
    assert (_judged(falling).short, _judged(falling).forecast) == (False, True)
    steady = _checked(40, 40, 39, 40, installed=OLD)
    assert not _judged(steady).forecast
    assert not _judged(_checked(31, 33, 35, installed=OLD)).forecast, "it grows"


@given(st.lists(st.floats(0, 4000), min_size=1, max_size=20))
def test_a_forecast_never_promises_more_than_is_kept_today(days: list[float]) -> None:
    archive = _checked(*days)
    assert recordings.ahead(archive.checks, 7) <= archive.checks[-1].days
