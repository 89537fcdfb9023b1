"""2,000 faults in one minute over 40 sites: who hears when, what providers are asked, the board.

24 sites lose the picture of all cameras, on 10 the radio is jammed (an emergency), on 6 every
housing was opened. Collector, tick and sender work as always, against a local HTTP server that
counts what it is asked; a dispatcher visits the board before it, all through it and after it. Then
the outbox is asked what is due with 10,000 notices waiting, against ten.
`python -m benchmarks.storm`
"""

import argparse
import json
import multiprocessing
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from starlette.testclient import TestClient

from benchmarks.board import ROLE, WARM, at, enter, visit
from collector.intake import Intake
from collector.message import Message
from notify.channel import Channel
from operations import notices as notice_desk
from rules.buckets import Limit
from rules.model import Severity
from rules.policy import Limit as Figure
from rules.policy import Policy
from scheduler.tick import tick
from storage import ledger, outbox, revision
from storage import people as people_rows
from storage.db import reading, transaction
from storage.migrate import migrate
from storage.outbox import Notice
from tests import company
from tests.notify.desk import hook, sending
from tests.notify.receivers import Answer, WebServer, web_server
from tests.storage.assets import a_site, some_devices
from wiring.clock import SteadyClock
from wiring.parts import Parts, assemble
from wiring.settings import load

