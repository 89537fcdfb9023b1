"""The live board with 100,000 devices and 10,000 open faults, against the same board with ten.

Server time only: the application is asked in this process, logged in as a dispatcher. The
figure is the ratio of the medians in one run, and the 95th percentile beside the promise of
150 ms. `python -m benchmarks.board`
"""

import argparse
import tempfile
import time
from pathlib import Path

from sqlalchemy import insert
from starlette.testclient import TestClient

from benchmarks.fleet import plant
from operations import people as people_desk
from operations import work_orders as order_desk
from storage import company
from storage import devices as device_rows
from storage import faults as fault_rows
from storage import logins as login_rows
from storage import people as people_rows
from storage.db import transaction
from storage.migrate import migrate
from storage.tables.watch import faults
from web.main import build
from wiring.clock import SteadyClock
from wiring.parts import Parts, assemble
from wiring.settings import load

WARM = 5  # visits before one is counted
ROLE = {
    "code": "D",
    "name": "Dispatcher",
    "roles": ["dispatcher"],
    "all_sites": True,
    "channels": [],
    "language": "en",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--devices", type=int, default=100_000)
    parser.add_argument("--faults", type=int, default=10_000)
    parser.add_argument("--orders", type=int, default=2_000)
    parser.add_argument("--visits", type=int, default=60)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        parts = planted(Path(scratch), given.devices)
        client = enter(parts)
        _break(parts, 10, 5)
        few = visit(client, given.visits)
        _break(parts, given.faults, given.orders)
        many = visit(client, given.visits)
        parts.close()
    print(
        f"board: 10 faults p50 {at(few, 0.5):.1f} ms; {given.faults} faults of {given.devices} "
        f"devices p50 {at(many, 0.5):.1f} ms, p95 {at(many, 0.95):.1f} ms; "
        f"ratio of the medians {at(many, 0.5) / at(few, 0.5):.2f}"
    )


def planted(folder: Path, devices: int, database_url: str | None = None) -> Parts:
    parts = assemble(load(data=folder, database_url=database_url))
    migrate(parts.database, parts.telemetry, SteadyClock()())
    with transaction(parts.database) as tx:
        company.set_fact(tx, "name", "Bench", parts.clock())
        company.set_fact(tx, "timezone", "Asia/Shanghai", parts.clock())
        people_rows.add(tx, [ROLE])
    plant(parts.database, devices)
    return parts


def enter(parts: Parts) -> TestClient:
    client = TestClient(build(parts))
    with transaction(parts.database) as tx:
        person = people_rows.by_code(tx, "D")
        assert person
        login_rows.add(tx, person.id, "d", "unused", must_change=False, now=parts.clock())
        login = login_rows.of_person(tx, person.id)
        assert login
        token = people_desk.let_in(tx, login, parts.clock(), address="::1", agent="bench")
    client.cookies.set("ringwatch", token, domain="testserver.local")
    return client


def _break(parts: Parts, count: int, orders: int) -> None:
    now = parts.clock()
    with transaction(parts.database) as tx:
        known = {fault.device_id for fault in fault_rows.all_open(tx)}
        fleet = [d for d in device_rows.all_devices(tx) if d.id not in known]
        rows: list[dict[str, object]] = [
            {
                "device_id": device.id,
                "site_id": device.site_id,
                "code": "CAM_VIDEO_LOSS" if number < orders else "SIGNAL_WEAK",
                "point": "",
                "severity": "major" if number < orders else "minor",
                "source": "monitor",
                "why": "reading",
                "evidence": {},
                "opened_at": now,
            }
            for number, device in enumerate(fleet[:count])
        ]
        tx.execute(insert(faults), rows)
    with transaction(parts.database) as tx:
        for fault in fault_rows.all_open(tx):
            if fault.severity == "major" and fault.order_id is None:
                order_desk.open_order(tx, fault, parts.policy, now)


def visit(client: TestClient, visits: int, path: str = "/") -> list[float]:
    took = []
    for number in range(visits + WARM):
        started = time.perf_counter()
        answer = client.get(path)
        spent = (time.perf_counter() - started) * 1000
        assert answer.status_code == 200, answer.text[:200]
        if number >= WARM:
            took.append(spent)
    return sorted(took)


def at(sorted_ms: list[float], share: float) -> float:
    return sorted_ms[min(int(len(sorted_ms) * share), len(sorted_ms) - 1)]


if __name__ == "__main__":
    main()
