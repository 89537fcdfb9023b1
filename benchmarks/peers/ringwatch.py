"""Ringwatch as it is shipped: `ringwatch run` with SQLite, on the broker of the measurement."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.peers.fleet import DEVICES, EVERY_S, LIMIT_S
from storage import listening
from storage.db import Database, connect, reading, transaction
from storage.migrate import migrate
from tests import company
from tests.servers import Mosquitto, free_port
from wiring.clock import SteadyClock
from wiring.settings import load

NAME = "Ringwatch"


@dataclass(slots=True)
class Ringwatch:
    database: Database
    name: str = NAME

    def stored(self) -> int:
        with reading(self.database) as tx:
            return listening.get(tx).messages


@contextmanager
def started(folder: Path, broker: Mosquitto, alerts: str, _tools: Path) -> Iterator[Ringwatch]:
    data = folder / "ringwatch"
    data.mkdir()
    (data / "ringwatch.toml").write_text(_settings(alerts), encoding="utf-8")
    settings = load({}, data=data)
    database, telemetry = connect(settings.main_database), connect(settings.telemetry_database)
    migrate(database, telemetry, SteadyClock()())
    with transaction(database) as tx:
        company.found(tx, devices=DEVICES, channels=1)
    environment = {
        **os.environ,
        "RINGWATCH_DATA": str(data),
        "RINGWATCH_MQTT_URL": broker.url,
        "RINGWATCH_HTTP": f"127.0.0.1:{free_port()}",
    }
    with (folder / "log").open("w") as log:
        running = subprocess.Popen(
            [sys.executable, "-m", "ringwatch", "run"], env=environment, stdout=log, stderr=log
        )
        try:
            yield Ringwatch(database)
        finally:
            running.terminate()
            running.wait(30)
            database.close()
            telemetry.close()


def _settings(alerts: str) -> str:
    """Every page at once, and silence after `LIMIT_S` as for the others."""
    return f"""
[[channel]]
name = "mail"
providers = ["webhook+http://{alerts}/page"]

[policy.silence]
intervals = {LIMIT_S / EVERY_S}
least_s = {LIMIT_S}

[policy.limits.TAMPER]
raise_after_s = 0
"""
