"""The stream over a real server: what changed is said, to whom it concerns, and it ends cleanly."""

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator

import httpx2
import pytest
import uvicorn

from operations import alerts as alert_desk
from operations import passwords
from operations import work_orders as order_desk
from rules.model import Role, SiteId
from storage import customers as customer_rows
from storage import journal
from storage import people as people_rows
from storage import sessions as session_rows
from storage.db import reading, transaction
from storage.journal import Entry
from tests.storage.assets import a_site, some_devices
from tests.waiting import until
from tests.web.conftest import START, House, an_order
from web import stream
from web.stream import EVERY_S, NEXT_WORD_S, Seen, topics_of

Enter = Callable[[Role], httpx2.Client]


class Ear:
    """One open stream, read in a thread of its own; nobody else closes what it reads from."""

    def __init__(
        self,
        client: httpx2.Client,
        on: str,
        since: int | None = None,
        address: str = "/stream",
    ) -> None:
        self.events: list[str] = []
        self.status = 0
        self.over = False
        self._address = f"{address}?on={on}" + ("" if since is None else f"&since={since}")
        self._own = httpx2.Client(
            base_url=client.base_url, cookies=client.cookies, headers=client.headers, timeout=None
        )
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()
        until(lambda: self.status and (self.status != 200 or "hello" in self.events))

    def _listen(self) -> None:
        with (
            contextlib.suppress(httpx2.HTTPError),
            self._own as own,
            own.stream("GET", self._address) as answer,
        ):
            self.status = answer.status_code
            for line in answer.iter_lines():
                if line.startswith("event: "):
                    self.events.append(line.removeprefix("event: "))
        self.over = True

    def hears(self, *topics: str) -> bool:
        return set(topics) <= set(self.events)


@pytest.fixture
def server(house: House) -> Iterator[str]:
    """The application on a port of its own."""
    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(house.app, log_config=None, timeout_graceful_shutdown=3)
    served = uvicorn.Server(config)
    thread = threading.Thread(target=served.run, kwargs={"sockets": [listening]})
    thread.start()
    until(lambda: served.started)
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    house.app.state.pulse.stop()
    served.should_exit = True
    thread.join(60)
    listening.close()
    assert not thread.is_alive()


@pytest.fixture
def enter(house: House, server: str) -> Iterator[Enter]:
    with contextlib.ExitStack() as stack:

        def entered(role: Role) -> httpx2.Client:
            token = house.enter(role).cookies["ringwatch"]
            client = httpx2.Client(base_url=server, cookies={"ringwatch": token}, timeout=60)
            return stack.enter_context(client)

        yield entered


def test_an_order_opened_elsewhere_is_said_within_two_seconds(house: House, enter: Enter) -> None:
    """How long it takes to look again and to say it anew; a slow machine may take longer still."""
    assert EVERY_S + NEXT_WORD_S < 2
    ear = Ear(enter(Role.ENGINEER), "board")
    with transaction(house.parts.database) as tx:
        order = an_order(tx, house)
    until(lambda: ear.hears("board"))
    other = Ear(enter(Role.HEAD), f"order-{order.id},site-1,device-1")
    with transaction(house.parts.database) as tx:
        order_desk.acknowledge(tx, order.id, house.people[Role.ENGINEER], START)
    until(lambda: other.hears(f"order-{order.id}", "site-1"))
    assert "board" not in other.events


def test_what_came_before_the_stream_was_open_is_not_missed(house: House, enter: Enter) -> None:
    with reading(house.parts.database) as tx:
        known = journal.last_id(tx)
    with transaction(house.parts.database) as tx:
        an_order(tx, house)
    ear = Ear(enter(Role.ENGINEER), "board", since=known)
    until(lambda: ear.hears("board"))


def test_nobody_hears_of_anothers_site(house: House, enter: Enter) -> None:
    with transaction(house.parts.database) as tx:
        an_order(tx, house)
        other = a_site(tx, "S-2", customer="C2")
        [device] = some_devices(tx, other, 1)
        second = customer_rows.by_code(tx, "C2")
        assert second is not None
        mine = house.people[Role.CUSTOMER]
        people_rows.change(tx, mine, {"customer_id": second.id})
        people_rows.set_sites(tx, mine, [other])
    everything = f"board,order-1,order-2,site-1,site-{other},device-1,device-{device}"
    customer, staff = Ear(enter(Role.CUSTOMER), everything), Ear(enter(Role.HEAD), everything)
    with transaction(house.parts.database) as tx:
        order_desk.acknowledge(tx, 1, house.people[Role.HEAD], START)  # type: ignore[arg-type]
        alert_desk.raise_alert(tx, "MON_NOTIFY_FAILED", "mail", {}, house.parts.policy, START)
        journal.write(tx, Entry(at=START, actor="monitor", verb="fault_opened", site_id=other))
    until(lambda: staff.hears("board", "order-1", "site-1", f"site-{other}"))
    until(lambda: customer.hears(f"site-{other}"))
    assert set(customer.events) == {"hello", f"site-{other}"}


def test_a_stranger_and_an_unknown_topic_get_401(server: str, enter: Enter) -> None:
    assert httpx2.get(f"{server}/stream?on=board", timeout=60).status_code == 401
    assert enter(Role.HEAD).get("/stream?on=nonsense").status_code == 401


def test_a_logged_out_viewer_hears_no_more(house: House, enter: Enter) -> None:
    client = enter(Role.HEAD)
    ear = Ear(client, "board")
    with transaction(house.parts.database) as tx:
        session_rows.end(tx, passwords.token_hash(client.cookies["ringwatch"]))
    house.clock.passes(seconds=31)
    until(lambda: ear.over)


def test_every_stream_ends_at_once_when_the_house_closes(house: House, enter: Enter) -> None:
    ears = [Ear(enter(role), "board") for role in (Role.HEAD, Role.ENGINEER, Role.DISPATCHER)]
    house.app.state.pulse.stop()
    until(lambda: all(ear.over for ear in ears))
    assert enter(Role.HEAD).get("/stream?on=board").status_code == 503


def test_a_slow_reader_costs_a_set_of_topics_and_no_more() -> None:
    entries = [
        Entry(at=START, actor="clock", verb="paged", site_id=SiteId(1), order_id=n % 3 + 1)  # type: ignore[arg-type]
        for n in range(10_000)
    ]
    wanted = frozenset({"board", "order-1"})
    listener = stream.Listener(wanted=wanted, sites=None, board=True, token="t", ends_at=START)
    for entry in entries:
        listener.pending |= listener.hears(entry, topics_of(entry))
    assert listener.pending == wanted


def test_each_entry_is_said_once_however_late_it_commits() -> None:
    seen = Seen(last_id=10)
    entries = {n: Entry(id=n, at=START, actor="clock", verb="paged") for n in range(10, 16)}
    assert [e.id for e in seen.fresh([entries[11], entries[14]], START)] == [11, 14]
    assert [e.id for e in seen.fresh([entries[n] for n in (11, 12, 14)], START)] == [12]
    assert seen.last_id == 14
    assert seen.fresh([entries[n] for n in (11, 12, 14)], START) == []
