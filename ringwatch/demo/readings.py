"""What a healthy device of each type says, by the hour of the day: warm at noon, dark at night."""

import math
import zlib
from datetime import datetime

from rules.assets import Device
from rules.model import DeviceType

Values = dict[str, float]
Flags = dict[str, bool]

_CAMERAS = {DeviceType.CAMERA, DeviceType.PTZ, DeviceType.ENCODER}
_RADIO = {DeviceType.SENSOR, DeviceType.DETECTOR, DeviceType.PANIC_BUTTON}
_POWER = {DeviceType.UPS, DeviceType.POWER}
_NETWORK = {DeviceType.SWITCH, DeviceType.GATEWAY, DeviceType.UPLINK}


def healthy(device: Device, now: datetime) -> tuple[Values, Flags]:
    """Metrics and flags of `device` when all is well; the same at the same instant."""
    own = zlib.crc32(f"{device.site_code}/{device.code}".encode()) % 1000 / 1000
    hour = now.hour + now.minute / 60 + 8  # the demo company's day, UTC+8
    sun = math.sin((hour - 8) / 24 * 2 * math.pi)
    ripple = math.sin(now.timestamp() / 97 + own * 7)
    flags: Flags = {"tamper": False}
    values: Values = {"temperature_c": round(26 + 6 * own + 5 * sun + 0.4 * ripple, 1)}
    if device.type in _CAMERAS:
        values |= {
            "video_fps": 25.0,
            "bitrate_kbps": float(round(3200 + 900 * sun + 300 * ripple + 400 * own)),
            "luma": float(round(max(18, 90 + 55 * sun))),
        }
        flags |= {"video_loss": False, "frozen": False, "occluded": False, "moved": False}
    elif device.type is DeviceType.RECORDER:
        values |= {
            "disk_free_pct": round(22 + 6 * own + ripple, 1),
            "disk_health_pct": float(round(90 + 8 * own)),
            "recording_gap_s": 0.0,
            "clock_offset_s": round(0.3 * ripple, 2),
        }
        flags |= {"disk_fail": False, "recording_stopped": False}
    elif device.type in _RADIO:
        values |= {"battery_pct": float(round(62 + 35 * own)), "rssi_dbm": round(-62 + 4 * ripple)}
        flags |= {"masked": False, "low_battery": False, "zone_open": False}
    elif device.type in _POWER or device.type is DeviceType.ALARM_HOST:
        values |= {"battery_pct": 100.0, "battery_v": round(13.5 + 0.1 * ripple, 2)}
        flags |= {"mains": True, "battery_fault": False}
        if device.type is DeviceType.UPS:
            values |= {"load_pct": round(38 + 10 * own + 2 * ripple, 1), "runtime_min": 55.0}
    elif device.type in _NETWORK:
        values |= {"packet_loss_pct": round(max(0.0, 0.2 + 0.2 * ripple), 2)}
    return values, flags
