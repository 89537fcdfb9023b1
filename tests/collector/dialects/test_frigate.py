"""Frigate: its word, its statistics in both shapes, what an operator turned off. B11, C12, D06."""

from typing import Any

import pytest

from collector.dialects.frigate import MOST_CAMERAS
from collector.dialects.frigate_stats import CACHE, RECORDINGS
from collector.wire import Reading
from rules.model import DeviceType
from tests.collector.dialects.told import DAWN, Told

GB = 1024.0


@pytest.fixture
def frigate() -> Told:
    return Told("frigate")


def stats(
    *, uptime: float = 5000, cameras: dict[str, Any] | None = None, **more: Any
) -> dict[str, Any]:
    """Statistics as they are since 0.13."""
    service = {"uptime": uptime, "version": "0.16.1-abc", **more.pop("service", {})}
    shown = {"front_door": fps(5.0)} if cameras is None else cameras
    return {"cameras": shown, "service": service, "detection_fps": 1.5, **more}


def fps(frames: object, **more: object) -> dict[str, object]:
    return {"camera_fps": frames, "process_fps": frames, "skipped_fps": 0.0, "pid": 53} | more


def volume(free: float, used: float, total: float | None = None) -> dict[str, object]:
    whole = free + used if total is None else total
    return {"free": free, "used": used, "total": whole, "mount_type": "ext4"}


def of(frigate: Told, topic: str, body: object = b"", device: str = "front_door") -> Reading:
    """The last that was said of a device by a message nobody complained of."""
    said = frigate.hears(topic, body)
    assert not said.rejected
    return [one for one in said.readings if one.device == device][-1]


# The recorder's word


@pytest.mark.parametrize(
    ("body", "word"),
    [
        (b"online", "online"),
        (b"offline", "offline"),
        (b"stopped", "stopped"),  # a planned stop is not a lost recorder
        (b"Online", "online"),
        (b"", "removed"),
        (b"upgrading", "unknown"),
    ],
)
def test_available_has_three_values(frigate: Told, body: bytes, word: str) -> None:
    said = frigate.understands("available", body)
    assert (said.device, said.kind, said.word) == ("frigate", "state", word)
    assert said.guess is not None
    assert said.guess.type is DeviceType.RECORDER


def test_the_prefix_is_the_recorder_whatever_its_depth() -> None:
    told = Told("frigate", "sites/S1/nvr-2")
    assert told.understands("available", b"online").device == "sites/S1/nvr-2"


def test_a_planned_stop_is_one_for_every_camera_it_had(frigate: Told) -> None:
    frigate.hears("stats", stats(cameras={"yard": fps(4), "old": fps(4)}))
    frigate.hears("stats", stats(cameras={"yard": fps(4), "gate": fps(0)}))
    said = frigate.hears("available", b"stopped").readings
    assert [(one.device, one.word) for one in said] == [
        ("frigate", "stopped"),
        ("yard", "stopped"),
        ("gate", "stopped"),
    ]
    assert [one.device for one in frigate.hears("available", b"offline").readings] == ["frigate"]


# Both shapes of the statistics


def test_stats_up_to_0_12_have_the_cameras_at_the_top(frigate: Told) -> None:
    """A sample of 0.8.4: used and free are less than the total by the reserved blocks."""
    body = {
        "detection_fps": 13.7,
        "detectors": {"cpu1": {"detection_start": 0.0, "inference_speed": 91.43, "pid": 42}},
        "front_door": {"camera_fps": 4.1, "capture_pid": 53, "detection_fps": 6.0, "pid": 52},
        "service": {
            "storage": {RECORDINGS: volume(42429.9, 189607.0, 244529.7)},
            "uptime": 101113,
            "version": "0.8.4-09a4d6d",
        },
    }
    recorder, camera = frigate.hears("stats", body).readings
    assert recorder.metrics == {
        "uptime_s": 101113,
        "detection_fps": 13.7,
        "detection_ms:cpu1": 91.43,
        "recordings_free_pct": 18.29,
    }
    assert recorder.guess is not None
    assert recorder.guess.firmware == "0.8.4-09a4d6d"
    assert (camera.device, camera.metrics) == (
        "front_door",
        {"video_fps": 4.1, "detection_fps": 6.0},
    )
    assert camera.flags == {"video_loss": False}


