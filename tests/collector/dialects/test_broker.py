"""Axis and ONVIF over a real Mosquitto: topics of any depth, `$` in them, retained and deleted."""

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path

import paho.mqtt.publish as publisher
import pytest

from storage.db import Database, reading
from storage.views import discovered as discovered_view
from tests.collector.field import Field
from tests.collector.test_listener import QUICK, Ear
from tests.servers import Mosquitto

SERIAL = "00408C123456"
CASING = f"site/axis/{SERIAL}/event/tns:onvif/Device/tns:axis/Casing/Open/$source/Name/Box"
FAN = "site/onvif/cam01/onvif-ej/Device/HardwareFailure/FanFailure/&Fan1/rear"


@pytest.fixture
def engine() -> str:
    """The loop is the same over both; the intake was proven on each."""
    return "sqlite"


@pytest.fixture
def ear(
    database: Database, telemetry: Database, tmp_path: Path, mosquitto: Mosquitto
) -> Iterator[Ear]:
    field = Field(database, telemetry, tmp_path, QUICK)
    field.listens(axis="site/axis", onvif="site/onvif")
    field.has("axis", dialect="axis", dialect_id=SERIAL)
    field.has("onvif", dialect="onvif", dialect_id="cam01")
    made = Ear(field, mosquitto)
    yield made
    with contextlib.suppress(Exception):
        made.listener.close()


def _publish(ear: Ear, topic: str, said: object, *, retain: bool = False) -> None:
    body = said if isinstance(said, bytes) else json.dumps(said).encode()
    publisher.single(topic, body, qos=1, retain=retain, port=ear.broker.port)


def _settled(ear: Ear) -> None:
    ear.listens(lambda: ear.listener.echo.settled and ear.ears().session)


def test_events_of_a_camera_come_with_their_source_in_the_topic(ear: Ear) -> None:
    _settled(ear)
    _publish(ear, CASING, {"message": {"data": {"Open": "1"}}})
    ear.listens(lambda: ear.ears().messages == 1)
    assert ear.field.last("axis").flags == {"tamper:Box": True}


def test_a_stranger_below_the_prefix_is_discovered(ear: Ear) -> None:
    _settled(ear)
    _publish(ear, "site/axis/ACCC8E000001/event/connection", {"connected": True})
    ear.listens(lambda: ear.ears().messages == 1)
    with reading(ear.parts.database) as tx:
        (stranger,) = discovered_view.listed(tx, ignored=False, limit=9).rows
    assert (stranger.site, stranger.dialect, stranger.device) == ("S1", "axis", "ACCC8E000001")


def test_a_property_is_retained_until_no_bytes_delete_it(ear: Ear) -> None:
    _publish(ear, FAN, {"Data": {"Failed": "true"}}, retain=True)
    _settled(ear)
    ear.listens(lambda: ear.ears().messages == 1)
    assert ear.field.last("onvif").flags == {"fan_fault:Fan1/rear": True}
    assert ear.field.last("onvif").last_heard_at is None
    _publish(ear, FAN, b"", retain=True)
    ear.listens(lambda: ear.ears().messages == 2)
    assert ear.field.last("onvif").flags == {}
    assert ear.field.last("onvif").last_heard_at is not None
