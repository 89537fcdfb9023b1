"""Many hands on one sheet, and the monitor beside them: one order of locks, nobody in the way."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest

from operations import faults as fault_desk
from operations import inspections as inspection_desk
from operations.refusals import NotNowError
from rules.inspections import Answer, Result
from storage import faults as fault_rows
from storage import work_orders as order_rows
from storage.db import ConflictError, Database, reading, transaction
from tests import company as companies
from tests.company import LI, WANG
from tests.inspected import NOW, POLICY, begun, planned, sheet_of, under_contract

BROKEN = Answer(result=Result.ABNORMAL, note="cracked")


def at_once(*works: Callable[[], object]) -> list[BaseException]:
    """Run all of them from the same instant; what is in another's way is tried again."""
    gate, errors = threading.Barrier(len(works)), []

    def _run(work: Callable[[], object]) -> None:
        gate.wait()
        for _ in range(50):
            try:
                work()
            except ConflictError:
                continue
            except BaseException as error:  # noqa: BLE001 - told by the test
                errors.append(error)
            return
        errors.append(TimeoutError())

    threads = [threading.Thread(target=_run, args=(work,)) for work in works]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return errors


def test_it_is_begun_once_by_whoever_is_first(database: Database) -> None:
    with transaction(database) as tx:
        company = companies.found(tx, devices=3)
        number = planned(tx, under_contract(tx, company)).id

    def _begin(who: str) -> Callable[[], object]:
        def _() -> None:
            with transaction(database) as tx:
                inspection_desk.start(tx, number, company.id_of(who), NOW)

        return _

    errors = at_once(*[_begin(who) for who in (LI, WANG) * 3])
    assert [str(error) for error in errors] == ["inspection.refused.started"] * 5
    assert all(isinstance(error, NotNowError) for error in errors)
    with reading(database) as tx:
        points = sheet_of(tx, number).points
    assert len({point.position for point in points}) == len(points)
    assert len([point for point in points if point.device_id]) == 3


@pytest.mark.parametrize("_again", range(3))
def test_answers_and_recoveries_at_the_same_instant(database: Database, _again: int) -> None:
    """Two engineers find what the devices just reported, while the devices get well again."""
    with transaction(database) as tx:
        company = companies.found(tx, devices=4)
        sheet = begun(tx, under_contract(tx, company), company.id_of(LI))
        reported = [
            companies.opens(tx, company, n, POLICY, NOW - timedelta(minutes=5)) for n in range(4)
        ]
    points = [point for point in sheet.points if point.device_id]

    def _say(number: int, key: str, who: str) -> Callable[[], object]:
        item = next(one for one in points[number].items if one.item == key)

        def _() -> None:
            with transaction(database) as tx:
                inspection_desk.answer(tx, item.id, BROKEN, company.id_of(who), POLICY, NOW)

        return _

    def _heal(number: int) -> Callable[[], object]:
        def _() -> None:
            with transaction(database) as tx:
                fault_desk.clear(tx, reported[number].id, "reading", POLICY, NOW)

        return _

    errors = at_once(
        *[_say(n, "picture", LI) for n in range(4)],
        *[_say(n, "housing", WANG) for n in range(4)],
        *[_heal(n) for n in range(4)],
    )
    assert errors == []
    with reading(database) as tx:
        after = sheet_of(tx, sheet.inspection.id)
        for _, item in after.open_problems:
            assert item.fault_id is not None
            assert item.order_id is not None
            assert order_rows.get(tx, item.order_id) is not None
        assert len(after.open_problems) == 8
        found = [one for one in fault_rows.all_open(tx) if one.code == "INSPECTION_FOUND"]
        assert len({one.device_id for one in found}) == len(found)
