"""What recorders answered about their recordings: each channel's reach, and the log of gaps."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, delete, insert, select, update

from rules.model import DeviceId
from rules.recordings import Gaps
from storage.db import Tx, insert_into
from storage.tables.wavering import recording_channels, recording_gaps

LOGGED = timedelta(days=400)


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """What a channel answered last, about [starts_at, ends_at)."""

    device_id: DeviceId
    channel: str
    asked_at: datetime
    starts_at: datetime
    ends_at: datetime
    oldest_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Gap:
    channel: str
    starts_at: datetime
    ends_at: datetime
    planned: bool


def keep(tx: Tx, answer: Channel, found: Gaps) -> None:
    """A whole answer: it replaces what was known of its span."""
    row = insert_into(tx, recording_channels).values(
        {name: getattr(answer, name) for name in Channel.__slots__}
    )
    fresh = {name: row.excluded[name] for name in ("asked_at", "starts_at", "ends_at", "oldest_at")}
    tx.execute(row.on_conflict_do_update(index_elements=["device_id", "channel"], set_=fresh))
    _forget(tx, answer)
    rows = [
        {
            "device_id": answer.device_id,
            "channel": answer.channel,
            "starts_at": start,
            "ends_at": end,
            "planned": planned,
        }
        for planned, spans in ((False, found.missing), (True, found.planned))
        for start, end in spans
    ]
    if rows:
        tx.execute(insert(recording_gaps), rows)


def channels(tx: Tx, device_id: DeviceId) -> list[Channel]:
    mine = select(recording_channels).where(recording_channels.c.device_id == device_id)
    rows = tx.execute(mine.order_by(recording_channels.c.channel))
    return [Channel(**row._asdict()) for row in rows]


def gaps(tx: Tx, device_id: DeviceId, since: datetime) -> list[Gap]:
    """Of every channel, oldest first."""
    g = recording_gaps.c
    found = select(recording_gaps).where(g.device_id == device_id, g.ends_at > since)
    return [_gap(row) for row in tx.execute(found.order_by(g.starts_at, g.id))]


def _forget(tx: Tx, answer: Channel) -> None:
    g = recording_gaps.c
    here = (g.device_id == answer.device_id) & (g.channel == answer.channel)
    start, end = answer.starts_at, answer.ends_at
    inside = (g.starts_at >= start) & (g.starts_at < end)
    tx.execute(delete(recording_gaps).where(here, inside))
    over = (g.starts_at < start) & (g.ends_at > start)
    tx.execute(update(recording_gaps).where(here, over).values(ends_at=start))
    tx.execute(delete(recording_gaps).where(here, g.ends_at < answer.asked_at - LOGGED))


def _gap(row: Row[Any]) -> Gap:
    return Gap(row.channel, row.starts_at, row.ends_at, row.planned)
