"""The pings of the dead-man's switch are kept for a while, and no longer."""

from datetime import UTC, datetime, timedelta

from rules.dead_man import Ping
from storage import outside_pings
from storage.db import Database, reading, transaction

NOW = datetime(2026, 11, 23, tzinfo=UTC)


def test_the_newest_are_kept_with_their_answers(database: Database) -> None:
    pings = [
        Ping(
            at=NOW + timedelta(minutes=n),
            sent=n != 3,
            taken=n in {1, 2},
            words=f"{n}",
            checks={"beat": True, "echo": n != 3},
        )
        for n in range(5)
    ]
    with transaction(database) as tx:
        assert outside_pings.last_taken(tx) is None
        for one in pings:
            outside_pings.add(tx, one, keep=3)
    with reading(database) as tx:
        assert outside_pings.newest(tx, limit=10) == pings[:1:-1]
        assert outside_pings.newest(tx, limit=1) == pings[-1:]
        assert outside_pings.last_taken(tx) == pings[2].at
