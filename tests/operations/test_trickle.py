"""A mass that trickles in: the first are paged, the rest are inside, and no emergency is hidden."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from operations import faults as fault_desk
from operations.faults import Finding
from rules.causes import Verdict
from rules.model import Fault, Severity
from rules.notices import State
from rules.policy import Policy
from storage import faults as fault_rows
from storage import ledger
from storage import work_orders as order_rows
from storage.db import Database, reading, transaction
from storage.outbox import Notice
from tests import company as companies
from tests.company import Company

T0 = datetime(2026, 11, 23, 1, 2, tzinfo=UTC)
POLICY = Policy()
SITE, MANY = 60, 11
APART = timedelta(seconds=12)  # two minutes for all of them


@pytest.fixture
def company(database: Database) -> Company:
    with transaction(database) as tx:
        return companies.found(tx, devices=SITE, channels=1)


def dies(
    database: Database, company: Company, number: int, severity: Severity = Severity.MAJOR
) -> Fault:
    with transaction(database) as tx:
        return companies.opens(tx, company, number, POLICY, T0 + number * APART, severity)


def pages(database: Database) -> list[Notice]:
    with reading(database) as tx:
        return [one for one in ledger.newest(tx, limit=500) if one.kind == "page"]


def common(database: Database) -> Fault:
    with reading(database) as tx:
        [cause] = [one for one in fault_rows.all_open(tx) if one.code == "COMMON_CAUSE"]
    return cause


def test_once_the_cause_stands_one_order_is_left_and_one_page_waits(
    database: Database, company: Company
) -> None:
    """§3.6, ADR 28: evidence of its own waits for nobody, so up to ten are paged before."""
    for number in range(MANY + 9):
        dies(database, company, number)
    with reading(database) as tx:
        [order] = order_rows.all_open(tx)
        others = {one.explained_by for one in fault_rows.all_open(tx) if one.code != "COMMON_CAUSE"}
    assert others == {common(database).id} == {order.root_fault_id}
    states = Counter((one.state, one.order_id == order.id) for one in pages(database))
    assert states == {(State.WAITING, True): 1, (State.SILENCED, False): MANY - 2}


def test_an_emergency_of_the_same_kind_breaks_through_a_lesser_cause(
    database: Database, company: Company
) -> None:
    for number in range(MANY):
        dies(database, company, number)
    before = {one.id for one in pages(database)}
    worse = dies(database, company, MANY, Severity.EMERGENCY)
    assert worse.explained_by is None
    [page] = [one for one in pages(database) if one.id not in before]
    assert (page.rank, page.state) == (0, State.WAITING)
    assert dies(database, company, MANY + 1).explained_by == common(database).id


def test_the_emergency_among_them_is_the_order_that_goes_on(
    database: Database, company: Company
) -> None:
    """It was called for as one, and is not merged away into one that waits in a digest."""
    for number in range(MANY):
        dies(database, company, number, Severity.EMERGENCY if number == 6 else Severity.MAJOR)
    with reading(database) as tx:
        [order] = order_rows.all_open(tx)
    assert (order.root_fault_id, order.severity) == (common(database).id, "emergency")
    [waiting] = [one for one in pages(database) if one.state == State.WAITING]
    assert (waiting.order_id, waiting.rank) == (order.id, 0)


def test_what_waits_to_be_told_becomes_as_urgent_as_its_order(
    database: Database, company: Company
) -> None:
    """D05: one of a digest that turns out an emergency goes alone, and before the others."""
    first = dies(database, company, 0)
    assert {one.rank for one in pages(database)} == {Severity.MAJOR.rank}
    with transaction(database) as tx:
        fault = fault_rows.lock(tx, first.id)
        assert fault is not None
        found = Finding(
            device_id=fault.device_id,
            site_id=fault.site_id,
            code=fault.code,
            point="",
            severity=Severity.EMERGENCY,
            opened_at=T0,
            why="flag",
            evidence={},
            verdict=Verdict(why="own_evidence"),
        )
        fault_desk.open_found(tx, found, POLICY, T0 + APART)
    with reading(database) as tx:
        told = ledger.newest(tx, limit=50)
    assert {one.rank for one in told if one.kind in {"page", "report"}} == {0}
