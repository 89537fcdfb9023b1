"""A09: what is found is removed or becomes a work order, in the same transaction."""

from datetime import datetime, timedelta

import pytest

from operations import calls as call_desk
from operations import inspections as inspection_desk
from operations import work_orders as order_desk
from operations.calls import WHOLE_SITE, Call
from rules import notices
from rules.inspections import Answer, Item, Result
from rules.model import DeviceType, FaultId, OrderId, Severity, WorkOrder
from storage import deadlines, journal, outbox
from storage import devices as device_rows
from storage import faults as fault_rows
from storage import inspections as inspection_rows
from storage import work_orders as order_rows
from storage.db import Database, Tx, transaction
from storage.deadlines import Kind
from storage.outbox import Notice
from tests import company as companies
from tests.company import CHEN, LI, Company
from tests.inspected import (
    NOW,
    POLICY,
    WELL,
    a_device,
    a_system,
    begun,
    item_of,
    point_of,
    sheet_of,
    under_contract,
)

MINUTE = timedelta(minutes=1)


class Round:
    """Li is on site with a fresh sheet."""

    def __init__(self, tx: Tx, company: Company, system: int) -> None:
        self.tx, self.company, self.li = tx, company, company.id_of(LI)
        self.sheet = begun(tx, system, self.li)  # type: ignore[arg-type]

    def says(self, code: str, key: str, said: Answer, minutes: int = 0) -> Item:
        item = item_of(point_of(self.sheet, code), key)
        now = NOW + minutes * MINUTE
        return inspection_desk.answer(self.tx, item.id, said, self.li, POLICY, now)

    def order(self, item: Item) -> WorkOrder:
        assert item.order_id is not None
        order = order_rows.get(self.tx, item.order_id)
        assert order is not None
        return order


def on_site(tx: Tx, devices: int = 2) -> Round:
    company = companies.found(tx, devices=devices)
    return Round(tx, company, under_contract(tx, company))


def broken(note: str = "glass cracked") -> Answer:
    return Answer(result=Result.ABNORMAL, note=note)


def paged(tx: Tx, now: datetime) -> list[Notice]:
    """What waits to be sent, but for the word that this customer has no address."""
    return [one for one in outbox.due(tx, now, each=10) if one.kind != notices.Kind.UNTOLD]


def test_abnormal_opens_an_order_that_its_finder_has(database: Database) -> None:
    """He stands in front of it: received, on site, nobody is paged for what he sees himself."""
    with transaction(database) as tx:
        walk = on_site(tx)
        item = walk.says("d0", "housing", broken())
        order = walk.order(item)
        fault = fault_rows.get(tx, order.root_fault_id)
        assert fault is not None
        assert (fault.code, fault.device_id) == ("INSPECTION_FOUND", walk.company.devices[0])
        assert (item.fault_id, fault.order_id) == (fault.id, order.id)
        assert (order.received_by, order.assignee_id, order.arrived_at) == (walk.li, walk.li, NOW)
        assert (order.severity, order.late) == (Severity.MINOR, False)
        evidence = fault_rows.evidence(tx, fault.id)
        assert (evidence["item"], evidence["note"]) == ("housing", "glass cracked")
        assert deadlines.of_subject(tx, "order", order.id) == []
        assert paged(tx, NOW + timedelta(days=1)) == []
        told = [entry.verb for entry in journal.of_order(tx, order.id)]
    assert told[-1] == "inspection_found"
    assert {"order_opened", "acknowledged", "arrived"} <= set(told)


def test_the_head_hears_of_what_is_worse_than_minor(database: Database) -> None:
    with transaction(database) as tx:
        walk = on_site(tx)
        order = walk.order(walk.says("d0", "picture", broken("no picture")))
        waiting = paged(tx, NOW + timedelta(minutes=1))
        assert order.severity is Severity.MAJOR
        assert {one.kind for one in waiting} == {"report"}
        assert {one.facts["found_by"] for one in waiting} == {"Li"}
        assert deadlines.of_subject(tx, "order", order.id) == []
        assert {one.person_id for one in waiting} == {walk.company.id_of(CHEN)}


