"""What is done about a fault: held, explained, confirmed, freed, cleared; on both engines."""

import contextlib
import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from operations import calls as call_desk
from operations import faults as fault_desk
from operations import roots
from operations import work_orders as order_desk
from operations.calls import Call
from operations.faults import Finding
from operations.refusals import NotNowError
from rules.causes import Verdict
from rules.explains import effects_of
from rules.model import ClockSource, Fault, OrderId, Severity, WorkOrder
from rules.policy import Policy
from storage import deadlines, journal, ledger
from storage import faults as fault_rows
from storage import work_orders as order_rows
from storage.db import ConflictError, Database, Tx, reading, transaction
from storage.deadlines import Kind
from tests import company as companies
from tests.company import CHEN, LI, Company

T0 = datetime(2026, 11, 23, 1, 2, tzinfo=UTC)
POLICY = Policy()
SWITCH, CAMERA, OTHER = 0, 1, 2


@pytest.fixture
def company(database: Database) -> Company:
    with transaction(database) as tx:
        return companies.found(tx, devices=3)


def finds(tx: Tx, company: Company, number: int, now: datetime = T0, **more: Any) -> Fault:
    seen: dict[str, Any] = {
        "code": "DEV_OFFLINE",
        "point": "",
        "severity": Severity.MAJOR,
        "why": "silent",
        "evidence": {},
        "verdict": Verdict(why="alone"),
    }
    found = Finding(
        device_id=company.devices[number],
        site_id=company.site_id,
        opened_at=now,
        **(seen | more),
    )
    return fault_desk.open_found(tx, found, POLICY, now)


def order_of(tx: Tx, fault: Fault) -> WorkOrder | None:
    known = fault_rows.get(tx, fault.id)
    assert known is not None
    return order_rows.get(tx, known.order_id) if known.order_id else None


def now_is(tx: Tx, fault: Fault) -> Fault:
    known = fault_rows.get(tx, fault.id)
    assert known is not None
    return known


def verbs(tx: Tx, fault: Fault) -> list[str]:
    entries = journal.of_device(tx, fault.device_id, limit=100)
    return [entry.verb for entry in reversed(entries) if entry.fault_id == fault.id]


def taken_over(tx: Tx, company: Company, cause: Fault, *numbers: int) -> int:
    devices = [company.devices[number] for number in numbers]
    explained = effects_of(cause.code)
    found = [f.id for f in fault_rows.open_of_devices(tx, devices) if f.code in explained]
    return roots.adopt(tx, cause, dict.fromkeys(found, True), POLICY, T0 + timedelta(minutes=1))


def owed(tx: Tx, kind: Kind, fault: Fault) -> datetime | None:
    promise = deadlines.find(tx, kind, "fault", fault.id)
    return promise.due_at if promise else None


def test_the_same_fault_again_is_counted_not_opened(database: Database, company: Company) -> None:
    with transaction(database) as tx:
        first = finds(tx, company, CAMERA)
        second = finds(tx, company, CAMERA, T0 + timedelta(minutes=5))
        assert second.id == first.id
        assert now_is(tx, first).occurrences == 2
        assert len(order_rows.all_open(tx)) == 1


