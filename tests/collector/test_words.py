"""Words, wills, silence and coming back: what a device says of itself, and what it leaves out."""

import pytest

from tests.collector.field import Field

HOT, COOL = {"temperature_c": 55}, {"temperature_c": 40}


def test_a_last_will_is_held_before_it_counts(field: Field) -> None:
    field.has("cam")
    field.says("cam")
    field.word("cam", "offline")
    field.passes(115)
    assert field.open() == []
    field.passes(10)
    assert field.open() == [("cam", "DEV_OFFLINE")]
    assert field.faults()[0].why == "last_will"


def test_data_void_a_held_will(field: Field) -> None:
    field.has("cam")
    field.says("cam")
    field.word("cam", "offline")
    field.passes(60)
    field.says("cam")
    field.passes(100)
    assert field.open() == []
    assert field.last("cam").wire_state != "offline"  # or the board would doubt it for ever


def test_the_late_will_of_an_old_session_blames_nobody(field: Field) -> None:
    field.has("cam")
    field.word("cam", "online")
    field.word("cam", "offline")
    field.voices["cam"] = {}
    field.passes(minutes=5)
    assert field.open() == []


@pytest.mark.parametrize("word", ["offline", "online", "sleeping"])
def test_a_retained_word_is_not_news(field: Field, word: str) -> None:
    field.has("cam")
    field.says("cam")
    heard_at = field.now
    field.passes(30)
    field.word("cam", word, retained=True)
    assert field.last("cam").last_heard_at == heard_at
    field.passes(160)
    assert field.open() == [("cam", "DEV_OFFLINE")]  # by its silence, after 180 s
    assert field.faults()[0].why == "silent"


def test_retained_health_opens_and_clears_nothing(field: Field) -> None:
    field.has("cam")
    field.says("cam", flags={"tamper": False})
    for _ in range(3):
        field.takes(field.message("cam", "health", {"flags": {"tamper": True}}, retained=True))
        field.passes(20)
    field.takes(field.message("cam", "event", {"code": "TAMPER", "active": True}, retained=True))
    field.passes(20)
    assert field.open() == []


def test_announced_sleep_and_waking(field: Field) -> None:
    field.has("cam")
    field.word("cam", "sleeping")
    field.passes(minutes=60, beat_s=60)
    assert field.open() == []
    field.word("cam", "online")
    field.passes(minutes=4)
    assert field.open() == [("cam", "DEV_OFFLINE")]


def test_a_planned_stop_ends_with_the_next_reading(field: Field) -> None:
    field.has("cam")
    field.word("cam", "stopped")
    field.passes(minutes=60, beat_s=60)
    assert field.open() == []
    field.says("cam")
    field.passes(minutes=4)
    assert field.open() == [("cam", "DEV_OFFLINE")]


def test_an_unknown_word_is_never_healthy(field: Field) -> None:
    field.has("cam")
    field.says("cam")
    field.word("cam", "kaput")
    assert field.last("cam").wire_state == "unknown"
    field.passes(minutes=4)
    assert field.open() == [("cam", "DEV_OFFLINE")]


# Silence and coming back


def test_back_only_after_two_minutes_of_data(field: Field) -> None:
    field.has("cam")
    field.says("cam")
    field.passes(minutes=4)
    assert field.open() == [("cam", "DEV_OFFLINE")]
    field.word("cam", "online")
    field.passes(minutes=2.5)
    assert field.open() == [("cam", "DEV_OFFLINE")]  # a birth is one word, not two minutes of data
    field.voices["cam"] = {}
    field.passes(minutes=3)
    assert field.open() == []


def test_gone_again_before_it_was_back_is_one_fault(field: Field) -> None:
    field.has("cam")
    field.says("cam")
    field.passes(minutes=4)
    for _ in range(3):
        field.says("cam")
        field.passes(minutes=32)  # seldom enough not to be flapping
    [fault] = field.faults()
    assert fault.code == "DEV_OFFLINE"


def test_a_silent_device_is_not_getting_well(field: Field) -> None:
    field.has("cam")
    field.voices["cam"] = {"metrics": HOT}
    field.passes(minutes=17)
    field.voices["cam"] = {"metrics": COOL}
    field.passes(minutes=1)
    del field.voices["cam"]
    field.passes(minutes=30)
    assert field.open() == [("cam", "TEMP_HIGH"), ("cam", "DEV_OFFLINE")]
    field.voices["cam"] = {"metrics": COOL}
    field.passes(minutes=10)
    assert field.open() == [("cam", "TEMP_HIGH")]
    field.passes(minutes=6)
    assert field.open() == []


def test_on_the_list_and_never_heard(field: Field) -> None:
    field.has("old")
    field.has("new", enrolled_at=field.now)
    field.has("mute", monitored="no")
    field.restarts()
    field.passes(10)
    assert field.open() == [("old", "NO_DATA_YET")]
    assert (field.orders(), field.told()) == ([], [])
    field.says("old")
    assert field.open() == []


def test_interval_said_by_the_device_counts_where_the_list_is_silent(field: Field) -> None:
    field.has("cam", reporting_interval_s=None)
    field.says("cam", interval=600)
    field.passes(minutes=29, beat_s=30)
    assert field.open() == []
    field.passes(minutes=2)
    assert field.open() == [("cam", "DEV_OFFLINE")]
