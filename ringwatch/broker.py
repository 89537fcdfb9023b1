"""The broker of our own, for a machine without one: Mosquitto if it is there, else iotcore.

Both listen on loopback only. Mosquitto gets its own configuration, folder and password file;
nothing of a Mosquitto the machine may already run is touched.
"""

import base64
import contextlib
import hashlib
import json
import os
import secrets
import shutil
import signal
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ringwatch import folder
from ringwatch.processes import Child

ACCOUNT = "ringwatch"
LARGEST_PACKET = 1_179_648  # 1 MiB, as some dialects' lists have, and its topic
FIRST_PORT = 18830
_PBKDF2_ROUNDS = 5000  # a random password of 256 bits needs no slow hash


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnBroker:
    kind: str  # "mosquitto" or "iotcore"
    url: str
    port: int
    child: Child


def mosquitto_program() -> str | None:
    """Its path; Debian puts it where only root's PATH looks."""
    return shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin")


def prepare(data: Path, *, demo: bool, program: str | None) -> OwnBroker:
    """Write what the broker needs and say how to start it; the port stays from run to run."""
    home = data.resolve() / "broker"
    home.mkdir(mode=0o700, exist_ok=True)
    port, password = _account(home)
    if program:
        child = _mosquitto(home, port, password, program=program, anonymous=demo)
        kind = "mosquitto"
    else:
        _iotcore_files(home, port)
        command = [sys.executable, "-m", "ringwatch.embedded", str(home)]
        child = Child(name="broker", command=command, ready=_listens(port))
        kind = "iotcore"
    url = f"mqtt://{ACCOUNT}:{password}@127.0.0.1:{port}"
    return OwnBroker(kind=kind, url=url, port=port, child=child)


def _account(home: Path) -> tuple[int, str]:
    """Port and password of the last run; another port when somebody took it since."""
    path = home / "account.json"
    known: dict[str, object] = {}
    with contextlib.suppress(OSError, ValueError):
        known = json.loads(path.read_text(encoding="utf-8"))
    port = known.get("port", FIRST_PORT)
    if not isinstance(port, int) or not folder.port_is_free(port):
        port = folder.any_free_port()
    password = str(known.get("password") or secrets.token_urlsafe(32))
    if {"port": port, "password": password} != known:
        _write_private(path, json.dumps({"port": port, "password": password}))
    return port, password


def _mosquitto(home: Path, port: int, password: str, *, program: str, anonymous: bool) -> Child:
    _write_private(home / "passwords", f"{ACCOUNT}:{hashed(password)}\n")
    lines = [
        f"listener {port} 127.0.0.1",
        f"allow_anonymous {'true' if anonymous else 'false'}",
        f"password_file {home / 'passwords'}",
        # The default of 1,000 loses the rest silently while we are away.
        "max_queued_messages 1000000",
        "max_queued_bytes 0",
        # The default of 20 throttles a reader that acknowledges after its commit.
        "max_inflight_messages 0",
        f"max_packet_size {LARGEST_PACKET}",
        "persistence true",
        f"persistence_location {home}/",
        # On every change would rewrite the whole store for each message (ADR 4).
        "autosave_interval 5",
        "set_tcp_nodelay true",
        "sys_interval 10",
        "log_dest stderr",
        "log_timestamp_format %Y-%m-%dT%H:%M:%S",
        "log_type error",
        "log_type warning",
    ]
    if os.geteuid() == 0:
        lines.append("user root")
    _write_private(home / "mosquitto.conf", "\n".join(lines) + "\n")
    return Child(
        name="broker",
        command=[program, "-c", str(home / "mosquitto.conf")],
        ready=_listens(port),
        last_wish=signal.SIGTERM,  # it writes its queue down
    )


def _iotcore_files(home: Path, port: int) -> None:
    """Write rumqttd's own format. Segments of 1 MiB x 10: the sample's let it grow to 2.4 GB."""
    _write_private(
        home / "iotcore.toml",
        f"""id = 0
[router]
id = 0
max_connections = 10010
max_outgoing_packet_count = 200
max_segment_size = 1048576
max_segment_count = 10
[v4.1]
name = "v4-1"
listen = "127.0.0.1:{port}"
next_connection_delay_ms = 1
[v4.1.connections]
connection_timeout_ms = 60000
max_payload_size = {LARGEST_PACKET}
max_inflight_count = 1000
dynamic_filters = true
""",
    )


def hashed(password: str, salt: bytes | None = None) -> str:
    """Mosquitto's `$7$` entry: PBKDF2-SHA512, made here so that no command line shows it."""
    salt = secrets.token_bytes(12) if salt is None else salt
    digest = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, _PBKDF2_ROUNDS)
    parts = (base64.b64encode(part).decode() for part in (salt, digest))
    return f"$7${_PBKDF2_ROUNDS}${'$'.join(parts)}"


def _listens(port: int) -> Callable[[], bool]:
    def ready() -> bool:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=0.2).close()
        except OSError:
            return False
        return True

    return ready


def _write_private(path: Path, words: str) -> None:
    fresh = path.with_name(f"{path.name}.new")
    fresh.touch(mode=0o600)
    fresh.write_text(words, encoding="utf-8")
    fresh.replace(path)
