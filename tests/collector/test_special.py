"""Faults of more than one reading, through the collector's own intake."""

from datetime import datetime, timedelta

import pytest

from operations import configurations
from operations.configurations import Word
from rules.model import PersonId, Severity
from storage import device_memories
from storage.db import reading, transaction
from tests.collector.field import DAWN, Field

WEEK_AGO = DAWN - timedelta(days=7)


@pytest.fixture
def camera(field: Field) -> Field:
    field.has("c1")
    field.says("c1", interval=60)
    return field


def _flaps(field: Field, times: int, *, down_s: float = 200, up_s: float = 200) -> None:
    """Goes and comes back so often: silent beyond its allowance, then heard for a while."""
    for _ in range(times):
        field.voices.pop("c1", None)
        field.passes(down_s)
        field.voices["c1"] = {"interval": 60}
        field.says("c1", interval=60)
        field.passes(up_s)


def _codes(field: Field) -> dict[str, Severity]:
    return {fault.code: fault.severity for fault in field.faults("c1")}


# Flapping


def test_what_comes_and_goes_is_one_intermittent_fault(camera: Field) -> None:
    """DEV_FLAPPING: four changes within half an hour; further silences page nobody."""
    camera.voices["c1"] = {"interval": 60}
    _flaps(camera, 2)
    assert "DEV_FLAPPING" in _codes(camera)
    before = camera.orders()
    _flaps(camera, 3)
    flapping = [fault for fault in camera.faults("c1") if fault.code == "DEV_FLAPPING"]
    assert [fault.severity for fault in flapping] == [Severity.MAJOR], "as bad as what it explains"
    assert [order.id for order in camera.orders()] == [order.id for order in before], "only one"
    assert before[0].root_fault_id == flapping[0].id


def test_a_silence_within_it_is_seen_and_explained_by_it(camera: Field) -> None:
    camera.voices["c1"] = {"interval": 60}
    _flaps(camera, 3)
    camera.voices.clear()
    camera.passes(minutes=5)
    by_code = {fault.code: fault for fault in camera.faults("c1")}
    assert by_code["DEV_OFFLINE"].explained_by == by_code["DEV_FLAPPING"].id


def test_it_is_over_after_an_hour_with_fewer_than_two_changes(camera: Field) -> None:
    camera.voices["c1"] = {"interval": 60}
    _flaps(camera, 2)
    camera.passes(minutes=50)
    assert "DEV_FLAPPING" in _codes(camera)
    camera.passes(minutes=20)
    assert _codes(camera) == {}


def test_one_that_never_comes_back_is_paged_in_the_end(camera: Field) -> None:
    """Suppression stops alerting, never monitoring: it is dead, not intermittent any more."""
    camera.voices["c1"] = {"interval": 60}
    _flaps(camera, 3)
    pages = len(camera.told())
    camera.voices.clear()
    camera.passes(minutes=100, beat_s=15)
    assert _codes(camera) == {"DEV_OFFLINE": Severity.MAJOR}
    assert len(camera.told()) > pages


def test_flapping_survives_a_restart_of_ours(camera: Field) -> None:
    camera.voices["c1"] = {"interval": 60}
    _flaps(camera, 1)
    camera.restarts()
    _flaps(camera, 1)
    assert "DEV_FLAPPING" in _codes(camera)
    camera.restarts()
    camera.passes(minutes=70)
    assert _codes(camera) == {}


# Restarts and duplicates


def _up(field: Field, *uptimes: float, every_s: float = 60) -> None:
    for uptime in uptimes:
        field.sleeps(every_s)
        field.says("c1", interval=60, metrics={"uptime_s": uptime})


def test_three_restarts_within_an_hour_are_a_loop(camera: Field) -> None:
    """DEV_REBOOT_LOOP is judged by an uptime that falls."""
    _up(camera, 9000, 20, 80, 10)
    assert "DEV_REBOOT_LOOP" not in _codes(camera)
    _up(camera, 5)
    assert _codes(camera)["DEV_REBOOT_LOOP"] is Severity.MAJOR


def test_the_loop_is_over_after_a_day_without_a_restart(camera: Field) -> None:
    _up(camera, 9000, 20, 10, 5)
    camera.voices["c1"] = {"interval": 60}
    camera.passes(minutes=23 * 60, beat_s=60)
    assert "DEV_REBOOT_LOOP" in _codes(camera)
    camera.passes(minutes=90, beat_s=60)
    assert _codes(camera) == {}


