"""The state of a device in one word, since when and why. Pure; `unknown` is never healthy.

The device's own word alone never makes it well: what the monitor cannot hear it does not vouch
for, and while the monitor itself is deaf nothing is known of anybody.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from rules.assets import Device
from rules.explains import RECORDING
from rules.model import DeviceState, Fault, Monitored

KNOWN_WORDS = frozenset({"", "online", "sleeping", "stopped"})


class Why(StrEnum):
    """The reason behind a state: message id `state.why.<why>`."""

    REMOVED = "removed"
    DISABLED = "disabled"
    MAINTENANCE = "maintenance"
    NOT_MONITORED = "not_monitored"
    DEAF = "deaf"
    FAULT = "fault"
    SUSPECTED = "suspected"
    BEHIND = "behind"
    NEVER_HEARD = "never_heard"
    SAID_OFFLINE = "said_offline"
    STRANGE_WORD = "strange_word"
    SLEEPING = "sleeping"
    THROUGH_PARENT = "through_parent"
    PARENT_NOT_WELL = "parent_not_well"
    HEARD = "heard"


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What was last heard of a device, by our clock, and how it called itself."""

    at: datetime | None = None
    word: str = ""
    word_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """`fault` is the one that speaks for the state; `since` None where nobody can say."""

    state: DeviceState
    why: Why
    since: datetime | None = None
    fault: Fault | None = None


def state_of(
    device: Device,
    heard: Heard,
    open_faults: Sequence[Fault],
    now: datetime,
    *,
    deaf_since: datetime | None = None,
    above: DeviceState | None = None,
) -> Standing:
    """`deaf_since`: our monitor hears nobody; `above`: the state of what it is watched through."""
    if device.archived_at:
        return Standing(state=DeviceState.REMOVED, why=Why.REMOVED, since=device.archived_at)
    if device.disabled_at:
        return Standing(state=DeviceState.DISABLED, why=Why.DISABLED, since=device.disabled_at)
    if device.maintenance_until and device.maintenance_until > now:
        return Standing(state=DeviceState.MAINTENANCE, why=Why.MAINTENANCE)
    if deaf_since and device.monitored is not Monitored.NO:
        return Standing(state=DeviceState.UNKNOWN, why=Why.DEAF, since=deaf_since)
    return _by_faults(open_faults) or _by_kind(device, heard, above) or _by_word(heard)


def _by_faults(open_faults: Sequence[Fault]) -> Standing | None:
    """The worst fault of its own speaks; with none, the device waits behind its cause.

    Whose recorder is gone is not: a camera that is heard by itself stays well (§3.6).
    """
    own = [fault for fault in open_faults if fault.explained_by is None]
    if own:
        worst = min(
            own, key=lambda fault: (fault.provisional, fault.severity.rank, fault.opened_at)
        )
        why = Why.SUSPECTED if worst.provisional else Why.FAULT
        return Standing(state=DeviceState.FAULT, why=why, since=worst.opened_at, fault=worst)
    behind = [fault for fault in open_faults if fault.code not in RECORDING]
    if behind:
        first = min(behind, key=lambda fault: fault.opened_at)
        return Standing(
            state=DeviceState.UNREACHABLE, why=Why.BEHIND, since=first.opened_at, fault=first
        )
    return None


def _by_kind(device: Device, heard: Heard, above: DeviceState | None) -> Standing | None:
    """Devices that are not expected to speak for themselves."""
    if device.monitored is Monitored.NO:
        return Standing(state=DeviceState.INSPECTED_ONLY, why=Why.NOT_MONITORED)
    if device.monitored is Monitored.YES or heard.at is not None:
        return None
    if above is DeviceState.OK:
        return Standing(state=DeviceState.OK, why=Why.THROUGH_PARENT)
    gone = above in {DeviceState.FAULT, DeviceState.UNREACHABLE}
    state = DeviceState.UNREACHABLE if gone else DeviceState.UNKNOWN
    return Standing(state=state, why=Why.PARENT_NOT_WELL)


def _by_word(heard: Heard) -> Standing:
    if heard.at is None:
        return Standing(state=DeviceState.UNKNOWN, why=Why.NEVER_HEARD)
    if heard.word == "offline":
        return Standing(state=DeviceState.UNKNOWN, why=Why.SAID_OFFLINE, since=heard.word_at)
    if heard.word not in KNOWN_WORDS:
        return Standing(state=DeviceState.UNKNOWN, why=Why.STRANGE_WORD, since=heard.word_at)
    if heard.word in {"sleeping", "stopped"}:
        return Standing(state=DeviceState.OK, why=Why.SLEEPING, since=heard.word_at)
    return Standing(state=DeviceState.OK, why=Why.HEARD, since=heard.at)
