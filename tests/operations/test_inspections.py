"""The way of a sheet, verb by verb (A09, B04, B11)."""

from datetime import timedelta

import pytest

from operations import inspections as inspection_desk
from operations.inspections import NotNowError
from rules.inspections import Answer, Area, Result, Stand
from storage import deadlines
from storage import devices as device_rows
from storage.db import Database, Tx, transaction
from storage.deadlines import Kind
from storage.states import LastWord, put_all
from tests import company as companies
from tests.company import CHEN, LI, Company
from tests.inspected import (
    NOW,
    POLICY,
    WELL,
    begun,
    under_contract,
    walk,
)

MINUTE = timedelta(minutes=1)
BROKEN = Answer(result=Result.ABNORMAL, note="glass cracked")


def found(tx: Tx, devices: int = 2) -> Company:
    company = companies.found(tx, devices=devices)
    under_contract(tx, company)
    heard = [
        LastWord(device_id=one, wire_state="online", last_heard_at=NOW) for one in company.devices
    ]
    put_all(tx, heard)
    return company


def system_of(tx: Tx, company: Company):  # type: ignore[no-untyped-def]
    device = device_rows.get(tx, company.devices[0])
    assert device is not None
    assert device.system_id is not None
    return device.system_id


def test_from_the_plan_to_the_issue(database: Database) -> None:
    with transaction(database) as tx:
        company = found(tx)
        li, chen = company.id_of(LI), company.id_of(CHEN)
        sheet = begun(tx, system_of(tx, company), li)
        number = sheet.inspection.id
        assert sheet.inspection.stand is Stand.IN_WORK
        assert [one.code for one in sheet.points[:2]] == ["d0", "d1"]
        assert {one.area for one in sheet.points} == set(Area)
        with pytest.raises(NotNowError, match="unanswered"):
            inspection_desk.finish(tx, number, "", li, POLICY, NOW)
        done = walk(tx, sheet, li, NOW)
        one = inspection_desk.finish(tx, number, " all dusted ", li, POLICY, done)
        assert (one.stand, one.remarks) == (Stand.TO_SIGN, "all dusted")
        with pytest.raises(NotNowError, match="not_signed"):
            inspection_desk.issue(tx, number, chen, done)
        signed = inspection_desk.sign(tx, number, "Zhou", "f" * 64, done)
        assert signed.stand is Stand.TO_ISSUE
        issued = inspection_desk.issue(tx, number, chen, done + MINUTE)
        assert issued.stand is Stand.ISSUED
        promise = deadlines.find(tx, Kind.RENDER, "inspection", number)
        assert promise is not None
        assert promise.due_at == done + MINUTE
        point = sheet.points[0]
        for act in (
            lambda: inspection_desk.answer_point(tx, point.id, WELL, li, POLICY, done),
            lambda: inspection_desk.answer(tx, point.items[0].id, BROKEN, li, POLICY, done),
            lambda: inspection_desk.issue(tx, number, chen, done),
            lambda: inspection_desk.assign(tx, number, li, chen, done),
        ):
            with pytest.raises(NotNowError, match=r"inspection\.refused\.issued"):
                act()
