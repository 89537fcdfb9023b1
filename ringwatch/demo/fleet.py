"""`python -m ringwatch.demo.fleet`: the demo company's devices, on MQTT as real ones would be.

One connection a site, as its gateway holds it, with a last will for the gateway's own state.
About every minute (at first more often) something breaks, and heals after some minutes.
"""

import heapq
import json
import logging
import random
import signal
import sys
import threading
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from ringwatch import embedded, together
from ringwatch.demo import breaks
from ringwatch.demo.newcomers import Newcomers
from ringwatch.demo.phone import Phone
from ringwatch.demo.readings import Flags, Values, healthy
from rules.assets import Device
from rules.model import DeviceId, DeviceType, Monitored
from storage import devices as device_rows
from storage.db import reading
from wiring import logs
from wiring import settings as wiring_settings
from wiring.clock import Clock

_log = logging.getLogger("ringwatch.demo.fleet")
_HEADS = (DeviceType.GATEWAY, DeviceType.UPLINK, DeviceType.ALARM_HOST, DeviceType.SWITCH)
_DEFAULT_INTERVAL_S = 60
_FIRST_BREAK_S, _BREAK_EVERY_S, _MOST_AT_ONCE = 15, (35, 80), 9
_BRISK, _BRISK_EVERY_S = 5, (8, 16)  # a newcomer's first minute has something to show
_LASTS_S = (240, 900)


class SiteLine:
    """A site's connection, held by its gateway; dropping it is what a cut cable looks like."""

    def __init__(self, devices: Sequence[Device], url: str) -> None:
        self._url = url
        self.head = min(devices, key=lambda one: (_rank(one), one.code))
        self._client: mqtt.Client | None = None

    def up(self) -> None:
        """Connect (in the background, again and again) and say that we are there."""
        client = mqtt.Client(
            CallbackAPIVersion.VERSION2, client_id=f"demo-{self.head.site_code}", clean_session=True
        )
        topic = topic_of(self.head, "state")
        client.will_set(topic, b'{"state": "offline"}', qos=1, retain=True)

        def greet(*_: Any) -> None:
            client.publish(topic, b'{"state": "online"}', qos=1, retain=True)

        client.on_connect = greet
        client.reconnect_delay_set(1, 5)
        embedded.connect(client, self._url, wait=False)
        client.loop_start()
        self._client = client

    def cut(self) -> None:
        """Gone without a word: the broker speaks the last will."""
        if self._client:
            client, self._client = self._client, None
            client.loop_stop()
            if (socket := client.socket()) is not None:
                socket.close()

    def leave(self) -> None:
        if self._client:
            self._client.disconnect()
            self._client.loop_stop()

    def say(self, device: Device, kind: str, body: dict[str, Any], *, retain: bool = False) -> None:
        if self._client:
            words = json.dumps(body, separators=(",", ":")).encode()
            self._client.publish(topic_of(device, kind), words, qos=1, retain=retain)


@dataclass(order=True, slots=True)
class _Turn:
    at: datetime
    number: int