def test_two_doors_that_find_it_at_once_open_one(database: Database, company: Company) -> None:
    together, found = threading.Barrier(4), list[int]()

    def find() -> None:
        together.wait()
        while True:
            with contextlib.suppress(ConflictError), transaction(database) as tx:
                found.append(finds(tx, company, CAMERA).id)
                return

    threads = [threading.Thread(target=find) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert len(set(found)) == 1
    with reading(database) as tx:
        assert len(fault_rows.all_open(tx)) == len(order_rows.all_open(tx)) == 1


def test_a_suspicion_is_seen_at_once_and_pages_when_its_hold_is_over(
    database: Database, company: Company
) -> None:
    until = T0 + timedelta(seconds=90)
    verdict = Verdict(why="might be explained", provisional_until=until)
    with transaction(database) as tx:
        fault = finds(tx, company, CAMERA, verdict=verdict)
        assert fault.provisional
        assert order_of(tx, fault) is None
        assert ledger.newest(tx, limit=10) == []
        assert owed(tx, Kind.CONFIRM, fault) == until
        fault_desk.confirm(tx, fault.id, POLICY, until)
        assert not now_is(tx, fault).provisional
        order = order_of(tx, fault)
        assert order is not None
        assert order.clock_started_at == until
        assert order.clock_source is ClockSource.MONITOR


def test_a_suspicion_that_is_explained_in_time_pages_nobody(
    database: Database, company: Company
) -> None:
    until = T0 + timedelta(seconds=90)
    with transaction(database) as tx:
        verdict = Verdict(why="might be explained", provisional_until=until)
        camera = finds(tx, company, CAMERA, verdict=verdict)
        switch = finds(tx, company, SWITCH, code="NET_SWITCH_DOWN")
        assert taken_over(tx, company, switch, CAMERA) == 1
        assert owed(tx, Kind.CONFIRM, camera) is None
        fault_desk.confirm(tx, camera.id, POLICY, until)  # a tick that was under way already
        assert order_of(tx, camera) is None
        assert now_is(tx, camera).explained_by == switch.id
        assert verbs(tx, camera) == ["fault_opened", "fault_explained"]


def test_orders_are_merged_under_a_root_found_later(database: Database, company: Company) -> None:
    with transaction(database) as tx:
        camera = finds(tx, company, CAMERA)
        before = order_of(tx, camera)
        switch = finds(tx, company, SWITCH, code="NET_SWITCH_DOWN")
        assert taken_over(tx, company, switch, CAMERA) == 1
        assert before is not None
        merged = order_rows.get(tx, before.id)
        assert merged is not None
        assert (merged.open, merged.close_reason) == (False, "merged")
        assert [e.verb for e in journal.of_order(tx, merged.id)][-3:] == [
            "merged",
            "closed",
            "fault_explained",
        ]
        assert {n.state for n in ledger.of_order(tx, merged.id)} == {"silenced"}
        assert deadlines.find(tx, Kind.LADDER, "order", merged.id) is None
        assert [o.root_fault_id for o in order_rows.all_open(tx)] == [switch.id]
        assert taken_over(tx, company, switch, CAMERA) == 0  # asking twice is free


def test_nothing_is_merged_that_has_a_person_on_the_way(
    database: Database, company: Company
) -> None:
    with transaction(database) as tx:
        camera = finds(tx, company, CAMERA)
        order = order_of(tx, camera)
        assert order is not None
        order_desk.acknowledge(tx, order.id, company.id_of(LI), T0)
        switch = finds(tx, company, SWITCH, code="NET_SWITCH_DOWN")
        assert taken_over(tx, company, switch, CAMERA) == 0
        kept = order_of(tx, camera)
        assert kept is not None
        assert kept.open
        assert now_is(tx, camera).explained_by is None


def test_what_has_evidence_of_its_own_is_not_taken_over(
    database: Database, company: Company
) -> None:
    with transaction(database) as tx:
        tamper = finds(tx, company, CAMERA, code="TAMPER", why="flag")
        switch = finds(tx, company, SWITCH, code="NET_SWITCH_DOWN")
        assert taken_over(tx, company, switch, CAMERA) == 0
        order = order_of(tx, tamper)
        assert order is not None
        assert order.open


def behind(tx: Tx, company: Company) -> tuple[Fault, Fault]:
    """A switch that is down and a camera behind it."""
    switch = finds(tx, company, SWITCH, code="NET_SWITCH_DOWN")
    verdict = Verdict(why="explained", explained_by=switch.id)
    return switch, finds(tx, company, CAMERA, verdict=verdict)


def test_what_outlives_its_cause_stands_on_its_own_after_the_grace(
    database: Database, company: Company
) -> None:
    back = T0 + timedelta(minutes=20)
    with transaction(database) as tx:
        switch, camera = behind(tx, company)
        assert order_of(tx, camera) is None
        fault_desk.clear(tx, switch.id, "heard", POLICY, back)
        due_at = owed(tx, Kind.GRACE, camera)
        assert due_at == back + timedelta(seconds=POLICY.hold.grace_s)
        assert order_of(tx, camera) is None
        fault_desk.after_grace(tx, camera.id, POLICY, due_at)
        order = order_of(tx, camera)
        assert order is not None
        assert (order.open, order.clock_started_at) == (True, due_at)
        assert verbs(tx, camera)[-1] == "fault_outlived_cause"


def test_what_comes_back_within_the_grace_was_never_paged(
    database: Database, company: Company
) -> None:
    back = T0 + timedelta(minutes=20)
    with transaction(database) as tx:
        switch, camera = behind(tx, company)
        fault_desk.clear(tx, switch.id, "heard", POLICY, back)
        fault_desk.clear(tx, camera.id, "heard", POLICY, back + timedelta(minutes=3))
        assert owed(tx, Kind.GRACE, camera) is None
        fault_desk.after_grace(tx, camera.id, POLICY, back + timedelta(minutes=10))
        assert order_of(tx, camera) is None
        assert not now_is(tx, camera).open
        assert order_rows.all_open(tx) == []


def test_a_cause_that_fails_again_within_the_grace_keeps_its_children(
    database: Database, company: Company
) -> None:
    back = T0 + timedelta(minutes=20)
    with transaction(database) as tx:
        switch, camera = behind(tx, company)
        fault_desk.clear(tx, switch.id, "heard", POLICY, back)
        again = finds(tx, company, SWITCH, back + timedelta(minutes=2), code="NET_SWITCH_DOWN")
        assert again.id != switch.id
        assert taken_over(tx, company, again, CAMERA) == 1
        fault_desk.after_grace(tx, camera.id, POLICY, back + timedelta(minutes=10))
        assert order_of(tx, camera) is None
        assert now_is(tx, camera).explained_by == again.id


def test_a_minor_fault_waits_thirty_days_for_a_visit(database: Database, company: Company) -> None:
    due_at = T0 + timedelta(days=30)
    with transaction(database) as tx:
        minor = finds(tx, company, CAMERA, code="BATT_LOW", severity=Severity.MINOR, why="reading")
        assert owed(tx, Kind.MINOR, minor) == due_at
        assert order_of(tx, minor) is None
        fault_desk.minor_due(tx, minor.id, POLICY, due_at)
        order = order_of(tx, minor)
        assert order is not None
        assert order.on_site_by == due_at + timedelta(hours=2)
        fault_desk.minor_due(tx, minor.id, POLICY, due_at)
        assert len(order_rows.all_open(tx)) == 1


def test_a_fault_that_gets_worse_makes_its_running_order_more_urgent(
    database: Database, company: Company
) -> None:
    with transaction(database) as tx:
        fault = finds(tx, company, CAMERA)
        finds(tx, company, CAMERA, T0 + timedelta(hours=1), severity=Severity.EMERGENCY)
        order = order_of(tx, fault)
        assert order is not None
        assert order.severity is Severity.EMERGENCY
        assert order.on_site_by == T0 + timedelta(hours=2)  # frozen all the same
        finds(tx, company, CAMERA, T0 + timedelta(hours=2), severity=Severity.MINOR)
        order = order_of(tx, fault)
        assert order is not None
        assert order.severity is Severity.EMERGENCY


def test_a_minor_fault_that_gets_worse_pages(database: Database, company: Company) -> None:
    with transaction(database) as tx:
        fault = finds(tx, company, CAMERA, code="BATT_LOW", severity=Severity.MINOR)
        worse_at = T0 + timedelta(hours=1)
        finds(tx, company, CAMERA, worse_at, code="BATT_LOW", severity=Severity.MAJOR)
        assert now_is(tx, fault).severity is Severity.MAJOR
        order = order_of(tx, fault)
        assert order is not None
        assert order.severity is Severity.MAJOR
        assert "fault_worsened" in verbs(tx, fault)
        fault_desk.minor_due(tx, fault.id, POLICY, T0 + timedelta(days=30))
        assert len(order_rows.all_open(tx)) == 1


def test_clearing_twice_is_once(database: Database, company: Company) -> None:
    with transaction(database) as tx:
        fault = finds(tx, company, CAMERA)
        for _ in range(2):
            fault_desk.clear(tx, fault.id, "heard", POLICY, T0 + timedelta(minutes=4))
        assert verbs(tx, fault).count("fault_cleared") == 1


def test_a_dispatched_order_is_not_closed_behind_a_persons_back(
    database: Database, company: Company
) -> None:
    with transaction(database) as tx:
        fault = finds(tx, company, CAMERA)
        order = order_of(tx, fault)
        assert order is not None
        order_desk.dispatch(tx, order.id, company.id_of(CHEN), company.id_of(LI), T0)
        fault_desk.clear(tx, fault.id, "heard", POLICY, T0 + timedelta(minutes=4))
        kept = order_rows.get(tx, order.id)
        assert kept is not None
        assert kept.open
        told = {n.person_id for n in ledger.of_order(tx, order.id) if n.kind == "restored"}
        assert told == {company.id_of(LI), company.id_of(CHEN)}


def test_taking_it_races_the_recovery(database: Database, company: Company) -> None:
    """Either it was over before he took it, or he has it and is asked; never both or neither."""
    for round_ in range(10):
        now = T0 + timedelta(days=40 * round_)  # the same again too soon would need a person
        with transaction(database) as tx:
            fault = finds(tx, company, CAMERA, now)
            order = order_of(tx, fault)
        assert order is not None
        took = race(database, company, fault, order, now)
        with reading(database) as tx:
            end = order_rows.get(tx, order.id)
            told = {n.person_id for n in ledger.of_order(tx, order.id) if n.kind == "restored"}
            assert not now_is(tx, fault).open
        assert end is not None
        assert end.open is took
        assert (end.received_by == company.id_of(LI)) is took
        assert company.id_of(LI) in told
        with transaction(database) as tx:
            if took:
                order_desk.cancel(tx, order.id, company.id_of(CHEN), now, "by itself")


def race(
    database: Database, company: Company, fault: Fault, order: WorkOrder, now: datetime
) -> bool:
    """Both at once, each tried again after a conflict; whether he could take it."""
    together, took = threading.Barrier(2), list[bool]()

    def take() -> None:
        together.wait()
        while not took:
            with contextlib.suppress(ConflictError), transaction(database) as tx:
                try:
                    order_desk.acknowledge(tx, order.id, company.id_of(LI), now)
                    took.append(True)
                except NotNowError:
                    took.append(False)

    def recover() -> None:
        together.wait()
        while True:
            with contextlib.suppress(ConflictError), transaction(database) as tx:
                fault_desk.clear(tx, fault.id, "heard", POLICY, now)
                return

    threads = [threading.Thread(target=one) for one in (take, recover)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return took[0]


def call(tx: Tx, company: Company, number: int, at: datetime) -> WorkOrder:
    said = Call(device_id=company.devices[number], symptom="no picture", at=at, reporter="Zhou")
    by = company.id_of(CHEN)
    return call_desk.receive(tx, said, by, POLICY, T0)


def test_two_who_write_the_same_call_down_open_one_order(
    database: Database, company: Company
) -> None:
    together, numbers = threading.Barrier(2), list[OrderId]()

    def write_down() -> None:
        together.wait()
        with transaction(database) as tx:
            numbers.append(call(tx, company, CAMERA, T0).id)

    threads = [threading.Thread(target=write_down) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(numbers) == 2
    assert len(set(numbers)) == 1
    with reading(database) as tx:
        assert len(order_rows.all_open(tx)) == 1


def test_a_call_about_something_explained_has_its_own_deadline(
    database: Database, company: Company
) -> None:
    """A03: every fault a customer reported has its deadline, whatever the monitor thinks."""
    with transaction(database) as tx:
        behind(tx, company)
        order = call(tx, company, CAMERA, T0 - timedelta(minutes=5))
        assert order.clock_source is ClockSource.CUSTOMER_NOTICE
        assert order.on_site_by == T0 + timedelta(hours=2, minutes=-5)


def test_a_call_is_on_record_with_who_called_and_what_was_said(
    database: Database, company: Company
) -> None:
    with transaction(database) as tx:
        order = call(tx, company, CAMERA, T0)
        fault = fault_rows.get(tx, order.root_fault_id)
        assert fault is not None
        assert fault_rows.evidence(tx, fault.id) == {"symptom": "no picture", "reporter": "Zhou"}
        (entry,) = journal.of_device(tx, fault.device_id, limit=9)
    assert (entry.verb, entry.person_id) == ("fault_reported", company.id_of(CHEN))
    assert entry.facts == {"symptom": "no picture", "reporter": "Zhou"}


def test_a_call_about_no_device_is_an_error(database: Database, company: Company) -> None:
    said = Call(device_id=4711, symptom="x", at=T0, reporter="Zhou")  # type: ignore[arg-type]
    with pytest.raises(LookupError), transaction(database) as tx:
        call_desk.receive(tx, said, company.id_of(CHEN), POLICY, T0)