def test_stats_since_0_13_have_them_under_cameras(frigate: Told) -> None:
    said = frigate.hears("stats", stats(cameras={"yard": fps(4.0), "gate": fps(0.0)}))
    assert [one.device for one in said.readings] == ["frigate", "yard", "gate"]
    assert [one.flags for one in said.readings[1:]] == [{"video_loss": False}, {"video_loss": True}]


def test_a_camera_called_cameras_in_the_old_shape(frigate: Told) -> None:
    said = frigate.hears("stats", {"cameras": fps(4.0), "service": {"uptime": 999}})
    assert [one.device for one in said.readings] == ["frigate", "cameras"]


def test_a_camera_is_guessed_behind_its_recorder(frigate: Told) -> None:
    guess = of(frigate, "stats", stats()).guess
    assert guess is not None
    assert (guess.type, guess.name, guess.via) == (DeviceType.CAMERA, "front_door", "frigate")


def test_fewer_than_a_tenth_of_a_frame_is_a_lost_picture(frigate: Told) -> None:
    assert of(frigate, "stats", stats(cameras={"front_door": fps(0.09)})).flags["video_loss"]
    assert not of(frigate, "stats", stats(cameras={"front_door": fps(0.1)})).flags["video_loss"]


def test_counters_of_a_recorder_that_has_just_started_are_empty(frigate: Told) -> None:
    said = of(frigate, "stats", stats(uptime=12, cameras={"front_door": fps(0, expected_fps=5)}))
    assert said.flags == {}
    assert "video_fps_pct" not in said.metrics


def test_no_frames_said_is_not_no_frames(frigate: Told) -> None:
    assert of(frigate, "stats", stats(cameras={"front_door": fps(None)})).flags == {}
    assert of(frigate, "stats", stats(cameras={"front_door": fps("")})).flags == {}


def test_frames_as_a_share_of_those_expected(frigate: Told) -> None:
    counted = fps(2.5, expected_fps=10, reconnects_last_hour=11, stalls_last_hour=3)
    said = of(frigate, "stats", stats(cameras={"front_door": counted}))
    assert said.metrics["video_fps_pct"] == 25
    assert (said.metrics["reconnects_per_h"], said.metrics["stalls_per_h"]) == (11, 3)
    nothing = fps(2.5, expected_fps=0)
    said = of(frigate, "stats", stats(cameras={"front_door": nothing}))
    assert "video_fps_pct" not in said.metrics


# The recorder's own health


def test_empty_figures_of_a_graphics_card_are_absent(frigate: Told) -> None:
    usages = {"intel-gpu": {"vendor": "intel", "gpu": "", "mem": ""}, "nvidia": {"gpu": "12.5%"}}
    said = of(frigate, "stats", stats(gpu_usages=usages), "frigate")
    assert {n: v for n, v in said.metrics.items() if n.startswith("gpu")} == {
        "gpu_pct:nvidia": 12.5
    }


def test_load_comes_as_text(frigate: Told) -> None:
    usages = {"frigate.full_system": {"cpu": "31.5", "mem": "64"}, "42": {"cpu": "99"}}
    said = of(frigate, "stats", stats(cpu_usages=usages), "frigate")
    assert (said.metrics["cpu_pct"], said.metrics["memory_pct"]) == (31.5, 64)


def test_a_hot_chip_is_a_curve_and_not_a_hot_recorder(frigate: Told) -> None:
    said = of(frigate, "stats", stats(service={"temperatures": {"apex_0": 71.3}}), "frigate")
    assert said.metrics["chip_temperature_c:apex_0"] == 71.3
    assert not any(name.split(":")[0] == "temperature_c" for name in said.metrics)


