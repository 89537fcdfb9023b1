"""Limits of some devices only, points of their own, and what lasts, through the real intake."""

import pytest

from collector.memory import Work
from collector.rulebook import MOST_LEARNT, Rulebook, Shelf
from collector.transitions import MOST_POINTS
from collector.wire import Reading
from operations import limits as limit_desk
from operations.limits import Wish
from rules.assets import Device
from rules.codes import CATALOGUE, silence_code
from rules.limits import ALLOWANCE, STANDBY, Overrides, Scope
from rules.model import DeviceId, DeviceType, Severity
from rules.policy import Policy
from storage import devices as device_rows
from storage.db import transaction
from tests.collector.field import DAWN, Field
from tests.company import CHEN

RAISE = "limits.TEMP_HIGH.raise_at"
_SUPPLIES = ("psu", "host", "unrated")
CAMERA = silence_code(DeviceType.CAMERA)


def change(field: Field, code: str, name: str, value: str, scope: str = "device") -> None:
    said = Wish(name=name, scope=scope, typed=value, why="for the test")
    with transaction(field.database) as tx:
        device = device_rows.get(tx, field.id_of(code))
        assert device is not None
        by, policy = field.company.id_of(CHEN), field.parts.policy
        limit_desk.change(tx, device, said, policy, by=by, now=field.now)


def bare(number: int, **more: object) -> Device:
    row: dict[str, object] = {"id": DeviceId(number), "site_id": 1, "site_code": "S1"}
    row |= {"code": f"d{number}", "name": "d", "type": DeviceType.CAMERA, "enrolled_at": DAWN}
    return Device(**{**row, **more})  # type: ignore[arg-type]


def test_a_device_is_judged_by_its_own_limit_from_the_next_batch_on(field: Field) -> None:
    """A18: its own figure beats its type's; its neighbour keeps the type's."""
    field.has("roof")
    field.has("hall")
    change(field, "roof", RAISE, "46", scope="type")
    change(field, "roof", RAISE, "70")
    for device in ("roof", "hall"):
        field.voices[device] = {"metrics": {"temperature_c": 47}}
    field.passes(minutes=17)
    assert field.open() == [("hall", "TEMP_HIGH")]


def test_a_devices_own_allowance_before_its_interval(field: Field) -> None:
    """DEV_OFFLINE: three intervals, unless somebody allowed it more."""
    field.has("cam")
    field.has("slow")
    change(field, "slow", ALLOWANCE, "1 h")
    field.says("cam")
    field.says("slow")
    field.passes(minutes=4)
    assert field.open() == [("cam", "DEV_OFFLINE")]
    field.passes(minutes=57, beat_s=30)
    assert sorted(field.open()) == [("cam", "DEV_OFFLINE"), ("slow", "DEV_OFFLINE")]


def test_devices_with_the_same_figures_share_one_book() -> None:
    """Compiled once per distinct set of overrides: 100,000 devices, one book."""
    by = {(Scope.DEVICE, "3"): {RAISE: 46.0}}
    shelf = Shelf(Policy(), Overrides(by=by))
    one, two, own = (shelf.book(bare(number)) for number in (1, 2, 3))
    assert one is two
    assert own is not one
    assert shelf.book(bare(4, type=DeviceType.SWITCH)) is not one, "it is called otherwise"


def test_a_channel_has_a_fault_of_its_own(field: Field) -> None:
    """`name:point`: judged by the rules of its first part, at that point."""
    field.has("nvr", "recorder")
    gaps = {"recording_gap_s:ch-1": 600, "recording_gap_s:ch-2": 0, "recording_gap_s:ch-3": 7200}
    field.says("nvr", metrics=gaps, flags={"disk_fail:bay-2": True, "disk_fail:bay-1": False})
    field.passes(31, beat_s=1)
    found = {(fault.code, fault.point): fault.severity for fault in field.faults()}
    assert found == {
        ("REC_GAP", "ch-1"): Severity.MINOR,
        ("REC_GAP", "ch-3"): Severity.MAJOR,
        ("STO_DISK_FAIL", "bay-2"): Severity.MAJOR,
    }
    field.restarts()
    field.voices["nvr"] = {"metrics": dict.fromkeys(gaps, 0), "flags": {"disk_fail:bay-2": False}}
    field.passes(minutes=12)
    assert field.open() == []


def test_a_point_of_a_code_with_two_signals_keeps_them_apart(field: Field) -> None:
    field.has("panel", "alarm_host")
    for _ in range(2):
        field.says("panel", metrics={"battery_pct:aux": 5}, flags={"low_battery:aux": True})
    assert sorted(fault.point for fault in field.faults()) == ["aux", "flag:aux"]


def test_names_without_end_make_neither_memory_nor_faults_without_end(field: Field) -> None:
    """Hostile input: 200 new points a message; the device's own faults still open."""
    device = field.has("nvr", "recorder")
    for batch in range(6):
        names = {f"disk_fail:p{batch}-{number}": True for number in range(200)}
        field.says("nvr", flags=names)
    watched = field.intake.memory.watched[device]
    assert len(watched.conditions) <= MOST_POINTS
    assert len(watched.book.flags) <= MOST_LEARNT
    field.says("nvr", flags={"disk_fail:p0-0": False})
    assert ("STO_DISK_FAIL", "p0-0") not in field.intake.memory.watched[device].conditions