def test_a_restart_a_day_for_a_week_is_a_minor_fault(camera: Field) -> None:
    for _ in range(7):
        _up(camera, 80_000, 30, every_s=43_000)
    camera.says("c1", interval=60)
    found = [f for f in camera.faults("c1") if f.code == "DEV_REBOOT_LOOP"]
    assert [(fault.point, fault.severity) for fault in found] == [("daily", Severity.MINOR)]


def test_a_device_that_wakes_from_sleep_did_not_restart(camera: Field) -> None:
    camera.word("c1", "sleeping")
    for _ in range(5):
        camera.sleeps(600)
        camera.word("c1", "sleeping")
        camera.says("c1", metrics={"uptime_s": 3.0}, flags={"deepsleep_wake": True})
        camera.says("c1", metrics={"uptime_s": 1.0}, flags={"deepsleep_wake": True})
    assert _codes(camera) == {}


def test_two_units_under_one_id_are_a_duplicate_and_no_loop(camera: Field) -> None:
    """DEV_DUPLICATE_ID: the same id speaks alternately, five times within ten minutes."""
    for turn in range(5):
        _up(camera, 5000 + 60 * turn, 40 + 60 * turn, every_s=30)
    assert set(_codes(camera)) == {"DEV_DUPLICATE_ID"}


def test_a_will_and_a_word_again_and_again_are_a_duplicate(camera: Field) -> None:
    for _ in range(5):
        camera.sleeps(60)
        camera.word("c1", "offline")
        camera.sleeps(1)
        camera.word("c1", "online")
    assert "DEV_DUPLICATE_ID" in _codes(camera)


def test_the_duplicate_is_over_when_quiet_for_an_hour(camera: Field) -> None:
    for turn in range(5):
        _up(camera, 5000 + 60 * turn, 40 + 60 * turn, every_s=30)
    camera.voices["c1"] = {"interval": 60}
    camera.passes(minutes=62)
    assert _codes(camera) == {}


# Clocks


def test_a_clock_that_was_never_set_is_not_synced(camera: Field) -> None:
    """TIME_NOT_SYNCED: 1970."""
    for _ in range(3):
        camera.sleeps(60)
        camera.takes(camera.health("c1", t=datetime.fromisoformat("1970-01-01T00:00:09+00:00")))
    camera.sleeps(60)
    camera.rings()
    assert "TIME_NOT_SYNCED" in _codes(camera)
    camera.voices["c1"] = {"interval": 60}
    camera.passes(minutes=3)
    assert "TIME_NOT_SYNCED" not in _codes(camera)


# Disks


@pytest.fixture
def recorder(field: Field) -> Field:
    field.has("c1", "recorder", installed_on=WEEK_AGO.date() - timedelta(days=700))
    field.voices["c1"] = {"interval": 60}
    field.says("c1", interval=60)
    return field


def _said(field: Field, metrics: dict[str, float], minutes: float = 3, **flags: bool) -> None:
    said = {name.replace("__", ":"): value for name, value in flags.items()}
    field.voices["c1"] = {"interval": 60, "metrics": metrics, "flags": said}
    field.passes(minutes=minutes)


def test_an_empty_bay_is_not_a_failed_disk(recorder: Field) -> None:
    empty = {"disk_present:2": False, "disk_fail:2": True, "smart_failed:2": True}
    recorder.voices["c1"] = {"flags": empty, "metrics": {"disk_health_pct:2": -3, "smart_5:2": 9}}
    recorder.passes(minutes=5)
    assert _codes(recorder) == {}


def test_a_disk_that_was_there_and_is_not_any_more_is_missing(recorder: Field) -> None:
    """STO_MISSING; a bay that never had one is not."""
    recorder.voices["c1"] = {"flags": {"disk_present:1": True, "disk_present:2": False}}
    recorder.passes(minutes=3)
    recorder.voices["c1"] = {"flags": {"disk_present:1": False, "disk_present:2": False}}
    recorder.passes(minutes=3)
    found = [(fault.code, fault.point) for fault in recorder.faults("c1")]
    assert found == [("STO_MISSING", "1")]