def test_one_point_is_one_order_whose_severity_is_its_worst(database: Database) -> None:
    with transaction(database) as tx:
        walk = on_site(tx)
        first = walk.says("d0", "housing", broken())
        second = walk.says("d0", "picture", broken("no picture"), 1)
        other = walk.says("d1", "housing", broken(), 2)
        assert (first.order_id, first.fault_id) == (second.order_id, second.fault_id)
        assert other.order_id != first.order_id
        assert walk.order(second).severity is Severity.MAJOR
        assert len(order_rows.all_open(tx)) == 2


def test_what_the_device_reported_already_is_linked(database: Database) -> None:
    with transaction(database) as tx:
        company = companies.found(tx, devices=1)
        order = companies.breaks(tx, company, 0, POLICY, NOW - MINUTE)
        walk = Round(tx, company, under_contract(tx, company))
        item = walk.says("d0", "picture", broken("no picture"))
        assert (item.order_id, item.fault_id) == (order.id, order.root_fault_id)
        assert order_rows.get(tx, order.id) == order
        assert [one.id for one in order_rows.all_open(tx)] == [order.id]
        elsewhere = walk.says("d0", "housing", broken(), 1)
        assert elsewhere.order_id != order.id


def test_a_minor_fault_that_waited_for_the_visit_gets_its_order(database: Database) -> None:
    with transaction(database) as tx:
        company = companies.found(tx, devices=1)
        fault = companies.opens(tx, company, 0, POLICY, NOW - MINUTE, Severity.MINOR)
        assert deadlines.find(tx, Kind.MINOR, "fault", fault.id)
        walk = Round(tx, company, under_contract(tx, company))
        item = walk.says("d0", "picture", broken("stripes"))
        assert item.fault_id == fault.id
        assert walk.order(item).root_fault_id == fault.id
        assert deadlines.find(tx, Kind.MINOR, "fault", fault.id) is None


def test_what_the_customer_called_about_is_linked(database: Database) -> None:
    with transaction(database) as tx:
        company = companies.found(tx, devices=1)
        call = Call(device_id=company.devices[0], symptom="blurred", at=NOW, reporter="Zhou")
        order = call_desk.receive(tx, call, company.id_of(CHEN), POLICY, NOW)
        walk = Round(tx, company, under_contract(tx, company))
        assert walk.says("d0", "sharpness", broken("fog")).order_id == order.id


def test_a_wrong_tap_is_taken_back(database: Database) -> None:
    """Only what this answer alone had opened; the other of the same point keeps it."""
    with transaction(database) as tx:
        walk = on_site(tx)
        walk.says("d0", "housing", broken())
        order = walk.order(walk.says("d0", "view", broken("turned away")))
        walk.says("d0", "housing", WELL, 1)
        assert order_rows.get(tx, order.id) == order
        item = walk.says("d0", "view", WELL, 2)
        assert (item.fault_id, item.order_id) == (None, None)
        closed = order_rows.get(tx, order.id)
        fault = fault_rows.get(tx, order.root_fault_id)
        assert closed is not None
        assert fault is not None
        assert (closed.close_reason, fault.open) == ("withdrawn", False)
        again = walk.says("d0", "view", broken("it is turned away"), 3)
        assert again.order_id != order.id


def test_an_order_on_which_work_was_done_stays(database: Database) -> None:
    with transaction(database) as tx:
        walk = on_site(tx)
        order = walk.order(walk.says("d0", "housing", broken()))
        order_desk.diagnose(tx, order.id, walk.li, NOW, "hit by a ladder")
        walk.says("d0", "housing", WELL, 5)
        kept = order_rows.get(tx, order.id)
        assert kept is not None
        assert kept.open


def test_what_the_device_reported_is_not_taken_back(database: Database) -> None:
    with transaction(database) as tx:
        company = companies.found(tx, devices=1)
        order = companies.breaks(tx, company, 0, POLICY, NOW - MINUTE)
        walk = Round(tx, company, under_contract(tx, company))
        walk.says("d0", "picture", broken())
        walk.says("d0", "picture", WELL, 1)
        kept = order_rows.get(tx, order.id)
        fault = fault_rows.get(tx, order.root_fault_id)
        assert kept is not None
        assert fault is not None
        assert kept.open
        assert fault.open


