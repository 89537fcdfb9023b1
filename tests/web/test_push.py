"""The page that can be installed, and the browser that is told: on, off, and an answer (D05)."""

import json
from dataclasses import replace
from typing import Any

import pytest
from starlette.testclient import TestClient

from operations import channels as channel_desk
from operations import notices as notice_desk
from rules.model import Address, Role, Severity, WorkOrder
from scheduler import sending
from storage import journal, ledger, push
from storage import people as people_rows
from storage.db import reading, transaction
from storage.outbox import Notice
from storage.push import Subscription
from tests.notify.push_service import PushService, unpadded
from tests.notify.receivers import web_server
from tests.waiting import until
from tests.web.conftest import START, House, known
from web.main import use
from wiring import push as keys
from wiring.answers import PushSettings

CHROME = "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/131.0 Mobile Safari/537.36"
FCM = "https://fcm.googleapis.com/fcm/send/abc"


def form(service: PushService | None = None, /, **changes: str) -> dict[str, str]:
    point = unpadded(b"\x04" + b"k" * 64)
    said = {"endpoint": FCM, "p256dh": point, "auth": unpadded(b"s" * 16)}
    if service:
        auth = unpadded(service.auth)
        said = {"endpoint": service.endpoint, "p256dh": service.p256dh, "auth": auth}
    return said | changes


def browser(house: House, role: Role = Role.ENGINEER) -> TestClient:
    client = house.enter(role)
    client.headers["user-agent"] = CHROME
    return client


def mine(house: House, role: Role = Role.ENGINEER) -> list[Subscription]:
    with reading(house.parts.database) as tx:
        person = house.people[role]
        return push.of_people(tx, [person]).get(person, [])


def addresses(house: House, role: Role = Role.ENGINEER) -> tuple[Address, ...]:
    with reading(house.parts.database) as tx:
        person = people_rows.get(tx, house.people[role])
    assert person
    return person.channels


def paged(house: House, order: WorkOrder, role: Role = Role.ENGINEER) -> Notice:
    """That person is paged, whoever stands on the rota."""
    with transaction(house.parts.database) as tx:
        person = people_rows.get(tx, house.people[role])
        assert person
        notice_desk.tell(
            tx, person, "page", key="k", severity=Severity.EMERGENCY, order=order, now=START
        )
        return next(one for one in ledger.of_reason(tx, "k:") if one.person_id == person.id)


def test_by_subscribing_a_person_has_one_more_address(house: House) -> None:
    before = addresses(house)
    answer = browser(house).post("/push", data=form())
    assert answer.status_code == 200
    assert "told from now on" in answer.json()["said"]
    [held] = mine(house)
    assert held.device == "Chrome, Android"
    assert addresses(house) == (*before, Address("push", str(held.id)))
    with reading(house.parts.database) as tx:
        verbs = [one.verb for one in journal.after(tx, 0, START)]
    assert "push_on" in verbs
    html = house.enter(Role.ENGINEER).get("/account").text
    assert "Chrome, Android" in html
    assert FCM not in html


def test_the_same_browser_is_told_once_and_belongs_to_who_came_last(house: House) -> None:
    for role in (Role.ENGINEER, Role.ENGINEER, Role.HEAD):
        browser(house, role).post("/push", data=form())
    assert mine(house) == []
    assert len(mine(house, Role.HEAD)) == 1


def test_turned_off_it_is_told_no_more(house: House) -> None:
    client = browser(house)
    client.post("/push", data=form())
    [held] = mine(house)
    assert browser(house, Role.HEAD).post(f"/push/{held.id}/off").status_code == 404
    assert client.post(f"/push/{held.id}/off").status_code == 303
    assert mine(house) == []
    assert "push" not in {one.channel for one in addresses(house)}
    assert client.post(f"/push/{held.id}/off").status_code == 404


@pytest.mark.parametrize(
    "changes",
    [
        {"endpoint": "https://127.0.0.1/steal"},
        {"endpoint": "http://fcm.googleapis.com/x"},
        {"endpoint": ""},
        {"p256dh": "short"},
        {"auth": ""},
        {"auth": "密"},
    ],
)
def test_only_a_real_browser_at_a_real_service(house: House, changes: dict[str, str]) -> None:
    answer = browser(house).post("/push", data=form(**changes))
    assert answer.status_code == 422
    assert answer.json()["error"]
    assert mine(house) == []


