"""The same world with its ears on: a real Mosquitto and the collector's own loop.

The clock is turned, so the broker's own idea of time ($SYS) is switched off.
"""

import contextlib
import json
import signal
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion

from collector.intake import Intake
from collector.listener import Listener
from collector.mqtt import Connection
from rules.model import Link
from scheduler.tick import tick
from storage import alerts, revision
from storage import devices as device_rows
from storage.db import Database, reading, transaction
from tests import servers
from tests.waiting import until
from tests.world import World

BEAT = timedelta(seconds=5)


def a_broker(folder: Path) -> servers.Mosquitto:
    return servers.Mosquitto(folder, servers.free_port(), durable=False, extra="sys_interval 0")


class ListeningWorld(World):
    """Devices speak to the broker; nothing is judged but what came through it."""

    def __init__(self, database: Database, telemetry: Database, folder: Path, **more: Any) -> None:
        self.broker = a_broker(folder / "broker")
        self.broker.start()
        self._listener: Listener | None = None
        self.beat = BEAT
        super().__init__(database, telemetry, folder, **more)
        self._hear()

    def close(self) -> None:
        super().close()
        if self._listener:
            self._listener.close()
        self.broker.stop()

    def passes(self, **time: float) -> None:
        end = self.now + timedelta(**time)
        while self.now < end:
            self.now = min(self.now + self.beat, end)
            self._speak(*self._due_to_speak())
            self._hear()
            tick(self.database, self.policy, lambda: self.now)
            self._deliver()

    def the_collector_is_away(self, **time: float) -> None:
        """Only the collector: devices go on speaking, and the broker keeps it for us."""
        if self._listener:
            self._listener.close()
        end = self.now + timedelta(**time)
        while self.now < end:
            self.now = min(self.now + self.beat, end)
            self._speak(*self._due_to_speak())
        self._wake_up()
        self._hear()

    def the_broker_forgets(self) -> None:
        """Killed, and its store is gone; it is up again at once."""
        self.broker.kill()
        (self.broker.folder / "mosquitto.db").unlink(missing_ok=True)
        self.broker.start()

    def the_broker_hangs(self, **time: float) -> None:
        assert self.broker.process
        self.broker.process.send_signal(signal.SIGSTOP)
        try:
            end = self.now + timedelta(**time)
            while self.now < end:
                self.now += 4 * self.beat
                self._step()
                tick(self.database, self.policy, lambda: self.now)
                self._deliver()
        finally:
            self.broker.process.send_signal(signal.SIGCONT)

    def hangs_behind(self, root: str, *devices: str) -> None:
        """These devices reach us through `root`, which is the site's uplink."""
        ids = {f"d{n}": device_id for n, device_id in enumerate(self.company.devices)}
        with transaction(self.database) as tx:
            device_rows.change(tx, ids[root], {"type": "uplink"})
            device_rows.set_links(tx, {ids[device]: {Link.VIA: ids[root]} for device in devices})
            revision.bump(tx)

    def is_a(self, device: str, kind: str) -> None:
        with transaction(self.database) as tx:
            device_rows.change(
                tx, self.company.devices[int(device.removeprefix("d"))], {"type": kind}
            )
            revision.bump(tx)

    def alarms(self) -> list[str]:
        with reading(self.database) as tx:
            return [alert.code for alert in alerts.open_ones(tx)]

    def _wake_up(self) -> None:
        if self._listener:
            self._listener.close()
        self._intake = Intake(self.parts)
        self._intake.start(self.now)
        self._listener = Listener(
            self.parts, self._intake, lambda: Connection(self.broker.url), self.now
        )

    def _hear(self) -> None:
        """Turn the collector's loop until an echo of this very moment is back."""
        until(self._heard_now, timeout_s=120, every_s=0)

    def _heard_now(self) -> bool:
        self._step()
        assert self._listener
        if self._listener.ears.since is None:  # not connected: it tries again in its own time
            self.now += timedelta(seconds=0.1)
        watermark = self._listener.echo.watermark
        return self._listener.echo.settled and watermark is not None and watermark >= self.now

    def _step(self) -> None:
        assert self._listener
        self._listener.step()

    def _speak(self, *devices: str) -> None:
        said = []
        for device in devices:
            body = {"t": self.now.isoformat(), "interval": 60, **self._voices[device]}
            said.append((device, "health", json.dumps(body)))
            self._spoke_at[device] = self.now
        self._tell(said)

    def tells(self, device: str, kind: str, body: str) -> None:
        """One message that the broker has accepted when this returns; nobody may hear it."""
        self._tell([(device, kind, body)])

    def _tell(self, said: Sequence[tuple[str, str, str]]) -> None:
        if not said:
            return
        client = paho.Client(CallbackAPIVersion.VERSION2)
        client.connect("127.0.0.1", self.broker.port)
        client.loop_start()
        with contextlib.closing(_Leaving(client)):
            sent = [
                client.publish(f"ringwatch/v1/S1/{device}/{kind}", body, qos=1)
                for device, kind, body in said
            ]
            until(lambda: all(one.is_published() for one in sent), timeout_s=120)


class _Leaving:
    def __init__(self, client: paho.Client) -> None:
        self._client = client

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()
