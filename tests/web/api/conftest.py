"""A program that calls in a person's name, and another customer's site."""

from collections.abc import Callable, Iterable
from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from operations import api_tokens as token_desk
from operations import handovers as handover_desk
from operations import inspections as inspection_desk
from operations import rota as rota_desk
from operations import rota_swaps as swap_desk
from rules.documents import Draft, Kind, Language
from rules.duty import Span
from rules.inspections import Decision, InspectionId
from rules.maintenance import Window
from rules.model import CustomerId, Layer, Role, SiteId, WorkOrder
from rules.rota_swaps import Stretch, Swap
from rules.scopes import Scope
from storage import documents as document_rows
from storage import people as people_rows
from storage.db import transaction
from tests import inspected as sheets
from tests.storage.assets import a_site, some_devices
from tests.web import contact_cards, inspected
from tests.web.conftest import START, House, a_plan, a_window, an_order
from tests.web.events import an_event
from tests.web.inspected import Walk

Program = Callable[..., TestClient]
PDF = b"%PDF-1.7 as it was issued"


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
        [camera] = some_devices(tx, site, 1)
        return an_order(tx, house, device=camera)


@pytest.fixture
def windows(house: House, order: WorkOrder, foreign: WorkOrder) -> list[Window]:
    """Both cameras are in maintenance, and again tomorrow: the first at S-1, the second at S-9."""
    with transaction(house.parts.database) as tx:
        begun = [a_window(tx, house, one) for one in (order, foreign)]
        for window in begun:
            a_plan(tx, house, window)
        return begun


@pytest.fixture
def issued(house: House, order: WorkOrder) -> Walk:
    """The first sheet: of system V at S-1, issued this month, with its document."""
    assert order.open  # its device is on the list before those of V
    walk = inspected.begun(house)
    walk.signed()
    with transaction(house.parts.database) as tx:
        by, now = house.people[Role.HEAD], house.clock()
        for point in walk.sheet.undecided:  # the open fault of d0 stands against the sheet
            inspection_desk.decide(tx, point.id, Decision.STANDS, "another system", by, now)
        inspection_desk.issue(tx, walk.id, by, now)
    file = house.parts.files.put(PDF)
    paper = Draft(
        kind=Kind.INSPECTION,
        subject_id=walk.id,
        language=Language.ZH,
        number="MI-2026-06-1-zh",
        public_id="p" * 22,
        site_id=SiteId(1),
        customer_id=CustomerId(1),
        period="2026-06",
        title="S-1 V",
        file=file,
        content_hash="0" * 64,
        size=len(PDF),
        pages=6,
        certificate="1" * 64,
    )
    with transaction(house.parts.database) as tx:
        document_rows.add(tx, paper, house.clock())
        contact_cards.printed(tx, house)
    return walk


@pytest.fixture
def foreign_sheet(house: House, foreign: WorkOrder) -> InspectionId:
    """Planned at S-9, another customer's."""
    with transaction(house.parts.database) as tx:
        system = sheets.a_system(tx, foreign.site_id, "V")
        return sheets.planned(tx, system, house.clock()).id


@pytest.fixture
def duties(house: House) -> Swap:
    """The engineer stands first, then the head; a day is offered, a note left, an event planned."""
    engineer, head = house.people[Role.ENGINEER], house.people[Role.HEAD]
    change, end = START + timedelta(days=9), START + timedelta(days=20)
    spans = [Span(starts_at=START, ends_at=change), Span(starts_at=change, ends_at=end)]
    day = START + timedelta(days=5)
    given = Stretch(layer=Layer.FIRST, starts_at=day, ends_at=day + timedelta(days=1))
    with transaction(house.parts.database) as tx:
        for span, who in zip(spans, (engineer, head), strict=True):
            rota_desk.override(tx, Layer.FIRST, who, span, by=head, now=START)
        handover_desk.write(tx, Layer.FIRST, "the key is at the gate", engineer, START)
        an_event(tx, house)
        return swap_desk.offer(tx, Swap(from_id=engineer, given=given, offered_at=START))


@pytest.fixture
def bound(house: House) -> None:
    """Each of ours has the site S-1 alone."""
    with transaction(house.parts.database) as tx:
        for role in set(Role) - {Role.CUSTOMER}:
            people_rows.change(tx, house.people[role], {"all_sites": False})
            people_rows.set_sites(tx, house.people[role], [SiteId(1)])
