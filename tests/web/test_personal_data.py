"""C12: phones, addresses, notes on access: masked, shown by role, and each look on record.

Each kind of datum carries a mark that stands nowhere else; every page is read for it.
"""

import pytest

from rules.model import Role, Severity, SiteId
from rules.permits import ROLES, Verb
from storage import customers as customer_rows
from storage import journal, outbox
from storage import people as people_rows
from storage import sites as site_rows
from storage.db import reading, transaction
from storage.journal import Entry
from tests.web.api import test_access as api_table
from tests.web.api.conftest import a_token, client
from tests.web.conftest import START, House
from tests.web.test_access import OPEN
from tests.web.test_walk import PLACED, filled
from tests.web.two_customers import World, two

PHONE, MAIL, NOTE, DESK = "+8613877665544", "liu.geheim@example.org", "Matte-4711", "028-99887766"
TARGET = "ntfy-geheim-topic"
MARKS = (PHONE, MAIL, NOTE, DESK, TARGET)
# Where a look is asked for in the address itself; each is written down.
LOOKS = {
    "/sites/{site_id}?reveal=yes": ("contacts_seen", Verb.SEE_CONTACTS, {PHONE, MAIL, NOTE, DESK}),
    "/notices?reveal=yes": ("targets_seen", Verb.SEE_TARGETS, {TARGET}),
    "/contact-cards/{customer_id}?reveal=yes": ("contact_card_seen", Verb.SEE_CONTACTS, set()),
    "/sites/{site_id}/access": ("contacts_seen", Verb.KEEP_SITES, set()),  # a form, filled in
}


@pytest.fixture
def world(house: House) -> World:
    """The customer's own contact, desk, key; and a notice to a colleague."""
    ours, _ = two(house)
    with transaction(house.parts.database) as tx:
        me = house.people[Role.SUPERVISOR]
        people_rows.add(
            tx,
            [
                {
                    "code": "liu",
                    "name": "刘先生",
                    "roles": [Role.CUSTOMER],
                    "customer_id": 1,
                    "phone": PHONE,
                    "email": MAIL,
                    "channels": [["mail", MAIL]],
                    "language": "zh",
                }
            ],
        )
        people_rows.change(tx, me, {"channels": [["ntfy", TARGET]]})
        site_rows.change(tx, SiteId(1), {"access_note": NOTE})
        found = customer_rows.by_code(tx, "C1")
        assert found is not None
        customer_rows.change(tx, found.id, {"phone": DESK})
        draft = outbox.Draft(
            key="told",
            kind="warning",
            severity=Severity.MAJOR,
            person_id=me,
            channel="ntfy",
            target=TARGET,
            site_id=SiteId(1),
        )
        outbox.put(tx, draft, START)
    return ours


def looks(house: House, before: int) -> list[Entry]:
    with reading(house.parts.database) as tx:
        return [one for one in journal.after(tx, before, house.clock()) if one.id > before]


def last(house: House) -> int:
    with reading(house.parts.database) as tx:
        return journal.last_id(tx)


@pytest.mark.parametrize("role", list(Role))
def test_no_page_shows_it_unasked(house: House, world: World, role: Role) -> None:
    """Every page of the house, own ids filled in, as it is opened."""
    browser = house.enter(role)
    before = last(house)
    mine = {TARGET} if role is Role.SUPERVISOR else set()  # one's own is no secret
    for method, path in sorted(OPEN):
        if method != "GET" or path == "/stream" or path in LOOKS:
            continue
        text = browser.get(filled(world, path)).text
        assert [mark for mark in MARKS if mark in text and mark not in mine] == [], path
    said = {one.verb for one in looks(house, before)}
    left = {"journal_exported", "alarms_exported", "oncall_months_exported"}  # that is a look too
    assert said <= left | {"document_seen"}


@pytest.mark.parametrize("role", list(Role))
def test_a_look_is_for_those_who_need_it_and_on_record(
    house: House, world: World, role: Role
) -> None:
    for address, (said, permit, shown) in LOOKS.items():
        before = last(house)
        answer = house.enter(role).get(filled(world, address))
        entries = [one for one in looks(house, before) if one.verb != "logged_in"]
        if role in ROLES[permit]:
            assert answer.status_code == 200
            assert {mark for mark in MARKS if mark in answer.text} == shown, address
            assert [(one.verb, one.person_id) for one in entries] == [(said, house.people[role])]
        else:
            assert answer.status_code == 403, address
            assert not [mark for mark in MARKS if mark in answer.text]
            assert entries == []


@pytest.mark.parametrize("role", list(Role))
def test_programs_are_never_given_it(house: House, world: World, role: Role) -> None:
    program = client(house, a_token(house, role))
    for method, path in sorted(api_table.OPEN):
        if method == "GET" and (method, path) not in api_table.ENDLESS:
            text = program.get(f"/api/v1{filled(world, path)}").text
            assert [mark for mark in MARKS if mark in text] == [], path


def test_the_access_note_goes_with_the_order_to_its_holder_only(house: House, world: World) -> None:
    """Whoever is sent must get in; the page of the pager's link shows it once it is theirs."""
    order = f"/orders/{world.ids['order_id']}"
    engineer = house.enter(Role.ENGINEER)
    assert NOTE not in engineer.get(order).text
    assert engineer.post(f"{order}/acknowledge").status_code in {200, 303}
    assert NOTE in engineer.get(order).text
    for role in set(Role) - {Role.ENGINEER}:
        assert NOTE not in house.enter(role).get(order).text, role


def test_every_address_was_filled(world: World) -> None:
    for _, path in OPEN:
        assert not PLACED.search(filled(world, path)), path
