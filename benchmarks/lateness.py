"""How late silence is noticed and promises are kept, with 100,000 of each on the books.

`silence`: 100,000 devices on the list, all of one site, of which 2,000 fall due at instants spread
over a minute; lateness is the silence of a device, as the time its fault opened, minus the instant
from which the device counts as silent. Whether it stands alone, waits for word, or is one of a
common cause (as it soon is) makes no difference; the cause itself is not counted, and whatever was
not found in time is said. The real listener runs against a real broker. `tick`: 100,000 suspicions
with an open deadline each, 2,000 of them due within a minute; each opens an order with its notices
(tampers, which stand alone: silences of one site would be one order).

`python -m benchmarks.lateness`
"""

import argparse
import tempfile
import time
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import delete, insert, update

from benchmarks.fleet import plant
from collector.intake import Intake
from collector.listener import Listener
from collector.mqtt import Connection
from collector.run import calm_the_garbage_collector
from rules.assets import Device
from scheduler.beat import Beat, Job
from scheduler.tick import tick
from storage import devices as device_rows
from storage import faults as fault_rows
from storage import states
from storage import work_orders as order_rows
from storage.db import reading, transaction
from storage.migrate import migrate
from storage.states import LastWord
from storage.tables.company import devices
from storage.tables.night import deadlines
from storage.tables.watch import deaf_spells, faults
from tests.servers import Mosquitto, free_port
from wiring.clock import SteadyClock
from wiring.parts import Parts, assemble
from wiring.settings import load

SPREAD_S = 60


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--devices", type=int, default=100_000)
    parser.add_argument("--due", type=int, default=2_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        broker = Mosquitto(Path(scratch) / "broker", free_port(), durable=False)
        broker.start()
        try:
            for name, keep in (("silence", _silence), ("tick", _tick)):
                parts = _parts(Path(scratch) / name, broker.url, given)
                _say(name, keep(parts, given), given.due)
        finally:
            broker.stop()


def _say(name: str, late_s: list[float], of: int) -> None:
    if not late_s:
        print(f"{name}: none of {of} kept in time to be counted")
        return
    late_s.sort()
    p50, p99 = late_s[len(late_s) // 2], late_s[int(len(late_s) * 0.99)]
    print(
        f"{name}: {len(late_s)} of {of} kept, late p50 {p50:.3f} s, p99 {p99:.3f} s, "
        f"worst {late_s[-1]:.3f} s; p99 is {p99 / (p50 or 1):.1f} times p50"
    )


def _parts(folder: Path, mqtt_url: str, given: argparse.Namespace) -> Parts:
    folder.mkdir()
    url = f"sqlite:///{folder}/ringwatch.db"
    parts = assemble(load(database_url=url, data=folder, mqtt_url=mqtt_url))
    migrate(parts.database, parts.telemetry, SteadyClock()())
    plant(parts.database, given.devices)
    with transaction(parts.database) as tx:  # else each is missed at once: enrolled, never heard
        tx.execute(update(devices).values(enrolled_at=parts.clock()))
    return parts


def _silence(parts: Parts, given: argparse.Namespace) -> list[float]:
    allowance = timedelta(seconds=180)
    _listen(parts, for_s=15)  # the session is known from now on
    with transaction(parts.database) as tx:
        tx.execute(delete(deaf_spells))  # these devices were heard although nobody listened
        fleet = device_rows.all_devices(tx)
        now = parts.clock()
        first = now + timedelta(seconds=45)  # time to load the fleet and hear the first echo
        heard = [
            first + timedelta(seconds=SPREAD_S * number / given.due) - allowance
            if number < given.due
            else now + timedelta(seconds=300 * number / len(fleet))
            for number in range(len(fleet))
        ]
        states.put_all(
            tx,
            (
                LastWord(device_id=device.id, last_heard_at=at, wire_state="online")
                for device, at in zip(fleet, heard, strict=True)
            ),
        )
    _listen(parts, until=first + timedelta(seconds=SPREAD_S + 10))
    due = {device.id: at + allowance for device, at in zip(fleet[: given.due], heard, strict=False)}
    with reading(parts.database) as tx:
        found = fault_rows.all_open(tx)
    print(f"silence: {dict(Counter(one.code for one in found))}")
    return [
        (fault.opened_at - due[fault.device_id]).total_seconds()
        for fault in found
        if fault.code == "DEV_OFFLINE"
    ]


def _listen(parts: Parts, *, for_s: float = 0, until: datetime | None = None) -> None:
    intake = Intake(parts)
    intake.start(parts.clock())
    calm_the_garbage_collector()
    url = parts.settings.mqtt_url
    assert url
    broker = url.get_secret_value()
    listener = Listener(parts, intake, lambda: Connection(broker), parts.clock())
    end = until or parts.clock() + timedelta(seconds=for_s)  # a large fleet is loaded by now
    while parts.clock() < end:
        listener.step()
    listener.close()


def _tick(parts: Parts, given: argparse.Namespace) -> list[float]:
    with transaction(parts.database) as tx:
        fleet = device_rows.all_devices(tx)
        tx.execute(insert(faults), [_fault(device, parts.clock()) for device in fleet])
    with transaction(parts.database) as tx:
        open_faults = fault_rows.all_open(tx)
        first = parts.clock() + timedelta(seconds=20)
        due = {
            fault.id: first + timedelta(seconds=SPREAD_S * number / given.due)
            if number < given.due
            else first + timedelta(days=1)
            for number, fault in enumerate(open_faults)
        }
        tx.execute(insert(deadlines), [_deadline(fault_id, at) for fault_id, at in due.items()])
    beat = Beat(on_end=lambda: None)
    beat.add(
        Job(name="tick", every_s=0.25, work=lambda: tick(parts.database, parts.policy, parts.clock))
    )
    beat.start()
    while parts.clock() < first + timedelta(seconds=SPREAD_S + 10):
        time.sleep(0.2)
    beat.stop()
    if beat.ended_by:
        raise beat.ended_by
    with reading(parts.database) as tx:
        return [
            (order.opened_at - due[order.root_fault_id]).total_seconds()
            for order in order_rows.all_open(tx, limit=given.due)
        ]


def _fault(device: Device, now: datetime) -> dict[str, object]:
    return {
        "device_id": device.id,
        "site_id": device.site_id,
        "code": "TAMPER",
        "point": "",
        "severity": "major",
        "source": "monitor",
        "why": "reading",
        "evidence": {},
        "opened_at": now,
        "provisional_until": now + timedelta(days=2),
    }


def _deadline(fault_id: int, at: datetime) -> dict[str, object]:
    return {
        "kind": "confirm",
        "subject_kind": "fault",
        "subject_id": fault_id,
        "due_at": at,
        "promised_at": at,
    }


if __name__ == "__main__":
    main()