def test_one_bad_sector_is_a_warning_and_ten_more_in_a_week_a_failing_disk(
    recorder: Field,
) -> None:
    """STO_DISK_PREDICT by SMART 5, 187, 197 and 198."""
    _said(recorder, {"smart_5:1": 0, "smart_197:1": 1})
    found = [f for f in recorder.faults("c1") if f.code == "STO_DISK_PREDICT"]
    assert [fault.severity for fault in found] == [Severity.MINOR]
    _said(recorder, {"smart_5:1": 10, "smart_197:1": 1})
    found = [f for f in recorder.faults("c1") if f.code == "STO_DISK_PREDICT"]
    assert Severity.MAJOR in {fault.severity for fault in found}
    assert {fault.point.rpartition(":")[2] for fault in found} == {"1"}


def test_minus_three_is_no_value(recorder: Field) -> None:
    _said(recorder, {"smart_5:1": -3, "disk_health_pct:1": -3, "disk_health_pct": -1})
    assert _codes(recorder) == {}
    assert "smart_5:1" not in recorder.last("c1").metrics


def test_errors_on_the_cable_are_not_the_disks(recorder: Field) -> None:
    _said(recorder, {"smart_199:1": 0})
    _said(recorder, {"smart_199:1": 40})
    assert set(_codes(recorder)) == {"STO_CABLE"}


def test_a_worn_out_solid_state_disk_is_foretold(recorder: Field) -> None:
    _said(recorder, {"ssd_wear_pct:1": 90})
    assert _codes(recorder) == {"STO_DISK_PREDICT": Severity.MINOR}


def test_a_recorder_that_records_in_a_circle_is_full_by_design(recorder: Field) -> None:
    _said(recorder, {"disk_free_pct": 0}, overwrite=True)
    assert _codes(recorder) == {}
    _said(recorder, {"disk_free_pct": 0}, overwrite=False)
    assert _codes(recorder) == {"STO_LOW": Severity.MAJOR}


# Zones and configurations


def test_a_zone_walked_through_daily_that_falls_silent_is_noticed(camera: Field) -> None:
    """ZONE_SILENT: no activation in seven days where there was one a day."""
    for _ in range(10):
        camera.sleeps(hours=24)
        camera.says("c1", interval=86_400, flags={"motion": True})
        camera.says("c1", interval=86_400, flags={"motion": False})
    for _ in range(7):
        assert "ZONE_SILENT" not in _codes(camera)
        camera.sleeps(hours=24)
        camera.rings()
        camera.says("c1", interval=86_400, flags={"motion": False})
    assert _codes(camera)["ZONE_SILENT"] is Severity.MINOR
    camera.says("c1", interval=86_400, flags={"motion": True})
    assert "ZONE_SILENT" not in _codes(camera)


def test_a_changed_configuration_is_noticed(camera: Field) -> None:
    """CONFIG_CHANGED: another fingerprint than the one known."""
    camera.says("c1", metrics={"config_crc": 7.0})
    camera.says("c1", metrics={"config_crc": 7.0})
    assert _codes(camera) == {}
    camera.says("c1", metrics={"config_crc": 8.0})
    assert _codes(camera) == {"CONFIG_CHANGED": Severity.MINOR}
    camera.says("c1", metrics={"config_crc": 7.0})
    assert _codes(camera) == {}, "it is as it was"


def test_a_changed_configuration_that_was_meant_is_the_known_one(camera: Field) -> None:
    """CONFIG_CHANGED is over when somebody accepts it; the next change is told again."""
    camera.says("c1", metrics={"config_crc": 7.0})
    camera.says("c1", metrics={"config_crc": 8.0})
    word = Word(reason="bit rate lowered", seen="8.0")
    by, device_id = PersonId(1), camera.id_of("c1")
    with transaction(camera.database) as tx:
        known = configurations.accept(tx, device_id, word, by, camera.parts.policy, camera.now)
    assert (known, _codes(camera)) == (8.0, {})
    camera.says("c1", metrics={"config_crc": 8.0})
    camera.rings()
    assert (_codes(camera), camera.last("c1").flags["config_changed"]) == ({}, False)
    camera.says("c1", metrics={"config_crc": 7.0})
    assert _codes(camera) == {"CONFIG_CHANGED": Severity.MINOR}


def test_what_is_remembered_is_bounded(recorder: Field) -> None:
    for start in range(0, 2000, 100):
        flags = {f"disk_present:{bay}": True for bay in range(start, start + 100)}
        recorder.says("c1", flags=flags)
    with reading(recorder.database) as tx:
        assert len(device_memories.everything(tx)) <= 1024
