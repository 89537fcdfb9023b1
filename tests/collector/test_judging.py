"""What devices say becomes faults, and ends them: debounce, words, wills, clocks, restarts."""

from datetime import timedelta

import pytest

from rules.model import Severity
from storage.db import reading
from storage.views import discovered as discovered_views
from storage.views.discovered import Key
from tests.collector.field import Field

HOT, COOL = {"temperature_c": 55}, {"temperature_c": 40}


def test_a_fault_opens_after_its_debounce_and_clears_after_its_own(field: Field) -> None:
    field.has("cam")
    field.voices["cam"] = {"metrics": HOT}
    field.passes(minutes=14.9)
    assert field.open() == []
    field.passes(minutes=1.2)
    assert field.open() == [("cam", "TEMP_HIGH")]
    field.voices["cam"] = {"metrics": {"temperature_c": 47}}  # better, but not well
    field.passes(minutes=30)
    field.voices["cam"] = {"metrics": COOL}
    field.passes(minutes=14)
    assert field.open() == [("cam", "TEMP_HIGH")]
    field.passes(minutes=2)
    assert field.open() == []


def test_one_fine_reading_in_between_and_nothing_opens(field: Field) -> None:
    field.has("cam")
    for minute in range(40):
        field.says("cam", metrics=COOL if minute % 12 == 11 else HOT)
        field.passes(minutes=1)
    assert field.open() == []


def test_a_flag_is_held_by_a_timer_without_another_word(field: Field) -> None:
    field.has("cam")
    field.says("cam", flags={"tamper": True})
    field.passes(9)
    assert field.open() == []
    field.passes(2, beat_s=1)
    assert field.open() == [("cam", "TAMPER")]


def test_two_signals_of_one_code_are_two_points(field: Field) -> None:
    field.has("cam")
    for _ in range(2):
        field.says("cam", metrics={"battery_pct": 10}, flags={"low_battery": True})
    assert sorted(fault.point for fault in field.faults()) == ["", "flag"]
    field.says("cam", metrics={"battery_pct": 80})
    assert [fault.point for fault in field.faults()] == ["flag"]


def test_absent_is_not_false(field: Field) -> None:
    field.has("cam")
    field.says("cam", flags={"tamper": True})
    field.passes(11)
    field.voices["cam"] = {"metrics": {"luma": 3}}
    field.passes(minutes=10)
    assert field.open() == [("cam", "TAMPER")]
    assert field.last("cam").flags == {"tamper": True}


def test_events_mean_it_until_they_say_otherwise(field: Field) -> None:
    field.has("rec", "recorder")
    field.reports("rec", "CAM_VIDEO_LOSS", point="ch-3")
    field.reports("rec", "CAM_VIDEO_LOSS", point="ch-4")
    field.reports("rec", "BATT_LOW")  # two readings, or one event
    assert field.open() == [("rec", "BATT_LOW")]
    field.voices["rec"] = {}
    field.passes(minutes=1.1)
    assert sorted(fault.point for fault in field.faults()) == ["", "ch-3", "ch-4"]
    field.reports("rec", "CAM_VIDEO_LOSS", point="ch-3", active=False)
    field.passes(minutes=1.1)
    assert sorted(fault.point for fault in field.faults()) == ["", "ch-4"]
    assert len(field.orders()) == 1


def test_worse_is_the_same_fault_and_now_calls_people(field: Field) -> None:
    field.has("rec", "recorder")
    field.voices["rec"] = {"metrics": {"disk_free_pct": 8}}
    field.passes(minutes=3)
    [fault] = field.faults()
    assert (fault.severity, field.orders()) == (Severity.MINOR, [])
    field.voices["rec"] = {"metrics": {"disk_free_pct": 2}}
    field.passes(minutes=2)
    [worse] = field.faults()
    assert (worse.id, worse.severity) == (fault.id, Severity.MAJOR)
    assert len(field.orders()) == 1


@pytest.mark.parametrize("code", ["NO_SUCH_CODE", "CUSTOMER_REPORT", "DEV_OFFLINE", "NO_DATA_YET"])
def test_what_a_device_cannot_report_is_kept_but_it_was_heard(field: Field, code: str) -> None:
    field.has("cam")
    field.reports("cam", code)
    assert field.open() == []
    assert field.last("cam").last_heard_at == field.now
    assert (field.ears().messages, field.ears().rejected) == (1, 1)


