"""A program that calls in a person's name, and another customer's site."""

from collections.abc import Callable, Iterable
from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from operations import api_tokens as token_desk
from operations import faults as fault_desk
from operations.faults import Finding
from rules.causes import Verdict
from rules.model import Role, Severity, SiteId, WorkOrder
from rules.scopes import Scope
from storage import people as people_rows
from storage import work_orders as order_rows
from storage.db import transaction
from tests.storage.assets import a_site, some_devices
from tests.web.conftest import House, an_order

Program = Callable[..., TestClient]


def a_token(house: House, role: Role, scopes: Iterable[Scope] = Scope, days: float = 90) -> str:
    with transaction(house.parts.database) as tx:
        span, who = timedelta(days=days), house.people[role]
        return token_desk.create(tx, who, "test", scopes, span, house.clock())[1]


def client(house: House, token: str) -> TestClient:
    """It says nothing of where it comes from: it is no browser."""
    return TestClient(
        house.app,
        base_url="http://testserver",
        headers={"Authorization": f"Bearer {token}"} if token else {},
        follow_redirects=False,
    )


@pytest.fixture
def program(house: House) -> Program:
    def made(role: Role = Role.DISPATCHER, scopes: Iterable[Scope] = Scope) -> TestClient:
        return client(house, a_token(house, role, scopes))

    return made


@pytest.fixture
def order(house: House) -> WorkOrder:
    """Of camera d0 at S-1."""
    with transaction(house.parts.database) as tx:
        return an_order(tx, house)


@pytest.fixture
def foreign(house: House) -> WorkOrder:
    """Of camera d0 at S-9, another customer's."""
    with transaction(house.parts.database) as tx:
        site = a_site(tx, "S-9", "C9")
        seen = Finding(
            device_id=some_devices(tx, site, 1)[0],
            site_id=site,
            code="CAM_VIDEO_LOSS",
            point="",
            severity=Severity.EMERGENCY,
            opened_at=house.clock(),
            why="reading",
            evidence={},
            verdict=Verdict(why="own_evidence"),
        )
        fault = fault_desk.open_found(tx, seen, house.parts.policy, house.clock())
        opened = order_rows.open_for(tx, fault.id)
    assert opened is not None
    return opened


@pytest.fixture
def bound(house: House) -> None:
    """Each of ours has the site S-1 alone."""
    with transaction(house.parts.database) as tx:
        for role in set(Role) - {Role.CUSTOMER}:
            people_rows.change(tx, house.people[role], {"all_sites": False})
            people_rows.set_sites(tx, house.people[role], [SiteId(1)])
