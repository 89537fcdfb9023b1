"""A company with one person of each role, and a browser that remembers its cookies."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from operations import passwords
from operations import people as people_desk
from rules.model import PersonId, Role
from storage import company, logins
from storage import people as people_rows
from storage.db import Database, transaction
from tests.storage.assets import a_site
from web.main import build
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


@cache
def hashed(password: str) -> str:
    """One slow hash for a whole test run."""
    return passwords.hashed(password)


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
def empty_house(database: Database, tmp_path: Path, clock: TurnedClock) -> House:
    """Before the first run: no company, nobody."""
    settings = Settings(data=tmp_path)
    parts = Parts(
        settings=settings,
        database=database,
        telemetry=database,
        policy=settings.policy,
        clock=clock,
    )
    return House(parts, build(parts), clock)


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
