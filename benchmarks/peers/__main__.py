"""Ringwatch, Node-RED and Zabbix side by side on the same fleet, one after the other.

50 devices report every 2 s over MQTT; a device is silent after 10 s; an alert is a POST to one
local receiver. Measured for each: a fault event to its alert, a last word to the alert of
silence, and how fast a burst of messages is stored. `python -m benchmarks.peers [NAME ...]`

Node-RED is installed by npm into the scratch folder (or `--tools FOLDER`, kept for next time),
Zabbix is Debian's package with PostgreSQL; what cannot be had is said and left out.
"""

import argparse
import tempfile
import time
from pathlib import Path
from statistics import median

from benchmarks.peers import node_red, ringwatch, zabbix
from benchmarks.peers.fleet import DEVICES, LIMIT_S, Alerts, Fleet, Peer, wait
from benchmarks.peers.missing import MissingError
from tests.notify.receivers import Answer, Request, web_server
from tests.servers import Mosquitto, free_port

PEERS = {one.NAME: one for one in (ringwatch, node_red, zabbix)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(PEERS))
    parser.add_argument("--events", type=int, default=20)
    parser.add_argument("--silences", type=int, default=5)
    parser.add_argument("--burst", type=int, default=20_000)
    parser.add_argument("--tools", type=Path, help="where peers are installed; default: scratch")
    given = parser.parse_args()
    unknown = set(given.names) - PEERS.keys()
    if unknown:
        parser.error(f"{', '.join(sorted(unknown))}: one of {', '.join(PEERS)}")
    for name in given.names or PEERS:
        with tempfile.TemporaryDirectory(prefix="peer-", ignore_cleanup_errors=True) as scratch:
            try:
                _measure(name, Path(scratch), given)
            except MissingError as missing:
                print(f"{name:10} left out: {missing}")


def _measure(name: str, scratch: Path, given: argparse.Namespace) -> None:
    alerts = Alerts()

    def note(_: Request) -> Answer:
        alerts.came()
        return Answer()

    broker = Mosquitto(scratch / "broker", free_port(), durable=False)
    broker.start()
    try:
        with web_server() as receiver:
            receiver.judge = note
            peer: Peer
            started = PEERS[name].started
            with (
                started(scratch, broker, receiver.where, given.tools or scratch) as peer,
                Fleet(broker.port) as fleet,
            ):
                _compare(peer, fleet, alerts, given)
    finally:
        broker.stop()


def _compare(peer: Peer, fleet: Fleet, alerts: Alerts, given: argparse.Namespace) -> None:
    if not wait(lambda: peer.stored() > DEVICES, 120):
        raise MissingError("it stored nothing within two minutes")
    events = [_event(fleet, alerts, DEVICES - 1 - n) for n in range(given.events)]
    silences = [_silence(fleet, alerts, n) for n in range(given.silences)]
    rate = _burst(peer, fleet, given.burst)
    print(
        f"{peer.name:10} event to alert {_said(events)}; "
        f"silence ({LIMIT_S:.0f} s limit) noticed {_said(silences)}; stored {rate:.0f} messages/s",
        flush=True,
    )


def _said(took: list[float | None]) -> str:
    came = sorted(one for one in took if one is not None)
    if not came:
        return "never"
    lost = f", {len(took) - len(came)} of {len(took)} never" if len(came) < len(took) else ""
    return f"median {median(came):.2f} s (worst {came[-1]:.2f} s{lost})"


def _event(fleet: Fleet, alerts: Alerts, number: int) -> float | None:
    since = fleet.tamper(number)
    at = alerts.first_after(since, 60)
    wait(lambda: not alerts.at or _quiet_for(alerts, 0.5), 10)
    return None if at is None else at - since


def _silence(fleet: Fleet, alerts: Alerts, number: int) -> float | None:
    since = fleet.silence(number)
    at = alerts.first_after(since + LIMIT_S / 2, 120)  # what comes sooner is of something else
    wait(lambda: _quiet_for(alerts, 1.0), 10)
    return None if at is None else at - since


def _quiet_for(alerts: Alerts, seconds: float) -> bool:
    return not wait(lambda: False, seconds) and bool(alerts.at)


def _burst(peer: Peer, fleet: Fleet, messages: int) -> float:
    """Messages a second from the first of the burst until the last of it is stored."""
    before, started = peer.stored(), time.monotonic()
    fleet.burst(messages)
    wait(lambda: peer.stored() - before >= messages, 300)
    return (peer.stored() - before) / (time.monotonic() - started)


if __name__ == "__main__":
    main()
