"""A company with one person of each role, and a browser that remembers its cookies."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
from anyio.from_thread import start_blocking_portal
from fastapi import FastAPI
from starlette.testclient import TestClient

from operations import faults as fault_desk
from operations import maintenance as maintenance_desk
from operations import passwords
from operations import people as people_desk
from operations import planned_maintenance as planned_desk
from operations.faults import Finding
from operations.maintenance import Wish
from rules.causes import Verdict
from rules.maintenance import Planned, Window
from rules.maintenance import Scope as WindowScope
from rules.model import DeviceId, Fault, PersonId, Role, Severity, SiteId, WorkOrder
from storage import company, logins
from storage import devices as device_rows
from storage import faults as fault_rows
from storage import people as people_rows
from storage import work_orders as order_rows
from storage.db import Database, Tx, reading, transaction
from tests.storage.assets import a_site, some_devices
from web.main import furnish, laid_out
from wiring.in_force import Figures
from wiring.parts import Parts
from wiring.settings import Settings
from words import catalogue

catalogue.be_strict(strict=True)

START = datetime(2026, 6, 15, 1, 2, 3, tzinfo=UTC)
PASSWORD = "vier worte sind gut"
HOST = "testserver.local"  # what the cookie jar makes of a name without dots
ORIGIN = {"Origin": "http://testserver"}


@dataclass
class TurnedClock:
    at: datetime = START

    def __call__(self) -> datetime:
        return self.at

    def passes(self, **span: float) -> None:
        self.at += timedelta(**span)


@pytest.fixture(scope="session", autouse=True)
def _one_loop() -> Iterator[None]:
    """One event loop for all browsers of a run, as in the server; else each request made its own.

    A `with TestClient(...)` still has its own.
    """
    with start_blocking_portal() as portal, pytest.MonkeyPatch.context() as patch:
        patch.setattr(TestClient, "portal", portal)
        yield


@cache
def hashed(password: str) -> str:
    """One slow hash for a whole test run."""
    return passwords.hashed(password)


@cache
def laid_out_once() -> FastAPI:
    """Laying the routes takes longer than most tests; a test that changes them builds its own."""
    return laid_out()


@dataclass
class House:
    """The application over a real database, and what a test does to it."""

    parts: Parts
    app: FastAPI
    clock: TurnedClock
    people: dict[Role, PersonId] = field(default_factory=dict)

    def browser(self, language: str = "en", **headers: str) -> TestClient:
        client = TestClient(
            self.app, headers={**ORIGIN, **headers}, follow_redirects=False, client=("10.0.0.9", 1)
        )
        client.cookies.set("language", language, domain=HOST)
        return client

    def enter(self, role: Role, language: str = "en") -> TestClient:
        """A browser in which that person is logged in, without the slow hash."""
        client = self.browser(language)
        with transaction(self.parts.database) as tx:
            login = logins.of_person(tx, self.people[role])
            assert login is not None
            token = people_desk.let_in(tx, login, self.clock(), address="10.0.0.9", agent="test")
        client.cookies.set("ringwatch", token, domain=HOST)
        return client


@pytest.fixture
def clock() -> TurnedClock:
    return TurnedClock()


@pytest.fixture
def empty_house(
    database: Database, telemetry: Database, tmp_path: Path, clock: TurnedClock
) -> House:
    """Before the first run: no company, nobody."""
    settings = Settings(data=tmp_path)
    parts = Parts(
        settings=settings,
        database=database,
        telemetry=telemetry,
        figures=Figures(settings.policy),
        clock=clock,
    )
    app = laid_out_once()
    furnish(app, parts)
    return House(parts, app, clock)


@pytest.fixture
def house(empty_house: House) -> House:
    """A company, a site and one person of each role, each with a login of their role's name."""
    with transaction(empty_house.parts.database) as tx:
        company.set_fact(tx, "name", "安信", START)
        company.set_fact(tx, "timezone", "Asia/Shanghai", START)
        site = a_site(tx, "S-1")
        for number, role in enumerate(Role):
            customer = role is Role.CUSTOMER
            row = {
                "code": f"P-{number}",
                "name": f"王{number}",
                "roles": [role],
                "all_sites": not customer,
                "customer_id": 1 if customer else None,
                "phone": "+8613800000000",
                "channels": [["mail", "wang@example.com"]],
                "language": "zh",
            }
            people_rows.add(tx, [row])
            person = people_rows.by_code(tx, f"P-{number}")
            assert person is not None
            empty_house.people[role] = person.id
            if customer:
                people_rows.set_sites(tx, person.id, [site])
            people_desk.give_login(
                tx, person.id, role.value, hashed(PASSWORD), START, must_change=False
            )
    return empty_house


def a_fault(
    tx: Tx,
    house: House,
    *,
    code: str = "CAM_VIDEO_LOSS",
    severity: Severity = Severity.EMERGENCY,
    verdict: Verdict | None = None,
    device: DeviceId | None = None,
) -> Fault:
    """The device has a fault; unless said a camera of site S-1, made when there is none."""
    if not device_rows.of_site(tx, SiteId(1)):
        some_devices(tx, SiteId(1), 3)
    known = device_rows.get(tx, device) if device else device_rows.of_site(tx, SiteId(1))[0]
    assert known is not None
    seen = Finding(
        device_id=known.id,
        site_id=known.site_id,
        code=code,
        point="",
        severity=severity,
        opened_at=house.clock(),
        why="reading",
        evidence={},
        verdict=verdict or Verdict(why="own_evidence"),
    )
    return fault_desk.open_found(tx, seen, house.parts.policy, house.clock())


def a_window(tx: Tx, house: House, order: WorkOrder) -> Window:
    """The device of the order's fault is in maintenance for an hour."""
    fault = fault_rows.get(tx, order.root_fault_id)
    assert fault is not None
    subject = maintenance_desk.subject_of(tx, WindowScope.DEVICE, fault.device_id)
    assert subject is not None
    now, by = house.clock(), house.people[Role.ENGINEER]
    wish = Wish(owner_id=by, reason="new lens", until=now + timedelta(hours=1))
    return maintenance_desk.start(tx, subject, wish, by, now)


def a_plan(tx: Tx, house: House, window: Window) -> Planned:
    """The same is worked on tomorrow, for an hour."""
    subject = maintenance_desk.subject_of(tx, *window.subject)
    assert subject is not None
    begins, by = house.clock() + timedelta(days=1), house.people[Role.ENGINEER]
    wish = Wish(owner_id=by, reason="new recorder", until=begins + timedelta(hours=1))
    return planned_desk.plan(tx, subject, wish, begins, by, house.clock())


def an_order(tx: Tx, house: House, *, device: DeviceId | None = None) -> WorkOrder:
    """A fault of an emergency, and the order it opens."""
    order = order_rows.open_for(tx, a_fault(tx, house, device=device).id)
    assert order is not None
    return order


@pytest.fixture
def order(house: House) -> WorkOrder:
    with transaction(house.parts.database) as tx:
        return an_order(tx, house)


def known(house: House, order: WorkOrder) -> WorkOrder:
    """The order as it stands by now."""
    with reading(house.parts.database) as tx:
        found = order_rows.get(tx, order.id)
    assert found is not None
    return found
