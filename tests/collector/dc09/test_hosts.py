"""What alarm hosts say becomes faults of the panel and its zones (A01, B11, D06)."""

import pytest

from rules.model import Severity
from storage import faults as fault_rows
from storage.db import reading
from tests.collector.dc09.station import Station


@pytest.fixture
def panel(station: Station) -> Station:
    station.host()
    station.zone(12)
    station.tests_the_line()
    return station


def _severity(station: Station, code: str) -> list[Severity]:
    with reading(station.database) as tx:
        return [one.severity for one in fault_rows.all_open(tx) if one.code == code]


def test_mains_loss_of_the_panel_is_a_fault_after_five_minutes(panel: Station) -> None:
    panel.says("1301 00 000")
    panel.goes_on(minutes=4)
    assert panel.open() == []
    panel.tests_the_line()
    panel.goes_on(minutes=2)
    assert panel.open() == [("H-5501", "MAINS_LOSS")]
    panel.says("3301 00 000", 2)
    panel.keeps_calling(hours=0.5)
    assert panel.open() == []


def test_sia_says_the_same(panel: Station) -> None:
    panel.says("Nri1/AT0", 9999, kind="SIA-DCS")
    panel.goes_on(minutes=6)
    assert panel.open() == [("H-5501", "MAINS_LOSS")]
    panel.says("Nri1/AR0", 1, kind="SIA-DCS")
    panel.keeps_calling(hours=0.5)
    assert panel.open() == []


def test_a_low_battery_is_the_zones_own(panel: Station) -> None:
    """384, unknown to a popular library."""
    panel.says("1384 01 012")
    assert panel.open() == [("Z-12", "DET_BATT_LOW")]


def test_qualifier_6_is_status_and_no_news(panel: Station) -> None:
    """Tamper still present: one fault, one security event, however often it is said."""
    panel.says("1383 01 012")
    panel.goes_on(minutes=1)
    assert panel.open() == [("Z-12", "DET_TAMPER")]
    for number in (5, 6, 7):
        panel.says("6383 01 012", number)
    panel.goes_on(minutes=1)
    assert panel.open() == [("Z-12", "DET_TAMPER")]
    assert [one for one in panel.security() if one[1] == "new"] == [("383", "new", "012")]


def test_a_burglary_is_recorded_and_is_no_fault(panel: Station) -> None:
    """Trap 16: alarms and faults are two streams."""
    panel.says("1130 01 012")
    panel.says("Nri1/BA012^BACK DOOR^", 2, kind="SIA-DCS")
    panel.goes_on(minutes=5)
    assert panel.open() == []
    assert panel.security() == [("130", "new", "012"), ("BA", "new", "012")]


def test_a_tamper_is_both(panel: Station) -> None:
    panel.says("1137 00 000")
    panel.goes_on(minutes=1)
    assert panel.open() == [("H-5501", "TAMPER")]
    assert panel.security() == [("137", "new", "000")]


def test_a_zone_nobody_listed_is_discovered_with_its_panel(panel: Station) -> None:
    panel.says("1384 01 031")
    found = panel.strangers()["5501/zone/031"]
    assert '"zone"' in found
    assert '"5501"' in found


def test_a_panel_nobody_listed_is_discovered(station: Station) -> None:
    station.tests_the_line("5504")
    assert '"alarm_host"' in station.strangers()["5504"]


def test_a_bypassed_zone_is_a_fault_after_a_day(panel: Station) -> None:
    """Trap 6: the most common silent hole."""
    panel.says("1570 01 012")
    panel.keeps_calling(hours=23)
    assert panel.open() == []
    panel.keeps_calling(hours=2)
    assert ("Z-12", "ZONE_BYPASSED_LONG") in panel.open()


def test_every_message_of_the_panel_is_a_sign_of_life(panel: Station) -> None:
    for number in range(1, 8):
        panel.goes_on(minutes=20)
        panel.says("1401 01 002", number)
    assert panel.open() == []


def test_silence_beyond_the_category_is_a_lost_connection(panel: Station) -> None:
    """SP3: 30 minutes. One path, all gone: an emergency (EN 50136)."""
    panel.goes_on(minutes=29)
    assert panel.open() == []
    panel.goes_on(minutes=3)
    assert ("H-5501", "PANEL_COMM_FAIL") in panel.open()
    assert _severity(panel, "PANEL_COMM_FAIL") == [Severity.EMERGENCY]


