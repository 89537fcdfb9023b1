"""Promises under a turned clock: kept once, after any stop, and whatever one of them does."""

from datetime import UTC, datetime, timedelta

import pytest

from operations import alerts as alert_desk
from operations import work_orders as order_desk
from rules.model import OrderId, Severity
from rules.policy import Policy
from scheduler import tick as tick_module
from scheduler.tick import Round, tick
from storage import alerts, deadlines, ledger, outbox
from storage import faults as fault_rows
from storage import work_orders as order_rows
from storage.company import set_fact
from storage.db import Database, reading, transaction
from storage.deadlines import Kind
from tests import company as companies
from tests.company import CHEN, LI, WANG, Company
from tests.scheduler import kept

T0 = datetime(2026, 11, 23, 1, 2, tzinfo=UTC)
POLICY = Policy()


def at(**time: float) -> datetime:
    return T0 + timedelta(**time)


def tick_at(database: Database, now: datetime) -> Round:
    return tick(database, POLICY, lambda: now)


@pytest.fixture
def company(database: Database) -> Company:
    with transaction(database) as tx:
        return companies.found(tx, devices=12)


@pytest.fixture
def order_id(database: Database, company: Company) -> OrderId:
    with transaction(database) as tx:
        return companies.breaks(tx, company, 0, POLICY, T0).id


def test_the_first_moment_pages_duty_and_tells_the_head(
    database: Database, company: Company, order_id: OrderId
) -> None:
    with reading(database) as tx:
        order = order_rows.get(tx, order_id)
        notices = ledger.of_order(tx, order_id)
    assert order is not None
    assert (order.first_paged_id, order.head_id) == (company.id_of(LI), company.id_of(CHEN))
    assert order.head_informed_at == order.ladder_started_at == T0
    assert order.pages_made == 1
    assert {(n.kind, n.target) for n in notices} == {
        ("page", "li@mail"),
        ("page", "li@ntfy"),
        ("report", "chen@mail"),
        ("report", "chen@ntfy"),
    }


def test_the_night_minute_by_minute(database: Database, order_id: OrderId) -> None:
    for minute in range(1, 32):
        tick_at(database, at(minutes=minute))
    assert kept.pages(database, order_id) == [
        (LI, T0),
        (LI, at(minutes=5)),
        (WANG, at(minutes=10)),
        (LI, at(minutes=15)),
        (CHEN, at(minutes=15)),
        (LI, at(minutes=20)),
        (WANG, at(minutes=25)),
        (LI, at(minutes=30)),
        (CHEN, at(minutes=30)),
    ]


def test_nothing_is_said_twice_at_one_instant(database: Database, order_id: OrderId) -> None:
    for _ in range(3):
        tick_at(database, at(minutes=5))
    assert len(kept.pages(database, order_id)) == 2


def test_acknowledging_ends_the_paging(
    database: Database, company: Company, order_id: OrderId
) -> None:
    with transaction(database) as tx:
        order_desk.acknowledge(tx, order_id, company.id_of(LI), at(minutes=3))
        assert deadlines.find(tx, Kind.LADDER, "order", order_id) is None
    for minute in range(4, 40):
        tick_at(database, at(minutes=minute))
    assert kept.pages(database, order_id) == [(LI, T0)]


def test_a_head_who_cannot_be_reached_sends_the_receiver(
    database: Database, company: Company, order_id: OrderId
) -> None:
    """No sender runs here, so the tries are never made: after twice the patience he goes."""
    tick_at(database, at(minutes=10))
    assert kept.sent_off(database, order_id) == []
    for second in range(5, 605, 5):
        tick_at(database, at(minutes=10, seconds=second))
    assert kept.sent_off(database, order_id) == [(LI, at(minutes=20))]
    with reading(database) as tx:
        order = order_rows.get(tx, order_id)
        report = [n.state for n in ledger.of_order(tx, order_id) if n.kind == "report"]
        go = {n.target for n in ledger.of_order(tx, order_id) if n.kind == "go"}
    assert order is not None
    assert order.self_dispatched_at == order.dispatched_at == at(minutes=20)
    assert order.assignee_id == company.id_of(LI)
    assert set(report) == {"silenced"}
    assert go == {"li@mail", "li@ntfy"}


def test_a_head_who_was_tried_on_two_channels_is_waited_for_ten_minutes(
    database: Database, order_id: OrderId
) -> None:
    tried(database, order_id, "report", T0)
    tick_at(database, at(minutes=9, seconds=59))
    assert kept.sent_off(database, order_id) == []
    tick_at(database, at(minutes=10))
    assert kept.sent_off(database, order_id) == [(LI, at(minutes=10))]