def test_unknown_names_are_kept_and_judged_by_no_rule(field: Field) -> None:
    field.has("cam")
    field.voices["cam"] = {"metrics": {"gremlins": 9}, "flags": {"haunted": True}}
    field.passes(minutes=10)
    assert field.open() == []
    assert field.last("cam").metrics["gremlins"] == 9
    assert field.last("cam").flags == {"haunted": True}


def test_a_device_cannot_fill_our_memory_with_names_or_points(field: Field) -> None:
    device_id = field.has("cam")
    for batch in range(12):
        field.says("cam", metrics={f"m{batch}_{n}": n for n in range(200)})
    assert len(field.intake.memory.watched[device_id].metrics) <= 700
    for some in range(0, 600, 100):
        field.takes(
            *(
                field.message("cam", "event", {"code": "TAMPER", "active": True, "point": f"{n}"})
                for n in range(some, some + 100)
            )
        )
    assert len(field.intake.memory.watched[device_id].conditions) == 512
    assert field.ears().rejected == 88


# Our own deafness


def test_what_was_lost_proves_nothing(field: Field) -> None:
    """Tamper, mains and a will were said; then we were deaf. Their next word decides."""
    for device in ("a", "b", "c", "d"):
        field.has(device)
        field.says(device)
    field.says("a", flags={"tamper": True})
    field.says("b", flags={"mains": False})
    field.word("c", "offline")
    field.sleeps(minutes=10)
    field.was_deaf(600)
    field.passes(60)
    assert field.open() == []
    field.says("a", flags={"tamper": True})
    field.says("b", flags={"mains": True})
    field.says("c")
    field.passes(60)
    assert field.open() == [("a", "TAMPER")]
    field.passes(100)
    assert ("d", "DEV_OFFLINE") in field.open()  # it had its allowance again, and is silent


def test_a_restart_in_the_middle_of_a_debounce(field: Field) -> None:
    field.has("cam")
    field.voices["cam"] = {"metrics": HOT}
    field.passes(minutes=10)
    field.restarts()
    field.passes(minutes=4.5)
    assert field.open() == []
    field.passes(minutes=1.5)
    assert field.open() == [("cam", "TEMP_HIGH")]
    field.voices["cam"] = {"metrics": COOL}
    field.passes(minutes=10)
    field.restarts()
    field.passes(minutes=6)
    assert field.open() == []


def test_a_backlog_counts_by_the_devices_own_clock_where_it_is_plausible(field: Field) -> None:
    field.has("good")
    field.has("wrong")
    for device in ("good", "wrong"):
        field.says(device)
    start = field.now
    field.sleeps(minutes=30)
    for minute in range(1, 18):
        at = start + timedelta(minutes=minute)
        field.takes(field.health("good", t=at, metrics=HOT), late=True)
        field.takes(field.health("wrong", t=at - timedelta(days=1), metrics=HOT), late=True)
    assert field.open() == [("good", "TEMP_HIGH")]
    assert field.last("good").last_heard_at == start + timedelta(minutes=17)
    assert field.last("wrong").last_heard_at == field.now


def test_a_device_whose_clock_is_off(field: Field) -> None:
    field.has("cam")
    for _ in range(25):
        field.takes(field.health("cam", t=field.now - timedelta(seconds=30)))
        field.passes(minutes=1)
    assert field.open() == [("cam", "CLOCK_DRIFT")]


@pytest.mark.parametrize("t", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"])
def test_a_time_no_database_can_keep_stops_nobody(field: Field, t: str) -> None:
    field.has("cam")
    field.takes(field.message("cam", "health", {"t": t, "metrics": COOL}))
    field.restarts()
    assert field.last("cam").metrics == COOL


# Strangers and the list


def test_strangers_are_counted_and_bounded(field: Field) -> None:
    field.takes(*(field.health("stranger", metrics={"x": 1}) for _ in range(3)))
    field.takes(field.message("b@d", "health", {}))
    with reading(field.database) as tx:
        found = discovered_views.get(tx, Key(site="S1", device="stranger"))
        assert discovered_views.count(tx) == 1
    assert found
    assert found.messages == 3
    assert field.ears().rejected == 1


def test_a_disabled_device_is_heard_and_not_judged(field: Field) -> None:
    field.has("cam", disabled_at=field.now)
    field.says("cam", flags={"tamper": True})
    field.passes(minutes=5)
    assert field.open() == []
    assert field.last("cam").flags == {"tamper": True}


def test_a_changed_list_is_read_again(field: Field) -> None:
    field.says("late")
    field.has("late")
    field.says("late", flags={"tamper": True})
    field.passes(11)
    assert field.open() == [("late", "TAMPER")]
