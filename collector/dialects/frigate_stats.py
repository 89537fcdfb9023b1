"""Frigate's statistics: figures of the recorder and of each camera, in both of their shapes."""

from collections.abc import Iterable, Iterator
from typing import Any, TypeGuard

from collector.dialects.lenient import number, record, text

LONGEST_NAME = 64
MOST_PARTS = 16  # detectors, graphics cards and chips whose figures are kept
RECORDINGS = "/media/frigate/recordings"
CACHE = "/tmp/cache"  # noqa: S108 - a volume of the recorder, not a file of ours

_RATES = {
    "camera_fps": "video_fps",
    "process_fps": "process_fps",
    "skipped_fps": "skipped_fps",
    "detection_fps": "detection_fps",
    "reconnects_last_hour": "reconnects_per_h",
    "stalls_last_hour": "stalls_per_h",
}


def well_named(name: object) -> TypeGuard[str]:
    return isinstance(name, str) and 0 < len(name) <= LONGEST_NAME and name.isprintable()


def cameras_of(said: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Under `cameras`, or at the top level among other things (up to 0.12)."""
    listed = record(said.get("cameras"))
    if not listed or "camera_fps" in listed:
        listed = {name: one for name, one in said.items() if "camera_fps" in record(one)}
    return {name: record(one) for name, one in listed.items() if well_named(name)}


def rates(counted: dict[str, Any]) -> dict[str, float]:
    """Figures of one camera; frames as a share of those expected where it says so (0.17)."""
    found: dict[str, float] = {}
    for said, kept in _RATES.items():
        if (rate := number(counted.get(said))) is not None:
            found[kept] = rate
    expected = number(counted.get("expected_fps"))
    if expected and expected > 0 and "video_fps" in found:
        share = number(100 * (found["video_fps"] / expected))
        if share is not None:
            found["video_fps_pct"] = round(share, 1)
    return found


def metrics_of_service(said: dict[str, Any], service: dict[str, Any]) -> dict[str, float]:
    """Of the recorder itself. It records in a circle: the volume of recordings is full by design.

    What else it writes to is judged, unless that is the same volume.
    """
    storage = record(service.get("storage"))
    recordings, cache = record(storage.get(RECORDINGS)), record(storage.get(CACHE))
    one_volume = cache.get("total") == recordings.get("total")
    system = record(record(said.get("cpu_usages")).get("frigate.full_system"))
    figures = (
        ("uptime_s", service.get("uptime")),
        ("cpu_pct", system.get("cpu")),
        ("memory_pct", system.get("mem")),
        ("detection_fps", said.get("detection_fps")),
        ("recordings_free_pct", _free_pct(recordings)),
        ("disk_free_pct:cache", None if one_volume else _free_pct(cache)),
        *_by_name("detection_ms", said.get("detectors"), "inference_speed"),
        *_by_name("gpu_pct", said.get("gpu_usages"), "gpu"),
        *_by_name("chip_temperature_c", service.get("temperatures"), ""),
    )
    return _numbers(figures)


def _free_pct(volume: dict[str, Any]) -> float | None:
    """Of what can ever be written: blocks reserved for the system are neither used nor free."""
    free, used = number(volume.get("free")), number(volume.get("used"))
    if free is None or used is None or free < 0 or used < 0 or free + used <= 0:
        return None
    return round(100 * (free / (free + used)), 2)


def _by_name(metric: str, some: object, key: str) -> Iterator[tuple[str, Any]]:
    """Parts of one kind, each a point of its own."""
    for name, one in list(record(some).items())[:MOST_PARTS]:
        if point := text(name, 32):
            yield f"{metric}:{point}", record(one).get(key) if key else one


def _numbers(said: Iterable[tuple[str, Any]]) -> dict[str, float]:
    """What is a number; shares come as text, with or without a per cent sign, or empty."""
    found: dict[str, float] = {}
    for name, value in said:
        read = number(value.rstrip("%") if isinstance(value, str) else value)
        if read is not None:
            found[name] = read
    return found
