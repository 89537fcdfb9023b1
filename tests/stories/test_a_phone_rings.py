"""Three in the morning: SMS, calls, receipts and one key, until somebody has it (A02, D05)."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from operations import drills as drill_desk
from operations.drills import Wish
from rules.notices import State
from scheduler.tick import tick
from storage import drills as drill_rows
from storage import journal, ledger
from storage.db import Database, reading, transaction
from tests.company import CHEN, LI, WANG
from tests.notify.desk import Turned
from tests.phone_line import LIS_PHONE, POLICY, WANGS_PHONE, Line, Ringing, phone_line
from tests.waiting import until


@pytest.fixture
def clock() -> Turned:
    return Turned()


@pytest.fixture
def line(database: Database, telemetry: Database, tmp_path: Path, clock: Turned) -> Iterator[Line]:
    with phone_line(database, telemetry, tmp_path, clock) as made:
        yield made


def passes(line: Line, clock: Turned, minutes: float) -> None:
    clock.passes(minutes * 60)
    tick(line.database, POLICY, line.parts.clock)


def rings_again(line: Line, clock: Turned, number: int) -> Ringing:
    """Twilio is asked for one call a second."""
    clock.passes(2)
    return line.call(number)


def test_the_first_sms_is_lost_the_first_call_not_heard_and_the_second_answered(
    line: Line, clock: Turned
) -> None:
    order = line.breaks()
    lost = line.one(LI, "sms", State.SENT)
    line.call()
    told = {"success": False, "err_code": "MK:0001", "err_msg": "空号", "out_id": f"{lost.id}-1"}
    line.reported("aliyun-sms", told)  # the operator does not find the phone
    until(lambda: line.taken["tencent+sms"].by_number[LIS_PHONE])
    first = line.call()
    line.one(LI, "voice", State.SENT)
    line.twilio_tells(first.status, CallSid=first.ref, CallStatus="no-answer")
    line.one(LI, "voice", State.DEAD)
    assert not [one for one in line.notices(WANG) if one.kind == "dead_letter"]  # the SMS carried

    passes(line, clock, 5)  # nobody has it: Li is called again
    second = line.call(1)
    assert second.number == LIS_PHONE
    assert "已收到" in line.pressed(second, "1").text
    after = line.order(order)
    assert after.received_by == line.company.id_of(LI)

    passes(line, clock, 10)
    assert line.taken["twilio+voice"].by_number == {LIS_PHONE: 2}
    with reading(line.database) as tx:
        entries = journal.of_order(tx, order.id)
    assert [one.facts["how"] for one in entries if one.verb == "acknowledged"] == ["call"]


def test_who_is_ill_presses_two_and_the_next_one_takes_it(line: Line, clock: Turned) -> None:
    order = line.breaks()
    line.pressed(line.call(), "2")
    call = rings_again(line, clock, 1)
    assert call.number == WANGS_PHONE
    line.pressed(call, "1")
    assert line.order(order).received_by == line.company.id_of(WANG)
    passes(line, clock, 15)
    assert line.taken["twilio+voice"].by_number == {LIS_PHONE: 1, WANGS_PHONE: 1}


def test_a_drill_rings_says_what_it_is_and_takes_no_order(line: Line, clock: Turned) -> None:
    """A key answers for the call, the link for the text message; the real page goes on."""
    order = line.breaks()
    line.call()
    with transaction(line.database) as tx:
        li, chen = line.company.id_of(LI), line.company.id_of(CHEN)
        wish = Wish(name="夜间呼叫", people=(li,))
        drill = drill_desk.plan(tx, wish, chen, line.parts.clock())
    call, texts = rings_again(line, clock, 1), line.taken["aliyun+sms"].letters
    assert "演练" in line.taken["twilio+voice"].letters[1]["form"]["Twiml"][0]
    assert "已收到" in line.pressed(call, "1").text
    until(lambda: len(texts) > 1)
    said = texts[1]["filled"]
    assert (said["title"][:2], said["place"]) == ("演练", "演练")  # whatever a template shows of it
    line.opens_and_presses(f"/l/{said['token']}")
    with reading(line.database) as tx:
        calls = drill_rows.calls(tx, drill.id)
    assert {one.channel: one.answered_how for one in calls} == {"voice": "call", "sms": "link"}
    assert line.order(order).received_by is None
    assert line.order(order).pages_made == 1


def test_nobody_takes_up_and_every_try_stands_in_the_ledger(line: Line, clock: Turned) -> None:
    """Unanswered is a failed try, in the maker's own words (B24)."""
    order = line.breaks()
    line.one(LI, "voice", State.SENT)
    page = line.one(LI, "sms", State.SENT)
    line.reported("aliyun-sms", {"success": False, "err_code": "OFF", "out_id": f"{page.id}-1"})
    until(lambda: line.taken["tencent+sms"].by_number[LIS_PHONE])
    line.one(LI, "sms", State.SENT)
    call = line.call()
    line.twilio_tells(call.status, CallSid=call.ref, CallStatus="busy")
    line.one(LI, "voice", State.FAILED)
    passes(line, clock, 1)  # a busy line is tried again
    again = line.call(1)
    until(
        lambda: [one for one in line.notices(LI) if (one.channel, one.state) == ("voice", "sent")]
    )
    line.twilio_tells(again.status, CallSid=again.ref, CallStatus="no-answer")
    dead = line.one(LI, "voice", State.DEAD)
    with reading(line.database) as tx:
        tries = ledger.attempts_of(tx, [dead.id])[dead.id]
    assert [(one.result, one.words) for one in tries] == [
        ("failed", "busy: busy"),
        ("failed", "unanswered: no-answer"),
    ]
    assert line.order(order).received_by is None
