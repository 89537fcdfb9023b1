"""What is agreed before the work: another time (B14), ways to repair (C07), no visit (C13)."""

from datetime import datetime, timedelta

import pytest

from operations import agreements as agreement_desk
from operations import work_orders as order_desk
from rules.model import WorkOrder
from rules.policy import Policy, Solutions
from scheduler.tick import tick
from storage import deadlines, journal, ledger
from storage import work_orders as order_rows
from storage.db import Database, reading, transaction
from storage.deadlines import Kind
from storage.outbox import Notice
from tests import company as companies
from tests.company import CHEN, LI, Company
from tests.operations.test_work_orders import BOTH, POLICY, T0, TOMORROW, verbs
from web import timeline


@pytest.fixture
def company(database: Database) -> Company:
    with transaction(database) as tx:
        return companies.found(tx, devices=1)


@pytest.fixture
def order(database: Database, company: Company) -> WorkOrder:
    """Received by Li, who is on the way."""
    with transaction(database) as tx:
        opened = companies.breaks(tx, company, 0, POLICY, T0)
        order_desk.acknowledge(tx, opened.id, company.id_of(LI), T0)
        return order_desk.depart(tx, opened.id, company.id_of(LI), T0)


def postponed(database: Database, company: Company, order: WorkOrder, to: datetime) -> WorkOrder:
    with transaction(database) as tx:
        return agreement_desk.postpone(
            tx, order.id, company.id_of(CHEN), to, "Mr Zhou is away", POLICY, T0
        )


def told(database: Database, order: WorkOrder, kind: str) -> list[Notice]:
    with reading(database) as tx:
        return [one for one in ledger.of_order(tx, order.id) if one.kind == kind]


def test_the_appointment_stands_beside_the_deadline_and_the_order_goes_back(
    database: Database, company: Company, order: WorkOrder
) -> None:
    """B14; design 2: the on-site deadline never moves."""
    now_at = postponed(database, company, order, TOMORROW)
    assert (now_at.appointment_at, now_at.on_site_by) == (TOMORROW, order.on_site_by)
    assert (now_at.assignee_id, now_at.dispatched_at, now_at.departed_at) == (None, None, None)
    assert now_at.received_by == company.id_of(LI)
    assert {one.person_id for one in told(database, order, "relieved")} == {company.id_of(LI)}
    with reading(database) as tx:
        assert deadlines.find(tx, Kind.ON_SITE, "order", order.id, 100) is not None
        [entry] = [one for one in journal.of_order(tx, order.id) if one.verb == "postponed"]
    [moment] = timeline.moments("en", [entry], (), {}, customer=True)
    assert "2026" in moment.text
    assert "09:02" in moment.text  # on the clocks of the site
    assert moment.quote == "Mr Zhou is away"


def test_whoever_has_it_is_reminded_once_in_time(
    database: Database, company: Company, order: WorkOrder
) -> None:
    postponed(database, company, order, TOMORROW + timedelta(hours=3))
    postponed(database, company, order, TOMORROW)  # agreed anew: only the last one counts
    almost = TOMORROW - timedelta(seconds=POLICY.appointment_notice_s + 1)
    tick(database, POLICY, lambda: almost)
    assert told(database, order, "appointment") == []
    for later_s in (1, 2, 3600, 5 * 3600):
        tick(database, POLICY, lambda at=almost + timedelta(seconds=later_s): at)  # type: ignore[misc]
    reminded = told(database, order, "appointment")
    assert {one.person_id for one in reminded} == {company.id_of(LI)}
    assert len({one.key.rpartition(":")[0] for one in reminded}) <= 2  # once on each channel
    assert verbs(database, order.id).count("appointment_near") == 1


def test_nobody_is_reminded_of_what_is_done(
    database: Database, company: Company, order: WorkOrder
) -> None:
    postponed(database, company, order, TOMORROW)
    with transaction(database) as tx:
        by = company.id_of(LI)
        order_desk.arrive(tx, order.id, by, T0 + timedelta(minutes=30))
        assert deadlines.find(tx, Kind.APPOINTMENT, "order", order.id) is None
    tick(database, POLICY, lambda: TOMORROW)
    assert told(database, order, "appointment") == []


def test_solutions_are_on_record_with_how_feasible_each_is(
    database: Database, company: Company, order: WorkOrder
) -> None:
    """C07; how many at least is a figure of the severity."""
    one = Policy(solutions=Solutions(emergency=1))
    with transaction(database) as tx:
        agreement_desk.propose(tx, order.id, company.id_of(LI), BOTH, POLICY, T0)
        agreement_desk.propose(tx, order.id, company.id_of(LI), BOTH[:1], one, T0)
        said = [one for one in journal.of_order(tx, order.id) if one.verb == "proposed"]
    assert said[0].facts["solutions"] == [
        ["new plug", "parts in the van, 20 min"],
        ["spare core", "needs a ladder, 2 h"],
    ]
    assert said[0].facts["text"].startswith("1. new plug (parts in the van, 20 min)  2. ")
    assert len(said) == 2


def test_a_remote_repair_is_said_outright_and_calls_back_whoever_is_on_the_way(
    database: Database, company: Company, order: WorkOrder
) -> None:
    """C13: a way through the workflow without arrival, shown apart."""
    with transaction(database) as tx:
        done = order_desk.repair_remotely(tx, order.id, company.id_of(CHEN), T0, "restarted")
        assert deadlines.find(tx, Kind.ON_SITE, "order", order.id, 100) is None
    assert (done.repaired_at, done.arrived_at) == (T0, None)
    assert "repaired_remotely" in verbs(database, order.id)
    assert {one.person_id for one in told(database, order, "relieved")} == {company.id_of(LI)}
    with reading(database) as tx:
        known = order_rows.get(tx, order.id)
    assert known is not None
    assert not known.late
