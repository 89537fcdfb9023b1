"""The last words of a batch, written through the driver and read back through the tables."""

from datetime import UTC, datetime, timedelta

import pytest

from rules.model import DeviceId
from storage import states
from storage.db import Database, reading, transaction
from storage.states import LastWord
from tests.storage.assets import a_site, some_devices

AT = datetime(2026, 6, 15, 1, 2, 3, 456789, tzinfo=UTC)


@pytest.fixture
def device_ids(database: Database) -> list[DeviceId]:
    with transaction(database) as tx:
        return some_devices(tx, a_site(tx, "S1"), 3)


def _word(device_id: DeviceId, **more: float) -> LastWord:
    return LastWord(
        device_id=device_id,
        wire_state="online",
        wire_state_at=AT - timedelta(hours=1),
        last_heard_at=AT,
        device_t=AT - timedelta(seconds=2),
        seq=7,
        clock_offset_s=-2.0,
        interval_s=60.0,
        metrics={"temperature_c": 41.5, **more},
        flags={"tamper": False, "mains": True},
    )


def test_every_column_comes_back_as_it_was_said(
    database: Database, device_ids: list[DeviceId]
) -> None:
    said = [_word(device_id) for device_id in device_ids]
    with transaction(database) as tx:
        states.put_all(tx, said)
    with reading(database) as tx:
        assert states.everything(tx) == {word.device_id: word for word in said}
        assert states.get(tx, device_ids[1]) == said[1]
        assert states.of_devices(tx, device_ids[:2]) == {w.device_id: w for w in said[:2]}


def test_a_later_word_replaces_the_earlier(database: Database, device_ids: list[DeviceId]) -> None:
    with transaction(database) as tx:
        states.put_all(tx, [_word(device_ids[0])])
        states.put_all(tx, [LastWord(device_id=device_ids[0], wire_state="offline")])
    with reading(database) as tx:
        assert states.get(tx, device_ids[0]) == LastWord(
            device_id=device_ids[0], wire_state="offline"
        )


def test_a_naive_instant_is_refused(database: Database, device_ids: list[DeviceId]) -> None:
    naive = LastWord(device_id=device_ids[0], last_heard_at=AT.replace(tzinfo=None))
    with pytest.raises(ValueError, match="naive"), transaction(database) as tx:
        states.put_all(tx, [naive])