def test_the_connection_is_well_again_when_the_host_calls(panel: Station) -> None:
    panel.goes_on(minutes=35)
    panel.keeps_calling(hours=0.5)
    assert panel.open() == []


def test_one_of_two_ways_down_is_major_and_the_host_is_not_silent(station: Station) -> None:
    """DP2: the primary path within 30 minutes, while the other one polls on."""
    station.host("5503")
    for path in ("1", "2"):
        station.tests_the_line("5503", extras=f"[J{path}]")
    station.keeps_calling(hours=0.6, account="5503", extras="[J2]")
    assert station.open() == [("H-5503", "PANEL_COMM_FAIL")]
    assert _severity(station, "PANEL_COMM_FAIL") == [Severity.MAJOR]
    station.tests_the_line("5503", extras="[J1]")
    assert station.open() == []


def test_both_ways_down_is_an_emergency(station: Station) -> None:
    station.host("5503")
    station.tests_the_line("5503", extras="[J1]")
    station.goes_on(minutes=62)
    assert _severity(station, "PANEL_COMM_FAIL") == [Severity.EMERGENCY]


def test_a_missed_periodic_test_is_a_fault(panel: Station) -> None:
    """Trap 6: every 24 hours, and one hour of grace."""
    panel.says("1602 00 000")
    panel.keeps_calling(hours=24.8)
    assert panel.open() == []
    panel.keeps_calling(hours=0.4)
    assert panel.open() == [("H-5501", "TEST_MISSED")]
    panel.says("1602 00 000", 2)
    assert panel.open() == []


def test_the_wait_for_a_test_outlives_a_restart(panel: Station) -> None:
    panel.says("1602 00 000")
    panel.keeps_calling(hours=20)
    panel.restarts()
    panel.keeps_calling(hours=4.8)
    assert panel.open() == []
    panel.keeps_calling(hours=0.4)
    assert panel.open() == [("H-5501", "TEST_MISSED")]


def test_608_is_a_test_and_says_that_something_is_wrong(panel: Station) -> None:
    panel.keeps_calling(hours=24)
    panel.says("1608 00 000")
    panel.keeps_calling(hours=2)
    assert panel.open() == [("H-5501", "PANEL_SYSTEM")]
    panel.says("1602 00 000", 2)
    assert panel.open() == []


def test_what_nothing_restores_is_over_at_the_next_good_test(panel: Station) -> None:
    """README 6: each code needs an expiry; a watchdog reset has no end of its own."""
    panel.says("NYW0", kind="SIA-DCS")
    assert panel.open() == [("H-5501", "PANEL_SYSTEM")]
    panel.restarts()
    panel.says("NRP0", 2, kind="SIA-DCS")
    assert panel.open() == []


def test_without_a_category_two_missed_tests_are_a_lost_connection(station: Station) -> None:
    station.host("5504")
    station.tests_the_line("5504")
    station.goes_on(hours=48.5, beat_s=600)
    assert ("H-5504", "PANEL_COMM_FAIL") not in station.open()
    station.goes_on(hours=1, beat_s=600)
    assert ("H-5504", "PANEL_COMM_FAIL") in station.open()


def test_letters_nobody_lists_are_kept_and_the_host_is_heard(panel: Station) -> None:
    before = panel.refused()
    assert panel.says("NZQ0", kind="SIA-DCS") == "ACK"
    assert panel.refused() == before + 1


def test_events_out_of_a_log_are_no_news(panel: Station) -> None:
    assert panel.says("OAT0/BA012", kind="SIA-DCS") == "ACK"
    panel.goes_on(minutes=10)
    assert panel.open() == []
    assert panel.security() == []


def test_a_message_has_one_effect_when_the_answer_was_lost(panel: Station) -> None:
    """Killed between commit and ACK: the host says it again."""
    for _ in range(3):
        panel.says("1130 01 012", 44)
    assert panel.security() == [("130", "new", "012")]


def test_a_host_that_was_heard_before_it_was_enrolled_still_owes_its_test(
    station: Station,
) -> None:
    for _ in range(3):
        station.tests_the_line()
        station.sleeps(minutes=10)
    station.host()
    station.keeps_calling(hours=25.5)
    assert station.open() == [("H-5501", "TEST_MISSED")]
