"""kill -9 in the middle of sending: no page lost, repeated only where the outcome is unknown."""

import contextlib
import threading
from collections import Counter
from collections.abc import Iterator
from functools import partial

from rules.notices import Result, State
from storage.db import Database
from tests import started
from tests.company import LI
from tests.notify.desk import all_notices, founded, leases_run_out, results, settled, tell
from tests.notify.receivers import HELD_S, Answer, Request, WebServer
from tests.started import Started
from tests.waiting import until

PAGES, KILLS = 40, 3


@contextlib.contextmanager
def sender_process(database_url: str, web: WebServer) -> Iterator[Started]:
    process = started.start("tests.notify.sending_process", database_url, web.where)
    try:
        yield process
    finally:
        process.kill()
        process.wait(60)


class Hold:
    """Caught in the middle: what comes later is taken by the provider, and not yet answered."""

    def __init__(self, web: WebServer, *, after: int) -> None:
        self._web, self._after = web, after
        self.let_go = threading.Event()

    def __call__(self, _: Request) -> Answer:
        if len(self._web.requests) > self._after:
            self.let_go.wait(HELD_S)
        return Answer()


def test_no_page_is_lost_and_at_most_one_repeated_for_each_unknown_outcome(
    database: Database, database_url: str, web: WebServer
) -> None:
    firm = founded(database)
    for number in range(PAGES):
        tell(database, firm.people[LI], f"n{number}")
    for kill in range(1, KILLS + 1):
        web.judge = hold = Hold(web, after=8 * kill)
        with sender_process(database_url, web):
            until(partial(_came, web, 8 * kill + 1), timeout_s=120)
        assert _states(database)[State.SENDING]
        leases_run_out(database)
        hold.let_go.set()
    web.judge = None
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
