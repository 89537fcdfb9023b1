"""What makers of SMS and calls tell us, up to the key pressed on the phone (D05, A02)."""

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest
from starlette.testclient import TestClient

from operations import notices
from rules.model import Severity
from rules.notices import State
from storage import ledger
from storage import people as people_rows
from storage import receipts as receipt_rows
from storage import work_orders as order_rows
from storage.db import Database, reading, transaction
from tests.company import LI, WANG
from tests.notify import makers
from tests.notify.makers import HOOK_SECRET, TWILIO_ACCOUNT
from tests.phone_line import LIS_PHONE, OUTSIDE, WANGS_PHONE, Line, phone_line
from tests.waiting import until


@pytest.fixture
def line(database: Database, telemetry: Database, tmp_path: Path) -> Iterator[Line]:
    with phone_line(database, telemetry, tmp_path) as made:
        yield made


def test_key_one_on_the_phone_takes_the_order_and_silences_the_rest(line: Line) -> None:
    order = line.breaks()
    call = line.call()
    assert call.key.startswith(f"{OUTSIDE}/hooks/from/twilio-voice-")
    answer = line.pressed(call, "1")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/xml")
    assert "已收到" in answer.text
    assert line.order(order).received_by == line.company.id_of(LI)
    again = line.pressed(call, "1")
    assert again.status_code == 200
    assert all(one.state != State.WAITING for one in line.notices(LI) if one.kind == "page")


def test_key_two_calls_the_next(line: Line) -> None:
    line.breaks()
    call = line.call()
    line.pressed(call, "2")
    until(lambda: WANGS_PHONE in line.taken["twilio+voice"].by_number)


def test_the_telephone_rings_for_nothing_that_can_be_read(line: Line) -> None:
    """That all is well again comes by SMS; nobody is called out of bed for it."""
    with transaction(line.database) as tx:
        one = line.company.people[LI]
        li = people_rows.get(tx, one.id)
        assert li
        notices.tell(tx, li, "restored", key="r1", severity=Severity.MAJOR, now=line.parts.clock())
    assert line.one(LI, "voice", State.SILENCED).why == "not_by_call"
    line.one(LI, "sms", State.SENT)
    assert line.taken["twilio+voice"].letters == []


def test_who_comes_too_late_hears_it(line: Line) -> None:
    order = line.breaks()
    call = line.call()
    with transaction(line.database) as tx:
        order_rows.change(
            tx,
            order.id,
            received_by=line.company.id_of(WANG),
            received_at=line.parts.clock(),
        )
    answer = line.pressed(call, "1")
    assert "已有人处理" in answer.text
    assert line.order(order).received_by == line.company.id_of(WANG)


def test_a_message_that_was_taken_but_never_arrived_goes_by_the_next_maker(line: Line) -> None:
    line.breaks()
    sent = line.one(LI, "sms", State.SENT)
    lost = {"success": False, "err_code": "UNDELIV", "biz_id": "ref-1", "out_id": f"{sent.id}-1"}
    address = f"/hooks/from/{line.hook('aliyun-sms')}/{HOOK_SECRET}"
    answer = line.tells(address, json.dumps([lost]).encode())
    assert (answer.status_code, answer.json()) == (200, {"code": 0, "msg": "成功"})
    until(lambda: line.taken["tencent+sms"].by_number[LIS_PHONE])
    line.one(LI, "sms", State.SENT)
    arrived = [{"sid": "ref-1", "report_status": "SUCCESS", "errmsg": "DELIVRD"}]
    address = f"/hooks/from/{line.hook('tencent-sms')}/{HOOK_SECRET}"

    def _told() -> bool:  # the answer to our request may still be on its way
        return bool(line.tells(address, json.dumps(arrived).encode()).status_code == 200)

    until(_told)
    with reading(line.database) as tx:
        attempts = ledger.attempts_of(tx, [sent.id])[sent.id]
        told = receipt_rows.of_notices(tx, [sent.id])[sent.id]
    assert [one.result for one in attempts] == ["failed", "sent"]
    assert [one.status for one in told] == ["failed", "delivered"]


def test_a_call_nobody_takes_up_is_a_failed_try(line: Line) -> None:
    line.breaks()
    call = line.call()
    sent = line.one(LI, "voice", State.SENT)
    assert (
        line.twilio_tells(call.status, CallSid="ref-1", CallStatus="no-answer").status_code == 200
    )
    assert line.one(LI, "voice", State.DEAD).id == sent.id


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/hooks/from/nobody-000000", 404),
        ("/hooks/from/{voice}", 403),
        ("/hooks/from/{sms}", 403),
        ("/hooks/from/{sms}/guessed-it", 403),
        ("/hooks/from/{sms}/" + HOOK_SECRET, 404),
    ],
)
def test_what_is_not_theirs_changes_nothing(line: Line, path: str, status: int) -> None:
    """No door without a signature or our secret; a letter nobody knows may come again."""
    lost = [{"success": False, "err_code": "UNDELIV", "biz_id": "unknown", "out_id": "9-9"}]
    where = path.format(voice=line.hook("twilio-voice"), sms=line.hook("aliyun-sms"))
    answer = line.tells(where, json.dumps(lost).encode())
    assert answer.status_code == status
    assert line.tells(where, b"").status_code in {403, 404}


def test_a_spoilt_signature_takes_no_order(line: Line) -> None:
    order = line.breaks()
    call = line.call()
    form = {"AccountSid": TWILIO_ACCOUNT, "CallSid": "ref-1", "CallStatus": "in-progress"}
    signed = makers.twilio_signature(call.key, form)
    parts = urlsplit(call.key)
    answer = line.tells(
        f"{parts.path}?{parts.query}",
        urlencode({**form, "Digits": "1"}).encode(),
        **{"X-Twilio-Signature": signed},
    )
    assert answer.status_code == 403
    assert line.order(order).received_by is None


def test_other_receipts_in_the_same_push_do_not_hide_ours(line: Line) -> None:
    line.breaks()
    sent = line.one(LI, "sms", State.SENT)
    told = [
        {"success": True, "err_code": "DELIVERED", "biz_id": "of-another-program"},
        {"success": True, "err_code": "DELIVERED", "biz_id": "ref-1", "out_id": f"{sent.id}-1"},
    ]
    address = f"/hooks/from/{line.hook('aliyun-sms')}/{HOOK_SECRET}"
    assert line.tells(address, json.dumps(told).encode()).status_code == 200
    with reading(line.database) as tx:
        kept = receipt_rows.of_notices(tx, [sent.id])[sent.id]
    assert [one.status for one in kept] == ["delivered"]


def test_an_address_in_the_settings_is_reached_only_by_post(line: Line) -> None:
    client = TestClient(line.app)
    assert client.get(f"/hooks/from/{line.hook('aliyun-sms')}").status_code in {404, 405}
