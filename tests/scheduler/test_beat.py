"""The metronome: it goes on after any stop of the wall clock, and ends loudly."""

import threading
from datetime import UTC, datetime, timedelta

import pytest

from scheduler import beat as beats
from scheduler.beat import Beat, DeadBeatError, Every, Job, watch
from tests.waiting import until

T0 = datetime(2026, 11, 23, tzinfo=UTC)


def test_after_a_stop_of_a_month_it_fires_once() -> None:
    every = Every(0.25)
    back = T0 + timedelta(days=30)
    assert every.get_next_fire_time(None, T0) == T0
    assert every.get_next_fire_time(T0, T0) == T0 + timedelta(seconds=0.25)
    assert every.get_next_fire_time(T0, back) == back + timedelta(seconds=0.25)


def test_what_a_job_raises_ends_the_beat() -> None:
    ended = threading.Event()
    beat = Beat(on_end=ended.set)

    def _fails() -> None:
        raise RuntimeError("no floor under us")

    beat.add(Job(name="tick", every_s=0.01, work=_fails))
    beat.start()
    try:
        assert ended.wait(60)
    finally:
        beat.stop()
    assert str(beat.ended_by) == "no floor under us"


def test_a_beat_that_hangs_is_said_and_then_given_up(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """With limits of a tenth of a second instead of ten and sixty seconds."""
    monkeypatch.setattr(beats, "NUDGE_S", 0.05)
    monkeypatch.setattr(beats, "LATE_S", 0.1)
    free = threading.Event()
    beat = Beat(on_end=lambda: None)
    beat.add(Job(name="tick", every_s=0.01, work=free.wait))
    beat.start()
    try:
        until(lambda: beat.age_s("tick") > beats.LATE_S)
        assert watch(beat, "tick", said=False)
        assert "no tick for" in caplog.text
        monkeypatch.setattr(beats, "DEAD_S", 0.4)
        until(lambda: beat.age_s("tick") > beats.DEAD_S)
        with pytest.raises(DeadBeatError):
            watch(beat, "tick", said=True)
    finally:
        free.set()
        beat.stop()
