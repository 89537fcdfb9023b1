"""Recording duties through the collector's own intake (domain rules §3.3)."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from collector.recording_wire import read_index
from rules.maintenance import Scope, Work
from rules.model import Severity
from storage import maintenance as window_rows
from storage import recordings as recording_rows
from storage import revision
from storage.db import reading, transaction
from storage.recordings import Gap
from storage.tables.company import sites
from tests.collector.field import DAWN, Field

DAY = timedelta(days=1)
MIDNIGHT = DAWN.replace(hour=0)
LONG_AGO = (DAWN - 3 * 365 * DAY).date()


@pytest.fixture
def recorder(field: Field) -> Field:
    field.has("n1", "recorder", installed_on=LONG_AGO)
    field.voices["n1"] = {"interval": 60}
    field.says("n1", interval=60)
    return field


def _answers(field: Field, *segments: tuple[float, float], days_ago: int = 1, **more: Any) -> None:
    """The index of a day, with segments in hours of that day."""
    start = MIDNIGHT - days_ago * DAY
    said = {
        "channel": "ch-1",
        "from": start.isoformat(),
        "to": (start + DAY).isoformat(),
        "segments": [
            [(start + timedelta(hours=a)).isoformat(), (start + timedelta(hours=b)).isoformat()]
            for a, b in segments
        ],
    }
    field.takes(field.message("n1", "recordings", said | more))
    field.passes(15)


def _found(field: Field) -> dict[tuple[str, str], Severity]:
    return {(fault.code, fault.point): fault.severity for fault in field.faults("n1")}


def _gaps(field: Field) -> list[Gap]:
    with reading(field.database) as tx:
        return recording_rows.gaps(tx, field.id_of("n1"), DAWN - 400 * DAY)


def _keeps(field: Field, days: float, checks: int = 2, **more: float) -> None:
    for _ in range(checks):
        field.says("n1", metrics={"retention_days": days} | more)
        field.sleeps(hours=24)
        field.says("n1", interval=60)
        field.rings()


def _owes(field: Field, days: int) -> None:
    with transaction(field.database) as tx:
        tx.execute(update(sites).values(retention_days=days))
        revision.bump(tx)


# Gaps


def test_a_gap_is_minor_above_five_minutes_and_major_from_an_hour(recorder: Field) -> None:
    """REC_GAP is computed from the index, per channel."""
    _answers(recorder, (0, 12), (12 + 4 / 60, 24))
    assert _found(recorder) == {}
    _answers(recorder, (0, 12), (12 + 6 / 60, 24))
    assert _found(recorder) == {("REC_GAP", "ch-1"): Severity.MINOR}
    _answers(recorder, (0, 12), (13.5, 24))
    assert _found(recorder) == {("REC_GAP", "ch-1"): Severity.MAJOR}


def test_nothing_is_judged_before_every_part_has_come(recorder: Field) -> None:
    _answers(recorder, (12, 24), part=2, parts=2)
    assert _found(recorder) == {}
    recorder.restarts()
    _answers(recorder, (0, 12), part=1, parts=2)
    assert _found(recorder) == {}, "the two together have no gap"
    assert recorder.last("n1").metrics["recording_gap_s:ch-1"] == 0


def test_a_day_without_a_gap_clears_it_and_the_log_keeps_it(recorder: Field) -> None:
    _answers(recorder, (0, 12), (14, 24), days_ago=2)
    assert ("REC_GAP", "ch-1") in _found(recorder)
    _answers(recorder, (0, 24))
    recorder.passes(minutes=11)
    assert _found(recorder) == {}
    start = MIDNIGHT - 2 * DAY
    lost = Gap("ch-1", start + timedelta(hours=12), start + timedelta(hours=14), planned=False)
    assert _gaps(recorder) == [lost]


def test_an_answer_that_comes_again_replaces_what_was_logged(recorder: Field) -> None:
    _answers(recorder, (0, 12), (14, 24))
    _answers(recorder, (0, 13), (14, 24))
    assert [(gap.ends_at - gap.starts_at) for gap in _gaps(recorder)] == [timedelta(hours=1)]


def test_planned_downtime_is_shown_and_does_not_count(recorder: Field) -> None:
    start = MIDNIGHT - DAY
    with transaction(recorder.database) as tx:
        new = Work(
            site_id=recorder.company.site_id,
            scope=Scope.DEVICE,
            subject_id=recorder.id_of("n1"),
            owner_id=recorder.company.id_of("li"),
            reason="new disks",
            starts_at=start + timedelta(hours=12),
            ends_at=start + timedelta(hours=14),
        )
        window = window_rows.add(tx, new)
        window_rows.change(tx, window.id, ended_at=window.ends_at)
    _answers(recorder, (0, 12), (14, 24))
    assert _found(recorder) == {}
    assert [gap.planned for gap in _gaps(recorder)] == [True]


def test_what_was_not_scheduled_is_no_gap(recorder: Field) -> None:
    start = MIDNIGHT - DAY
    office = [[(start + timedelta(hours=h)).isoformat() for h in (8, 18)]]
    _answers(recorder, (8, 18), scheduled=office)
    assert _gaps(recorder) == []


def test_what_lies_ahead_of_us_is_no_gap(recorder: Field) -> None:
    """The index of today, asked in the morning."""
    _answers(recorder, (0, 1), days_ago=0)
    assert _found(recorder) == {}


def test_channels_are_told_apart(recorder: Field) -> None:
    _answers(recorder, (0, 24))
    _answers(recorder, (0, 2), channel="ch-2")
    assert set(_found(recorder)) == {("REC_GAP", "ch-2")}


@pytest.mark.parametrize(
    "wrong",
    [
        {"part": 3, "parts": 2},
        {"parts": 0},
        {"parts": 10_000_000},
        {"from": "2026-11-23T00:00:00Z", "to": "2026-11-22T00:00:00Z"},
        {"from": "2026-11-22T00:00:00"},
        {"from": "0001-01-01T00:00:00Z"},
        {"segments": [["2026-11-22T00:00:00Z"]]},
        {"segments": "all"},
        {"channel": "x" * 100},
        {"channel": "\x00"},
    ],
)
def test_an_index_that_cannot_be_meant_is_refused(recorder: Field, wrong: dict[str, Any]) -> None:
    said: dict[str, Any] = {
        "from": "2026-11-22T00:00:00Z",
        "to": "2026-11-23T00:00:00Z",
        "segments": [],
    }
    message = recorder.message("n1", "recordings", said | wrong)
    with pytest.raises((ValueError, TypeError)):
        read_index(message.body)
    recorder.takes(message)
    assert recorder.intake.totals["rejected"] == 1


# How long it is kept


def test_short_of_thirty_days_on_two_daily_checks_is_major(recorder: Field) -> None:
    """REC_RETENTION_LOW; one check says nothing yet."""
    _keeps(recorder, 25, checks=1)
    assert _found(recorder) == {}
    _keeps(recorder, 25, checks=1)
    assert _found(recorder) == {("REC_RETENTION_LOW", ""): Severity.MAJOR}
    _keeps(recorder, 31, checks=1)
    assert _found(recorder) != {}
    _keeps(recorder, 31, checks=1)
    assert _found(recorder) == {}


def test_where_ninety_days_are_owed_it_is_an_emergency(recorder: Field) -> None:
    _owes(recorder, 90)
    _keeps(recorder, 80)
    assert _found(recorder) == {("REC_RETENTION_LOW", ""): Severity.EMERGENCY}


def test_the_sites_own_duty_holds(recorder: Field) -> None:
    _owes(recorder, 20)
    _keeps(recorder, 25)
    assert _found(recorder) == {}


def test_a_young_system_is_not_short_of_retention(field: Field) -> None:
    """Never on a twelve-day-old system (domain rules §3.3)."""
    field.has("n1", "recorder", installed_on=(DAWN - 12 * DAY).date())
    field.says("n1", interval=60)
    _keeps(field, 12, checks=4)
    assert _found(field) == {}


def test_the_reach_of_the_index_counts_as_well(recorder: Field) -> None:
    for _ in range(2):
        oldest = (recorder.now - 10 * DAY).isoformat()
        _answers(recorder, (0, 24), oldest=oldest)
        recorder.sleeps(hours=24)
    assert _found(recorder)["REC_RETENTION_LOW", "ch-1"] is Severity.MAJOR


def test_one_that_will_be_short_within_a_week_is_foretold(recorder: Field) -> None:
    for days in (40, 38, 36, 34):
        _keeps(recorder, days, checks=1)
    assert _found(recorder) == {("REC_RETENTION_LOW", "forecast"): Severity.MINOR}


def test_longer_than_allowed_is_told_where_somebody_says_how_long(field: Field) -> None:
    """REC_RETENTION_EXCESS: no limit stands by itself."""
    field.has("n1", "recorder", installed_on=LONG_AGO)
    field.says("n1", metrics={"retention_days": 400.0})
    assert _found(field) == {}


def test_checks_survive_a_restart_of_ours(recorder: Field) -> None:
    _keeps(recorder, 25, checks=1)
    recorder.restarts()
    _keeps(recorder, 25, checks=1)
    assert ("REC_RETENTION_LOW", "") in _found(recorder)


# Recording stopped


def test_one_channel_of_several_that_stops_is_major(recorder: Field) -> None:
    recorder.voices["n1"]["flags"] = {"recording_stopped:1": True, "recording_stopped:2": False}
    recorder.passes(minutes=7)
    assert _found(recorder) == {("REC_STOPPED", "1"): Severity.MAJOR}


def test_when_every_channel_stops_it_is_an_emergency(recorder: Field) -> None:
    recorder.voices["n1"]["flags"] = {"recording_stopped:1": True, "recording_stopped:2": True}
    recorder.passes(minutes=7)
    assert set(_found(recorder).values()) == {Severity.EMERGENCY}


def test_a_stop_where_ninety_days_are_owed_is_an_emergency(recorder: Field) -> None:
    _owes(recorder, 90)
    recorder.voices["n1"]["flags"] = {"recording_stopped:1": True, "recording_stopped:2": False}
    recorder.passes(minutes=7)
    assert _found(recorder) == {("REC_STOPPED", "1"): Severity.EMERGENCY}


def test_instants_are_kept_in_utc() -> None:
    body = b'{"from":"2026-11-22T08:00:00+08:00","to":"2026-11-23T08:00:00+08:00","segments":[]}'
    index = read_index(body)
    assert index.start == datetime.fromisoformat("2026-11-22T00:00:00+00:00")
