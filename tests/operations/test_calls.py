"""A customer's call: it joins what is known, and the earlier clock counts; on both engines."""

from datetime import UTC, datetime, timedelta

import pytest

from operations import calls as call_desk
from operations import faults as fault_desk
from operations import roots
from operations import work_orders as order_desk
from operations.calls import Call
from operations.faults import Finding
from operations.refusals import NotNowError
from rules.causes import Verdict
from rules.model import ClockSource, Fault, Severity, WorkOrder
from rules.policy import Policy
from storage import deadlines, journal
from storage import faults as fault_rows
from storage import work_orders as order_rows
from storage.db import Database, Tx, transaction
from storage.deadlines import Kind
from tests import company as companies
from tests.company import CHEN, LI, Company

T0 = datetime(2026, 11, 23, 1, 2, tzinfo=UTC)
POLICY = Policy()
EARLIER = T0 - timedelta(minutes=20)
SWITCH, CAMERA = 0, 1


@pytest.fixture
def company(database: Database) -> Company:
    with transaction(database) as tx:
        return companies.found(tx, devices=2)


def falls_silent(tx: Tx, company: Company, number: int, verdict: Verdict) -> Fault:
    found = Finding(
        device_id=company.devices[number],
        site_id=company.site_id,
        code="DEV_OFFLINE",
        point="",
        severity=Severity.MAJOR,
        opened_at=T0,
        why="silent",
        evidence={},
        verdict=verdict,
    )
    return fault_desk.open_found(tx, found, POLICY, T0)


def calls(
    tx: Tx, company: Company, number: int, received_at: datetime, now: datetime = T0
) -> WorkOrder:
    call = Call(
        device_id=company.devices[number], symptom="no picture", at=received_at, reporter="Mr Zhang"
    )
    return call_desk.receive(tx, call, company.id_of(CHEN), POLICY, now)


def test_a_call_turns_a_suspicion_into_one_order(database: Database, company: Company) -> None:
    held = Verdict("might be explained", provisional_until=T0 + timedelta(seconds=90))
    with transaction(database) as tx:
        suspicion = falls_silent(tx, company, CAMERA, held)
        order = calls(tx, company, CAMERA, T0)
        assert (order.root_fault_id, order.clock_source) == (
            suspicion.id,
            ClockSource.CUSTOMER_NOTICE,
        )
        assert len(fault_rows.open_of_device(tx, company.devices[CAMERA])) == 1
        assert deadlines.find(tx, Kind.CONFIRM, "fault", suspicion.id) is None


def test_a_call_about_a_device_that_a_cause_explains_joins_the_causes_order(
    database: Database, company: Company
) -> None:
    with transaction(database) as tx:
        root = falls_silent(tx, company, SWITCH, Verdict("alone"))
        falls_silent(tx, company, CAMERA, Verdict("explained", explained_by=root.id))
        running = order_rows.open_for(tx, root.id)
        order = calls(tx, company, CAMERA, T0 + timedelta(minutes=5))
        assert running is not None
        assert order.id == running.id
        assert order.on_site_by == running.on_site_by
        assert "customer_called" in {entry.verb for entry in journal.of_order(tx, order.id)}


def test_of_two_clocks_the_earlier_counts(database: Database, company: Company) -> None:
    with transaction(database) as tx:
        falls_silent(tx, company, CAMERA, Verdict("alone"))
        order = calls(tx, company, CAMERA, EARLIER)
        assert order.clock_started_at == EARLIER
        assert order.clock_source is ClockSource.CUSTOMER_NOTICE
        assert order.on_site_by == EARLIER + timedelta(hours=2)
        due = deadlines.find(tx, Kind.ON_SITE, "order", order.id, 100)
        assert due is not None
        assert due.due_at == order.on_site_by
        later = calls(tx, company, CAMERA, T0 + timedelta(minutes=1))
        assert later.clock_started_at == EARLIER


def test_a_merged_order_is_not_reopened(database: Database, company: Company) -> None:
    with transaction(database) as tx:
        child = falls_silent(tx, company, CAMERA, Verdict("alone"))
        order = order_rows.open_for(tx, child.id)
        root = falls_silent(tx, company, SWITCH, Verdict("alone"))
        roots.adopt(tx, root, {child.id: True}, POLICY, T0)
        assert order is not None
        with pytest.raises(NotNowError, match=r"refused\.merged"):
            order_desk.reopen(tx, order.id, company.id_of(LI), T0, "by mistake")
