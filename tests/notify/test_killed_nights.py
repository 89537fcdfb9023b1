"""kill -9 of scheduler and sender, once in every state of a notice; a hundred in `make soak`."""

from storage.db import Database
from tests.notify import killed_nights
from tests.notify.desk import founded
from tests.notify.killed_nights import Night
from tests.notify.night_process import MOMENTS
from tests.notify.receivers import WebServer

KILLS = len(MOMENTS)


def test_no_page_is_lost_whenever_they_die(
    database: Database, database_url: str, web: WebServer
) -> None:
    night = Night(
        database, database_url, founded(database, devices=killed_nights.EACH * KILLS), web
    )
    for moment in killed_nights.every_moment(KILLS):
        night.lives_and_dies(moment)
    night.ends()
    assert set(night.died) == set(MOMENTS)  # each came to its moment by itself
    killed_nights.nothing_lost(database)
    killed_nights.repeated_only_where_unknown(database, web, night.refused)
    assert killed_nights.unknown_outcomes(database), "nobody died with a letter in hand"