def test_the_time_of_the_statistics_is_the_recorders_clock(frigate: Told) -> None:
    said = frigate.hears("stats", stats(service={"last_updated": int(DAWN.timestamp())}))
    assert [one.t for one in said.readings] == [DAWN, None]  # cameras show none of theirs


def test_a_circle_of_recordings_is_full_by_design(frigate: Told) -> None:
    full = {RECORDINGS: volume(1 * GB, 99 * GB), CACHE: volume(0.1 * GB, 0.9 * GB)}
    said = of(frigate, "stats", stats(service={"storage": full}), "frigate")
    assert said.metrics["recordings_free_pct"] == 1
    assert said.metrics["disk_free_pct:cache"] == 10
    assert "disk_free_pct" not in said.metrics


def test_a_cache_on_the_volume_of_the_recordings_is_full_with_it(frigate: Told) -> None:
    one = {RECORDINGS: volume(1, 99), CACHE: volume(1, 99)}
    said = of(frigate, "stats", stats(service={"storage": one}), "frigate")
    assert not any(name.startswith("disk_free_pct") for name in said.metrics)


def test_a_volume_that_was_there_is_missed_and_one_that_never_was_is_not(frigate: Told) -> None:
    def flags(storage: dict[str, Any]) -> dict[str, bool]:
        return of(frigate, "stats", stats(service={"storage": storage}), "frigate").flags

    assert flags({RECORDINGS: {}}) == {"disk_missing": False}  # never configured
    assert flags({RECORDINGS: volume(5, 5)}) == {"disk_missing": False}
    assert flags({RECORDINGS: {}}) == {"disk_missing": True}
    assert flags({}) == {}  # not named: not said
    assert flags({RECORDINGS: volume(5, 5)}) == {"disk_missing": False}


# A status for each role


@pytest.mark.parametrize(
    ("role", "flag"),
    [
        ("detect", "video_loss"),
        ("record", "recording_stopped"),
        ("record_sub", "recording_stopped:sub"),
        ("audio", "audio_loss"),
    ],
)
def test_a_stream_being_restarted_is_offline(frigate: Told, role: str, flag: str) -> None:
    assert of(frigate, f"front_door/status/{role}", b"offline").flags[flag] is True
    assert of(frigate, f"front_door/status/{role}", b"online").flags[flag] is False


def test_disabled_is_not_a_fault_but_nothing_is_recorded(frigate: Told) -> None:
    of(frigate, "front_door/status/detect", b"offline")
    health = of(frigate, "front_door/status/detect", b"disabled")
    assert {"video_loss", "recording_stopped"} <= set(health.gone)  # neither good nor bad
    assert health.flags == {"recording_off": True}
    frigate.hears("front_door/status/record", b"disabled")
    assert of(frigate, "stats", stats(cameras={"front_door": fps(0)})).flags == {
        "recording_off": True
    }
    frigate.hears("front_door/status/detect", b"online")
    said = of(frigate, "front_door/status/record", b"online")
    assert said.flags == {"recording_off": False, "recording_stopped": False}


def test_a_camera_turned_off_has_no_frames_and_no_fault(frigate: Told) -> None:
    assert of(frigate, "front_door/enabled/state", b"OFF").flags == {"recording_off": True}
    said = of(frigate, "stats", stats(cameras={"front_door": fps(0, expected_fps=5)}))
    assert (said.flags, said.metrics) == ({"recording_off": True}, {})
    assert of(frigate, "front_door/enabled/state", b"ON").flags == {"recording_off": False}
    assert of(frigate, "stats", stats(cameras={"front_door": fps(0)})).flags == {"video_loss": True}


