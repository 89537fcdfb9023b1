"""C14 in a storm: a customer's many orders come as one letter, each telling on record."""

import re
from typing import Any

from operations import calls as call_desk
from operations.calls import Call
from rules.model import ContractId, WorkOrder
from rules.notices import Kind, State
from rules.policy import Storm
from rules.tellings import Wishes
from storage import journal, letters
from storage import logins as login_rows
from storage import people as people_rows
from storage import sites as site_rows
from storage import tellings as telling_rows
from storage.db import Database, reading, transaction
from storage.outbox import Notice
from tests.company import CHEN, Company, breaks
from tests.notify.desk import BASE, CLOCK, POLICY, all_notices, channel, founded, sending
from tests.notify.receivers import Request, WebServer
from tests.storage.assets import a_contract
from tests.waiting import until

MANY = 20  # more than the lines of a letter to one of ours
STORM = Storm(letters=3, within_s=60)


def of_a_customer(database: Database, *, login: bool = False) -> Company:
    """Zhou reads mail, at any hour; a `login` leads further than the letter."""
    firm = founded(database, devices=MANY + 2)
    with transaction(database) as tx:
        site = site_rows.get(tx, firm.site_id)
        assert site is not None
        row: dict[str, Any] = {"code": "zhou", "name": "Zhou", "roles": ["customer"]}
        row |= {
            "language": "en",
            "customer_id": site.customer_id,
            "channels": [["mail", "zhou@mail"]],
        }
        people_rows.add(tx, [row])
        zhou = people_rows.by_code(tx, "zhou")
        assert zhou is not None
        if login:
            login_rows.add(tx, zhou.id, "zhou", "x", CLOCK(), must_change=False)
        a_contract(tx)
        site_rows.change(tx, firm.site_id, {"contract_id": 1})
        telling_rows.set_wishes(tx, ContractId(1), Wishes(nights=True), zhou.id, CLOCK())
    return firm


def calls_about(database: Database, firm: Company, *, count: int) -> list[WorkOrder]:
    by = firm.id_of(CHEN)
    with transaction(database) as tx:
        said = [
            Call(device_id=device, symptom="no picture", at=CLOCK(), reporter="Zhou")
            for device in firm.devices[:count]
        ]
        return [call_desk.receive(tx, one, by, POLICY, CLOCK()) for one in said]


def tellings(database: Database) -> list[Notice]:
    return [one for one in all_notices(database) if one.kind == Kind.TELLING]


def told(database: Database, *, count: int) -> list[Notice]:
    """Those that went out, once they are as many."""

    def _gone() -> list[Notice]:
        gone = [one for one in tellings(database) if one.state == State.SENT]
        return gone if len(gone) == count else []

    return until(_gone)


def to_zhou(web: WebServer) -> list[Request]:
    return [request for request in web.requests if request.json["to"] == "zhou@mail"]


def test_many_orders_are_one_letter_that_lists_them_all(database: Database, web: WebServer) -> None:
    firm = of_a_customer(database)
    orders = calls_about(database, firm, count=MANY)
    with sending(database, channel("mail", web.where), storm=STORM):
        found = told(database, count=MANY)
    (request,) = to_zhou(web)
    said = request.json["text"]
    assert request.json["subject"] == f"[Digest] {MANY} messages about your orders"
    for order in orders:  # also those beyond the lines of a letter to one of ours
        line = rf"^· Registered: .*\({order.number}\): on site by 20\d\d-\d\d-\d\d \w+ \d\d:\d\d$"
        assert re.search(line, said, re.MULTILINE)
    assert BASE not in said  # no button of ours, and no login to read more behind
    with reading(database) as tx:
        carried = letters.carried(tx, found[0].id)
        entries = [one.verb for order in orders for one in journal.of_order(tx, order.id)]
    assert {one.order_id for one in found} == {order.id for order in orders}
    assert [one.id for one in carried] == [one.id for one in found]
    assert all(one.text.startswith("[Digest]") for one in found)
    assert entries.count("customer_told") == MANY


def test_protection_lost_waits_for_no_minute_and_stands_alone(
    database: Database, web: WebServer
) -> None:
    firm = of_a_customer(database)
    calls_about(database, firm, count=6)
    with transaction(database) as tx:
        lost = [breaks(tx, firm, MANY + number, POLICY, CLOCK()) for number in range(2)]
    with sending(database, channel("mail", web.where), storm=Storm(letters=1, within_s=60)):
        told(database, count=8)
    subjects = sorted(request.json["subject"] for request in to_zhou(web))
    assert subjects[-1] == "[Digest] 6 messages about your orders"
    assert all(
        said.startswith("Protection lost") and order.number in said
        for said, order in zip(subjects[:-1], lost, strict=True)
    )


def test_who_has_a_login_finds_them_behind_it(database: Database, web: WebServer) -> None:
    firm = of_a_customer(database, login=True)
    calls_about(database, firm, count=4)
    with sending(database, channel("mail", web.where), storm=STORM):
        told(database, count=4)
    (request,) = to_zhou(web)
    assert request.json["text"].endswith(f"{BASE}/orders\n")
