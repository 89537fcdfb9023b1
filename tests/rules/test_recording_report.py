"""What a recorder's page answers, channel by channel (domain rules §3.3)."""

from datetime import UTC, datetime, timedelta

import pytest

from rules import recording_report
from rules.recording_report import DAY, Known, Verdict
from rules.recordings import Archive, Check

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)  # noon in Chengdu
HOUR = timedelta(hours=1)
OLD = Archive(since=NOW - 900 * DAY, checks=(Check(NOW, 12),))
NEW = Archive(since=NOW - 12 * DAY, checks=(Check(NOW, 12),))


@pytest.mark.parametrize(
    ("known", "verdict"),
    [
        (Known(channel="1"), Verdict.UNKNOWN),
        (Known(channel="1", days=31), Verdict.FINE),
        (Known(channel="1", days=12, archive=NEW), Verdict.YOUNG),
        (Known(channel="1", days=12, archive=OLD), Verdict.SHORT),
        (Known(channel="1", asked_at=NOW - 3 * DAY, oldest_at=NOW - 40 * DAY), Verdict.STALE),
        (Known(channel="1", asked_at=NOW, oldest_at=NOW - 40 * DAY), Verdict.FINE),
        (Known(channel="1", days=31, faults=frozenset({"REC_GAP"})), Verdict.GAP),
        (
            Known(channel="1", days=31, faults=frozenset({"REC_GAP", "REC_STOPPED"})),
            Verdict.STOPPED,
        ),
    ],
)
def test_the_verdict_of_a_channel(known: Known, verdict: Verdict) -> None:
    assert recording_report.row(known, 30, "Asia/Shanghai", NOW).verdict is verdict


def test_days_are_those_of_the_sites_clock() -> None:
    midnight = NOW - 12 * HOUR
    known = Known(channel="1", missing=[(midnight - HOUR, midnight + HOUR)])
    row = recording_report.row(known, 30, "Asia/Shanghai", NOW)
    assert (row.today_s, row.yesterday_s, row.month_s) == (3600, 3600, 7200)


def test_the_worst_channel_speaks_for_the_recorder() -> None:
    rows = [
        recording_report.row(Known(channel=str(n), days=days, archive=OLD), 30, "UTC", NOW)
        for n, days in enumerate((40, 12, 50))
    ]
    assert recording_report.worst(rows) is Verdict.SHORT
    assert recording_report.worst([]) is Verdict.UNKNOWN