class Fleet:
    """Call `step` often; it does what is due and says when to come again."""

    def __init__(self, devices: Sequence[Device], url: str, clock: Clock, seed: int) -> None:
        self._devices = [one for one in devices if one.monitored is Monitored.YES]
        self._clock, self._dice = clock, random.Random(seed)  # noqa: S311 - a show, no secret
        by_site: dict[str, list[Device]] = defaultdict(list)
        for device in self._devices:
            by_site[device.site_code].append(device)
        self._lines = {site: SiteLine(theirs, url) for site, theirs in by_site.items()}
        self._seq: dict[DeviceId, int] = defaultdict(int)
        self._broken: list[breaks.Break] = []
        self._breaks = 0
        now = clock()
        self._turns = [
            _Turn(now + timedelta(seconds=self._dice.uniform(0, min(interval(one), 60))), number)
            for number, one in enumerate(self._devices)
        ]
        heapq.heapify(self._turns)
        self._next_break, self._first = now + timedelta(seconds=_FIRST_BREAK_S), True

    def begin(self) -> None:
        for line in self._lines.values():
            line.up()
        for device in self._devices:
            self._lines[device.site_code].say(device, "state", {"state": "online"}, retain=True)

    def end(self) -> None:
        for line in self._lines.values():
            line.leave()

    def step(self) -> float:
        """Seconds until something is due again, at most 1."""
        now = self._clock()
        self._heal(now)
        if now >= self._next_break:
            self._break_something(now)
        while self._turns[0].at < now:
            turn = heapq.heappop(self._turns)
            device = self._devices[turn.number]
            self._report(device, now)
            every = timedelta(seconds=interval(device))
            # After a sleep of this machine nobody reports what was missed.
            heapq.heappush(self._turns, _Turn(max(turn.at + every, now), turn.number))
        return min(1.0, (self._turns[0].at - now).total_seconds())

    def _silent(self) -> set[DeviceId]:
        return {device for one in self._broken for device in one.silent}

    def _report(self, device: Device, now: datetime) -> None:
        if device.id in self._silent():
            return
        values, flags = self._readings(device, now)
        self._seq[device.id] += 1
        body = {
            "t": now.isoformat(timespec="seconds").replace("+00:00", "Z"),
            "seq": self._seq[device.id],
            "interval": interval(device),
            "metrics": values,
            "flags": flags,
        }
        self._lines[device.site_code].say(device, "health", body)

    def _readings(self, device: Device, now: datetime) -> tuple[Values, Flags]:
        values, flags = healthy(device, now)
        for one in self._broken:
            if one.device.id == device.id and one.kind.says:
                one.kind.says(values, flags, one.done(now))
        return values, flags

    def _break_something(self, now: datetime) -> None:
        self._breaks += 1
        every_s = _BRISK_EVERY_S if self._breaks < _BRISK else _BREAK_EVERY_S
        self._next_break = now + timedelta(seconds=self._dice.uniform(*every_s))
        hurt = {one.device.id for one in self._broken} | self._silent()
        chosen = breaks.choose(self._devices, hurt, self._dice, first=self._first)
        if chosen is None or len(self._broken) >= _MOST_AT_ONCE:
            return
        self._first = False
        kind, device = chosen
        lasts = timedelta(seconds=self._dice.uniform(*_LASTS_S))
        silent = breaks.silenced(kind, device, self._devices)
        one = breaks.Break(kind=kind, device=device, begins=now, ends=now + lasts, silent=silent)
        self._broken.append(one)
        _log.info(
            "breaks: %s at %s/%s for %d s",
            kind.name,
            device.site_code,
            device.code,
            lasts.total_seconds(),
        )
        self._tell(one, now, active=True)

    def _heal(self, now: datetime) -> None:
        for one in [one for one in self._broken if one.ends <= now]:
            self._broken.remove(one)
            _log.info("heals: %s at %s/%s", one.kind.name, one.device.site_code, one.device.code)
            self._tell(one, now, active=False)

    def _tell(self, one: breaks.Break, now: datetime, *, active: bool) -> None:
        """Devices report a change at once; a cut line says nothing, its last will does."""
        line = self._lines[one.device.site_code]
        if one.kind.whole_site and line.head.id in one.silent:
            line.cut() if active else line.up()
        if one.kind.event:
            line.say(one.device, "event", {"code": one.kind.event, "active": active})
        if not active:
            for device in self._devices:
                if device.id in one.silent:
                    line.say(device, "state", {"state": "online"}, retain=True)
        self._report(one.device, now)


def interval(device: Device) -> int:
    return device.reporting_interval_s or _DEFAULT_INTERVAL_S


def topic_of(device: Device, kind: str) -> str:
    return f"ringwatch/v1/{device.site_code}/{device.code}/{kind}"


def _rank(device: Device) -> int:
    return _HEADS.index(device.type) if device.type in _HEADS else len(_HEADS)


def main(phone_port: int) -> int:
    settings = wiring_settings.load()
    logs.start("fleet", settings)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    parts = together.ready_parts(settings)
    with reading(parts.database) as tx:
        devices = device_rows.all_devices(tx)
    seed = parts.clock().toordinal()
    fleet = Fleet(devices, together.broker_url(settings), parts.clock, seed)
    strangers = Newcomers(together.broker_url(settings), parts.clock)
    with Phone(phone_port, settings.data):
        fleet.begin()
        strangers.begin()
        while not stop.wait(fleet.step()):
            strangers.step()
        strangers.end()
        fleet.end()
    parts.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
