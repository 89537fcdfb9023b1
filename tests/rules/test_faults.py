"""When a reading makes a fault, and when the fault is over."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules import faults as fault_rules
from rules.codes import CATALOGUE, FLAGS, METRICS, Code
from rules.faults import Condition, Evidence, Rule, effective
from rules.policy import Limit

T0 = datetime(2026, 6, 15, 1, 0, tzinfo=UTC)
BAD, GOOD, BETWEEN = Evidence.BAD, Evidence.GOOD, Evidence.BETWEEN


def rule(code: str) -> Rule:
    return effective(CATALOGUE[code], {})


def at(minutes: float) -> datetime:
    return T0 + timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("code", "value", "evidence"),
    [
        ("TEMP_HIGH", 49.9, BETWEEN),
        ("TEMP_HIGH", 50, BAD),
        ("TEMP_HIGH", 45.1, BETWEEN),
        ("TEMP_HIGH", 45, GOOD),
        ("BATT_LOW", 20, BAD),
        ("BATT_LOW", 20.1, BETWEEN),
        ("BATT_LOW", 30, GOOD),
        ("SIGNAL_WEAK", -80, BAD),
        ("SIGNAL_WEAK", -79, BETWEEN),
        ("SIGNAL_WEAK", -75, GOOD),
        ("CLOCK_DRIFT", -5, BAD),
        ("CLOCK_DRIFT", 5, BAD),
        ("CLOCK_DRIFT", -4, BETWEEN),
        ("CLOCK_DRIFT", -2, GOOD),
    ],
)
def test_two_limits(code: str, value: float, evidence: Evidence) -> None:
    assert fault_rules.weigh(rule(code), value) is evidence


def test_flags_have_a_polarity() -> None:
    assert fault_rules.weigh_flag(rule("TAMPER"), value=True) is BAD
    assert fault_rules.weigh_flag(rule("TAMPER"), value=False) is GOOD
    assert fault_rules.weigh_flag(rule("MAINS_LOSS"), value=False) is BAD
    assert fault_rules.weigh_flag(rule("MAINS_LOSS"), value=True) is GOOD


def test_bad_for_the_whole_debounce_raises() -> None:
    hot = rule("TEMP_HIGH")
    first = fault_rules.step(hot, None, BAD, T0, open_now=False, value=55)
    assert (first.raises, first.due_at) == (False, at(15))
    assert first.condition is not None
    early = fault_rules.ripen(hot, first.condition, at(14.9))
    assert (early.raises, early.due_at) == (False, at(15))
    assert fault_rules.ripen(hot, first.condition, at(15)).raises


@pytest.mark.parametrize("evidence", [GOOD, BETWEEN])
def test_one_reading_that_is_not_bad_starts_the_debounce_anew(evidence: Evidence) -> None:
    hot = rule("TEMP_HIGH")
    known = fault_rules.step(hot, None, BAD, T0, open_now=False).condition
    assert fault_rules.step(hot, known, evidence, at(10), open_now=False).condition is None


def test_clear_needs_the_better_limit_for_its_whole_time() -> None:
    hot = rule("TEMP_HIGH")
    known: Condition | None = Condition(true_since=T0)
    known = fault_rules.step(hot, known, BETWEEN, at(1), open_now=True).condition
    assert known
    assert known.clear_since is None
    mending = fault_rules.step(hot, known, GOOD, at(2), open_now=True)
    assert (mending.clears, mending.due_at) == (False, at(17))
    relapse = fault_rules.step(hot, mending.condition, BETWEEN, at(10), open_now=True)
    assert relapse.condition
    assert relapse.condition.clear_since is None
    again = fault_rules.step(hot, relapse.condition, GOOD, at(11), open_now=True)
    assert again.condition
    assert not fault_rules.mend(hot, again.condition, at(25.9)).clears
    assert fault_rules.mend(hot, again.condition, at(26)).clears


def test_some_faults_need_several_reports() -> None:
    low = rule("BATT_LOW")
    first = fault_rules.step(low, None, BAD, T0, open_now=False)
    assert (first.raises, first.due_at) == (False, None)
    assert fault_rules.step(low, first.condition, BAD, at(1), open_now=False).raises


def test_a_battery_of_nought_on_mains_is_a_device_that_cannot_tell() -> None:
    low = rule("BATT_LOW")
    assert not fault_rules.counts_as_reading(low, {"battery_pct": 0}, {"mains": True})
    assert fault_rules.counts_as_reading(low, {"battery_pct": 0}, {"mains": False})
    assert fault_rules.counts_as_reading(low, {"battery_pct": 0}, {})
    assert fault_rules.counts_as_reading(low, {"battery_pct": 5}, {"mains": True})


def test_the_policy_changes_single_figures() -> None:
    changed = effective(CATALOGUE["TEMP_HIGH"], {"TEMP_HIGH": Limit(raise_at=70, clear_after_s=5)})
    assert (changed.raise_at, changed.clear_at) == (70, 45)
    assert (changed.raise_after, changed.clear_after) == (
        timedelta(minutes=15),
        timedelta(seconds=5),
    )


READINGS = st.lists(
    st.tuples(st.sampled_from([BAD, GOOD, BETWEEN]), st.floats(0, 3600)), min_size=1, max_size=40
)


@given(st.sampled_from([*METRICS, *FLAGS]), READINGS)
def test_never_sooner_than_the_debounce_never_without_reason(
    code: Code, said: list[tuple[Evidence, float]]
) -> None:
    """Walk a fault along any readings: it opens and closes only as its figures allow."""
    held = effective(code, {})
    known, now, is_open = None, T0, False
    bad_since: datetime | None = None
    good_since: datetime | None = None
    for evidence, seconds in said:
        now += timedelta(seconds=seconds)
        bad_since = (bad_since or now) if evidence is BAD else None
        good_since = (good_since or now) if evidence is GOOD else None
        step = fault_rules.step(held, known, evidence, now, open_now=is_open)
        assert not (step.raises and step.clears)
        if step.raises and not is_open:
            assert bad_since is not None
            assert now - bad_since >= held.raise_after
            is_open = True
        if step.clears:
            assert good_since is not None
            assert is_open
            assert now - good_since >= held.clear_after
            is_open = False
        if step.due_at:
            assert step.due_at > now
        known = step.condition


@pytest.mark.parametrize("code", ["ACS_DOOR_HELD", "ACS_DOOR_FORCED"])
def test_a_door_is_a_fault_beyond_ten_times_a_day(code: str) -> None:
    """Domain rules §3.5: more than ten are the door closer's fault; fewer are the guards'."""
    assert fault_rules.weigh(rule(code), 10) is BETWEEN
    assert fault_rules.weigh(rule(code), 11) is BAD