def test_the_order_goes_the_usual_way_to_its_end(database: Database) -> None:
    """No telemetry proves a glass: a person vouches, and that clears the fault."""
    with transaction(database) as tx:
        walk = on_site(tx)
        order = walk.order(walk.says("d0", "housing", broken()))
        order_desk.repair(tx, order.id, walk.li, NOW, "new glass")
        proven = order_desk.verify(tx, order.id, walk.li, NOW, "looked at it")
        closed = order_desk.accept(tx, order.id, walk.li, NOW, "Zhou")
        fault = fault_rows.get(tx, order.root_fault_id)
        assert proven.verified_at == NOW
        assert closed.close_reason == "accepted"
        assert fault is not None
        assert not fault.open


def test_a_subject_hangs_on_the_head_of_its_system(database: Database) -> None:
    with transaction(database) as tx:
        company = companies.found(tx, devices=1)
        system = under_contract(tx, company)
        a_device(tx, company.site_id, system, "nvr", DeviceType.RECORDER)
        walk = Round(tx, company, system)
        one = walk.says("cabling", "rodents", broken("gnawed"))
        two = walk.says("connectors", "oxidation", broken("green"), 1)
        faults = [fault_rows.get(tx, item.fault_id or FaultId(0)) for item in (one, two)]
        codes = device_rows.ids_by_code(tx, [company.site_id])
        assert [(f.device_id, f.point) for f in faults if f] == [
            (codes[company.site_id, "nvr"], "cabling"),
            (codes[company.site_id, "nvr"], "connectors"),
        ]
        assert one.order_id != two.order_id


def test_a_system_without_devices_hangs_on_the_site(database: Database) -> None:
    with transaction(database) as tx:
        company = companies.found(tx, devices=1)
        a_system(tx, company.site_id, "A")
        walk = Round(tx, company, a_system(tx, company.site_id, "Z"))
        extra = [one for one in walk.sheet.points if one.device_id]
        item = walk.says("operation", "passwords", broken("never changed"))
        order = walk.order(item)
        fault = fault_rows.get(tx, order.root_fault_id)
        assert fault is not None
        device = device_rows.get(tx, fault.device_id)
        assert device is not None
        assert device.code == WHOLE_SITE
        assert [one.code for one in extra] == []


@pytest.mark.parametrize("result", [Result.ABNORMAL, Result.NOT_CHECKED])
def test_a_whole_point_in_one_word(database: Database, result: Result) -> None:
    with transaction(database) as tx:
        walk = on_site(tx)
        point = point_of(walk.sheet, "d0")
        walk.says("d0", "housing", WELL)
        said = Answer(result=result, note="torn off the wall")
        done = inspection_desk.answer_point(tx, point.id, said, walk.li, POLICY, NOW)
        orders = {item.order_id for item in done.items if item.order_id}
        assert done.result is result
        assert item_of(done, "housing").result is Result.NORMAL
        assert len(orders) == (1 if result is Result.ABNORMAL else 0)
        again = inspection_desk.answer_point(tx, point.id, WELL, walk.li, POLICY, NOW + MINUTE)
        assert again == done


def test_an_answer_that_is_not_committed_leaves_nothing(database: Database) -> None:
    """All in one transaction: no order without its answer, no answer without its order."""
    with transaction(database) as tx:
        walk = on_site(tx)
    item = item_of(point_of(walk.sheet, "d0"), "housing")
    with transaction(database) as tx:
        said = inspection_desk.answer(tx, item.id, broken(), walk.li, POLICY, NOW)
        assert order_rows.get(tx, said.order_id or OrderId(0)) is not None
        tx.rollback()
    with transaction(database) as tx:
        assert order_rows.all_open(tx) == []
        assert fault_rows.all_open(tx) == []
        assert inspection_rows.sheet(tx, walk.sheet.inspection.id) == walk.sheet
        assert sheet_of(tx, walk.sheet.inspection.id).open_problems == []
