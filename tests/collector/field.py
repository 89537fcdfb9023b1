"""A site full of devices before the collector's own intake, with a clock that we turn."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from collector.intake import Intake
from collector.message import Message
from rules.model import DeviceId, Fault, Link, WorkOrder
from rules.policy import Policy
from rules.silence import Spell
from scheduler.tick import tick
from storage import devices as device_rows
from storage import faults as fault_rows
from storage import listening, revision, states
from storage import work_orders as order_rows
from storage.db import Database, Tx, reading, transaction
from storage.listening import Ears
from storage.states import LastWord
from storage.tables.company import people
from storage.tables.night import notices
from tests import company as companies
from wiring.in_force import Figures
from wiring.parts import Parts
from wiring.settings import load

DAWN = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
ENROLLED = DAWN - timedelta(days=30)
LINKS = {"via": Link.VIA, "powered_by": Link.POWERED_BY, "recorded_by": Link.RECORDED_BY}


class Field:
    """`now` moves only by `passes` and `sleeps`."""

    def __init__(
        self, database: Database, telemetry: Database, folder: Path, policy: Policy | None = None
    ) -> None:
        self.database, self.now = database, DAWN
        with transaction(database) as tx:
            self.company = companies.found(tx, devices=0, channels=1)
        self.parts = Parts(
            settings=load({}, data=folder),
            database=database,
            telemetry=telemetry,
            figures=Figures(policy or Policy()),
            clock=lambda: self.now,
        )
        self.voices: dict[str, dict[str, Any]] = {}
        self._mid = 0
        self.restarts()

    def restarts(self) -> None:
        """Our process is a new one; the database is what it was."""
        self.intake = Intake(self.parts)
        self.intake.start(self.now)

    def listens(self, **prefixes: str) -> None:
        """Dialect by prefix (`axis="site/axis"`): sources of our site. The process is a new one."""
        sources = [
            {"site": "S1", "dialect": dialect, "prefix": prefix}
            for dialect, prefix in prefixes.items()
        ]
        settings = load({}, data=self.parts.settings.data, source=sources)
        self.parts = replace(self.parts, settings=settings)
        self.restarts()

    # The asset list

    def has(self, code: str, kind: str = "camera", **more: Any) -> DeviceId:
        """A device of this type; `via=`, `powered_by=` name others, the rest are columns."""
        links = {LINKS[name]: self.id_of(more.pop(name)) for name in LINKS if name in more}
        row = {"site_id": self.company.site_id, "code": code, "name": code, "type": kind}
        row |= {"enrolled_at": ENROLLED, "reporting_interval_s": 60} | more
        with transaction(self.database) as tx:
            device_rows.add(tx, [row])
            device_id = self._id_of(tx, code)
            device_rows.set_links(tx, {device_id: links})
            revision.bump(tx)
        return device_id

    def id_of(self, code: str) -> DeviceId:
        with reading(self.database) as tx:
            return self._id_of(tx, code)

    def _id_of(self, tx: Tx, code: str) -> DeviceId:
        return device_rows.ids_by_code(tx, [self.company.site_id])[self.company.site_id, code]

    # What devices say

    def message(self, device: str, kind: str, said: object, **more: Any) -> Message:
        self._mid += 1
        body = said if isinstance(said, bytes) else json.dumps(said).encode()
        return Message(f"ringwatch/v1/S1/{device}/{kind}", body, self._mid, **more)

    def hears(self, topic: str, said: object = b"", **more: Any) -> None:
        """A message of any dialect, as it comes from the broker."""
        self._mid += 1
        body = said if isinstance(said, bytes) else json.dumps(said).encode()
        self.takes(Message(topic, body, self._mid, **more))

    def health(self, device: str, *, t: datetime | None = None, **said: Any) -> Message:
        return self.message(device, "health", {"t": (t or self.now).isoformat(), **said})

    def takes(self, *messages: Message, **more: Any) -> None:
        self.intake.take(messages, self.now, **more)

    def says(self, device: str, **said: Any) -> None:
        self.takes(self.health(device, **said))

    def reports(self, device: str, code: str, *, active: bool = True, point: str = "") -> None:
        self.takes(self.message(device, "event", {"code": code, "active": active, "point": point}))

    def word(self, device: str, word: str, **more: Any) -> None:
        self.takes(self.message(device, "state", word.encode(), **more))

    # What time does

    def passes(self, seconds: float = 0, *, minutes: float = 0, beat_s: float = 5) -> None:
        """`voices` speak every minute, each at its own second; timers run; the clock ticks."""
        end = self.now + timedelta(seconds=seconds, minutes=minutes)
        while self.now < end:
            self.now = min(self.now + timedelta(seconds=beat_s), end)
            self.speak(beat_s)
            self.rings()
            tick(self.database, self.parts.policy, lambda: self.now)

    def rings(self) -> None:
        while self.intake.ring(self.now, self.now):
            pass

    def speak(self, beat_s: float) -> None:
        second = (self.now - DAWN).total_seconds() % 60
        turns = {device: 7 * n % 60 for n, device in enumerate(sorted(self.voices))}
        speaking = [d for d, turn in turns.items() if 0 <= (second - turn) % 60 < beat_s]
        if speaking:
            self.takes(*(self.health(device, **self.voices[device]) for device in speaking))

    def sleeps(self, seconds: float = 0, *, minutes: float = 0, hours: float = 0) -> None:
        self.now += timedelta(seconds=seconds, minutes=minutes, hours=hours)

    def was_deaf(self, seconds: float) -> None:
        """Until now, and messages were lost."""
        self.intake.deaf(Spell(self.now - timedelta(seconds=seconds), self.now), "a test")

    # What is known

    def open(self) -> list[tuple[str, str]]:
        """(device, code) of every open fault, oldest first."""
        with reading(self.database) as tx:
            named = {device.id: device.code for device in device_rows.all_devices(tx)}
            return [(named[fault.device_id], fault.code) for fault in fault_rows.all_open(tx)]

    def faults(self, *devices: str) -> list[Fault]:
        with reading(self.database) as tx:
            ids = {self._id_of(tx, device) for device in devices}
            return [f for f in fault_rows.all_open(tx) if not ids or f.device_id in ids]

    def orders(self) -> list[WorkOrder]:
        with reading(self.database) as tx:
            return order_rows.all_open(tx)

    def told(self, kind: str = "page") -> list[str]:
        """Who was told so, oldest first, whatever became of it."""
        found = select(people.c.code).join(notices, notices.c.person_id == people.c.id)
        with reading(self.database) as tx:
            chosen = found.where(notices.c.kind == kind).order_by(notices.c.id)
            return list(tx.scalars(chosen))

    def last(self, device: str) -> LastWord:
        with reading(self.database) as tx:
            found = states.get(tx, self._id_of(tx, device))
        assert found is not None
        return found

    def ears(self) -> Ears:
        with reading(self.database) as tx:
            return listening.get(tx)
