"""What a letter of several leads to: a list to take one by one or all at once (D05, C12)."""

import gzip
import re
from datetime import timedelta

import pytest

from operations import notices as notice_desk
from operations import work_orders as order_desk
from rules.model import DeviceId, Person, Role, Severity, SiteId, WorkOrder
from storage import ledger, links, outbox
from storage import people as people_rows
from storage import work_orders as order_rows
from storage.db import Tx, reading, transaction
from tests.storage.assets import some_devices
from tests.web.conftest import START, House, a_fault, known
from tests.web.test_pseudo import Ear


@pytest.fixture
def orders(house: House) -> list[WorkOrder]:
    with transaction(house.parts.database) as tx:
        devices = some_devices(tx, SiteId(1), 3)
        return [an_ordinary_order(tx, house, device) for device in devices]


def an_ordinary_order(tx: Tx, house: House, device: DeviceId) -> WorkOrder:
    fault = a_fault(tx, house, device=device, severity=Severity.MAJOR)
    order = order_rows.open_for(tx, fault.id)
    assert order is not None
    return order


def letter_to(house: House, role: Role, orders: list[WorkOrder], kind: str = "page") -> str:
    """The link of one letter that carried such a notice about each of these orders."""
    with transaction(house.parts.database) as tx:
        person = people_rows.get(tx, house.people[role])
        assert person is not None
        for order in orders:
            _owe(tx, person, order, kind)
        carried = ledger.of_reason(tx, f"test:{kind}:")
        for one in carried:
            outbox.lease(tx, one, "test", START, lease_s=60, carried_by=carried[0].id)
        expires = START + timedelta(hours=24)
        first = carried[0].id
        return "/l/" + links.create(tx, person.id, "digest", first, first, START, expires)


def _owe(tx: Tx, person: Person, order: WorkOrder, kind: str) -> None:
    key = f"test:{kind}:{order.id}"
    notice_desk.tell(tx, person, kind, key=key, severity=order.severity, order=order, now=START)


def test_a_letter_of_several_leads_to_the_list_of_them(
    house: House, orders: list[WorkOrder]
) -> None:
    link = letter_to(house, Role.ENGINEER, orders)
    to_the_list = house.browser().get(link)
    assert to_the_list.status_code == 303
    answer = house.browser().get(to_the_list.headers["location"])
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    assert answer.headers["referrer-policy"] == "no-referrer"
    for order in orders:
        assert answer.text.count(order.number) == 2  # told, and said by its button
        assert known(house, order).received_at is None  # opening only shows
    assert "3 张工单等人接" in answer.text
    assert "全部由我来（3）" in answer.text


def test_one_is_taken_and_the_others_wait(house: House, orders: list[WorkOrder]) -> None:
    address = letter_to(house, Role.ENGINEER, orders).replace("/l/", "/l/list/")
    browser = house.browser(Origin="null")
    answer = browser.post(address, data={"order": str(orders[1].id)})
    assert (answer.status_code, answer.headers["location"]) == (303, address)
    me = house.people[Role.ENGINEER]
    assert [known(house, one).received_by for one in orders] == [None, me, None]
    page = browser.get(address).text
    assert "您已接单" in page
    assert "2 张工单等人接" in page


def test_all_are_taken_at_once_but_for_what_somebody_has(
    house: House, orders: list[WorkOrder]
) -> None:
    address = letter_to(house, Role.ENGINEER, orders).replace("/l/", "/l/list/")
    me, other = house.people[Role.ENGINEER], house.people[Role.HEAD]
    with transaction(house.parts.database) as tx:
        order_desk.acknowledge(tx, orders[0].id, other, START)
    browser = house.browser()
    browser.post(address, data={"order": "all"})
    assert [known(house, one).received_by for one in orders] == [other, me, me]
    assert "都已有人处理" in browser.get(address).text
    with reading(house.parts.database) as tx:
        waiting = [one for one in ledger.newest(tx) if one.state == "waiting"]
        assert not [one for one in waiting if one.kind == "page"]  # its share is silenced


def test_the_head_arranges_what_was_reported(house: House, orders: list[WorkOrder]) -> None:
    address = letter_to(house, Role.HEAD, orders, "report").replace("/l/", "/l/list/")
    house.browser().post(address, data={"order": "all"})
    head = house.people[Role.HEAD]
    assert [known(house, one).arranged_by for one in orders] == [head] * 3
    assert [known(house, one).received_by for one in orders] == [None] * 3


def test_it_opens_no_other_order_and_nothing_to_anybody_else(
    house: House, orders: list[WorkOrder]
) -> None:
    address = letter_to(house, Role.ENGINEER, orders[:2]).replace("/l/", "/l/list/")
    house.browser().post(address, data={"order": str(orders[2].id)})
    assert known(house, orders[2]).received_at is None
    assert orders[2].number not in house.browser().get(address).text
    for wrong in ("/l/list/nobody-gave-this-out", address[:-2] + "xx"):
        assert house.browser().get(wrong).status_code == 404
        assert house.browser().post(wrong, data={"order": "all"}).status_code == 404
    assert known(house, orders[0]).received_at is None


def test_a_link_to_one_order_is_no_list(house: House, orders: list[WorkOrder]) -> None:
    with transaction(house.parts.database) as tx:
        expires = START + timedelta(hours=24)
        who = house.people[Role.ENGINEER]
        token = links.create(tx, who, "order", orders[0].id, None, START, expires)
    assert house.browser().get(f"/l/list/{token}").status_code == 404
    assert house.browser().get(f"/l/{token}").status_code == 200


def test_it_ends_after_a_day(house: House, orders: list[WorkOrder]) -> None:
    link = letter_to(house, Role.ENGINEER, orders)
    house.clock.passes(hours=25)
    assert house.browser().get(link).status_code == 404
    assert house.browser().get(link.replace("/l/", "/l/list/")).status_code == 404


def test_it_is_light_and_every_word_is_from_the_catalogue(
    house: House, orders: list[WorkOrder]
) -> None:
    address = letter_to(house, Role.ENGINEER, orders).replace("/l/", "/l/list/")
    answer = house.browser().get(address)
    names = set(re.findall(r'(?:src|href)="(/static/[^"#]+)', answer.text))
    total = sum(len(gzip.compress(house.browser().get(name).content)) for name in names)
    assert total + len(gzip.compress(answer.content)) < 30 * 1024
    ear = Ear()
    ear.feed(house.browser("xx").get("/l/list/unknown").text)
    assert ear.bare == []
