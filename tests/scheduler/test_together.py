"""Several schedulers at once, killed, and with a clock that is turned under them: real ones.

Each asserts the same: nothing lost, nothing doubled, nothing more than 2 s late.
"""

import contextlib
import queue
import signal
import subprocess
import threading
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from sqlalchemy import event

from operations import work_orders as order_desk
from operations.alerts import CLOCK_STEP
from operations.dead_letters import NOTIFY_FAILED
from rules.model import OrderId, WorkOrder
from rules.policy import Policy
from scheduler import tick as tick_module
from scheduler.run import DATABASE_DOWN, STOPPED, WRONG_CLOCK, keep_promises, tell_steps
from storage import alerts, deadlines
from storage import work_orders as order_rows
from storage.db import Database, connect, reading, transaction
from storage.deadlines import Kind
from tests import company as companies
from tests import started
from tests.company import CHEN, LI, WANG, Company
from tests.scheduler import kept
from tests.scheduler.door import QUICK, parts_on
from tests.started import Started
from tests.waiting import until
from wiring import health
from wiring.clock import Clock, SteadyClock

NIGHT_S = 3.0  # the last rung of the quick ladder
CLOCK = SteadyClock()


def found(database: Database, devices: int) -> Company:
    with transaction(database) as tx:
        return companies.found(tx, devices=devices)


def breaks_everywhere(database: Database, company: Company, clock: Clock) -> list[WorkOrder]:
    opened = []
    for number in range(len(company.devices)):
        with transaction(database) as tx:
            opened.append(companies.breaks(tx, company, number, QUICK, clock()))
    return opened


def promised(order: WorkOrder) -> list[tuple[str, datetime]]:
    rungs = ((LI, 0), (LI, 1), (WANG, 2), (CHEN, 3))
    return [(who, order.opened_at + timedelta(seconds=s)) for who, s in rungs]


def assert_night_kept(database: Database, orders: Sequence[WorkOrder]) -> None:
    for order in orders:
        kept.assert_kept(kept.pages(database, order.id), promised(order))
        # nobody sends here, so nobody tried the head: after twice 0.75 s the receiver goes
        gone_at = order.opened_at + timedelta(seconds=1.5)
        kept.assert_kept(kept.sent_off(database, order.id), [(LI, gone_at)])


@contextlib.contextmanager
def schedulers(database_url: str, folder: Path, number: int) -> Iterator[None]:
    """So many of them in threads, each with connections and a clock of its own."""
    stop = threading.Event()
    codes: list[int] = []
    open_ones = [connect(database_url) for _ in range(number)]

    def _one(own: Database) -> None:
        with contextlib.closing(parts_on(own, folder)) as parts:
            codes.append(keep_promises(parts, stop))

    threads = [threading.Thread(target=_one, args=(own,)) for own in open_ones]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert codes == [STOPPED] * number


def all_is_said(database: Database, orders: Sequence[WorkOrder]) -> bool:
    return all(
        len(kept.pages(database, order.id)) >= 4 and kept.sent_off(database, order.id)
        for order in orders
    )


def test_four_schedulers_at_once(database: Database, database_url: str, tmp_path: Path) -> None:
    company = found(database, 40)
    with schedulers(database_url, tmp_path, 4):
        orders = breaks_everywhere(database, company, CLOCK)
        until(lambda: all_is_said(database, orders), timeout_s=120, every_s=0.2)
    assert_night_kept(database, orders)


