"""Alarm hosts, the receiver and the judge in one hand: nothing happens but what a test does."""

import socket
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from collector.dc09.server import Receiver
from collector.intake import Intake
from collector.message import Message
from rules.model import DeviceId
from storage import alarms, inbox, rejects
from storage.alarms import Account
from storage.db import Database, reading
from storage.tables.alarms import security_events
from storage.tables.watch import discovered
from tests import servers
from tests.collector.dc09 import frames
from tests.collector.field import Field
from wiring.dc09 import AccountSettings, Dc09Settings

LOCAL = "127.0.0.1"


def heard(line: socket.socket) -> bytes:
    """What has been said on a line; a moment is left for what the kernel still carries over."""
    line.settimeout(0.2)
    try:
        return line.recv(4096)
    except TimeoutError:
        return b""
    finally:
        line.settimeout(60)


def accounts(folder: Path) -> tuple[AccountSettings, ...]:
    key = folder / "key"
    key.write_bytes(frames.KEY)
    given: list[dict[str, Any]] = [
        {"account": "5501", "category": "SP3", "test_interval_h": 24},
        {"account": "5502", "key": f"file:{key}"},
        {"account": "5503", "category": "DP2"},
        {"account": "5504", "test_interval_h": 24},
    ]
    return tuple(AccountSettings.model_validate({"site": "S1", **one}) for one in given)


class Station(Field):
    """`calls` sends a frame and gives back the answer; `judges` lets the collector read."""

    def __init__(
        self, database: Database, telemetry: Database, folder: Path, **settings: Any
    ) -> None:
        self.settings = Dc09Settings(
            listen=f"{LOCAL}:{servers.free_port()}", account=accounts(folder), **settings
        )
        super().__init__(database, telemetry, folder)
        parts = self.parts.settings.model_copy(update={"dc09": self.settings})
        self.parts = replace(self.parts, settings=parts)
        self.restarts()
        self.receiver = Receiver(self.parts, self.settings)
        self.line = self.dials()

    def restarts(self) -> None:
        self.intake = Intake(self.parts)
        self.intake.start(self.now)

    def close(self) -> None:
        self.line.close()
        self.receiver.close()

    def host(self, account: str = "5501", **more: Any) -> DeviceId:
        told = {"dialect": "dc09", "dialect_id": account, "reporting_interval_s": None}
        return self.has(f"H-{account}", "alarm_host", **{**told, **more})

    def zone(self, number: int, account: str = "5501", **more: Any) -> DeviceId:
        spoken = f"{account}/zone/{number:03d}"
        told = {"dialect": "dc09", "dialect_id": spoken, "monitored": "indirect"}
        return self.has(f"Z-{number}", "zone", **{**told, "via": f"H-{account}", **more})

    # Hosts

    def dials(self) -> socket.socket:
        line = socket.create_connection((LOCAL, self.receiver.port), timeout=60)
        self.receiver.step(0)
        return line

    def calls(self, raw: bytes, line: socket.socket | None = None) -> bytes:
        """B'' when nothing is answered."""
        line = line or self.line
        line.sendall(raw)
        while not self.receiver.step(1):
            pass
        while self.receiver.step(0.02):  # a long breath comes in pieces
            pass
        return heard(line)

    def says(self, data: str, sequence: int = 1, **more: Any) -> str:  # type: ignore[override]
        """A message with the right time, judged at once; returns the kind of answer."""
        told = self.calls(frames.said(data, sequence, at=self.now, **more))
        self.judges()
        return frames.answer(told).kind if told else ""

    def tests_the_line(self, account: str = "5501", **more: Any) -> str:
        told = self.calls(frames.link_test(account, at=self.now, **more))
        self.judges()
        return frames.answer(told).kind if told else ""

    def judges(self) -> None:
        """The collector reads the inbox, as its listener does."""
        with reading(self.database) as tx:
            letters = inbox.oldest(tx, 1000)
        self.takes(
            *(
                Message(
                    one.topic,
                    one.body,
                    qos=0,
                    letter=one.id,
                    receiver=one.receiver,
                    at=one.at,
                )
                for one in letters
            )
        )

    def goes_on(self, *, minutes: float = 0, hours: float = 0, beat_s: float = 60) -> None:
        self.passes(minutes=minutes + 60 * hours, beat_s=beat_s)

    def keeps_calling(
        self, *, hours: float, every: timedelta = timedelta(minutes=10), **more: Any
    ) -> None:
        end = self.now + timedelta(hours=hours)
        while self.now < end:
            self.goes_on(minutes=every.total_seconds() / 60)
            self.tests_the_line(**more)

    # What is known

    def letters(self) -> list[bytes]:
        with reading(self.database) as tx:
            return [one.body for one in inbox.oldest(tx, 1000)]

    def account(self, name: str = "5501") -> Account:
        with reading(self.database) as tx:
            return alarms.everything(tx)[name]

    def refused(self) -> int:
        with reading(self.database) as tx:
            return rejects.count(tx)

    def security(self) -> list[tuple[str, str, str]]:
        with reading(self.database) as tx:
            rows = tx.execute(select(security_events).order_by(security_events.c.id))
            return [(row.event, row.turn, row.number) for row in rows]

    def strangers(self) -> dict[str, str]:
        with reading(self.database) as tx:
            return {row.device: row.guess for row in tx.execute(select(discovered))}
