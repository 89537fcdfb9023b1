"""The stream by token: what changed is said, within reach, and it ends with the token."""

import contextlib
import threading
from collections.abc import Callable, Iterator

import httpx2
import pytest

from operations import api_tokens as token_desk
from operations import work_orders as order_desk
from rules.model import Role, WorkOrder
from storage.db import transaction
from tests.waiting import until
from tests.web.api.conftest import Program, a_token
from tests.web.conftest import START, House
from tests.web.test_stream import server

__all__ = ["server"]
Listen = Callable[..., "Ear"]


class Ear:
    """One open stream, read in a thread of its own."""

    def __init__(self, address: str, token: str) -> None:
        self.events: list[str] = []
        self.over = False
        self._address, self._token = address, token
        self._client = httpx2.Client(timeout=None)
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()
        until(lambda: "hello" in self.events)

    def close(self) -> None:
        self._thread.join(60)
        self._client.close()

    def _listen(self) -> None:
        headers = {"Authorization": f"Bearer {self._token}"}
        with (
            contextlib.suppress(httpx2.HTTPError),
            self._client.stream("GET", self._address, headers=headers) as answer,
        ):
            for line in answer.iter_lines():
                if line.startswith("event: "):
                    self.events.append(line.removeprefix("event: "))
        self.over = True


@pytest.fixture
def listen(house: House, server: str) -> Iterator[Listen]:
    ears: list[Ear] = []

    def one(role: Role, query: str = "") -> Ear:
        ears.append(Ear(f"{server}/api/v1/events{query}", a_token(house, role)))
        return ears[-1]

    yield one
    house.app.state.pulse.stop()
    for ear in ears:
        ear.close()


def test_each_hears_what_is_within_reach(
    house: House, listen: Listen, order: WorkOrder, foreign: WorkOrder
) -> None:
    staff, customer = listen(Role.HEAD), listen(Role.CUSTOMER)
    named = listen(Role.CUSTOMER, f"?on=order-{order.id},order-{foreign.id},board")
    with transaction(house.parts.database) as tx:
        for each in (foreign, order):
            order_desk.acknowledge(tx, each.id, house.people[Role.ENGINEER], START)
    until(lambda: "board" in staff.events)
    until(lambda: f"site-{order.site_id}" in customer.events)
    until(lambda: f"order-{order.id}" in named.events)
    assert set(customer.events) == {"hello", f"site-{order.site_id}"}
    assert set(named.events) == {"hello", f"order-{order.id}"}


def test_it_ends_when_the_token_is_revoked(house: House, listen: Listen) -> None:
    ear = listen(Role.HEAD)
    with transaction(house.parts.database) as tx:
        assert token_desk.revoke(tx, 1, house.clock())
    house.clock.passes(seconds=31)
    until(lambda: ear.over)


@pytest.mark.parametrize("on", ["nonsense", "board,x", ",".join(["board"] * 3 + [""])])
def test_a_topic_that_is_none_is_named(program: Program, on: str) -> None:
    answer = program(Role.HEAD).get(f"/api/v1/events?on={on}")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "on"


def test_a_house_that_closes_says_when_to_come_again(house: House, program: Program) -> None:
    house.app.state.pulse.stop()
    answer = program(Role.HEAD).get("/api/v1/events")
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "10"
    assert answer.json()["type"] == "urn:ringwatch:problem:away"
