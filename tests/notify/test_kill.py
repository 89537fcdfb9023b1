"""kill -9 in the middle of sending: no page lost, repeated only where the outcome is unknown."""

import contextlib
from collections import Counter
from collections.abc import Iterator
from functools import partial

from rules.notices import Result, State
from storage.db import Database
from tests import started
from tests.company import LI
from tests.notify.desk import all_notices, founded, results, settled, tell
from tests.notify.receivers import WebServer
from tests.started import Started
from tests.waiting import until

PAGES, KILLS, LEASE_S = 40, 3, 1.0


@contextlib.contextmanager
def sender_process(database_url: str, web: WebServer) -> Iterator[Started]:
    process = started.start("tests.notify.sending_process", database_url, web.where, str(LEASE_S))
    try:
        yield process
    finally:
        process.kill()
        process.wait(60)


def test_no_page_is_lost_and_at_most_one_repeated_for_each_unknown_outcome(
    database: Database, database_url: str, web: WebServer
) -> None:
    firm = founded(database)
    for number in range(PAGES):
        tell(database, firm.people[LI], f"n{number}")
    for kill in range(1, KILLS + 1):
        web.gate.set()
        with sender_process(database_url, web):
            until(partial(_came, web, 8 * kill), timeout_s=120)
            web.gate.clear()  # caught in the middle: taken by the provider, not yet answered
            until(lambda: _states(database)[State.SENDING])
    web.gate.set()
    with sender_process(database_url, web):
        found = settled(database, timeout_s=120)
    assert {notice.state for notice in found} == {State.SENT}
    arrived = Counter(request.headers["Idempotency-Key"].split("-")[1] for request in web.requests)
    unknown = {str(notice.id): results(database, notice).count(Result.UNKNOWN) for notice in found}
    assert set(arrived) == set(unknown)
    for name, times in arrived.items():
        assert times <= 1 + unknown[name], f"notice {name} came {times} times"
    assert sum(unknown.values()) <= 2 * KILLS


def _came(web: WebServer, least: int) -> bool:
    return len(web.requests) >= least


def _states(database: Database) -> Counter[str]:
    return Counter(notice.state for notice in all_notices(database))
