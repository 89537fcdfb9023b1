"""The demo fleet: healthy by the hour, broken in varied ways, on a real broker."""

import json
import random
import threading
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from collector import wire
from ringwatch import embedded, queue_limits, simulate
from ringwatch.demo import breaks
from ringwatch.demo.fleet import Fleet
from ringwatch.demo.phone import Phone
from ringwatch.demo.readings import healthy
from rules.assets import Device
from rules.model import DeviceId, DeviceType, Link, SiteId
from tests.servers import Mosquitto, free_port
from tests.waiting import until

NOON = datetime(2026, 6, 15, 4, tzinfo=UTC)
TYPES = (
    DeviceType.UPLINK,
    DeviceType.SWITCH,
    DeviceType.UPS,
    DeviceType.POWER,
    DeviceType.RECORDER,
    DeviceType.CAMERA,
    DeviceType.CAMERA,
    DeviceType.DETECTOR,
    DeviceType.ALARM_HOST,
)


def devices(site: int = 1) -> list[Device]:
    """Uplink ← switch ← cameras; power → cameras."""
    first = site * 100
    found = []
    for number, kind in enumerate(TYPES):
        links = {}
        if kind is DeviceType.CAMERA:
            links = {Link.VIA: DeviceId(first + 1), Link.POWERED_BY: DeviceId(first + 3)}
        elif number:
            links = {Link.VIA: DeviceId(first)}
        found.append(
            Device(
                id=DeviceId(first + number),
                site_id=SiteId(site),
                site_code=f"S{site}",
                code=f"d{number}",
                name=f"{kind} {number}",
                type=kind,
                enrolled_at=NOON,
                links=links,
                reporting_interval_s=60,
            )
        )
    return found


class Ear:
    """Hears everything that is published."""

    def __init__(self, url: str) -> None:
        self.heard: list[tuple[str, dict[str, Any]]] = []
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2)
        ready = threading.Event()
        self._client.on_connect = lambda client, *_: client.subscribe("ringwatch/#", qos=1) and None
        self._client.on_subscribe = lambda *_: ready.set()
        self._client.on_message = self._hear
        embedded.connect(self._client, url)
        self._client.loop_start()
        assert ready.wait(60)

    def _hear(self, _: object, __: object, message: mqtt.MQTTMessage) -> None:
        self.heard.append((message.topic, json.loads(message.payload)))
        read = wire.read(message.topic, bytes(message.payload))
        assert isinstance(read, wire.Reading), (message.topic, read)

    def said(self, topic: str, **facts: object) -> bool:
        return any(
            name == topic and all(body.get(key) == value for key, value in facts.items())
            for name, body in list(self.heard)
        )

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()


@pytest.fixture
def ear(mosquitto: Mosquitto) -> Iterator[Ear]:
    made = Ear(mosquitto.url)
    yield made
    made.close()