def test_a_head_who_arranges_is_left_alone(
    database: Database, company: Company, order_id: OrderId
) -> None:
    tried(database, order_id, "report", T0)
    with transaction(database) as tx:
        order_desk.arrange(tx, order_id, company.id_of(CHEN), at(minutes=9))
    for minute in range(9, 25):
        tick_at(database, at(minutes=minute))
    assert kept.sent_off(database, order_id) == []


def test_whoever_declines_is_followed_at_once_by_the_next(
    database: Database, company: Company, order_id: OrderId
) -> None:
    with transaction(database) as tx:
        order_desk.decline(tx, order_id, company.id_of(LI), "ill", POLICY, at(minutes=2))
    assert kept.pages(database, order_id) == [(LI, T0), (WANG, at(minutes=2))]


def test_warnings_at_50_75_and_100_per_cent(
    database: Database, company: Company, order_id: OrderId
) -> None:
    with transaction(database) as tx:
        order_desk.acknowledge(tx, order_id, company.id_of(WANG), at(minutes=1))
    for minute in range(2, 140):
        tick_at(database, at(minutes=minute))
    assert kept.warnings(database, order_id) == [
        (50, at(minutes=60)),
        (75, at(minutes=90)),
        (100, at(minutes=120)),
    ]
    assert warned(database, order_id, "50") == {"wang@mail", "wang@ntfy"}
    assert warned(database, order_id, "100") == {"wang@mail", "wang@ntfy", "chen@mail", "chen@ntfy"}


def test_nobody_is_warned_once_somebody_is_on_site(
    database: Database, company: Company, order_id: OrderId
) -> None:
    li = company.id_of(LI)
    with transaction(database) as tx:
        order_desk.acknowledge(tx, order_id, li, at(minutes=1))
        order_desk.depart(tx, order_id, li, at(minutes=2))
        order_desk.arrive(tx, order_id, li, at(minutes=59))
    for minute in range(59, 140):
        tick_at(database, at(minutes=minute))
    assert kept.warnings(database, order_id) == []


def test_a_week_of_downtime_ends_in_one_call_each_and_one_warning(
    database: Database, order_id: OrderId
) -> None:
    back = at(days=7, minutes=2)
    first = tick_at(database, back)
    assert first.settled == 6  # ladder, head, three warnings, the moment to leave
    assert kept.pages(database, order_id) == [(LI, T0), (LI, back), (WANG, back), (CHEN, back)]
    assert kept.warnings(database, order_id) == [(100, back)]
    assert kept.sent_off(database, order_id) == [(LI, back)]
    assert kept.owed(database, back) == []
    assert tick_at(database, at(days=7, minutes=4)).settled == 0
    assert tick_at(database, at(days=7, minutes=5)).settled == 1


def test_a_failing_promise_holds_up_nobody_and_pages_the_head(
    database: Database, company: Company, order_id: OrderId
) -> None:
    """A row no handler knows: it fails for real, between rows that do not."""
    with transaction(database) as tx:
        bad = companies.opens(tx, company, 1, POLICY, T0, Severity.MINOR)
        deadlines.put(tx, Kind.LADDER, "fault", bad.id, at(minutes=4))
        others = [companies.breaks(tx, company, n, POLICY, T0).id for n in range(2, 12)]
    now = at(minutes=5)
    came: list[float] = []
    assert tick_at(database, now) == Round(settled=11, failed=1)
    for order in (order_id, *others):
        assert [who for who, _ in kept.pages(database, order)] == [LI, LI]
    while len(came) < 9:
        with reading(database) as tx:
            row = deadlines.find(tx, Kind.LADDER, "fault", bad.id)
            raised = alerts.open_ones(tx)
        assert row is not None
        came.append((row.due_at - now).total_seconds())
        assert len(raised) == (row.failures >= 3)
        assert "KeyError" in row.last_error
        now = row.due_at
        tick_at(database, now)
    assert came == [5, 10, 20, 40, 80, 160, 300, 300, 300]
    alert = raised[0]
    assert (alert.code, alert.subject) == (tick_module.FAILED, f"ladder:fault:{bad.id}:0")
    assert alert_targets(database, alert.id) >= {"chen@mail", "chen@ntfy", "li@mail", "li@ntfy"}