@contextlib.contextmanager
def door(database_url: str, how: str, folder: Path) -> Iterator[Started]:
    words = ("tests.scheduler.door", database_url, how, str(folder))
    process = started.start(*words, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def test_killed_between_claim_and_commit(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    company = found(database, 1)
    order = breaks_everywhere(database, company, CLOCK)[0]
    opened_at = order.opened_at
    with transaction(database) as tx:
        deadlines.put(tx, Kind.HEAD, "order", order.id, None)
    rung = opened_at + timedelta(seconds=1)
    until(lambda: rung <= CLOCK())
    for _ in range(3):
        with door(database_url, "stalls", tmp_path) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "claimed\n"
            process.send_signal(signal.SIGKILL)
            process.wait()
        assert [who for who, _ in kept.pages(database, order.id)] == [LI]
    until(lambda: tick_module.tick(database, QUICK, lambda: rung).settled, every_s=0.1)
    assert kept.pages(database, order.id) == [(LI, opened_at), (LI, rung)]


def test_killed_again_and_again_while_another_goes_on(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    company = found(database, 20)
    with schedulers(database_url, tmp_path / "survivor", 1):
        orders = breaks_everywhere(database, company, CLOCK)
        for number in range(2):
            with door(database_url, "keeps", tmp_path / f"victim-{number}") as process:
                assert process.stderr is not None
                assert any("keeping promises" in line for line in process.stderr)
                process.send_signal(signal.SIGKILL)
        until(lambda: all_is_said(database, orders), timeout_s=120, every_s=0.2)
    assert_night_kept(database, orders)


def test_a_clock_set_back_one_hour_delays_no_promise(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    """APScheduler counts by the wall clock and falls silent; the watchdog starts it again."""
    company = found(database, 5)
    with time_machine.travel(datetime.now(UTC), tick=True) as wall:
        with schedulers(database_url, tmp_path, 2):
            steady = SteadyClock()
            orders = breaks_everywhere(database, company, steady)
            wall.shift(-3600)
            assert datetime.now(UTC) < orders[0].opened_at
            until(lambda: all_is_said(database, orders), timeout_s=120, every_s=0.2)
            until(lambda: CLOCK_STEP in open_alerts(database))
        assert_night_kept(database, orders)
    with reading(database) as tx:
        raised = [alert for alert in alerts.open_ones(tx) if alert.code == CLOCK_STEP]
    assert raised[0].facts["seconds"] == pytest.approx(-3600, abs=2)


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_a_jump_that_meets_a_busy_database_is_told_by_the_next_tick(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    found(database, 1)
    impatient = connect(database_url)
    event.listen(impatient.writer, "connect", _waits_for_nobody)
    steps: queue.SimpleQueue[float] = queue.SimpleQueue()
    steps.put(-3600.0)
    with contextlib.closing(impatient), contextlib.closing(parts_on(impatient, tmp_path)) as parts:
        with transaction(database):
            tell_steps(parts, steps)
            assert open_alerts(database) == set()
        tell_steps(parts, steps)
    assert open_alerts(database) == {CLOCK_STEP}


def _waits_for_nobody(connection: Any, _: object) -> None:
    connection.execute("PRAGMA busy_timeout=0")


def test_the_real_door_stops_in_order_when_told(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    """With its sender: without a channel nobody is reached, and that is said on the board."""
    breaks_everywhere(database, found(database, 1), CLOCK)
    with door(database_url, "runs", tmp_path) as process:
        until(lambda: health.read(tmp_path, "scheduler"))
        until(lambda: open_alerts(database) == {NOTIFY_FAILED}, timeout_s=120, every_s=0.2)
        process.send_signal(signal.SIGTERM)
        assert process.wait(120) == STOPPED
    assert health.read(tmp_path, "scheduler") is None


def open_alerts(database: Database) -> set[str]:
    with reading(database) as tx:
        return {alert.code for alert in alerts.open_ones(tx)}


def test_a_clock_from_before_the_release_is_refused(database: Database, tmp_path: Path) -> None:
    long_ago = datetime(2020, 1, 1, tzinfo=UTC)
    with (
        time_machine.travel(long_ago),
        contextlib.closing(parts_on(database, tmp_path)) as parts,
    ):
        assert keep_promises(parts, threading.Event()) == WRONG_CLOCK


def test_a_dead_database_ends_the_process(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    database = connect(f"sqlite:///{tmp_path}/nowhere/ringwatch.db")
    with contextlib.closing(parts_on(database, tmp_path)) as parts:
        assert keep_promises(parts, threading.Event()) == DATABASE_DOWN
    assert "the database is gone" in caplog.text


LONG = Policy()


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
@pytest.mark.parametrize("races", [100, pytest.param(1_000, marks=pytest.mark.soak)])
def test_acknowledging_races_the_tick(database: Database, races: int) -> None:
    """On PostgreSQL, where locks are taken row by row: no deadlock surfaces, no page is lost.

    Two people take the orders from both ends while two schedulers settle all of them.
    """
    company = found(database, 20)
    now = CLOCK()
    with transaction(database) as tx:
        ids = [companies.breaks(tx, company, n, LONG, now).id for n in range(20)]
    for number in range(races // len(ids)):
        now += timedelta(minutes=5)
        race(database, company, ids, now)
        settle(database, now)  # what an acknowledgement held just then
        assert kept.owed(database, now) == [], f"round {number}"
        for order_id in ids:
            said = kept.pages(database, order_id)
            assert len(said) == len(set(said)), "nobody is called twice at one instant"
            with transaction(database) as tx:
                order = order_rows.lock(tx, order_id)
                assert order is not None
                assert order.received_by == company.id_of(LI)
                assert deadlines.find(tx, Kind.LADDER, "order", order_id) is None
                order_rows.change(
                    tx, order_id, received_by=None, received_at=None, assignee_id=None
                )
                deadlines.put(tx, Kind.LADDER, "order", order_id, now + timedelta(minutes=5))


def settle(database: Database, now: datetime) -> None:
    tick_module.tick(database, LONG, lambda: now)


def race(database: Database, company: Company, ids: Sequence[OrderId], now: datetime) -> None:
    barrier = threading.Barrier(4)
    errors: list[BaseException] = []

    def _acknowledge(mine: Sequence[OrderId]) -> None:
        barrier.wait()
        for order_id in mine:
            with transaction(database) as tx:
                order_desk.acknowledge(tx, order_id, company.id_of(LI), now)

    def _tick(_: Sequence[OrderId]) -> None:
        barrier.wait()
        settle(database, now)

    def _guarded(work: object, mine: Sequence[OrderId]) -> None:
        try:
            work(mine)  # type: ignore[operator]
        except BaseException as error:  # noqa: BLE001 - told to the test's own thread
            errors.append(error)

    half = len(ids) // 2
    plan = [(_acknowledge, ids[:half]), (_acknowledge, ids[half:][::-1]), (_tick, ()), (_tick, ())]
    threads = [threading.Thread(target=_guarded, args=each) for each in plan]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
