"""The whole system with a clock you can turn and phones you can read.

Devices speak through the collector's own intake, promises are kept by the scheduler's own tick,
notices go out through the sender; only the broker and the provider's server are left out.
"""

import json
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from collector.intake import Intake
from collector.message import Message
from notify.channel import Accepted, Channel, Letter
from notify.dispatch import Aftermath, Sender
from notify.errands import Links
from notify.slots import Pace
from operations import calls as call_desk
from operations import dead_letters
from operations import work_orders as order_desk
from operations.calls import Call
from rules.buckets import Limit
from rules.model import Fault, WorkOrder
from rules.policy import Policy
from scheduler.tick import tick
from storage import faults as fault_rows
from storage import journal
from storage import work_orders as order_rows
from storage.db import Database, Tx, reading, transaction
from storage.outbox import Notice
from tests import company as companies
from tests.waiting import until
from wiring.in_force import Figures
from wiring.parts import Parts
from wiring.settings import load

DAWN = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
BEAT = timedelta(seconds=15)
EVERY = timedelta(minutes=1)  # how often a device says that it is well


@dataclass
class Phones:
    """One provider of one channel: it keeps what it was handed, for whom."""

    label: str
    limits: tuple[Limit, ...] = ()
    merges: bool = False
    attaches: bool = False
    ref: str = ""
    letters: dict[str, list[Letter]] = field(default_factory=lambda: defaultdict(list))

    def takes(self, target: str) -> bool:
        return bool(target)

    def send(self, letter: Letter) -> Accepted:
        self.letters[letter.target.split("@")[0]].append(letter)
        return Accepted(words="delivered", ref=self.ref)

    def close(self) -> None: ...


