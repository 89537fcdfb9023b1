"""What explains what: the table of causes as data (domain rules §3.6).

A row says: this fault of whatever is reached over this edge explains those faults, if both began
within so long of each other. Zones, expanders and readers hang on their panel or controller over
`via`, as a camera hangs on its switch. Suppression stops pages, never monitoring.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from rules.model import Fault, Link


class Edge(StrEnum):
    """How a cause is reached: over a link of the asset list, or by being the same thing.

    `SHOWS`: a recorder's channel and the camera that it shows. What lies beyond a recorder, or
    beyond a camera that is shown, is reached over the same edge as that.
    """

    ITSELF = "itself"
    VIA = Link.VIA.value
    POWERED_BY = Link.POWERED_BY.value
    RECORDED_BY = Link.RECORDED_BY.value
    SHOWS = "shows"
    SITE = "site"


@dataclass(frozen=True, slots=True)
class Onset:
    """When something began, as far as one can tell: not before, and not after.

    Of a silent device: between its last word and the word that did not come.
    """

    earliest: datetime
    latest: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """`of_port`: only what hangs on the very port (or channel) that the cause names."""

    edge: Edge
    causes: frozenset[str]
    effects: frozenset[str]
    before: timedelta = timedelta(seconds=60)
    after: timedelta = timedelta(seconds=300)
    of_port: bool = False

    def together(self, cause: Onset, effect: Onset) -> bool:
        """Did the effect begin with its cause?

        What was broken before stays a fault of its own; what went on speaking has another way.
        """
        since, until = cause.earliest - self.before, cause.latest + self.after
        return effect.latest >= since and effect.earliest <= until


# What only says that something is not heard; it says nothing of its health.
UNHEARD = frozenset(
    {
        "DEV_OFFLINE",
        "NET_UPLINK_DOWN",
        "NET_SWITCH_DOWN",
        "PANEL_COMM_FAIL",
        "TEST_MISSED",
        "DET_SUPERVISION",
        "ACS_CONTROLLER_OFFLINE",
        "ACS_READER_OFFLINE",
        "NVR_CHANNEL_OFFLINE",
    }
)
RECORDING = frozenset(
    {
        "REC_STOPPED",
        "REC_GAP",
        "REC_RETENTION_LOW",
        "STO_LOW",
        "STO_WRITE_ERR",
        "STO_DISK_FAIL",
        "STO_DISK_PREDICT",
        "STO_RAID_DEGRADED",
        "STO_RAID_REBUILDING",
        "STO_MISSING",
        "NVR_CHANNEL_OFFLINE",
    }
)
CLOCKS = frozenset({"CLOCK_DRIFT", "TIME_NOT_SYNCED", "PANEL_CLOCK"})
ZONES = frozenset({"ZONE_TROUBLE", "ZONE_OPEN", "ZONE_SHORT"})
_GONE = frozenset(
    {
        "DEV_OFFLINE",
        "NET_UPLINK_DOWN",
        "NET_SWITCH_DOWN",
        "PANEL_COMM_FAIL",
        "PANEL_SHUTDOWN",
        "ACS_CONTROLLER_OFFLINE",
    }
)
_PORTS = frozenset({"NET_PORT_DOWN", "POE_FAULT"})
_MAINS = frozenset({"MAINS_LOSS"})
_FLAPPING = frozenset({"DEV_FLAPPING"})
_SEEN_BY_RECORDER = frozenset({"NVR_CHANNEL_OFFLINE", "CAM_VIDEO_LOSS", "REC_STOPPED", "REC_GAP"})
_DAY = timedelta(hours=24)
_MINUTE = timedelta(seconds=60)
_HALF_HOUR = timedelta(minutes=30)


def _codes(*names: str) -> frozenset[str]:
    return frozenset(names)


TABLE: tuple[Row, ...] = (
    Row(edge=Edge.VIA, causes=_GONE, effects=UNHEARD),
    Row(edge=Edge.VIA, causes=_PORTS, effects=UNHEARD, of_port=True),
    Row(
        edge=Edge.VIA,
        causes=_codes("EXP_FAULT"),
        effects=UNHEARD | ZONES,
        before=_MINUTE,
        after=_MINUTE,
    ),
    Row(edge=Edge.POWERED_BY, causes=_GONE | _codes("PSU_FAULT"), effects=UNHEARD),
    Row(edge=Edge.POWERED_BY, causes=_MAINS, effects=UNHEARD | _MAINS),
    Row(edge=Edge.POWERED_BY, causes=_PORTS, effects=UNHEARD, of_port=True),
    Row(
        edge=Edge.POWERED_BY,
        causes=_codes("UPS_RUNTIME_LOW"),
        effects=UNHEARD,
        after=timedelta(minutes=15),  # it says so ten minutes before it goes dark
    ),
    Row(edge=Edge.RECORDED_BY, causes=_GONE | _MAINS, effects=RECORDING),
    Row(
        edge=Edge.RECORDED_BY,
        causes=_codes("REC_STOPPED"),
        effects=_codes("REC_STOPPED", "REC_GAP"),
    ),
    Row(
        edge=Edge.SHOWS,
        causes=_GONE | _MAINS | _codes("CAM_VIDEO_LOSS"),
        effects=_SEEN_BY_RECORDER,
    ),
    Row(edge=Edge.ITSELF, causes=_GONE, effects=RECORDING | _codes("TEST_MISSED")),
    Row(
        edge=Edge.ITSELF,
        causes=_codes("PANEL_SHUTDOWN"),
        effects=_codes("DEV_OFFLINE", "PANEL_COMM_FAIL", "TEST_MISSED"),
    ),
    Row(  # one intermittent fault, however often it goes
        edge=Edge.ITSELF,
        causes=_FLAPPING,
        effects=_GONE - _codes("PANEL_SHUTDOWN"),
        before=_HALF_HOUR,
        after=timedelta(days=365),
    ),
    Row(
        edge=Edge.VIA,
        causes=_FLAPPING,
        effects=_FLAPPING,
        before=_HALF_HOUR,
        after=_HALF_HOUR,
    ),
    *(
        Row(
            edge=edge,
            causes=_codes("TIME_NOT_SYNCED", "CLOCK_DRIFT"),
            effects=CLOCKS,
            before=_DAY,
            after=_DAY,
        )
        for edge in (Edge.VIA, Edge.RECORDED_BY)
    ),
    Row(
        edge=Edge.SITE,
        causes=_codes("SITE_POWER_DOWN"),
        effects=UNHEARD | _MAINS | _codes("UPS_ON_BATT"),
    ),
)


def _by_cause() -> Mapping[tuple[Edge, str], tuple[Row, ...]]:
    found: dict[tuple[Edge, str], tuple[Row, ...]] = {}
    for row in TABLE:
        for cause in row.causes:
            found[row.edge, cause] = (*found.get((row.edge, cause), ()), row)
    return MappingProxyType(found)


_ROWS = _by_cause()
_EFFECTS = {
    cause: frozenset().union(*(row.effects for row in TABLE if cause in row.causes))
    for row in TABLE
    for cause in row.causes
}
_EXPLAINABLE = {
    edge: frozenset().union(*(row.effects for row in TABLE if row.edge is edge)) for edge in Edge
}


def onset_of(fault: Fault) -> Onset:
    """Of a fault on record; where nobody could tell, when we knew of it."""
    return Onset(fault.began_after or fault.opened_at, fault.began_before or fault.opened_at)


def row_of(edge: Edge, cause: str, effect: str) -> Row | None:
    """The row by which `cause`, reached over `edge`, explains `effect`."""
    return next((row for row in _ROWS.get((edge, cause), ()) if effect in row.effects), None)


def effects_of(cause: str) -> frozenset[str]:
    """All that this fault can explain, over whatever edge; empty for most."""
    return _EFFECTS.get(cause, frozenset())


def explainable(edge: Edge, effect: str) -> bool:
    """Can anything that is reached over this edge explain `effect`?"""
    return effect in _EXPLAINABLE[edge]