def test_a_book_keeps_only_so_many_names_ready() -> None:
    book = Rulebook(Policy(), CAMERA)
    for number in range(MOST_LEARNT + 100):
        [quick] = book.flags[f"video_loss:ch-{number}"]
        assert quick.point == ("CAM_VIDEO_LOSS", f"ch-{number}")
        assert book.metrics[f"nobody_knows_{number}"] == ()
    assert len(book.flags) <= MOST_LEARNT
    assert len(book.metrics) <= MOST_LEARNT


@pytest.mark.parametrize(
    ("point", "signal"),
    [
        ("", "disk_fail"),
        ("bay-1", "disk_fail"),
        ("raid", "raid_unprotected"),
        ("raid:vol-1", "raid_unprotected"),
    ],
)
def test_a_timer_finds_the_rule_of_its_point_again(point: str, signal: str) -> None:
    rule = Rulebook(Policy(), CAMERA).of(("STO_DISK_FAIL", point), open_now=False)
    assert rule is not None
    assert rule.code.signal == signal


def test_a_code_nobody_knows_has_no_rule() -> None:
    assert Rulebook(Policy(), CAMERA).of(("GONE", ""), open_now=False) is None


def test_what_is_gone_is_neither_good_nor_bad(field: Field) -> None:
    """A deleted value does not mend the fault that is open, nor ripen the one that is not."""
    device = field.has("cam")
    field.says("cam", flags={"tamper": True, "frozen": True})
    field.passes(15)
    assert field.open() == [("cam", "TAMPER")]
    gone = Reading("S1", "cam", "health", gone=("tamper", "frozen"))
    work, memory = Work(), field.intake.memory
    assert list(field.intake.judge.hear(work, device, gone, field.now, late=False)) == []
    work.commit(memory)
    watched = memory.watched[device]
    assert not {"tamper", "frozen"} & watched.flags.keys()
    assert ("TAMPER", "") in watched.open
    assert ("CAM_FROZEN", "") not in watched.conditions


def test_a_zone_bypassed_for_three_days_is_major(field: Field) -> None:
    """ZONE_BYPASSED_LONG: minor after a day, major after three; told once, also after restarts."""
    field.has("zone", "zone", reporting_interval_s=86_400 * 30)
    field.says("zone", flags={"bypassed": True})
    field.passes(minutes=60 * 24 + 1, beat_s=3600)
    [fault] = field.faults()
    assert (fault.code, fault.severity) == ("ZONE_BYPASSED_LONG", Severity.MINOR)
    field.restarts()
    field.passes(minutes=60 * 48 + 1, beat_s=3600)
    [fault] = field.faults()
    assert (fault.severity, fault.occurrences) == (Severity.MAJOR, 1)
    field.restarts()
    field.passes(minutes=60 * 24, beat_s=3600)
    [fault] = field.faults()
    assert (fault.severity, fault.occurrences) == (Severity.MAJOR, 1)


def test_mains_lost_and_the_battery_low_too_is_an_emergency(field: Field) -> None:
    """MAINS_LOSS: major, emergency once the battery is low beside it."""
    field.has("psu", "power")
    field.voices["psu"] = {"flags": {"mains": False}}
    field.passes(minutes=7)
    [fault] = field.faults()
    assert (fault.code, fault.severity) == ("MAINS_LOSS", Severity.MAJOR)
    field.voices["psu"] = {"flags": {"mains": False}, "metrics": {"battery_pct": 10}}
    field.passes(minutes=3)
    found = {fault.code: fault.severity for fault in field.faults()}
    assert found == {"MAINS_LOSS": Severity.EMERGENCY, "BATT_LOW": Severity.MINOR}


@pytest.mark.parametrize("restarts", [False, True])
def test_half_of_the_rated_standby_is_an_emergency(field: Field, *, restarts: bool) -> None:
    """MAINS_LOSS: by the rating of its model, told by a flag or by an alarm host's event."""
    for code in _SUPPLIES:
        kind = "alarm_host" if code == "host" else "power"
        field.has(code, kind, model=code, reporting_interval_s=86_400)
    for code in ("psu", "host"):
        change(field, code, STANDBY, "2 h", scope="model")
    for code in ("psu", "unrated"):
        field.says(code, flags={"mains": False})
    field.reports("host", "MAINS_LOSS")
    field.passes(minutes=59, beat_s=60)
    assert {fault.severity for fault in field.faults()} == {Severity.MAJOR}
    if restarts:
        field.restarts()
    field.passes(minutes=2, beat_s=60)
    found = {code: [fault.severity for fault in field.faults(code)] for code in _SUPPLIES}
    emergency = [Severity.EMERGENCY]
    assert found == {"psu": emergency, "host": emergency, "unrated": [Severity.MAJOR]}


@pytest.mark.parametrize(("kind", "faults"), [("sensor", 0), ("alarm_host", 1)])
def test_a_low_battery_of_what_runs_on_mains_now(field: Field, kind: str, faults: int) -> None:
    """BATT_LOW: ignored with external power, but not of a standby battery."""
    field.has("one", kind)
    for _ in range(3):
        field.says("one", metrics={"battery_pct": 10}, flags={"mains": True})
    assert len(field.faults()) == faults


def test_a_pattern_is_ours_to_find(field: Field) -> None:
    field.has("cam")
    field.reports("cam", "REPEAT_FAULT")
    field.reports("cam", "MON_INGEST_STALLED")
    assert field.open() == []
    assert CATALOGUE["REPEAT_FAULT"].raise_at == 3
