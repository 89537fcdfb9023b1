"""Times as people read them: relative and absolute together, dates never ambiguous."""

from datetime import UTC, date, datetime, timedelta

import pytest

import words

SHANGHAI = "Asia/Shanghai"
NOON = datetime(2026, 6, 15, 5, 20, tzinfo=UTC)  # 13:20 in Chengdu


def test_an_instant_names_its_weekday() -> None:
    when = datetime(2026, 6, 15, 1, 2, tzinfo=UTC)
    assert words.instant("zh", when, SHANGHAI) == "2026-06-15 周一 09:02"
    assert words.instant("en", when, SHANGHAI) == "2026-06-15 Mon 09:02"


@pytest.mark.parametrize(
    ("seconds", "zh", "en"),
    [
        (0, "0 秒", "0 s"),
        (59, "59 秒", "59 s"),
        (60, "1 分", "1 min"),
        (3599, "59 分", "59 min"),
        (3600, "1 小时", "1 h"),
        (4320, "1 小时 12 分", "1 h 12 min"),
        (-4320, "1 小时 12 分", "1 h 12 min"),
        (86400, "1 天", "1 d"),
        (90000, "1 天 1 小时", "1 d 1 h"),
    ],
)
def test_a_span_has_at_most_two_units(seconds: float, zh: str, en: str) -> None:
    assert words.duration("zh", seconds) == zh
    assert words.duration("en", seconds) == en


def test_a_deadline_is_told_both_ways() -> None:
    due = NOON + timedelta(hours=1, minutes=12)
    assert words.deadline("zh", due, SHANGHAI, now=NOON) == "还剩 1 小时 12 分 · 14:32 前到场"
    assert words.deadline("en", due, SHANGHAI, now=NOON) == "1 h 12 min left · on site by 14:32"


def test_a_missed_deadline_says_how_late() -> None:
    due = NOON - timedelta(minutes=7)
    assert words.deadline("zh", due, SHANGHAI, now=NOON) == "已超时 7 分 · 应于 13:13 前到场"
    assert "7 min late" in words.deadline("en", due, SHANGHAI, now=NOON)


def test_the_very_second_is_in_time() -> None:
    assert words.deadline("en", NOON, SHANGHAI, now=NOON).startswith("0 s left")


def test_another_day_is_named() -> None:
    tomorrow = words.clock_time("zh", NOON + timedelta(days=1), SHANGHAI, now=NOON)
    later = words.clock_time("en", NOON + timedelta(days=3), SHANGHAI, now=NOON)
    assert tomorrow == "明天 13:20"
    assert later == "2026-06-18 Thu 13:20"


def test_relative_times() -> None:
    assert words.relative("zh", NOON - timedelta(minutes=12), now=NOON) == "12 分钟前"
    assert words.relative("en", NOON + timedelta(hours=3), now=NOON) == "in 3 h"
    assert words.relative("en", NOON - timedelta(seconds=5), now=NOON) == "just now"


def test_a_zone_we_do_not_know_is_read_as_utc() -> None:
    assert words.instant("en", NOON, "Mars/Olympus") == "2026-06-15 Mon 05:20"


def test_weekdays_and_figures() -> None:
    assert words.date_only("zh", date(2026, 10, 4)) == "2026-10-04 周日"
    assert words.number("zh", 12480) == "12,480"
    assert words.percent("en", 0.9864) == "98.6\u00a0%"
    assert words.byte_size("en", 512) == "512 B"
    assert words.byte_size("zh", 65536) == "64.0 KiB"


def test_a_stopwatch_counts_down_and_then_up() -> None:
    assert words.stopwatch(4324) == "1:12:04"
    assert words.stopwatch(0) == "0:00:00"
    assert words.stopwatch(-432.5) == "+0:07:12"
    assert words.stopwatch(2 * 86400 + 61) == "2 d 0:01:01"
