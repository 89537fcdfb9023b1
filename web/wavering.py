"""What a device's page shows of its past: how it came and went, and a recorder's recordings."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from rules import flapping, limits, recording_report
from rules.assets import Device, Site
from rules.flapping import Stretch, Swings
from rules.limits import REQUIRED_DAYS, Origin, Overrides
from rules.model import DeviceType, Fault
from rules.policy import Policy
from rules.recording_report import Known, Row, Verdict
from rules.recordings import Archive
from storage import device_memories
from storage import faults as fault_rows
from storage import recordings as recording_rows
from storage.db import Tx
from storage.recordings import Gap
from storage.states import LastWord

SPANS_H = (1, 6, 24)  # the shortest in which every change of the last day can be seen
SHORT, STOPPED = "REC_RETENTION_LOW", "REC_STOPPED"


@dataclass(frozen=True, slots=True)
class Seen:
    """A device as its page has read it."""

    device: Device
    site: Site
    word: LastWord
    history: Sequence[Fault]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comings:
    """The last hours on and off; `there_pct` is how much of them the device was there."""

    changes: int
    hours: int
    there_pct: float
    stretches: Sequence[Stretch]
    starts_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Recordings:
    """Every channel against the days that are owed, and who says so."""

    required: float
    origin: Origin
    verdict: Verdict
    rows: Sequence[Row]


def shown(tx: Tx, seen: Seen, own: Overrides, policy: Policy, now: datetime) -> dict[str, object]:
    """What the templates `devices/comings.html` and `devices/recordings.html` draw."""
    required = limits.in_force(REQUIRED_DAYS, policy, own.of(seen.device))
    return {
        "comings": comings(tx, seen.device, now),
        "recordings": recordings(_known(tx, seen, now), seen, required, now),
    }


def comings(tx: Tx, one: Device, now: datetime) -> Comings | None:
    """None for a device that stayed, or stayed away."""
    swings = device_memories.value(tx, one.id, "swings", Swings)
    changes = swings.changes if swings else ()
    young = [one.at for one in changes if one.at > now - flapping.SHOWN]
    if len(young) < 2:  # noqa: PLR2004 - gone once, or back once, is no coming and going
        return None
    hours = next(each for each in SPANS_H if young[0] >= now - timedelta(hours=each))
    starts_at = now - timedelta(hours=hours)
    stretches = flapping.chart(changes, starts_at, now)
    there = sum(stretch.share for stretch in stretches if stretch.up)
    return Comings(
        changes=len(young),
        hours=hours,
        there_pct=100 * there,
        stretches=stretches,
        starts_at=starts_at,
    )


def before(tx: Tx, faults: Sequence[Fault]) -> list[Fault]:
    """What these faults repeat, the latest first; each has an order of its own, or none."""
    known = {fault.id for fault in faults}
    wanted = {fault.repeat_of for fault in faults if fault.repeat_of} - known
    return sorted(fault_rows.by_ids(tx, wanted).values(), key=lambda one: one.id, reverse=True)


def recordings(
    known: Sequence[Known], seen: Seen, required: tuple[float | None, Origin], now: datetime
) -> Recordings | None:
    """None for what records nothing and says nothing of recordings."""
    if not known and seen.device.type is not DeviceType.RECORDER:
        return None
    owed, origin = required[0] or 0, required[1]
    rows = [recording_report.row(each, owed, seen.site.timezone, now) for each in known]
    return Recordings(required=owed, origin=origin, verdict=recording_report.worst(rows), rows=rows)


def _known(tx: Tx, seen: Seen, now: datetime) -> list[Known]:
    answered = {each.channel: each for each in recording_rows.channels(tx, seen.device.id)}
    gaps = recording_rows.gaps(tx, seen.device.id, now - recording_report.MONTH - timedelta(days=1))
    kept = {
        name.partition(":")[2]: days
        for name, days in seen.word.metrics.items()
        if name.partition(":")[0] == "retention_days"
    }
    archives = device_memories.values(tx, seen.device.id, "reach", Archive)
    faults = [fault for fault in seen.history if fault.open and fault.code.startswith("REC_")]
    channels = {*answered, *kept, *(f.point for f in faults if f.code in {SHORT, STOPPED})}
    found = []
    for channel in sorted(channels - {"forecast"}, key=_natural):
        last = answered.get(channel)
        found.append(
            Known(
                channel=channel,
                asked_at=last.asked_at if last else None,
                oldest_at=last.oldest_at if last else None,
                days=kept.get(channel),
                archive=archives.get(channel),
                missing=_spans(gaps, channel, planned=False),
                planned=_spans(gaps, channel, planned=True),
                faults=frozenset(fault.code for fault in faults if fault.point == channel),
            )
        )
    return found


def _spans(gaps: Sequence[Gap], channel: str, *, planned: bool) -> list[tuple[datetime, datetime]]:
    return [
        (gap.starts_at, gap.ends_at)
        for gap in gaps
        if gap.channel == channel and gap.planned is planned
    ]


def _natural(channel: str) -> tuple[int, str]:
    """Channel 2 before channel 10."""
    digits = "".join(filter(str.isdigit, channel))
    return int(digits[:9]) if digits.isascii() and digits else -1, channel
