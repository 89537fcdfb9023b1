"""`python -m ringwatch.embedded FOLDER`: iotcore under a probe that connects and echoes.

iotcore can be dead while its process lives and its port answers (measured): only a message
that came back proves it alive. A failed probe ends this process; the parent starts it again.
"""

import secrets
import sys
import threading
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

ECHO_S = 5.0
TRIES = 2


def answers(url: str, timeout_s: float = ECHO_S) -> bool:
    """Whether a message sent now comes back in time, on a connection of its own."""
    came_back = threading.Event()
    topic = f"ringwatch-probe/{secrets.token_hex(4)}"
    client = mqtt.Client(CallbackAPIVersion.VERSION2)

    def ask(*_: Any) -> None:
        client.subscribe(topic, qos=1)

    def send(*_: Any) -> None:
        client.publish(topic, b"?", qos=1)

    client.on_connect, client.on_subscribe = ask, send
    client.on_message = lambda *_: came_back.set()
    try:
        connect(client, url)
        client.loop_start()
        return came_back.wait(timeout_s)
    except OSError:
        return False
    finally:
        client.disconnect()
        client.loop_stop()


def connect(client: mqtt.Client, url: str, *, wait: bool = True) -> None:
    """Raises `OSError` when nobody answers there; without `wait` the client's loop tries on."""
    parts = urlsplit(url)
    if parts.username:
        client.username_pw_set(unquote(parts.username), unquote(parts.password or ""))
    secure = parts.scheme == "mqtts"
    if secure:
        client.tls_set()
    begin = client.connect if wait else client.connect_async
    begin(parts.hostname or "127.0.0.1", parts.port or (8883 if secure else 1883), 30)


def main(home: Path) -> int:
    from iotcore import Broker  # noqa: PLC0415 - not on every platform

    with Broker(config_path=str(home / "iotcore.toml")) as broker:
        pause, failures = threading.Event(), 0
        while failures < TRIES:
            pause.wait(ECHO_S)
            failures = 0 if answers(f"mqtt://127.0.0.1:{broker.port}") else failures + 1
    print("the broker took a message and did not give it back", file=sys.stderr)  # noqa: T201
    return 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
