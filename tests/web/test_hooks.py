"""What makers of SMS and calls tell us, up to the key pressed on the phone (D05, A02)."""

import contextlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from notify.channel import Channel
from notify.channels import build, reporting
from operations import notices
from rules.model import Severity, WorkOrder
from rules.notices import State
from rules.policy import Policy
from scheduler.sending import sender
from storage import ledger
from storage import people as people_rows
from storage import receipts as receipt_rows
from storage import work_orders as order_rows
from storage.db import Database, reading, transaction
from storage.outbox import Notice
from tests import company as companies
from tests.company import LI, WANG, Company
from tests.notify import makers
from tests.notify.makers import HOOK_SECRET, MAKERS, TWILIO_ACCOUNT, Taken
from tests.notify.receivers import web_server
from tests.waiting import until
from tests.web.conftest import laid_out_once
from web.main import furnish
from wiring.clock import SteadyClock
from wiring.in_force import Figures
from wiring.parts import Parts
from wiring.settings import Settings, channel_plans

POLICY = Policy()
OUTSIDE = "https://watch.example.com"
LIS_PHONE, WANGS_PHONE = "+8613800138000", "+8613900139000"


@dataclass
class Line:
    """A company whose phones hang on makers of our own, and the address where those tell us."""

    parts: Parts
    app: FastAPI
    company: Company
    taken: dict[str, Taken]
    channels: dict[str, Channel]

    @property
    def database(self) -> Database:
        return self.parts.database

    def hook(self, kind: str) -> str:
        return next(one for one in reporting(self.channels.values()) if one.startswith(kind))

    def tells(self, path: str, body: bytes, **headers: str) -> Any:
        """A program posts: no Origin, no cookie, whatever host a proxy left over."""
        client = TestClient(self.app, base_url="http://10.0.0.7:8080", follow_redirects=False)
        return client.post(path, content=body, headers=headers)

    def twilio_tells(self, url: str, **said: str) -> Any:
        """Signed over the address as Twilio knows it."""
        form = {"AccountSid": TWILIO_ACCOUNT, **said}
        signed = makers.twilio_signature(url, form)
        parts = urlsplit(url)
        kind = {"Content-Type": "application/x-www-form-urlencoded", "X-Twilio-Signature": signed}
        return self.tells(f"{parts.path}?{parts.query}", urlencode(form).encode(), **kind)

    def breaks(self) -> WorkOrder:
        with transaction(self.database) as tx:
            return companies.breaks(tx, self.company, 0, POLICY, self.parts.clock())

    def order(self, order: WorkOrder) -> WorkOrder:
        with reading(self.database) as tx:
            found = order_rows.get(tx, order.id)
        assert found
        return found

    def notices(self, who: str) -> list[Notice]:
        with reading(self.database) as tx:
            found = ledger.newest(tx)[::-1]
        return [one for one in found if one.person_id == self.company.id_of(who)]

    def one(self, who: str, channel: str, state: State) -> Notice:
        """Li's page by SMS, once it has come so far."""

        def _there() -> Notice | None:
            found = [
                one for one in self.notices(who) if (one.channel, one.state) == (channel, state)
            ]
            return found[0] if found else None

        notice = until(_there)
        assert notice
        return notice


@pytest.fixture
def line(database: Database, telemetry: Database, tmp_path: Path) -> Iterator[Line]:
    """SMS by Aliyun, then by Tencent; calls by Twilio."""
    taken = {kind: Taken() for kind in ("aliyun+sms", "tencent+sms", "twilio+voice")}
    with contextlib.ExitStack() as servers:
        where = {kind: servers.enter_context(web_server()) for kind in taken}
        for kind, server in where.items():
            server.judge = MAKERS[kind](taken[kind])
        urls = {
            kind: makers.address(kind, server.where, tmp_path) for kind, server in where.items()
        }
        settings = Settings(
            data=tmp_path,
            public_url=OUTSIDE,
            channel=[  # type: ignore[arg-type]  # as a file says it
                {"name": "sms", "providers": [urls["aliyun+sms"], urls["tencent+sms"]]},
                {"name": "voice", "providers": [urls["twilio+voice"]]},
            ],
        )
        parts = Parts(
            settings=settings,
            database=database,
            telemetry=telemetry,
            figures=Figures(POLICY),
            clock=SteadyClock(),
        )
        with transaction(database) as tx:
            company = companies.found(tx)
            for who, phone in ((LI, LIS_PHONE), (WANG, WANGS_PHONE)):
                addresses = [["sms", phone], ["voice", phone]]
                people_rows.change(tx, company.id_of(who), {"channels": addresses})
            people_rows.change(tx, company.id_of("chen"), {"channels": []})
        app = laid_out_once()
        furnish(app, parts)
        sending = sender(parts)
        sending.start()
        yield Line(parts, app, company, taken, build(channel_plans(settings)))
        sending.stop(within_s=2)


def _called(line: Line) -> dict[str, str]:
    """Li's phone has rung: the addresses Twilio was given."""
    calls = line.taken["twilio+voice"].letters
    until(lambda: calls)
    form = calls[0]["form"]
    action = re.search(r'action="([^"]+)"', form["Twiml"][0])
    assert action
    return {"status": form["StatusCallback"][0], "key": unescape(action[1]), "ref": "ref-1"}


def test_key_one_on_the_phone_takes_the_order_and_silences_the_rest(line: Line) -> None:
    order = line.breaks()
    call = _called(line)
    assert call["key"].startswith(f"{OUTSIDE}/hooks/from/twilio-voice-")
    answer = line.twilio_tells(call["key"], CallSid="ref-1", CallStatus="in-progress", Digits="1")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/xml")
    assert "已收到" in answer.text
    assert line.order(order).received_by == line.company.id_of(LI)
    again = line.twilio_tells(call["key"], CallSid="ref-1", CallStatus="in-progress", Digits="1")
    assert again.status_code == 200
    assert all(one.state != State.WAITING for one in line.notices(LI) if one.kind == "page")


def test_key_two_calls_the_next(line: Line) -> None:
    line.breaks()
    call = _called(line)
    line.twilio_tells(call["key"], CallSid="ref-1", CallStatus="in-progress", Digits="2")
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
    call = _called(line)
    with transaction(line.database) as tx:
        order_rows.change(
            tx,
            order.id,
            received_by=line.company.id_of(WANG),
            received_at=line.parts.clock(),
        )
    answer = line.twilio_tells(call["key"], CallSid="ref-1", CallStatus="in-progress", Digits="1")
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
    call = _called(line)
    sent = line.one(LI, "voice", State.SENT)
    assert (
        line.twilio_tells(call["status"], CallSid="ref-1", CallStatus="no-answer").status_code
        == 200
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
    call = _called(line)
    form = {"AccountSid": TWILIO_ACCOUNT, "CallSid": "ref-1", "CallStatus": "in-progress"}
    signed = makers.twilio_signature(call["key"], form)
    parts = urlsplit(call["key"])
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
