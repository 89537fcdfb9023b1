"""Paho at arm's length: one thread, our own select loop, one write of acknowledgements.

Paho reads packets and keeps the session alive; what it must not do is acknowledge. Two touches
of its private side, guarded by `tests/collector/test_paho.py` against the pinned version:
`_packet_read` (one packet without a second select) and the raw PUBACKs of `acknowledge`.
"""

import logging
import select
import ssl
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import unquote, urlsplit

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion

from collector.message import Message

log = logging.getLogger(__name__)

CLIENT_ID = "ringwatch-collector"
FILTER = "ringwatch/v1/+/+/+"
DROPPED = "$SYS/broker/publish/messages/dropped"
UPTIME = "$SYS/broker/uptime"
AT_ONCE = 1000  # messages in one batch; never waited for
KEEPALIVE_S = 30
WRITE_PATIENCE_S = 10.0
MOST_DIGITS = 18
PORTS = {"mqtt": 1883, "mqtts": 8883}


class LostError(Exception):
    """The connection to the broker is gone; whoever holds it connects again."""


class RefusedError(Exception):
    """The broker does not let us in; the words say why."""


class Connection:
    """One connection of one persistent session. Bytes in, acknowledgements out."""

    def __init__(self, url: str, *, client_id: str = CLIENT_ID) -> None:
        self._url = urlsplit(url)
        if self._url.scheme not in PORTS or not self._url.hostname:
            raise ValueError("the broker's address must be mqtt://host:port or mqtts://host:port")
        self._client = self._make(client_id)
        self._arrived: list[Message] = []
        self._refused = ""
        self.connected = False
        self.session_present = False
        self.dropped: int | None = None  # the broker's count, when it has told a new one
        self.uptime_s: int | None = None

    def open(self, timeout_s: float = 10.0) -> None:
        """Connect and wait for the broker's word. Raises `LostError` or `RefusedError`."""
        port = self._url.port or PORTS[self._url.scheme]
        self._client.connect_timeout = timeout_s
        try:
            self._client.connect(str(self._url.hostname), port, keepalive=KEEPALIVE_S)
        except OSError as error:
            raise LostError(f"{self._url.hostname}:{port}: {error}") from error
        rounds = int(timeout_s * 10)
        while not self.connected and rounds:
            self._read_some(0.1)
            rounds -= 1
            if self._refused:
                raise RefusedError(self._refused)
        if not self.connected:
            raise LostError("the broker took the connection and said nothing")

    def subscribe(self, *, everything: bool, counters: bool = True) -> None:
        """Subscribe only what the session lacks: a subscription repeats all retained messages.

        `everything`: our own topics; those of other dialects come by `change_filters`. The
        broker's uptime and drop counter (`counters`) are asked for every time, in this order;
        they are how we learn what we lost.
        """
        for topic in (UPTIME, DROPPED) if counters else ():
            self._check(self._client.subscribe(topic, 0)[0])
        if everything:
            self.change_filters((FILTER,), ())

    def change_filters(self, more: Iterable[str], fewer: Iterable[str]) -> None:
        """Subscribe to some, and leave others, at QoS 1."""
        for topic in fewer:
            self._check(self._client.unsubscribe(topic)[0])
        for topic in more:
            self._check(self._client.subscribe(topic, 1)[0])

    def drain(self, wait_s: float) -> list[Message]:
        """Everything that is there, at most `AT_ONCE` messages; waits `wait_s` for the first."""
        self._read_some(wait_s)
        arrived, self._arrived = self._arrived, []
        return arrived

    def acknowledge(self, messages: Sequence[Message]) -> None:
        """One write for a whole batch, after its commit."""
        acks = b"".join(b"\x40\x02" + m.mid.to_bytes(2, "big") for m in messages if m.qos)
        if not acks:
            return
        while self._client.want_write():  # never into the middle of a packet of paho's
            _await_writable(self._socket())
            self._check(self._client.loop_write())
        self._send(acks)

    def publish(self, topic: str, body: bytes) -> None:
        self._check(self._client.publish(topic, body, qos=1).rc)

    def keep_alive(self) -> None:
        self._check(self._client.loop_misc())

    def close(self) -> None:
        """Say goodbye; the session and its queue stay at the broker."""
        self._client.disconnect()  # alone in its thread, paho writes and closes at once
        self.connected = False

    def _make(self, client_id: str) -> paho.Client:
        client = paho.Client(
            CallbackAPIVersion.VERSION2,
            client_id=client_id,
            clean_session=False,
            protocol=MQTTProtocolVersion.MQTTv311,
            manual_ack=True,
        )
        if self._url.username:
            password = unquote(self._url.password) if self._url.password else None
            client.username_pw_set(unquote(self._url.username), password)
        if self._url.scheme == "mqtts":
            client.tls_set_context(ssl.create_default_context())
        client.max_inflight_messages_set(0)
        client.on_connect = self._on_connect
        client.on_message = self._on_message
        client.on_disconnect = self._on_disconnect
        return client

    def _on_connect(
        self, _client: paho.Client, _data: Any, flags: Any, reason: Any, _properties: Any
    ) -> None:
        if reason.is_failure:
            self._refused = str(reason)
            return
        self.connected = True
        self.session_present = bool(flags.session_present)

    def _on_disconnect(self, *_: Any) -> None:
        self.connected = False

    def _on_message(self, _client: paho.Client, _data: Any, message: paho.MQTTMessage) -> None:
        try:
            topic = message.topic
        except UnicodeDecodeError:
            topic = "(a topic that is not UTF-8)"
        if topic in {DROPPED, UPTIME}:
            self._hear_broker(topic, bytes(message.payload))
            return
        self._arrived.append(
            Message(
                topic, bytes(message.payload), message.mid, message.qos, message.dup, message.retain
            )
        )

    def _hear_broker(self, topic: str, body: bytes) -> None:
        figure = body.removesuffix(b" seconds")
        if not figure.isdigit() or len(figure) > MOST_DIGITS:
            return
        if topic == UPTIME:
            self.uptime_s = int(figure)
        else:
            self.dropped = int(figure)

    def _read_some(self, wait_s: float) -> None:
        socket = self._socket()
        writing = [socket] if self._client.want_write() else []
        waits = 0.0 if _pending(socket) else wait_s
        readable, writable, _ = select.select([socket], writing, [], waits)
        if writable:
            self._check(self._client.loop_write())
        if readable or _pending(socket):
            self._read_all()
        self.keep_alive()

    def _read_all(self) -> None:
        while len(self._arrived) < AT_ONCE:
            outcome = self._client._packet_read()  # noqa: SLF001 - see the module's docstring
            if outcome == MQTTErrorCode.MQTT_ERR_AGAIN:
                return
            if outcome != MQTTErrorCode.MQTT_ERR_SUCCESS:
                if self._refused:
                    return
                raise LostError(paho.error_string(outcome))

    def _send(self, data: bytes) -> None:
        socket = self._socket()
        while data:
            try:
                data = data[socket.send(data) :]
            except (BlockingIOError, ssl.SSLWantWriteError):
                _await_writable(socket)
            except OSError as error:
                raise LostError(str(error)) from error

    def _socket(self) -> Any:
        socket = self._client.socket()
        if socket is None:
            raise LostError("the connection is closed")
        return socket

    def _check(self, outcome: MQTTErrorCode) -> None:
        if outcome not in (MQTTErrorCode.MQTT_ERR_SUCCESS, MQTTErrorCode.MQTT_ERR_AGAIN):
            raise LostError(paho.error_string(outcome))


def _await_writable(socket: Any) -> None:
    _, writable, _ = select.select([], [socket], [], WRITE_PATIENCE_S)
    if not writable:
        raise LostError("the broker does not take what we send")


def _pending(socket: Any) -> bool:
    """Has TLS decrypted bytes already that select cannot see?"""
    return bool(getattr(socket, "pending", lambda: 0)())
