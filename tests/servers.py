"""Real servers for tests, each with its own port and folder."""

import contextlib
import os
import random
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg

from tests.waiting import until

OLDEST_POSTGRESQL = 15


_LOWEST = 10_000  # below it are the ports of known services
_RANGE = Path("/proc/sys/net/ipv4/ip_local_port_range")


def free_port() -> int:
    """A port that nobody else takes while this process lives, however often we stop and start.

    The kernel gives none of them away by itself, and whoever runs tests beside us sees our claim:
    a socket without a file, which ends with us.
    """
    for port in random.sample(range(_LOWEST, int(_RANGE.read_text().split()[0])), 1000):
        claim = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        try:
            claim.bind(f"\0ringwatch-tests-{port}")
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", port))
        except OSError:
            claim.close()
        else:
            claim.detach()
            return port
    raise AssertionError("no free port")


def answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
    except OSError:
        return False
    return True


def postgresql_tools() -> Path | None:
    """Where `initdb` and `postgres` are; None when they are not installed."""
    known = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name)
    )
    newest = [path for path in known if int(path.parent.name) >= OLDEST_POSTGRESQL]
    found = shutil.which("postgres")
    return newest[-1] if newest else Path(found).parent if found else None


class PostgresServer:
    """One server for a whole run. It dies with us, because it reads our end of a pipe."""

    def __init__(self, tools: Path) -> None:
        self.port = free_port()
        self.url = f"postgresql://postgres@127.0.0.1:{self.port}/postgres"
        self._folder = Path(tempfile.mkdtemp(prefix="ringwatch-pg-"))
        run = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        if run:
            shutil.chown(self._folder, "postgres")
        data = self._folder / "data"
        create = [str(tools / "initdb"), "-D", str(data), "-U", "postgres", "-A", "trust"]
        subprocess.run(
            [*run, *create, "-E", "UTF8", "--locale", "C", "--no-sync"],
            check=True,
            capture_output=True,
            cwd="/",
        )
        # A killed process loses nothing with fsync off; only a power cut would.
        settings = {
            "port": self.port,
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "fsync": "off",
            "full_page_writes": "off",
            "max_connections": 200,
            "shared_buffers": "64MB",
        }
        words = " ".join(f"-c {name}='{value}'" for name, value in settings.items())
        script = f"'{tools / 'postgres'}' -D '{data}' {words} </dev/null & p=$!; "
        script += "read -r _; kill -INT $p; wait $p"
        self._process = subprocess.Popen(
            [*run, "sh", "-c", script],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            start_new_session=True,  # Ctrl-C is for the tests; we stop it in our own time
        )
        until(self._ready, timeout_s=120)

    def _ready(self) -> bool:
        try:
            psycopg.connect(self.url, connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def stop(self) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait(timeout=120)
        shutil.rmtree(self._folder, ignore_errors=True)


@contextlib.contextmanager
def fresh_database(server_url: str) -> Iterator[str]:
    """The address of an empty database on that server, dropped afterwards."""
    name = f"ringwatch_test_{secrets.token_hex(6)}"
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    try:
        yield server_url.rsplit("/", 1)[0] + f"/{name}"
    finally:
        with psycopg.connect(server_url, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@dataclass
class VictoriaMetrics:
    """A real server that takes what is written to InfluxDB 2 (it speaks no Flux)."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        program = shutil.which("victoria-metrics")
        assert program
        self.folder.mkdir(parents=True, exist_ok=True)
        listen = [f"-httpListenAddr=127.0.0.1:{self.port}", "-retentionPeriod=100y"]
        with (self.folder / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                [program, f"-storageDataPath={self.folder}/data", *listen], stdout=log, stderr=log
            )
        until(lambda: answers(self.port), 120)

    def kill(self) -> None:
        """As a power cut would."""
        if self.process:
            self.process.kill()
            self.process.wait(timeout=120)
            self.process = None

    def stop(self) -> None:
        """In order: what it was given is on its disk."""
        if self.process:
            self.process.terminate()
            self.process.wait(timeout=120)
            self.process = None


DURABLE = "autosave_interval 1\nautosave_on_changes true\n"


@dataclass
class Mosquitto:
    """A real broker that can be stopped, killed and started again with its data."""

    folder: Path
    port: int
    extra: str = ""
    durable: bool = True  # whether every change is on disk before the next (slow)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"mqtt://127.0.0.1:{self.port}"

    def start(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        config = self.folder / "mosquitto.conf"
        as_root = "user root\n" if os.geteuid() == 0 else ""
        config.write_text(
            f"listener {self.port} 127.0.0.1\nallow_anonymous true\n{as_root}"
            "max_queued_messages 1000000\nmax_inflight_messages 0\n"
            f"persistence true\n{DURABLE if self.durable else ''}"
            f"persistence_location {self.folder}/\nsys_interval 1\n{self.extra}\n",
            encoding="utf-8",
        )
        program = shutil.which("mosquitto", path=f"{os.environ['PATH']}:/usr/sbin")
        assert program
        with (self.folder / "mosquitto.log").open("ab") as log:
            self.process = subprocess.Popen(
                [program, "-c", str(config)], stdout=log, stderr=log, stdin=subprocess.DEVNULL
            )
        until(lambda: answers(self.port))

    def stop(self) -> None:
        """In order, as an operator would."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """As a power cut would."""
        self._end(signal.SIGKILL)

    def _end(self, how: signal.Signals) -> None:
        if self.process:
            self.process.send_signal(how)
            self.process.wait(timeout=120)
            self.process = None
