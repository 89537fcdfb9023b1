"""A mass costs by the fault: one beside 120 others asks no more than one beside 20.

Statements and calls of functions are counted (each row that is loaded is a call), never seconds.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import FrameType
from typing import Any

import pytest
from sqlalchemy import event

from operations import faults as fault_desk
from operations.faults import Finding
from rules.causes import Verdict
from rules.explains import Onset
from rules.faults import Condition
from rules.model import DeviceId, Fault, Severity
from rules.policy import Policy
from storage import conditions, revision
from storage import faults as fault_rows
from storage.conditions import Key
from storage.db import Database, Tx, reading, transaction
from tests import company as companies
from tests.company import Company

T0 = datetime(2026, 11, 23, 1, 2, tzinfo=UTC)
POLICY = Policy()
SITE = 160
FEW, MANY = 20, 120
ALONE = Verdict(why="alone")
WAITS = Verdict(why="might be explained", provisional_until=T0 + timedelta(minutes=2))


@dataclass(slots=True)
class Cost:
    statements: int = 0
    calls: int = 0


@contextmanager
def counted(tx: Tx) -> Iterator[Cost]:
    cost = Cost()

    def asked(*_: Any) -> None:
        cost.statements += 1

    def called(_: FrameType, what: str, __: Any) -> None:
        cost.calls += what == "call"

    event.listen(tx, "before_cursor_execute", asked)
    before = sys.getprofile()
    sys.setprofile(called)
    try:
        yield cost
    finally:
        sys.setprofile(before)
        event.remove(tx, "before_cursor_execute", asked)


@pytest.fixture
def company(database: Database) -> Company:
    with transaction(database) as tx:
        return companies.found(tx, devices=SITE)


def falls(tx: Tx, company: Company, number: int, verdict: Verdict) -> Fault:
    """Silent, with all the others of its site, a little later than the one before."""
    now = T0 + timedelta(milliseconds=100 * number)
    onset = Onset(now - timedelta(minutes=3), now - timedelta(minutes=2))
    found = Finding(
        device_id=company.devices[number],
        site_id=company.site_id,
        code="DEV_OFFLINE",
        point="",
        severity=Severity.MAJOR,
        opened_at=now,
        why="silent",
        evidence={},
        verdict=verdict,
        onset=onset,
    )
    return fault_desk.open_found(tx, found, POLICY, now)


def cost_beside(
    database: Database, company: Company, verdict: Verdict, act: Callable[[Tx, int], object]
) -> tuple[Cost, Cost]:
    """What `act` costs with few faults open at the site, and with many."""
    found: list[Cost] = []
    with transaction(database) as tx:
        for number in range(MANY + 2):
            if number in {FEW, MANY}:
                act(tx, number)  # once uncounted: whatever is asked first is compiled
            if number in {FEW + 1, MANY + 1}:
                with counted(tx) as cost:
                    act(tx, number)
                found.append(cost)
            elif number not in {FEW, MANY}:
                falls(tx, company, number, verdict)
    few, many = found
    return few, many


def same(few: Cost, many: Cost) -> bool:
    """Calls differ by what a driver has prepared; what grows would be many times as many."""
    return few.statements == many.statements and many.calls < 1.5 * few.calls


@pytest.mark.parametrize("verdict", [ALONE, WAITS], ids=["alone", "waits"])
def test_one_more_of_a_mass(database: Database, company: Company, verdict: Verdict) -> None:
    few, many = cost_beside(
        database, company, verdict, lambda tx, number: falls(tx, company, number, verdict)
    )
    assert same(few, many), (few, many)
    assert many.statements <= 10


def test_one_more_while_the_power_may_be_failing(database: Database, company: Company) -> None:
    """Two mains are lost, and half of the site is not dark yet: that is asked, not looked at."""
    lost = [Key(device_id, "MAINS_LOSS", "") for device_id in company.devices[-2:]]
    with transaction(database) as tx:
        conditions.put_all(tx, [(key, Condition(true_since=T0)) for key in lost])
    few, many = cost_beside(
        database, company, ALONE, lambda tx, number: falls(tx, company, number, WAITS)
    )
    assert same(few, many), (few, many)


def test_one_of_a_mass_is_well_again(database: Database, company: Company) -> None:
    def recovers(tx: Tx, number: int) -> None:
        fault = falls(tx, company, number, ALONE)
        fault_desk.clear(tx, fault.id, "heard_again", POLICY, T0 + timedelta(minutes=1))

    few, many = cost_beside(database, company, ALONE, recovers)
    assert same(few, many), (few, many)


@pytest.mark.parametrize("waiting", [FEW, MANY])
def test_those_that_waited_become_one_with_few_statements_each(
    database: Database, company: Company, waiting: int
) -> None:
    with transaction(database) as tx:
        first, *_ = [falls(tx, company, number, WAITS) for number in range(waiting)]
        now = T0 + timedelta(minutes=2)
        with counted(tx) as cost:
            fault_desk.confirm(tx, first.id, POLICY, now)
        found = fault_rows.all_open(tx)
    [cause] = [one for one in found if one.code == "COMMON_CAUSE"]
    others = {one.explained_by for one in found if one is not cause}
    assert others == {cause.id}
    assert cost.statements < waiting + 100


def test_a_cause_of_a_whole_site_is_no_reason_to_load_the_list_anew(
    database: Database, company: Company
) -> None:
    """Nobody listens for the point that stands for the site, and 100,000 devices take seconds."""
    with transaction(database) as tx:
        before = revision.current(tx)
        for number in range(FEW):
            falls(tx, company, number, ALONE)
    with reading(database) as tx:
        [cause] = [one for one in fault_rows.all_open(tx) if one.code == "COMMON_CAUSE"]
        assert cause.device_id not in set[DeviceId](company.devices)
        assert revision.current(tx) == before
