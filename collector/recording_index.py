"""A recorder's own index, judged: its gaps are logged and become readings of the recorder.

A long answer comes in parts and is judged when all of them are there. What follows are readings
like any other: `recording_gap_s:<channel>` and `retention_days:<channel>`.
"""

from datetime import datetime, timedelta

from collector import remembering
from collector.ear import named
from collector.memory import Memory, Work
from collector.wire import Reading
from rules import recordings
from rules.evidence import length, merged
from rules.model import DeviceId
from rules.recordings import Gaps, Parts
from storage import maintenance as window_rows
from storage import recordings as recording_rows
from storage.db import Tx
from storage.recordings import Channel

DAY = timedelta(days=1)


def hear(
    tx: Tx, memory: Memory, work: Work, device_id: DeviceId, said: Reading, now: datetime
) -> Reading:
    """The reading that follows from a part of an answer; it is empty while others are missing."""
    index = said.index
    reading = Reading(said.site, said.device, "health", t=said.t, dialect=said.dialect)
    if index is None:
        return reading
    watched = work.of(memory, device_id)
    kind = f"{remembering.PARTS}:{index.channel}"
    parts = recordings.gather(watched.memories.get(kind), index)
    if not parts.whole:
        work.remember(watched, kind, parts)
        return reading
    if kind in watched.memories:
        work.remember(watched, kind, None)
    found = _log(tx, device_id, index.channel, parts, now)
    reading.metrics[named("recording_gap_s", index.channel)] = _worst_day(found, parts.end)
    if parts.oldest_at is not None:
        reach = max(now - parts.oldest_at, timedelta()) / DAY
        reading.metrics[named("retention_days", index.channel)] = round(reach, 2)
    return reading


def _log(tx: Tx, device_id: DeviceId, channel: str, parts: Parts, now: datetime) -> Gaps:
    span = (parts.start, min(parts.end, now))
    if span[0] >= span[1]:
        return Gaps()
    planned = window_rows.spans(tx, [device_id], span).get(device_id, [])
    found = recordings.find_gaps(parts, span, planned)
    answer = Channel(
        device_id=device_id,
        channel=channel,
        asked_at=now,
        starts_at=span[0],
        ends_at=span[1],
        oldest_at=parts.oldest_at,
    )
    recording_rows.keep(tx, answer, found)
    return found


def _worst_day(found: Gaps, end: datetime) -> float:
    """Seconds missing of the worst 24 h, counted back from the end of the answer."""
    ages = [int((end - gap[0]) / DAY) for gap in found.missing]
    days = [(end - (age + 1) * DAY, end - age * DAY) for age in {*range(max(ages, default=0) + 1)}]
    worst = (length(merged(found.missing, day)) for day in days)
    return round(max(worst), 1)
