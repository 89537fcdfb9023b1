"""What comes back is linked to what was before; one time too many is a fault of its own."""

from pathlib import Path

import pytest

from operations import work_orders as order_desk
from rules.model import Fault, Severity
from storage import faults as fault_rows
from storage.db import Database, reading, transaction
from tests import company as companies
from tests.collector.field import Field

HOT, COOL = {"metrics": {"temperature_c": 70.0}}, {"metrics": {"temperature_c": 30.0}}


@pytest.fixture
def field(database: Database, telemetry: Database, tmp_path: Path) -> Field:
    field = Field(database, telemetry, tmp_path)
    field.has("c1")
    field.says("c1", interval=60)
    return field


def _comes(field: Field) -> None:
    field.voices["c1"] = HOT
    field.passes(minutes=17, beat_s=60)


def _goes(field: Field) -> None:
    field.voices["c1"] = COOL
    field.passes(minutes=17, beat_s=60)


def _of_code(field: Field, code: str) -> list[Fault]:
    return [fault for fault in field.faults("c1") if fault.code == code]


def test_a_fault_that_was_there_before_is_linked_both_ways(field: Field) -> None:
    _comes(field)
    first = _of_code(field, "TEMP_CRITICAL")[0]
    _goes(field)
    _comes(field)
    second = _of_code(field, "TEMP_CRITICAL")[0]
    assert second.repeat_of == first.id
    with reading(field.database) as tx:
        assert [fault.id for fault in fault_rows.repeats_of(tx, first.id)] == [second.id]
    assert _of_code(field, "REPEAT_FAULT") == [], "twice in a month is not yet a fault by itself"


def test_the_third_time_within_a_month_is_a_repeat_fault_of_the_same_order(field: Field) -> None:
    """One order, one page for it; and a person must name the cause."""
    for _ in range(2):
        _comes(field)
        _goes(field)
    _comes(field)
    repeat = _of_code(field, "REPEAT_FAULT")[0]
    fault = _of_code(field, "TEMP_CRITICAL")[0]
    assert (repeat.point, repeat.severity) == ("TEMP_CRITICAL", Severity.MAJOR)
    assert repeat.order_id == fault.order_id
    _goes(field)
    assert fault.order_id in {order.id for order in field.orders()}, "well again is not repaired"


def test_a_minor_fault_that_keeps_coming_gets_its_order(field: Field) -> None:
    for _ in range(2):
        field.says("c1", metrics={"certificate_days": 20.0})
        field.says("c1", metrics={"certificate_days": 50.0})
    assert field.orders() == []
    field.says("c1", metrics={"certificate_days": 20.0})
    assert [fault.severity for fault in _of_code(field, "CERT_EXPIRING")] == [Severity.MAJOR]
    assert [order.severity for order in field.orders()] == [Severity.MAJOR]


def test_again_within_a_week_of_its_repair_is_a_repeat_fault(field: Field) -> None:
    _comes(field)
    order = field.orders()[0]
    li = field.company.id_of(companies.LI)
    with transaction(field.database) as tx:
        order_desk.acknowledge(tx, order.id, li, field.now)
        order_desk.depart(tx, order.id, li, field.now)
        order_desk.arrive(tx, order.id, li, field.now)
        order_desk.diagnose(tx, order.id, li, field.now, "dust")
        order_desk.repair(tx, order.id, li, field.now, "cleaned")
    _goes(field)
    with transaction(field.database) as tx:
        order_desk.leave(tx, order.id, li, field.now)
        order_desk.accept(tx, order.id, li, field.now, "Zhou")
    field.sleeps(hours=5 * 24)
    _comes(field)
    assert [fault.point for fault in _of_code(field, "REPEAT_FAULT")] == ["TEMP_CRITICAL"]


def test_it_is_over_after_a_month_of_quiet(field: Field) -> None:
    for _ in range(3):
        _comes(field)
        _goes(field)
    assert _of_code(field, "REPEAT_FAULT")
    field.voices.clear()
    field.sleeps(hours=29 * 24)
    field.says("c1", **COOL)
    field.passes(30)
    assert _of_code(field, "REPEAT_FAULT")
    field.sleeps(hours=26)
    field.says("c1", **COOL)
    field.passes(30)
    assert _of_code(field, "REPEAT_FAULT") == []
