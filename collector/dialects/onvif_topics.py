"""What the event topics of ONVIF say about a device's health; Axis extends the same tree.

Topics and the names of their items are those of the ONVIF Core, Imaging, Recording Control, Door
Control and Device IO specifications and of the VAPIX event declarations, without name spaces. A
topic that is not here says that its device is alive, and nothing else that concerns maintenance.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from collector.dialects.lenient import flag, instant, number

NEVER = 1970  # ONVIF: the year given for what has not happened yet
Value = bool | float | None


class How(Enum):
    """What a sign means for later messages."""

    STATE = "state"  # so it is until it says otherwise
    ANY = "any"  # several topics feed it: bad while one of them says so
    PULSE = "pulse"  # it happened; nobody will say that it is over
    SINCE = "since"  # an instant: what is told is the time that has passed
    ONCE_WELL = "once well"  # a fault only of what was well before: a disk that was there


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """One item of a topic's data and our flag or metric that it feeds.

    `items` are the item's names in lower case, the first that is there counts. `lasts_s`: how
    long a pulse stands; the age of an instant is told in units of `unit_s` seconds.
    """

    name: str
    items: tuple[str, ...]
    read: Callable[[Any], Value]
    how: How = How.STATE
    lasts_s: float = 0
    unit_s: float = 1


def _not(value: object) -> bool | None:
    said = flag(value)
    return None if said is None else not said


def _well_above_zero(value: object) -> float | None:
    """Axis says −3 (and −1, −2) for what it does not know."""
    said = number(value)
    return said if said is not None and said >= 0 else None


def _not_minus_three(value: object) -> float | None:
    said = number(value)
    return said if said != -3 else None  # noqa: PLR2004 - Axis: no value


def _left_of_wear(value: object) -> float | None:
    wear_pct = _well_above_zero(value)
    return None if wear_pct is None else max(0.0, 100.0 - wear_pct)


def _epoch(value: object) -> float | None:
    at = instant(value)
    return None if at is None or at.year == NEVER else at.timestamp()


def _never(value: object) -> bool | None:
    at = instant(value)
    return None if at is None else at.year == NEVER


def _percent(value: object) -> float | None:
    """Per cent, or a fraction: real devices write both. 1 is one per cent."""
    said = number(value)
    return 100 * said if said is not None and 0 < said < 1 else said


def _ptz_error(value: object) -> bool | None:
    """Words of the maker's own; the event comes when something is wrong."""
    said = value.strip().lower() if isinstance(value, str) else ""
    return said not in {"0", "none", "ok", "no error"} if said else None


def _speed(value: object) -> float | None:
    return number(value.get("Speed")) if isinstance(value, dict) else None


def _words(**meanings: bool) -> Callable[[Any], bool | None]:
    """States by their word; a word that is not here (`Unknown`) says nothing."""
    return lambda value: meanings.get(value) if isinstance(value, str) else None


def _logical(value: object) -> bool | None:
    return _words(active=True, inactive=False)(value) if flag(value) is None else flag(value)


def _state(name: str, *items: str, read: Callable[[Any], Value] = flag) -> Sign:
    return Sign(name=name, items=items, read=read)


def _any(name: str, *items: str, read: Callable[[Any], Value] = flag) -> Sign:
    return Sign(name=name, items=items, read=read, how=How.ANY)


_FAILED = ("failed", "failure", "state")
_OVERHEATED = _any("overheated", "sensor_level", "state")
_MISSING = Sign(name="disk_missing", items=("disruption",), read=flag, how=How.ONCE_WELL)
_LIMIT = (_any("end_of_life", "status"),)
_DOOR_FAULT = _words(FaultDetected=True, NotInFault=False)

