"""Disks of a recorder by their own figures: which bay is empty, which disk will fail, which cable.

Raw values of the SMART attributes 5, 187, 197 and 198 count sectors and errors that the disk could
not hide: one is a warning, ten more within a week a failing disk. 199 counts errors on the cable.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

WEEK = timedelta(days=7)
DAY = timedelta(days=1)
SURFACE = ("smart_5", "smart_187", "smart_197", "smart_198")
CABLE = "smart_199"
# Below nothing these say "no value" (-3, -1), whatever the maker.
NEVER_NEGATIVE = frozenset({*SURFACE, CABLE, "disk_health_pct", "ssd_wear_pct", "disk_free_pct"})
# What an empty bay cannot have.
OF_A_DISK = frozenset({*SURFACE, CABLE, "disk_health_pct", "ssd_wear_pct"})
FLAWS = frozenset({"disk_fail", "smart_failed", "write_error"})


@dataclass(frozen=True, slots=True)
class Sample:
    """What the attributes stood at on a day, by name."""

    at: datetime
    raw: dict[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Disk:
    """One bay: whether a disk was ever in it, and its attributes day by day for a week."""

    fitted: bool = False
    days: tuple[Sample, ...] = ()


@dataclass(frozen=True, slots=True)
class Growth:
    """The worst count of the surface, and by how much the counts grew within a week."""

    bad_sectors: float
    surface_7d: float
    cable_7d: float


def no_value(name: str, value: float) -> bool:
    """Is this reading of `name` (without its point) a sentinel?"""
    return value < 0 and name in NEVER_NEGATIVE


def learn(disk: Disk, raw: Mapping[str, float], at: datetime) -> Disk:
    """Keep the first figures of each day; a count that falls belongs to another disk."""
    last = disk.days[-1] if disk.days else None
    if last and any(value < last.raw.get(name, 0) for name, value in raw.items()):
        return Disk(fitted=True, days=(Sample(at, dict(raw)),))
    if last and at - last.at < DAY:
        return disk if disk.fitted else Disk(fitted=True, days=disk.days)
    young = (one for one in disk.days if one.at > at - WEEK - DAY)
    return Disk(fitted=True, days=(*young, Sample(at, dict(raw))))


def growth(disk: Disk, raw: Mapping[str, float], at: datetime) -> Growth:
    return Growth(
        bad_sectors=max((raw[name] for name in SURFACE if name in raw), default=0),
        surface_7d=max((_grown(disk, name, raw, at) for name in SURFACE), default=0),
        cable_7d=_grown(disk, CABLE, raw, at),
    )


def _grown(disk: Disk, name: str, raw: Mapping[str, float], at: datetime) -> float:
    known = [one.raw[name] for one in disk.days if one.at >= at - WEEK and name in one.raw]
    return raw[name] - known[0] if known and name in raw else 0