class World:
    """`now` moves only by `passes` and `sleeps`; `close` it."""

    def __init__(
        self,
        database: Database,
        telemetry: Database,
        folder: Path,
        *,
        devices: int = 3,
        policy: Policy | None = None,
        limits: tuple[Limit, ...] = (),
    ) -> None:
        self.database = database
        self.now = DAWN
        with transaction(database) as tx:
            self.company = companies.found(tx, devices=devices)
        self.parts = Parts(
            settings=load({}, data=folder),
            database=database,
            telemetry=telemetry,
            figures=Figures(policy or Policy()),
            clock=lambda: self.now,
        )
        self.phones = {name: Phones(name, limits) for name in ("mail", "ntfy")}
        self._voices: dict[str, dict[str, Any]] = {}
        self._spoke_at: dict[str, datetime] = {}
        self._wake_up()
        self._sender = self._make_sender()

    def close(self) -> None:
        until(self._sender.idle)

    @property
    def policy(self) -> Policy:
        """The figures in force, as every process of ours takes them up."""
        return self.parts.policy

    # What devices do

    def says(self, device: str, **health: Any) -> None:
        """Say it now (`flags={"tamper": True}`), and go on saying it every minute."""
        self._voices[device] = health
        self._speak(device)

    def all_well(self) -> None:
        """Every device says that it is, and goes on saying it."""
        well = [f"d{number}" for number in range(len(self.company.devices))]
        self._voices.update({device: {} for device in well})
        self._speak(*well)

    def falls_silent(self, device: str) -> None:
        del self._voices[device]

    # What time does

    def passes(self, **time: float) -> None:
        """Devices go on speaking, promises are kept, notices go out."""
        end = self.now + timedelta(**time)
        while self.now < end:
            self.now += BEAT
            self._take_up_figures()
            self._speak(*self._due_to_speak())
            self._intake.ring(self.now, self.now)
            tick(self.database, self.policy, lambda: self.now)
            self._deliver()

    def sleeps(self, **time: float) -> None:
        """Every process of ours is down; then all start again."""
        self.now += timedelta(**time)
        self._wake_up()

    # What people do and see

    def does(self, who: str, verb: str, order: WorkOrder, **facts: Any) -> WorkOrder:
        """`world.does(LI, "acknowledge", order)`: a verb of `operations.work_orders`."""
        act = getattr(order_desk, verb)
        with transaction(self.database) as tx:
            done = act(tx, order.id, self.company.id_of(who), now=self.now, **facts)
        assert isinstance(done, WorkOrder)
        return done

    def calls(self, about: str, *, minutes_ago: float = 0) -> WorkOrder:
        """The customer is on the phone about a device; the head writes it down."""
        said = Call(
            device_id=self.company.devices[int(about.removeprefix("d"))],
            symptom="no picture",
            at=self.now - timedelta(minutes=minutes_ago),
            reporter="Zhou, guard room",
        )
        with transaction(self.database) as tx:
            by = self.company.id_of(companies.CHEN)
            return call_desk.receive(tx, said, by, self.policy, self.now)

    def story(self, order: WorkOrder) -> list[str]:
        """What the order's timeline tells, verb by verb."""
        with reading(self.database) as tx:
            return [entry.verb for entry in journal.story(tx, order.id, order.root_fault_id)]

    def letters(self, who: str, kind: str) -> list[Letter]:
        """What that person's mail box holds of this kind, oldest first."""
        return [letter for letter in self.phones["mail"].letters[who] if letter.kind == kind]

    def heard(self, who: str, channel: str = "mail") -> list[tuple[str, datetime]]:
        """(kind, when) of every letter that reached that person's phone."""
        return [(letter.kind, letter.at) for letter in self.phones[channel].letters[who]]

    def kinds(self, who: str) -> list[str]:
        return [kind for kind, _ in self.heard(who)]

    def loses_its_picture(self) -> WorkOrder:
        """The first camera, of a company that was well; its order two minutes later."""
        self.all_well()
        self.says("d0", flags={"video_loss": True})
        self.passes(minutes=2)
        return self.orders()[0]

    def open_faults(self) -> list[Fault]:
        with reading(self.database) as tx:
            return fault_rows.all_open(tx)

    def orders(self) -> list[WorkOrder]:
        with reading(self.database) as tx:
            return order_rows.all_open(tx)

    def again(self, order: WorkOrder) -> WorkOrder:
        """The order as it is now."""
        with reading(self.database) as tx:
            found = order_rows.get(tx, order.id)
        assert found is not None
        return found

    def _take_up_figures(self) -> None:
        self.parts.figures.read(self.database)
        if self._intake.outdated:
            self._wake_up()

    def _wake_up(self) -> None:
        self._intake = Intake(self.parts)
        self._intake.start(self.now)

    def _due_to_speak(self) -> list[str]:
        return [each for each in self._voices if self.now - self._spoke_at[each] >= EVERY]

    def _speak(self, *devices: str) -> None:
        said = []
        for device in devices:
            body = {"t": self.now.isoformat(), "interval": 60, **self._voices[device]}
            said.append(Message(f"ringwatch/v1/S1/{device}/health", json.dumps(body).encode()))
            self._spoke_at[device] = self.now
        self._intake.take(said, self.now)

    def _make_sender(self) -> Sender:
        def _bury(tx: Tx, notice: Notice, words: str, now: datetime) -> None:
            dead_letters.bury(tx, notice, words, self.policy, now)

        return Sender(
            self.database,
            lambda: self.now,
            {name: Channel(name=name, providers=(one,)) for name, one in self.phones.items()},
            links=Links(base_url="https://watch.example.com"),
            aftermath=Aftermath(dead=_bury, sent=dead_letters.delivered),
            pace=Pace(),
        )

    def _deliver(self) -> None:
        """The sender looks until it has nothing more to do at this instant.

        It is turned by hand like the clock: one that looks by itself would now and then send
        while a beat is still being written, or a beat late.
        """
        while self._sender.look():
            until(self._sender.idle, timeout_s=60, every_s=0.001)
