"""The two touches of paho's private side, against the version we pin.

If one of these fails after an upgrade, `collector/mqtt.py` must be read again.
"""

import inspect
import socket
from importlib.metadata import version

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode

from collector.message import Message
from collector.mqtt import Connection
from tests.servers import Mosquitto

PUBACK = b"\x40\x02"


def test_the_pinned_version() -> None:
    assert version("paho-mqtt") == "2.2.0"


def test_one_packet_is_read_without_a_second_select() -> None:
    ours, theirs = socket.socketpair()
    ours.settimeout(0)
    client = paho.Client(CallbackAPIVersion.VERSION2, client_id="x", manual_ack=True)
    heard: list[tuple[int, bytes]] = []
    client.on_message = lambda _client, _data, m: heard.append((m.mid, bytes(m.payload)))
    client._sock = ours  # noqa: SLF001 - this is what we guard
    publish = b"\x32\x06\x00\x01a\x00\x07!"  # QoS 1, topic "a", number 7, body "!"
    theirs.sendall(publish + publish)
    assert client._packet_read() == MQTTErrorCode.MQTT_ERR_SUCCESS  # noqa: SLF001
    assert heard == [(7, b"!")]
    assert client._packet_read() == MQTTErrorCode.MQTT_ERR_SUCCESS  # noqa: SLF001
    assert client._packet_read() == MQTTErrorCode.MQTT_ERR_AGAIN  # noqa: SLF001
    theirs.settimeout(0)
    with pytest.raises(BlockingIOError):  # paho has acknowledged nothing by itself
        theirs.recv(1)
    client._sock = None  # noqa: SLF001
    ours.close()
    theirs.close()


def test_ack_still_writes_what_we_write() -> None:
    """Our raw PUBACK is the packet that paho's own `ack` would send."""
    assert "_send_puback" in inspect.getsource(paho.Client.ack)
    ours, theirs = socket.socketpair()
    client = paho.Client(CallbackAPIVersion.VERSION2, client_id="x", manual_ack=True)
    client._sock = ours  # noqa: SLF001
    client.ack(0x1234, 1)
    client.loop_write()
    assert theirs.recv(16) == PUBACK + b"\x12\x34"
    client._sock = None  # noqa: SLF001
    ours.close()
    theirs.close()


def test_the_broker_takes_our_raw_acknowledgements(mosquitto: Mosquitto) -> None:
    """Acknowledged is not sent again, not acknowledged is, with DUP and the same number."""
    connection = Connection(mosquitto.url)
    connection.open()
    connection.subscribe(everything=True)
    for number in range(20):
        connection.publish("ringwatch/v1/S1/d/health", b"%d" % number)
    arrived = connection.drain(0.05)
    while len(arrived) < 20:
        arrived += connection.drain(0.05)
    connection.acknowledge(arrived[:15])
    arrived += said_and_heard(connection, b"the broker has read so far")
    connection.close()
    again = Connection(mosquitto.url)
    again.open()
    assert again.session_present
    *repeated, last = said_and_heard(again, b"and repeats no more")
    assert [(m.mid, m.body) for m in repeated] == [(m.mid, m.body) for m in arrived[15:]]
    assert all(m.dup for m in repeated)
    assert last.body == b"and repeats no more"
    again.close()


def said_and_heard(connection: Connection, body: bytes) -> list[Message]:
    """Everything up to this word of ours: the broker answers in the order in which it reads."""
    connection.publish("ringwatch/v1/S1/d/health", body)
    heard = connection.drain(0.05)
    while body not in [one.body for one in heard]:
        heard += connection.drain(0.05)
    return heard
