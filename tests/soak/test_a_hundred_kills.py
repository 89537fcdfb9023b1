"""0 lost in 100 kills in the middle of a stream, on PostgreSQL.

With a dying broker, on SQLite: `tests/collector/test_kills.py`.
`RINGWATCH_SOAK_KILLS` shortens it while one works on it.
"""

import os
import random
import threading
from pathlib import Path

import pytest

from collector.mqtt import FILTER
from storage.db import Database
from tests.collector import test_kills as kills
from tests.collector.field import Field
from tests.collector.test_kills import DEVICES, SLOW, Killable, broker, collector, ears
from tests.servers import Mosquitto
from tests.waiting import until

__all__ = ["broker", "collector"]  # fixtures

KILLS = int(os.environ.get("RINGWATCH_SOAK_KILLS", "100"))
EACH = 4 * DEVICES * 5  # messages between two kills: every device through five whole turns
LONGEST_LIFE_S = 0.4  # after its first commit


@pytest.mark.soak
@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
def test_a_hundred_kills_lose_nothing_and_double_nothing(
    database: Database,
    telemetry: Database,
    broker: Mosquitto,
    collector: Killable,
    tmp_path: Path,
) -> None:
    field = Field(database, telemetry, tmp_path)
    for number in range(DEVICES):
        field.has(f"d{number}")
    collector.start()
    until(lambda: ears(database).session == FILTER, timeout_s=SLOW)
    chance, nobody = random.Random(20260615), threading.Event()  # noqa: S311 - the moment of a kill
    for kill in range(KILLS):
        goal = ears(database).messages + 1
        numbers = range(kill * EACH, (kill + 1) * EACH)
        speaking = threading.Thread(target=kills.publish, args=(broker, numbers))
        speaking.start()
        kills.taken(database, goal)
        nobody.wait(chance.uniform(0, LONGEST_LIFE_S))
        collector.kill()  # most often in the middle of what is being said
        collector.start()
        speaking.join()
    kills.taken(database, KILLS * EACH)
    before = ears(database).watermark
    until(lambda: ears(database).watermark != before, timeout_s=SLOW)
    assert (ears(database).messages, ears(database).rejected) == (KILLS * EACH, 0)
    kills._every_effect_once(database, KILLS * EACH // DEVICES)  # noqa: SLF001 - the same proof
