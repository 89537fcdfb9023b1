"""B11: what a device itself reported of the month; what we could not hear is nobody's fault."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules import evidence as evidence_rules
from rules.evidence import Measured, as_facts, gather, length, merged
from rules.model import ClockSource, DeviceId, Fault, FaultId, Severity, SiteId
from rules.silence import Spell

START = datetime(2026, 10, 31, 16, tzinfo=UTC)
HOUR = timedelta(hours=1)
SPAN = (START, START + 240 * HOUR)


def a_fault(
    opened: float, cleared: float | None, code: str = "DEV_OFFLINE", *, provisional: bool = False
) -> Fault:
    """Hours after the month began."""
    return Fault(
        id=FaultId(1),
        device_id=DeviceId(1),
        site_id=SiteId(1),
        code=code,
        point="",
        severity=Severity.MAJOR,
        opened_at=START + opened * HOUR,
        cleared_at=None if cleared is None else START + cleared * HOUR,
        source=ClockSource.MONITOR,
        why="silent",
        provisional=provisional,
    )


def a_spell(begun: float, ended: float) -> Spell:
    return Spell(START + begun * HOUR, START + ended * HOUR)


def test_offline_twice_last_then_for_so_long() -> None:
    """What the chip beside a point says: offline twice, last 11-03, 3 h 20 min."""
    faults = [a_fault(10, 12), a_fault(50, 51 + 1 / 3), a_fault(70, 71, "CAM_BLACK")]
    told = gather(faults, (), SPAN, heard=True)
    assert told.offline_times == 2
    assert told.offline_s == pytest.approx(3 * 3600 + 20 * 60)
    assert told.offline_last_at == START + 50 * HOUR
    assert [(one.code, one.times, one.open) for one in told.told] == [
        ("CAM_BLACK", 1, False),
        ("DEV_OFFLINE", 2, False),
    ]
    assert told.online_pct == pytest.approx(100 * (1 - 10 / 3 / 240))
    assert not told.clean


def test_only_the_month_counts_and_what_is_open_goes_on_to_its_end() -> None:
    faults = [a_fault(-5, 2), a_fault(238, None), a_fault(-9, -1), a_fault(241, 250)]
    told = gather(faults, (), SPAN, heard=True)
    assert told.offline_s == 4 * 3600
    assert told.told[0].open
    assert told.told[0].times == 2


def test_while_we_were_deaf_nobody_was_offline() -> None:
    told = gather([a_fault(10, 20)], [a_spell(12, 15), a_spell(14, 18)], SPAN, heard=True)
    assert told.deaf_s == 6 * 3600
    assert told.offline_s == 4 * 3600
    assert told.online_pct == pytest.approx(100 * (1 - 4 / 234))


def test_nothing_to_judge_by_is_not_a_hundred_per_cent() -> None:
    assert gather([], (), SPAN, heard=None).online_pct is None
    assert gather([], [a_spell(-1, 300)], SPAN, heard=True).online_pct is None
    assert gather([], (), (START, START), heard=True).online_pct is None
    assert evidence_rules.read({}).heard is None


def test_a_suspicion_is_no_evidence() -> None:
    assert gather([a_fault(1, None, provisional=True)], (), SPAN, heard=True).clean


FAULTS = st.builds(
    lambda opened, lasts, code: a_fault(opened, None if lasts is None else opened + lasts, code),
    st.floats(-100, 300),
    st.none() | st.floats(0.01, 100),
    st.sampled_from(["DEV_OFFLINE", "NET_UPLINK_DOWN", "CAM_BLACK"]),
)
SPELLS = st.builds(
    lambda begun, lasts: a_spell(begun, begun + lasts), st.floats(-100, 300), st.floats(0, 100)
)


@given(st.lists(FAULTS, max_size=8), st.lists(SPELLS, max_size=8))
def test_whatever_overlaps_no_time_counts_twice(faults: list[Fault], spells: list[Spell]) -> None:
    told = gather(faults, spells, SPAN, heard=True)
    assert told.watched_s == 240 * 3600
    assert 0 <= told.deaf_s <= told.watched_s
    assert -0.001 <= told.offline_s <= told.watched_s - told.deaf_s + 0.001
    assert told.online_pct is None or -0.001 <= told.online_pct <= 100.001
    assert all(one.lasted_s <= told.watched_s for one in told.told)


@given(st.lists(FAULTS, max_size=8), st.lists(SPELLS, max_size=8))
def test_what_is_stored_comes_back_the_same(faults: list[Fault], spells: list[Spell]) -> None:
    metrics = {"battery_pct": Measured(low=20.5, high=99, last=80)}
    told = gather(faults, spells, SPAN, heard=False, metrics=metrics)
    assert evidence_rules.read(json.loads(json.dumps(as_facts(told)))) == told


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), max_size=10))
def test_merged_is_what_counting_minutes_says(pairs: list[tuple[int, int]]) -> None:
    minute = timedelta(minutes=1)
    spans = [(START + min(p) * minute, START + max(p) * minute) for p in pairs]
    within = (START + 5 * minute, START + 45 * minute)
    counted = {n for p in pairs for n in range(max(min(p), 5), min(max(p), 45))}
    assert length(merged(spans, within)) == 60 * len(counted)
