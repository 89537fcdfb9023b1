"""SMART as it is: raw counts, growth, cables, sentinels (domain rules §3.3, STO_DISK_PREDICT)."""

from datetime import UTC, datetime, timedelta

import pytest

from rules import disks
from rules.disks import Disk

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def _learnt(*days: dict[str, float]) -> Disk:
    disk = Disk()
    for day, raw in enumerate(days):
        disk = disks.learn(disk, raw, NOON + timedelta(days=day))
    return disk


def test_the_worst_count_of_the_surface_and_its_growth_within_a_week() -> None:
    disk = _learnt({"smart_5": 2, "smart_197": 0}, {"smart_5": 4, "smart_197": 0})
    said = {"smart_5": 12.0, "smart_197": 1.0}
    grown = disks.growth(disk, said, NOON + timedelta(days=2))
    assert (grown.bad_sectors, grown.surface_7d, grown.cable_7d) == (12, 10, 0)


def test_growth_is_of_a_week_and_no_longer() -> None:
    disk = _learnt(*({"smart_5": float(n)} for n in range(12)))
    assert disks.growth(disk, {"smart_5": 12}, NOON + timedelta(days=12)).surface_7d == 7


def test_199_says_the_cable_and_nothing_of_the_disk() -> None:
    disk = _learnt({"smart_199": 3})
    grown = disks.growth(disk, {"smart_199": 300}, NOON + timedelta(hours=1))
    assert (grown.bad_sectors, grown.surface_7d, grown.cable_7d) == (0, 0, 297)


def test_a_count_that_falls_is_another_disk() -> None:
    disk = disks.learn(_learnt({"smart_5": 80}), {"smart_5": 0}, NOON + timedelta(hours=1))
    assert disks.growth(disk, {"smart_5": 0}, NOON + timedelta(hours=1)).surface_7d == 0
    assert disk.fitted


def test_a_first_figure_has_not_grown() -> None:
    assert disks.growth(Disk(), {"smart_5": 400}, NOON).surface_7d == 0


@pytest.mark.parametrize(
    ("name", "value", "none"),
    [
        ("smart_5", -3, True),
        ("disk_health_pct", -1, True),
        ("ssd_wear_pct", 0, False),
        ("temperature_c", -3, False),
        ("rssi_dbm", -80, False),
    ],
)
def test_minus_three_is_no_value_where_nothing_can_be_negative(
    name: str, value: float, *, none: bool
) -> None:
    assert disks.no_value(name, value) is none
