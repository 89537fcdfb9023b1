"""Whatever is done to a sheet, in any order: what must hold holds, what is refused leaves no trace.

A09, B04, B11.
"""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from operations import inspections as inspection_desk
from operations.refusals import NotNowError
from rules.inspections import Answer, Decision, Picture, Result, Sheet, Stand
from rules.model import PersonId
from storage import deadlines
from storage import faults as fault_rows
from storage import work_orders as order_rows
from storage.db import Database, Tx, transaction
from storage.deadlines import Kind
from storage.states import LastWord, put_all
from storage.tables.night import journal
from tests import company as companies
from tests.company import CHEN, LI
from tests.examples import examples
from tests.inspected import NOW, POLICY, begun, sheet_of, under_contract

if TYPE_CHECKING:
    from collections.abc import Callable

SAID = st.builds(
    Answer,
    result=st.sampled_from(Result),
    note=st.sampled_from(["", "cracked", "no key"]),
    value=st.sampled_from([None, None, 12.0, 99.0]),
)
ACTS = st.one_of(
    st.tuples(st.just("item"), st.integers(0, 200), SAID),
    st.tuples(st.just("point"), st.integers(0, 30), SAID),
    st.tuples(st.just("rest"), st.just(0), st.sampled_from(["", "storm"])),
    st.tuples(st.just("photo"), st.integers(0, 30), st.sampled_from("abc")),
    st.tuples(st.just("finish"), st.just(0), st.just("")),
    st.tuples(st.just("sign"), st.just(0), st.sampled_from(["", "Zhou"])),
    st.tuples(st.just("unsigned"), st.just(0), st.sampled_from(["", "away"])),
    st.tuples(st.just("decide"), st.integers(0, 30), st.sampled_from(Decision)),
    st.tuples(st.just("issue"), st.just(0), st.just("")),
)
# Most random orders never get far: the usual way lies between two random stretches.
USUAL: list[tuple[str, int, Any]] = [
    ("rest", 0, "storm"),
    ("finish", 0, ""),
    ("unsigned", 0, "away"),
    *(("decide", number, Decision.STANDS) for number in range(3)),
    ("issue", 0, ""),
]


def _do(
    tx: Tx, sheet: Sheet, act: tuple[str, int, Any], who: tuple[PersonId, PersonId], at: datetime
) -> None:
    verb, number, said = act
    one, (li, chen) = sheet.inspection.id, who
    point = sheet.points[number % len(sheet.points)]
    items = [item for each in sheet.points for item in each.items]
    acts: dict[str, Callable[[], object]] = {
        "item": lambda: inspection_desk.answer(
            tx, items[number % len(items)].id, said, li, POLICY, at
        ),
        "point": lambda: inspection_desk.answer_point(tx, point.id, said, li, POLICY, at),
        "rest": lambda: inspection_desk.close_rest(tx, one, said, li, at),
        "photo": lambda: inspection_desk.add_photo(
            tx, point.id, Picture(file=said * 64, fingerprint="", width=1, height=1), li, at
        ),
        "finish": lambda: inspection_desk.finish(tx, one, "", li, POLICY, at),
        "sign": lambda: inspection_desk.sign(tx, one, said, "f" * 64, at),
        "unsigned": lambda: inspection_desk.leave_unsigned(tx, one, said, li, at),
        "decide": lambda: inspection_desk.decide(tx, point.id, said, "so it is", chen, at),
        "issue": lambda: inspection_desk.issue(tx, one, chen, at),
    }
    acts[verb]()


def _lines(tx: Tx) -> int:
    return tx.scalar(select(func.count()).select_from(journal)) or 0


def _holds(tx: Tx, sheet: Sheet) -> None:
    one = sheet.inspection
    items = [item for point in sheet.points for item in point.items]
    for item in items:
        assert (item.order_id is not None) == (item.result is Result.ABNORMAL)
        assert (item.checked_at is not None) == (item.result is not None)
        if item.result in {Result.ABNORMAL, Result.NOT_CHECKED}:
            assert item.note
        if item.result is Result.NORMAL:
            assert item.within
    found = {fault.id for fault in fault_rows.all_open(tx) if fault.code == "INSPECTION_FOUND"}
    assert found <= {item.fault_id for item in items if item.fault_id}
    for order in order_rows.all_open(tx):
        assert any(item.order_id == order.id for item in items) or order.root_fault_id not in found
    promised = deadlines.find(tx, Kind.RENDER, "inspection", one.id)
    assert (promised is not None) == (one.stand is Stand.ISSUED)
    if one.finished_at:
        assert all(item.result for item in items)
    if one.stand is Stand.ISSUED:
        assert one.settled
        assert not sheet.undecided
    assert one.undecided == len(sheet.undecided)


@settings(
    max_examples=examples(12),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(ACTS, max_size=12), st.lists(ACTS, max_size=8), st.integers(0, 7))
def test_any_sheet(
    database: Database,
    before: list[tuple[str, int, Any]],
    after: list[tuple[str, int, Any]],
    usual: int,
) -> None:
    with transaction(database) as tx:
        company = companies.found(tx, devices=2)
        put_all(tx, [LastWord(device_id=one, last_heard_at=NOW) for one in company.devices])
        companies.opens(tx, company, 0, POLICY, NOW - timedelta(hours=1))
        who = (company.id_of(LI), company.id_of(CHEN))
        sheet = begun(tx, under_contract(tx, company), who[0])
        at, was_issued = NOW, False
        for act in [*before, *USUAL[:usual], *after]:
            at += timedelta(minutes=2)
            lines = _lines(tx)
            try:
                _do(tx, sheet, act, who, at)
            except NotNowError:
                assert sheet_of(tx, sheet.inspection.id) == sheet
                assert _lines(tx) == lines
            fresh = sheet_of(tx, sheet.inspection.id)
            assert not was_issued or fresh == sheet
            sheet, was_issued = fresh, fresh.inspection.stand is Stand.ISSUED
            _holds(tx, sheet)
        tx.rollback()