def test_no_more_than_ten_browsers_of_a_person(house: House) -> None:
    client = browser(house)
    for number in range(10):
        assert client.post("/push", data=form(endpoint=f"{FCM}{number}")).status_code == 200
    assert client.post("/push", data=form(endpoint=f"{FCM}x")).status_code == 422


def test_the_list_of_people_neither_shows_nor_loses_it(house: House) -> None:
    """What an administrator saves there are the addresses that stand there."""
    browser(house).post("/push", data=form())
    number = house.people[Role.ENGINEER]
    html = house.enter(Role.ADMIN).get(f"/manage/people/{number}?reveal=yes").text
    assert "push:" not in html
    with transaction(house.parts.database) as tx:
        people_rows.change(tx, number, {"channels": [["push", "99"], ["mail", "a@b.c"]]})
    [held] = mine(house)
    assert addresses(house) == (Address("mail", "a@b.c"), Address("push", str(held.id)))


def test_the_worker_and_the_manifest_stand_at_the_root(house: House) -> None:
    client = house.browser()
    worker = client.get("/sw.js")
    assert worker.headers["content-type"].startswith("text/javascript")
    assert worker.headers["cache-control"] == "no-cache"
    said = json.loads(client.get("/manifest.webmanifest").content)
    assert (said["display"], said["start_url"], said["scope"]) == ("standalone", "/", "/")
    for icon in said["icons"]:
        assert client.get(icon["src"]).content.startswith(b"\x89PNG")
    assert 'rel="manifest"' in client.get("/login").text


def test_the_key_is_for_who_is_logged_in(house: House) -> None:
    key = house.enter(Role.ENGINEER).get("/push/key").json()["key"]
    assert key == keys.public_key(house.parts.settings)
    assert house.browser().get("/push/key").status_code == 303


def pushed(house: House, order: WorkOrder) -> list[dict[str, Any]]:
    """What the engineer's browser shows once the order's page went out by the real sender."""
    with web_server() as web:
        service = PushService(web)
        allowed = PushSettings(hosts=(service.origin,))
        settings = house.parts.settings.model_copy(update={"push": allowed})
        house.parts = replace(house.parts, settings=settings)
        use(house.app, house.parts)
        browser(house).post("/push", data=form(service))
        paged(house, order)
        sender = sending.sender(house.parts)
        sender.start()
        try:
            until(lambda: mine(house)[0].last_sent_at)
        finally:
            sender.stop(within_s=5)
        return service.shown()


def test_a_page_reaches_the_browser_and_its_button_takes_the_order(
    house: House, order: WorkOrder
) -> None:
    """Through the real sender; the browser's own keys open it."""
    said = next(one for one in pushed(house, order) if one.get("take"))
    assert order.number in said["title"]
    assert "/l/" in said["link"]
    answer = browser(house).post(f"/push/answer/{said['notice']}")
    assert answer.json() == {"result": "done"}
    assert known(house, order).received_by == house.people[Role.ENGINEER]
    with reading(house.parts.database) as tx:
        pages = [one.state for one in ledger.of_reason(tx, "k:")]
        how = [one for one in journal.of_order(tx, order.id) if one.verb == "acknowledged"]
    assert "waiting" not in pages
    assert [one.facts["how"] for one in how] == ["push"]


def test_only_the_reader_answers_and_only_behind_login(house: House, order: WorkOrder) -> None:
    notice = paged(house, order)
    assert house.enter(Role.HEAD).post(f"/push/answer/{notice.id}").status_code == 404
    assert house.browser().post(f"/push/answer/{notice.id}").status_code == 303
    foreign = house.enter(Role.ENGINEER)
    refused = foreign.post(f"/push/answer/{notice.id}", headers={"Sec-Fetch-Site": "cross-site"})
    assert refused.status_code == 403
    assert known(house, order).received_at is None


def test_a_test_goes_to_one_s_own_browser(house: House) -> None:
    browser(house).post("/push", data=form())
    [held] = mine(house)
    html = house.enter(Role.ENGINEER).get("/channels").text
    assert "push" in html
    with transaction(house.parts.database) as tx:
        person = people_rows.get(tx, house.people[Role.ENGINEER])
        assert person
        assert channel_desk.send_test(tx, person, Address("push", str(held.id)), START)
