"""How many messages the broker keeps for a reader that is away: measured, not believed.

The usual default is 1,000; the rest is lost without a word while we restart.
"""

import queue
import secrets
import threading
from typing import Any

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from ringwatch.embedded import connect

ASKED = 1500
WITHIN_S = 30.0
_LISTENS_S = 1.0
_LAST = b"!"


def measure(url: str, asked: int = ASKED) -> tuple[int, int]:
    """How many messages were still there for a session that was away, of how many taken."""
    name = f"ringwatch-doctor-{secrets.token_hex(4)}"
    topic = f"ringwatch-doctor/{name}"
    _subscribe_and_leave(url, name, topic)
    taken = _publish(url, topic, asked)
    kept = _count(url, name, topic, taken)
    _forget(url, name)
    return kept, taken


def _client(name: str = "", *, fresh: bool) -> mqtt.Client:
    return mqtt.Client(CallbackAPIVersion.VERSION2, client_id=name, clean_session=fresh)


def _subscribe_and_leave(url: str, name: str, topic: str) -> None:
    client, done = _client(name, fresh=False), threading.Event()

    def ask(*_: Any) -> None:
        client.subscribe(topic, qos=1)

    client.on_connect = ask
    client.on_subscribe = lambda *_: done.set()
    _talk(client, url, done)


def _publish(url: str, topic: str, asked: int) -> int:
    client, done, sent = _client(fresh=True), threading.Event(), set[int]()
    client.max_inflight_messages_set(asked)

    def send(*_: Any) -> None:
        for _number in range(asked):
            client.publish(topic, b"?" * 100, qos=1)

    def sent_one(*given: Any) -> None:
        sent.add(given[2])
        if len(sent) >= asked:
            done.set()

    client.on_connect, client.on_publish = send, sent_one
    _talk(client, url, done)
    return len(sent)


def _count(url: str, name: str, topic: str, asked: int) -> int:
    """Until all are there, or a word of ours came back that was said when none came for a second.

    A broker that is merely slow says all that it kept before that word.
    """
    client, heard = _client(name, fresh=False), queue.SimpleQueue[bytes]()
    client.on_message = lambda *given: heard.put(given[2].payload)
    connect(client, url)
    client.loop_start()
    kept, silent_s = 0, 0.0
    while kept < asked and silent_s < WITHIN_S:
        try:
            word = heard.get(timeout=_LISTENS_S)
        except queue.Empty:
            silent_s += _LISTENS_S
            client.publish(topic, _LAST, qos=1)
            continue
        if word == _LAST:
            break
        kept, silent_s = kept + 1, 0.0
    client.disconnect()
    client.loop_stop()
    return kept


def _forget(url: str, name: str) -> None:
    client, done = _client(name, fresh=True), threading.Event()
    client.on_connect = lambda *_: done.set()
    _talk(client, url, done)


def _talk(client: mqtt.Client, url: str, done: threading.Event) -> None:
    connect(client, url)
    client.loop_start()
    done.wait(WITHIN_S)
    client.disconnect()
    client.loop_stop()