def test_a_promise_that_is_kept_after_all_clears_its_alert(
    database: Database, company: Company
) -> None:
    """A time zone that does not exist stops what waits for the day, until it is set right."""
    with transaction(database) as tx:
        set_fact(tx, "timezone", "Mars/Olympus", T0)
        fault = companies.opens(tx, company, 1, POLICY, T0, Severity.MINOR)
        deadlines.put(tx, Kind.MINOR, "fault", fault.id, T0)
    for second in (0, 5, 15):
        tick_at(database, at(seconds=second))
    with transaction(database) as tx:
        assert [alert.code for alert in alerts.open_ones(tx)] == [tick_module.FAILED]
        set_fact(tx, "timezone", "Asia/Shanghai", T0)
    tick_at(database, at(minutes=1))
    with reading(database) as tx:
        assert alerts.open_ones(tx) == []
        assert order_rows.open_for(tx, fault.id) is not None


def test_an_alert_repeats_every_five_minutes_until_somebody_saw_it(
    database: Database, company: Company
) -> None:
    with transaction(database) as tx:
        alert = alert_desk.raise_alert(tx, "MON_INGEST_STALLED", "", {}, POLICY, T0)
        assert alert is not None
        again = alert_desk.raise_alert(tx, "MON_INGEST_STALLED", "", {}, POLICY, T0)
        assert again is None
    assert pages_of(database, alert.id) == 1
    for minute in range(1, 12):
        tick_at(database, at(minutes=minute))
    assert pages_of(database, alert.id) == 3
    with transaction(database) as tx:
        assert alert_desk.acknowledge_alert(tx, alert.id, company.id_of(LI), at(minutes=12))
        assert not alert_desk.acknowledge_alert(tx, alert.id, company.id_of(LI), at(minutes=12))
    for minute in range(12, 30):
        tick_at(database, at(minutes=minute))
    assert pages_of(database, alert.id) == 3
    with transaction(database) as tx:
        assert alert_desk.clear_alert(tx, "MON_INGEST_STALLED", "", at(minutes=31))
        assert not alert_desk.clear_alert(tx, "MON_INGEST_STALLED", "", at(minutes=31))
        assert alerts.open_ones(tx) == []


def test_a_minor_fault_becomes_an_order_by_day(database: Database, company: Company) -> None:
    """Opened at 09:02 in Shanghai; thirty days later at 03:00 nobody is woken."""
    night = datetime(2026, 11, 23, 19, tzinfo=UTC)
    with transaction(database) as tx:
        fault = companies.opens(tx, company, 0, POLICY, night - timedelta(days=30), Severity.MINOR)
    tick_at(database, night)
    with reading(database) as tx:
        assert order_rows.open_for(tx, fault.id) is None
    tick_at(database, night + timedelta(hours=5))
    with reading(database) as tx:
        assert order_rows.open_for(tx, fault.id) is not None
        assert fault_rows.get(tx, fault.id) is not None


def test_a_promise_about_nothing_is_forgotten(database: Database) -> None:
    with transaction(database) as tx:
        deadlines.put(tx, Kind.LADDER, "order", 4711, T0)
    tick_at(database, T0)
    assert kept.owed(database, T0) == []


def test_more_than_a_batch_is_settled_in_one_tick(database: Database) -> None:
    with transaction(database) as tx:
        alert_ids = [
            alert.id
            for number in range(230)
            if (alert := alert_desk.raise_alert(tx, "MON_X", str(number), {}, POLICY, T0))
        ]
    seen: list[int] = []
    done = tick(database, POLICY, lambda: at(minutes=5), alive=lambda: seen.append(1))
    assert done.settled == len(alert_ids)
    assert len(seen) >= 3  # more on a busy machine: a batch ends after half a second


def tried(database: Database, order_id: OrderId, kind: str, now: datetime) -> None:
    """The sender's part: every notice of that kind went out."""
    with transaction(database) as tx:
        for notice in ledger.of_order(tx, order_id):
            if notice.kind == kind:
                outbox.lease(tx, notice, "provider", now, lease_s=60)


def warned(database: Database, order_id: OrderId, step: str) -> set[str]:
    with reading(database) as tx:
        notices = ledger.of_order(tx, order_id)
    return {n.target for n in notices if n.kind == "warning" and f":{step}:" in n.key}


def alert_targets(database: Database, alert_id: int) -> set[str]:
    with reading(database) as tx:
        return {n.target for n in ledger.newest(tx) if n.facts.get("alert_id") == alert_id}


def pages_of(database: Database, alert_id: int) -> int:
    with reading(database) as tx:
        alert = alerts.get(tx, alert_id)
    assert alert is not None
    return alert.pages_made
