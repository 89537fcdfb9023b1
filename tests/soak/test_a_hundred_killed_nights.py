"""100 times kill -9 of scheduler and sender, in every state of a notice: no page lost.

Some of them, one in each state, are in `tests/notify/test_killed_nights.py`.
`RINGWATCH_SOAK_KILLS` shortens it while one works on it.
"""

import os

import pytest

from storage.db import Database
from tests.notify import killed_nights
from tests.notify.desk import founded
from tests.notify.killed_nights import EACH, Night
from tests.notify.receivers import WebServer, web_server

KILLS = int(os.environ.get("RINGWATCH_SOAK_KILLS", "100"))


@pytest.mark.soak
def test_a_hundred_kills_lose_no_page_and_repeat_one_only_where_nobody_knows(
    database: Database, database_url: str
) -> None:
    with web_server() as web:
        _a_hundred(database, database_url, web)


def _a_hundred(database: Database, database_url: str, web: WebServer) -> None:
    night = Night(database, database_url, founded(database, devices=EACH * KILLS), web)
    for moment in killed_nights.every_moment(KILLS):
        night.lives_and_dies(moment)
    night.ends()
    killed_nights.nothing_lost(database)
    killed_nights.repeated_only_where_unknown(database, web, night.refused)
    assert killed_nights.unknown_outcomes(database)
