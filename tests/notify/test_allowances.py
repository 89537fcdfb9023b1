"""A provider's limit holds for all senders of ours together, and over a kill -9 (D05, ADR 38)."""

import contextlib
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

from notify.dispatch import Sender
from rules.model import Address
from rules.notices import State
from storage.db import Database
from tests import started
from tests.company import LI, WANG, Company
from tests.notify import robots
from tests.notify.desk import Turned, all_notices, channel, founded, sending, states, tell
from tests.notify.receivers import Answer, WebServer
from tests.waiting import until

MOST = 3


@contextlib.contextmanager
def senders(database_url: str, web: WebServer, robot: str, *, count: int) -> Iterator[None]:
    """As many processes at work on one outbox; they end by kill -9. Time stands still for them."""
    asked = ("tests.notify.sending_process", database_url, web.where, robot, Turned()().isoformat())
    at_work = [started.start(*asked, stdout=subprocess.PIPE) for _ in range(count)]
    try:
        for one in at_work:
            assert one.stdout is not None
            assert one.stdout.readline() == "at work\n"
        yield
    finally:
        for one in at_work:
            one.kill()
            one.communicate(60)


def all_look(database: Database, firm: Company, other: WebServer, *, name: str) -> None:
    """Letters by a way without limits, one after the other: whoever is at work has looked."""
    wang = replace(firm.people[WANG], channels=(Address("ntfy", "wang@ntfy"),))
    before = len(other.requests)
    for number in range(10):
        tell(database, wang, f"{name}{number}")
        until(partial(_came, other, before + number + 1))


def test_two_senders_and_one_that_follows_a_killed_one_keep_to_one_allowance(
    database: Database, database_url: str, web: WebServer, other_web: WebServer, tmp_path: Path
) -> None:
    firm = founded(database)
    web.gate.clear()  # each holds as many letters at the provider as it may
    robot = robots.address("dingtalk", web.where, tmp_path, more=f"&per_min={MOST}&reserved_pct=0")
    with senders(database_url, other_web, robot, count=2):
        for number in range(4 * MOST):
            tell(database, firm.people[LI], f"n{number}")
        until(partial(_came, web, MOST))
        all_look(database, firm, other_web, name="a")
        assert len(web.requests) == MOST
    with senders(database_url, other_web, robot, count=1):
        all_look(database, firm, other_web, name="b")
    assert len(web.requests) == MOST
    states = [one.state for one in all_notices(database) if one.channel == "mail"]
    assert states.count(State.WAITING) == 3 * MOST


def test_who_asked_to_be_left_alone_is_left_alone_by_all_senders_and_by_the_next(
    database: Database, web: WebServer, other_web: WebServer
) -> None:
    firm, clock = founded(database), Turned()
    web.answers = [Answer(429, {"Retry-After": "500"})]

    def sender() -> contextlib.AbstractContextManager[Sender]:
        ways = channel("mail", web.where) | channel("ntfy", other_web.where)
        return sending(database, ways, clock=clock)

    with sender(), sender():
        tell(database, firm.people[LI], "one")
        until(lambda: states(database) == [State.FAILED])
        tell(database, firm.people[LI], "two")
        all_look(database, firm, other_web, name="a")
    clock.passes(499)
    with sender():
        all_look(database, firm, other_web, name="b")
        assert len(web.requests) == 1
        clock.passes(2)
        until(partial(_came, web, 3))


def _came(web: WebServer, least: int) -> bool:
    return len(web.requests) >= least