SITES, DARK, JAMMED = 40, 24, 34  # to which number
MOST, RESERVED = 60, 15  # letters a minute of the provider
CODES = ("CAM_VIDEO_LOSS", "RF_JAM", "TAMPER")
PATIENCE_S = 120  # after the minute; what is not told by then is counted
FRAGMENT = {"HX-Request": "true"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--each", type=int, default=50, help="devices of a site")
    parser.add_argument("--minute-s", type=float, default=60)
    parser.add_argument("--waiting", type=int, default=10_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch, web_server() as provider:
        parts = _planted(Path(scratch), given.each)
        _storm(parts, provider, given)
        _due(parts, given.waiting)
        parts.close()


def _planted(folder: Path, each: int) -> Parts:
    parts = _parts(folder)
    migrate(parts.database, parts.telemetry, SteadyClock()())
    with transaction(parts.database) as tx:
        company.found(tx, devices=each, channels=1)
        people_rows.add(tx, [ROLE])
        for number in range(2, SITES + 1):
            some_devices(tx, a_site(tx, f"S{number}"), each)
        revision.bump(tx)
    return parts


def _parts(folder: Path) -> Parts:
    policy = Policy(limits={code: Figure(raise_after_s=0) for code in CODES})
    return assemble(load(data=folder, policy=policy))


def _storm(parts: Parts, provider: WebServer, given: argparse.Namespace) -> None:
    client = enter(parts)
    client.headers.update(FRAGMENT)
    calm = _visited(client, 40)
    asked: list[tuple[float, str]] = []
    provider.judge = lambda request: _noted(asked, request.json["severity"])
    during = Visits()
    told = (parts.settings.data, provider.where, given.each, given.minute_s)
    night = multiprocessing.get_context("spawn").Process(target=_night, args=told)
    night.start()
    while night.is_alive():
        during.wall_ms += visit(client, 1)
    night.join()
    if night.exitcode:
        sys.exit(f"the night ended with {night.exitcode}")
    _say_of_letters(parts, asked)
    _say_of_the_board(calm, during, _visited(client, 40))


@dataclass(slots=True)
class Visits:
    """How long each took on the clock, and of the processor on average."""

    wall_ms: list[float] = field(default_factory=list)
    cpu_ms: float = 0


def _visited(client: TestClient, visits: int) -> Visits:
    """While nothing else is being done in this process."""
    before = time.process_time()
    took = visit(client, visits)
    return Visits(took, (time.process_time() - before) * 1000 / (visits + WARM))


def _night(folder: Path, where: str, each: int, minute_s: float) -> None:
    """Collector, tick and sender, in a process of their own until all is told."""
    parts = _parts(folder)
    webhook = hook(where)
    webhook.limits = (Limit(most=MOST, window_s=60, reserved=RESERVED),)
    with sending(parts.database, {"mail": Channel(name="mail", providers=(webhook,))}):
        breaking = threading.Thread(target=_break_out, args=(parts, each, minute_s))
        breaking.start()
        latest = time.monotonic() + minute_s + PATIENCE_S
        while breaking.is_alive() or (time.monotonic() < latest and not _settled(parts)):
            tick(parts.database, parts.policy, parts.clock)
            time.sleep(0.25)


def _noted(asked: list[tuple[float, str]], severity: str) -> Answer:
    asked.append((time.monotonic(), severity))
    return Answer()


def _break_out(parts: Parts, each: int, minute_s: float) -> None:
    intake = Intake(parts)
    intake.start(parts.clock())
    for site in range(1, SITES + 1):
        flag = "video_loss" if site <= DARK else "rf_jam" if site <= JAMMED else "tamper"
        body = json.dumps({"interval": 86_400, "flags": {flag: True}}).encode()
        said = [Message(f"ringwatch/v1/S{site}/d{one}/health", body) for one in range(each)]
        intake.take(said, parts.clock())
        time.sleep(minute_s / SITES)


def _settled(parts: Parts) -> bool:
    """Nothing is being sent, and nothing is owed soon: what may wait for morning may wait."""
    with reading(parts.database) as tx:
        soon = parts.clock() + timedelta(minutes=5)
        return not ledger.counts(tx).get("sending") and not outbox.due(tx, soon, each=1)


def _say_of_letters(parts: Parts, asked: list[tuple[float, str]]) -> None:
    with reading(parts.database) as tx:
        found = ledger.newest(tx, limit=100_000)
    states = Counter(one.state for one in found)
    ordinary = [one for one in asked if one[1] != Severity.EMERGENCY]
    print(
        f"storm: {len(found)} notices ({states['sent']} sent, {states['silenced']} no longer "
        f"wanted, {len(found) - states['sent'] - states['silenced']} not told yet) in "
        f"{len(asked)} letters; at most {_busiest(asked)} a minute of {MOST} allowed, "
        f"{_busiest(ordinary)} ordinary ones of {MOST - RESERVED}"
    )
    for what, urgent in (("emergencies", True), ("the rest", False)):
        seconds = _took(one for one in found if (one.rank == 0) is urgent)
        p50, p95 = at(seconds, 0.5), at(seconds, 0.95)
        print(f"storm: {what} handed over p50 {p50:.2f} s, p95 {p95:.2f} s after they were owed")


def _say_of_the_board(calm: Visits, during: Visits, after: Visits) -> None:
    shown = [at(sorted(one.wall_ms), 0.95) for one in (calm, during, after)]
    print(
        f"storm: board p95 {shown[0]:.1f} ms before, {shown[1]:.1f} ms during "
        f"({len(during.wall_ms)} visits), {shown[2]:.1f} ms after; ratio {shown[1] / shown[0]:.1f}"
    )
    print(
        f"storm: board {calm.cpu_ms:.1f} ms of the processor before, {after.cpu_ms:.1f} ms with "
        f"all faults and their orders open; ratio {after.cpu_ms / calm.cpu_ms:.1f}"
    )


def _busiest(asked: list[tuple[float, str]]) -> int:
    """The most in any minute."""
    times = [when for when, _ in asked]
    return max((sum(start <= one <= start + 60 for one in times) for start in times), default=0)


def _took(found: Iterable[Notice]) -> list[float]:
    """Seconds from being owed to being sent."""
    done = [(one.created_at, one.done_at) for one in found if one.state == "sent"]
    return sorted((sent - owed).total_seconds() for owed, sent in done if sent) or [0.0]


def _due(parts: Parts, waiting: int) -> None:
    few = _asking(parts, 10)
    many = _asking(parts, waiting)
    print(
        f"what is due: 10 waiting p50 {few:.2f} ms, {waiting} waiting p50 {many:.2f} ms; "
        f"ratio {many / few:.1f}"
    )


def _asking(parts: Parts, waiting: int) -> float:
    now = parts.clock()
    with transaction(parts.database) as tx:
        people = people_rows.all_staff(tx)
        for number in range(waiting):
            person = people[number % len(people)]
            key = f"bench:{waiting}:{number}"
            kind = "restored" if number % 2 else "go"
            severity = Severity.MAJOR
            notice_desk.tell(tx, person, kind, key=key, severity=severity, now=now)
    with reading(parts.database) as tx:
        took = [_ms(lambda: outbox.due(tx, parts.clock(), each=16)) for _ in range(40)]
    return at(sorted(took), 0.5)


def _ms(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1000


if __name__ == "__main__":
    main()