TOPICS: Mapping[str, tuple[Sign, ...]] = MappingProxyType(
    {
        "Device/HardwareFailure/FanFailure": (_state("fan_fault", *_FAILED, "fan_failure"),),
        "Device/HardwareFailure/PowerSupplyFailure": (
            _state("psu_fault", *_FAILED, "psu_failure"),
        ),
        "Device/HardwareFailure/StorageFailure": (_state("disk_fail", *_FAILED), _MISSING),
        "Device/HardwareFailure/TemperatureCritical": (_state("overheated", "critical", "state"),),
        "Monitoring/ProcessorUsage": (_state("cpu_pct", "value", read=_percent),),
        "Monitoring/LinkStatus": (_state("link_mbps", "link", read=_speed),),
        "Monitoring/BatteryCapacity": (
            _state("battery_pct", "percentageremainingcapacity", read=number),
        ),
        "Monitoring/OperatingTime/DefinedLimitReached": _LIMIT,
        "Monitoring/OperatingTime/MeanTimeBetweenFailuresDefaultLimitReached": _LIMIT,
        "Monitoring/OperatingTime/MeanTimeBetweenFailuresOperationLimitReached": _LIMIT,
        "Monitoring/OperatingTime/LastReboot": (
            Sign(name="uptime_s", items=("status",), read=_epoch, how=How.SINCE),
        ),
        "Monitoring/OperatingTime/LastClockSynchronization": (
            Sign(name="sync_age_s", items=("status",), read=_epoch, how=How.SINCE),
            _state("time_unsynced", "status", read=_never),
        ),
        "Monitoring/Backup/Last": (
            Sign(
                name="backup_age_days", items=("status",), read=_epoch, how=How.SINCE, unit_s=86_400
            ),
        ),
        "Monitoring/EnvironmentalConditions/RelativeHumidity": (
            _state("humidity_pct", "status", "value", read=number),
        ),
        "Monitoring/EnvironmentalConditions/Temperature": (
            _state("temperature_c", "status", "value", read=number),
        ),
        "Monitoring/Washer/LiquidLow": (_state("washer_low", "islow", "state"),),
        "Device/SecurityPolicy/AuthFailed": (
            Sign(
                name="auth_failed",
                items=("sourceipv4", "sourceipv6", "data"),
                read=lambda _: True,
                how=How.PULSE,
                lasts_s=60,
            ),
        ),
        "Device/Trigger/DigitalInput": (_state("input", "logicalstate", read=_logical),),
        "Device/Trigger/Relay": (_state("relay", "logicalstate", read=_logical),),
        "RecordingConfig/JobState": (
            _state("recording_stopped", "state", read=_words(Error=True, Active=False)),
            _state("recording_off", "state", read=_words(Idle=True, Active=False, Error=False)),
        ),
        "Door/State/DoorPhysicalState": (
            _any(
                "door_contact_trouble", "state", read=_words(Fault=True, Open=False, Closed=False)
            ),
            _state("door_open", "state", read=_words(Open=True, Closed=False)),
        ),
        "Door/State/DoorFault": (_any("door_contact_trouble", "state", read=_DOOR_FAULT),),
        "Door/State/LockPhysicalState": (
            _any("lock_fault", "state", read=_words(Fault=True, Locked=False, Unlocked=False)),
        ),
        "Door/State/DoubleLockPhysicalState": (
            _any("lock_fault", "state", read=_words(Fault=True, Locked=False, Unlocked=False)),
        ),
        "Door/State/DoorTamper": (
            _state("tamper", "state", read=_words(TamperDetected=True, NotInTamper=False)),
        ),
        "VideoSource/GlobalSceneChange": (_state("occluded", "state"),),
        "RuleEngine/TamperDetector/Tamper": (_state("occluded", "istamper", "state"),),
        "VideoSource/SignalLoss": (_state("video_loss", "state"),),
        "VideoSource/ImageTooDark": (_state("black", "state"),),
        "VideoSource/ImageTooBright": (_state("white", "state"),),
        "VideoSource/ImageTooBlurry": (_state("blur", "state"),),
        # Axis only
        "Storage/Disruption": (_MISSING,),
        "Storage/Alert": (
            _state("smart_failed", "alert"),
            _state("disk_health_pct", "wear", read=_left_of_wear),
            _state("disk_overall_health", "overall_health", read=_well_above_zero),
            _state("disk_temperature_c", "temperature", read=_not_minus_three),
        ),
        "Device/Casing/Open": (_state("tamper", "open", "state"),),
        "Device/IO/Port": (_state("input", "state"),),
        "Device/Status/SystemReady": (_state("system_ready", "ready"),),
        "Device/Status/Temperature/Inside": (_any("overheated", "sensor_level", read=_not),),
        "Device/Status/Temperature/Above": (_OVERHEATED,),
        "Device/Status/Temperature/Above_or_below": (_OVERHEATED,),
        "Device/Status/Temperature/Below": (_OVERHEATED,),
        "PTZController/PTZError": (
            Sign(
                name="ptz_stuck", items=("ptz_error",), read=_ptz_error, how=How.PULSE, lasts_s=3600
            ),
        ),
        "VideoSource/Tampering": (
            Sign(name="occluded", items=("tampering",), read=flag, how=How.PULSE, lasts_s=3600),
        ),
    }
)

_SPACES = ("tns1:", "tnsaxis:", "onvif:", "axis:")
_SERVICES = ("ImagingService", "AnalyticsService", "RecordingService")


@lru_cache(maxsize=4096)
def plain(topic: str) -> str:
    """A topic without the name spaces of ONVIF and Axis, nor the service that watches."""
    levels = [_bare(level) for level in topic.split("/")]
    if len(levels) == 3 and levels[2] in _SERVICES:  # noqa: PLR2004 - VideoSource/What/Service
        levels.pop()
    return "/".join(level for level in levels if level)


def _bare(level: str) -> str:
    """`tns:onvif` and `tns:axis` are levels of their own in an Axis topic."""
    if level in {"tns:onvif", "tns:axis"}:
        return ""
    for space in _SPACES:
        if level.startswith(space):
            return level[len(space) :]
    return level
