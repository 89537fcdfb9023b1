"""A recorder's disks by their own figures, and how far back its recordings reach."""

from dataclasses import replace

from collector import remembering
from collector.ear import Ear, Found, named, point_of
from collector.memory import Watched
from collector.wire import Reading
from rules import disks, recordings
from rules.disks import Disk
from rules.faults import Evidence
from rules.model import Severity
from rules.recordings import Archive

FORECAST = "forecast"
DISK_NAMES = frozenset({"disk_present", *disks.NEVER_NEGATIVE, *disks.FLAWS})


def grave(watched: Watched, code: str) -> bool:
    """Is this an emergency here: a statute is broken, or nothing at all is recorded any more?"""
    if code not in recordings.STATUTORY:
        return False
    if watched.book.events["REC_RETENTION_LOW"].raise_at >= recordings.STATUTORY_DAYS:
        return True
    channels = [on for name, on in watched.flags.items() if name.startswith("recording_stopped:")]
    return code == "REC_STOPPED" and len(channels) > 1 and all(channels)


def bays(ear: Ear, reading: Reading) -> list[Found]:
    """An empty bay is no failed disk; -3 is no value; counts are weighed with last week's."""
    for name in [n for n, v in reading.metrics.items() if disks.no_value(n.partition(":")[0], v)]:
        del reading.metrics[name]
    for bay in {
        point_of(name)
        for name in (*reading.metrics, *reading.flags)
        if name.partition(":")[0] in DISK_NAMES
    }:
        _disk(ear, reading, bay)
    return []


def _disk(ear: Ear, reading: Reading, bay: str) -> None:
    kind = f"{remembering.BAY}:{bay}"
    disk: Disk = ear.known(kind, Disk())
    present = named("disk_present", bay)
    fitted = reading.flags.get(present, ear.watched.flags.get(present))
    if present in reading.flags:
        reading.flags.setdefault(named("disk_missing", bay), disk.fitted and not fitted)
    if fitted is False:
        for name in disks.OF_A_DISK:
            reading.metrics.pop(named(name, bay), None)
        reading.flags |= dict.fromkeys(
            (named(name, bay) for name in disks.FLAWS if named(name, bay) in reading.flags), False
        )
        return
    raw = {
        name: reading.metrics[named(name, bay)]
        for name in (*disks.SURFACE, disks.CABLE)
        if named(name, bay) in reading.metrics
    }
    if raw or fitted:
        disk = disks.learn(disk, raw, ear.at)
        ear.learn(kind, disk)
    if raw:
        grown = disks.growth(disk, raw, ear.at)
        reading.metrics[named("bad_sectors", bay)] = grown.bad_sectors
        reading.metrics[named("bad_sectors_7d", bay)] = grown.surface_7d
        reading.metrics[named("cable_errors_7d", bay)] = grown.cable_7d


def retention(ear: Ear, reading: Reading) -> list[Found]:
    found: list[Found] = []
    for name in [n for n in reading.metrics if n.partition(":")[0] == "retention_days"]:
        if reading.metrics[name] < 0:
            del reading.metrics[name]
        else:
            found += _reach(ear, point_of(name), reading.metrics[name])
    return found


def _reach(ear: Ear, channel: str, days: float) -> list[Found]:
    """How far back recordings reach, against the days that are owed."""
    kind = f"{remembering.REACH}:{channel}"
    before: Archive = ear.known(kind, Archive())
    archive = recordings.learn(before, days, ear.watched.device.installed_on, ear.at)
    if archive is before:
        return []
    ear.learn(kind, archive)
    rule = ear.watched.book.events["REC_RETENTION_LOW"]
    owed = recordings.judge(archive, rule.raise_at, ear.at)
    if owed.short is None:
        return []
    low = Found(
        code="REC_RETENTION_LOW",
        point=channel,
        evidence=Evidence.BAD if owed.short else Evidence.GOOD,
        value=days,
    )
    soon = replace(
        low,
        point=f"{channel}:{FORECAST}" if channel else FORECAST,
        evidence=Evidence.BAD if owed.forecast else Evidence.GOOD,
        severity=Severity.MINOR,
    )
    return [low, soon, *_excess(ear, channel, days)]


def _excess(ear: Ear, channel: str, days: float) -> list[Found]:
    """Kept longer than is allowed, where somebody has said how long that is."""
    rule = ear.watched.book.events["REC_RETENTION_EXCESS"]
    if not rule.raise_at:
        return []
    evidence = Evidence.BAD if days > rule.raise_at else Evidence.GOOD
    return [Found(code="REC_RETENTION_EXCESS", point=channel, evidence=evidence, value=days)]