class Hands:
    """A clock that is turned by hand."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now

    def pass_s(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.mark.parametrize("kind", list(DeviceType))
def test_a_healthy_device_is_healthy_all_day(kind: DeviceType) -> None:
    device = Device(
        id=DeviceId(1),
        site_id=SiteId(1),
        site_code="S1",
        code="d",
        name="d",
        type=kind,
        enrolled_at=NOON,
    )
    for hour in range(48):
        values, flags = healthy(device, NOON + timedelta(minutes=30 * hour))
        assert values["temperature_c"] < 45
        assert values.get("battery_pct", 100) > 30
        assert values.get("disk_free_pct", 100) > 15
        assert values.get("rssi_dbm", 0) > -75
        assert flags.pop("mains", True)
        assert not any(flags.values())


def test_breaks_are_varied_and_never_hit_the_same_device_twice() -> None:
    dice = random.Random(7)  # noqa: S311 - a show
    hurt, kinds = set[DeviceId](), set[str]()
    all_devices = [device for site in range(1, 13) for device in devices(site)]
    for _ in range(60):
        chosen = breaks.choose(all_devices, hurt, dice)
        assert chosen
        kind, device = chosen
        assert device.id not in hurt
        assert device.type in kind.types
        hurt.add(device.id)
        kinds.add(kind.name)
    assert len(kinds) >= 12
    assert breaks.choose(all_devices, {one.id for one in all_devices}, dice) is None
    first = breaks.choose(all_devices, set(), dice, first=True)
    assert first
    assert first[0].name == "video loss"


def test_what_hangs_on_a_dead_thing_falls_silent_with_it() -> None:
    kinds = {kind.name: kind for kind in breaks.KINDS}
    mine = devices()
    switch = breaks.silenced(kinds["switch down"], mine[1], mine)
    assert switch == {101, 105, 106}
    assert breaks.silenced(kinds["uplink down"], mine[0], mine) == {one.id for one in mine}
    assert breaks.silenced(kinds["power supply dead"], mine[3], mine) == {103, 105, 106}
    assert breaks.silenced(kinds["video loss"], mine[5], mine) == frozenset()


def test_the_fleet_reports_breaks_and_heals(mosquitto: Mosquitto, ear: Ear) -> None:
    hands, mine = Hands(), devices()
    fleet = Fleet(mine, mosquitto.url, hands, seed=1)
    fleet.begin()
    until(lambda: ear.said("ringwatch/v1/S1/d0/state", state="online"))
    hands.pass_s(61)
    fleet.step()
    until(lambda: all(ear.said(f"ringwatch/v1/S1/d{n}/health", interval=60) for n in range(9)))
    until(lambda: any("CAM_VIDEO_LOSS" in str(body) for _, body in list(ear.heard)))
    for _ in range(120):
        hands.pass_s(10)
        fleet.step()
    until(lambda: any(body.get("active") is False for _, body in list(ear.heard)))
    fleet.end()


def test_a_cut_line_speaks_its_last_will(mosquitto: Mosquitto, ear: Ear) -> None:
    hands, mine = Hands(), devices()
    fleet = Fleet(mine, mosquitto.url, hands, seed=1)
    fleet.begin()
    until(lambda: ear.said("ringwatch/v1/S1/d0/state", state="online"))
    fleet._lines["S1"].cut()  # noqa: SLF001 - the cable
    until(lambda: ear.said("ringwatch/v1/S1/d0/state", state="offline"))
    fleet.end()


def test_the_phone_takes_pages_and_shows_them_safely(tmp_path: Path) -> None:
    page = {"subject": "<b>视频丢失</b>", "to": "li", "text": "x", "link": "javascript:alert(1)"}
    with Phone(0, tmp_path) as phone:
        url = f"http://127.0.0.1:{phone.port}/"
        body = json.dumps(page).encode()
        with urllib.request.urlopen(urllib.request.Request(url, data=body)) as answer:
            assert answer.status == 204
        with urllib.request.urlopen(url) as answer:
            shown = answer.read().decode()
    assert "&lt;b&gt;视频丢失" in shown
    assert "javascript:" not in shown
    with Phone(0, tmp_path) as again:
        assert again.messages == [page]


def test_simulate_publishes_what_the_collector_understands(mosquitto: Mosquitto, ear: Ear) -> None:
    load = simulate.Load(devices=20, interval_s=0.5, seconds=1)
    assert simulate.run(load, mosquitto.url, threading.Event()) == 0
    until(lambda: len({topic for topic, _ in list(ear.heard)}) == 20)
    until(lambda: len(ear.heard) == 40)  # each twice, however busy the machine


@pytest.mark.parametrize(("extra", "kept"), [("", 1500), ("max_queued_messages 1000", 1000)])
def test_the_doctor_measures_what_a_broker_keeps(tmp_path: Path, extra: str, kept: int) -> None:
    broker = Mosquitto(folder=tmp_path / "b", port=free_port(), extra=extra, durable=False)
    broker.start()
    found, asked = queue_limits.measure(broker.url)
    broker.stop()
    assert asked == 1500
    assert abs(found - kept) <= 1
