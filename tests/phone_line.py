"""A company whose phones hang on makers of our own, which check what they are sent."""

import contextlib
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from fastapi import FastAPI
from starlette.testclient import TestClient

from notify.channel import Channel
from notify.channels import build, reporting
from rules.model import WorkOrder
from rules.notices import State
from rules.policy import Policy
from scheduler.sending import sender
from storage import ledger
from storage import people as people_rows
from storage import work_orders as order_rows
from storage.db import Database, reading, transaction
from storage.outbox import Notice
from tests import company as companies
from tests.company import CHEN, LI, WANG, Company
from tests.notify import makers
from tests.notify.desk import PATIENCE_S
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

    def opens_and_presses(self, link: str) -> None:
        """Somebody follows the link of a text message and presses the one button there."""
        phone = TestClient(self.app, base_url=OUTSIDE, follow_redirects=True)
        page = phone.get(link)
        assert page.text.count("<button") == 1
        assert phone.post(page.url, headers={"Origin": OUTSIDE}).status_code == 200

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

    def call(self, number: int = 0) -> "Ringing":
        """A phone has rung: what Twilio was given."""
        calls = self.taken["twilio+voice"].letters
        until(lambda: len(calls) > number)
        form = calls[number]["form"]
        action = re.search(r'action="([^"]+)"', form["Twiml"][0])
        assert action
        return Ringing(
            status=form["StatusCallback"][0],
            key=unescape(action[1]),
            ref=f"ref-{number + 1}",
            number=form["To"][0],
        )

    def pressed(self, call: "Ringing", digit: str) -> Any:
        """Whoever took it up pressed a key."""
        return self.twilio_tells(call.key, CallSid=call.ref, CallStatus="in-progress", Digits=digit)

    def reported(self, maker: str, *told: dict[str, Any]) -> Any:
        """Aliyun or Tencent push a list of receipts."""
        address = f"/hooks/from/{self.hook(maker)}/{HOOK_SECRET}"
        return self.tells(address, json.dumps(told).encode())


@dataclass(frozen=True)
class Ringing:
    """Where Twilio tells how the call goes and which key was pressed, and what it calls it."""

    status: str
    key: str
    ref: str
    number: str


@contextlib.contextmanager
def phone_line(
    database: Database,
    telemetry: Database,
    folder: Path,
    clock: Callable[[], datetime] | None = None,
) -> Iterator[Line]:
    """SMS by Aliyun, then by Tencent; calls by Twilio."""
    taken = {kind: Taken() for kind in ("aliyun+sms", "tencent+sms", "twilio+voice")}
    with contextlib.ExitStack() as servers:
        where = {kind: servers.enter_context(web_server()) for kind in taken}
        for kind, server in where.items():
            server.judge = MAKERS[kind](taken[kind])
        urls = {kind: makers.address(kind, server.where, folder) for kind, server in where.items()}
        settings = Settings(
            data=folder,
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
            clock=clock or SteadyClock(),
        )
        with transaction(database) as tx:
            company = companies.found(tx)
            for who, phone in ((LI, LIS_PHONE), (WANG, WANGS_PHONE)):
                addresses = [["sms", phone], ["voice", phone]]
                people_rows.change(tx, company.id_of(who), {"channels": addresses})
            people_rows.change(tx, company.id_of(CHEN), {"channels": []})
        app = laid_out_once()
        furnish(app, parts)
        sending = sender(parts)
        sending.start()
        yield Line(parts, app, company, taken, build(channel_plans(settings)))
        sending.stop(within_s=PATIENCE_S)