def test_recordings_turned_off_and_forgotten(frigate: Told) -> None:
    assert of(frigate, "front_door/recordings/state", b"OFF").flags == {"recording_off": True}
    said = of(frigate, "stats", stats())
    assert said.flags == {"recording_off": True, "video_loss": False}  # the picture is there
    assert of(frigate, "front_door/recordings/state", b"ON").flags == {"recording_off": False}


def test_frames_that_were_not_counted_say_more_than_the_word_online(frigate: Told) -> None:
    frigate.hears("stats", stats(cameras={"front_door": fps(0)}))
    assert "video_loss" not in of(frigate, "front_door/status/detect", b"online").flags
    frigate.hears("stats", stats(cameras={"front_door": fps(5)}))
    assert of(frigate, "front_door/status/detect", b"online").flags["video_loss"] is False


@pytest.mark.parametrize(
    ("topic", "body"),
    [
        ("front_door/status/detect", b"perhaps"),
        ("front_door/status/lunch", b"online"),
        ("front_door/recordings/state", b"MAYBE"),
        ("front_door/person", b"2"),
        ("front_door/person/snapshot", b"\xff\xd8\xff"),
        ("stats", b"[]"),
        ("stats", b"{}"),
        ("stats", b"{"),
        ("events", b"{}"),
        ("x" * 65 + "/status/detect", b"online"),
        ("a\x01b/status/detect", b"online"),
    ],
)
def test_what_is_not_understood_is_refused_with_its_reason(
    frigate: Told, topic: str, body: bytes
) -> None:
    assert frigate.refuses(topic, body)


def test_a_retained_word_that_was_deleted_says_nothing(frigate: Told) -> None:
    for topic in ("front_door/enabled/state", "front_door/status/record"):
        said = frigate.hears(topic, b"")
        assert not said.rejected
        assert all("video_loss" not in one.flags for one in said.readings)


# Events


def test_what_was_detected_is_only_a_sign_of_life(frigate: Told) -> None:
    body = {
        "type": "update",
        "before": {"id": "1607123955.475377-mxklsc", "camera": "front_door"},
        "after": {"camera": "front_door", "frame_time": 1607123962.082975, "end_time": None},
    }
    recorder, camera = frigate.hears("events", body).readings
    assert (recorder.device, recorder.kind) == ("frigate", "alive")
    assert (camera.device, camera.kind, camera.t) == ("front_door", "alive", None)


# Bounds


def test_pictures_and_counts_are_not_asked_for(frigate: Told) -> None:
    wanted = frigate.dialect.filters("frigate")
    assert "frigate/#" not in wanted
    assert "frigate/+/status/+" in wanted


def test_memory_is_bounded_and_a_camera_beyond_is_told(frigate: Told) -> None:
    for number in range(MOST_CAMERAS):
        assert not frigate.hears(f"cam-{number}/recordings/state", b"OFF").rejected
    said = frigate.hears("one-more/recordings/state", b"OFF")
    assert str(MOST_CAMERAS) in said.rejected
    assert said.readings[-1].flags == {"recording_off": True}
    assert not frigate.hears("cam-7/recordings/state", b"ON").rejected


def test_nothing_learnt_is_the_same_memory(frigate: Told) -> None:
    memory = frigate.hears("stats", stats()).memory
    said = frigate.dialect.read(
        memory, frigate.source, "frigate/events", b"{}", retained=False, now=DAWN
    )
    assert said.memory is memory


def test_a_recorder_that_has_been_up_for_no_second_has_just_started(frigate: Told) -> None:
    counted = {"yard": {"camera_fps": 0.0}}
    said = frigate.hears("stats", {"cameras": counted, "service": {"uptime": 0}})
    assert all("video_loss" not in one.flags for one in said.readings)


def test_an_event_with_one_side_empty_names_its_camera_on_the_other(frigate: Told) -> None:
    event = {"type": "new", "before": {"camera": "yard-2"}, "after": {"camera": None}}
    assert [one.device for one in frigate.hears("events", event).readings] == ["frigate", "yard-2"]
