"""`python -m ringwatch.embedded FOLDER`: iotcore under a probe that connects and echoes.

iotcore can be dead while its process lives and its port answers (measured): only a message
that came back proves it alive. A failed probe ends this process; the parent starts it again.
"""

import sys
import threading
from pathlib import Path
from typing import Any

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

ECHO_S = 5.0
TRIES = 2
_TOPIC = "ringwatch-probe"


def answers(host: str, port: int, timeout_s: float = ECHO_S) -> bool:
    """Whether a message sent now comes back in time, on a connection of its own."""
    came_back = threading.Event()
    client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id="ringwatch-probe")

    def ask(*_: Any) -> None:
        client.subscribe(_TOPIC)

    def send(*_: Any) -> None:
        client.publish(_TOPIC, b"?")

    client.on_connect, client.on_subscribe = ask, send
    client.on_message = lambda *_: came_back.set()
    try:
        client.connect(host, port, keepalive=30)
        client.loop_start()
        return came_back.wait(timeout_s)
    except OSError:
        return False
    finally:
        client.disconnect()
        client.loop_stop()


def main(home: Path) -> int:
    from iotcore import Broker  # noqa: PLC0415 - not on every platform

    with Broker(config_path=str(home / "iotcore.toml")) as broker:
        pause, failures = threading.Event(), 0
        while failures < TRIES:
            pause.wait(ECHO_S)
            failures = 0 if answers("127.0.0.1", broker.port) else failures + 1
    print("the broker took a message and did not give it back", file=sys.stderr)  # noqa: T201
    return 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
