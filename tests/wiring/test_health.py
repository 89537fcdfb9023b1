"""A heart that stops beating is noticed; one that ends in order is not missed."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from wiring import health

NOON = datetime(2026, 6, 15, 12, tzinfo=UTC)


def test_a_beat_is_read_by_another(tmp_path: Path) -> None:
    health.Heart(tmp_path, "collector", lambda: NOON).beat(words="connected")
    beat = health.read(tmp_path, "collector")
    assert beat
    assert (beat.name, beat.ok, beat.words, beat.at) == ("collector", True, "connected", NOON)
    assert beat.healthy(NOON + timedelta(seconds=15))
    assert not beat.healthy(NOON + timedelta(seconds=16))
    assert [one.name for one in health.beats(tmp_path)] == ["collector"]


def test_the_disk_is_touched_only_when_something_changed(tmp_path: Path) -> None:
    times = iter(NOON + timedelta(seconds=step) for step in (0, 1, 1, 3))
    heart = health.Heart(tmp_path, "web", lambda: next(times))
    heart.beat()
    heart.beat()
    assert (beat := health.read(tmp_path, "web"))
    assert beat.at == NOON
    heart.beat(ok=False, words="database down")
    assert (beat := health.read(tmp_path, "web"))
    assert not beat.healthy(NOON)
    heart.beat(ok=False, words="database down")
    assert (beat := health.read(tmp_path, "web"))
    assert beat.at == NOON + timedelta(seconds=3)
    heart.stop()
    assert health.read(tmp_path, "web") is None


def test_a_broken_file_is_no_beat_and_odd_names_are_refused(tmp_path: Path) -> None:
    (tmp_path / "health").mkdir()
    (tmp_path / "health/web.json").write_text("{")
    assert health.read(tmp_path, "web") is None
    assert health.beats(tmp_path) == []
    with pytest.raises(ValueError, match="no process"):
        health.read(tmp_path, "../x")
