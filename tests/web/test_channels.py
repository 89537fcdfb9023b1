"""The channels page: how each carries, and a test that goes to oneself, through real servers."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from pydantic import SecretStr

from rules.model import Role
from scheduler import sending
from storage import ledger, shipping
from storage.db import reading, transaction
from storage.outbox import Notice
from storage.shipping import Refused
from tests.notify.receivers import web_server
from tests.waiting import until
from tests.web.conftest import START, House
from web.main import build
from wiring.channels import ChannelSettings
from wiring.in_force import Figures
from wiring.parts import Parts

MINE = {"channel": "mail", "target": "wang@example.com"}


def ours(house: House, address: str) -> House:
    """The same house with the channel `mail` going to a server at `address`."""
    url = SecretStr(f"webhook+http://u:hush-hush@{address}/")
    one = ChannelSettings(name="mail", providers=(url,))
    settings = house.parts.settings.model_copy(update={"channel": (one,)})
    parts = Parts(
        settings=settings,
        database=house.parts.database,
        telemetry=house.parts.telemetry,
        figures=Figures(settings.policy),
        clock=house.clock,
    )
    return House(parts, build(parts), house.clock, house.people)


def asked_for(house: House) -> list[Notice]:
    with reading(house.parts.database) as tx:
        return [one for one in ledger.newest(tx) if one.kind == "test"]


def test_a_test_arrives_and_the_page_and_the_ledger_say_so(house: House) -> None:
    with web_server() as server:
        mine = ours(house, server.where)
        browser = mine.enter(Role.ENGINEER)
        assert browser.post("/channels/test", data=MINE).headers["location"] == "/channels"
        assert 'hx-trigger="every 2s"' in browser.get("/channels").text
        carry(mine, lambda: bool(server.requests))
        until(lambda: asked_for(mine)[0].state == "sent")
        html = browser.get("/channels", headers={"HX-Request": "true"}).text
        assert "Sent" in html
        assert "hx-trigger" not in html  # its fate is known: the page looks no more
        assert "hush-hush" not in html
        assert "Test" in browser.get("/notices").text
        body = server.requests[0].body.decode()
    assert "请求测试通道 mail" in body
    assert "无需处理" in body


def carry(house: House, done: Callable[[], bool]) -> None:
    sender = sending.sender(house.parts)
    sender.start()
    try:
        until(done)
    finally:
        sender.stop()


def test_one_goes_to_oneself_only(house: House) -> None:
    """Nobody aims our messages at an address that is not their own."""
    browser = house.enter(Role.ADMIN)
    for wrong in ({**MINE, "target": "else@example.com"}, {**MINE, "channel": "sms"}, {}):
        assert browser.post("/channels/test", data=wrong).status_code == 404
    assert asked_for(house) == []


def test_a_double_click_sends_one(house: House) -> None:
    browser = house.enter(Role.ENGINEER)
    for _ in range(3):
        browser.post("/channels/test", data=MINE)
    assert [one.person_id for one in asked_for(house)] == [house.people[Role.ENGINEER]]
    house.clock.passes(minutes=1)
    browser.post("/channels/test", data=MINE)
    assert len(asked_for(house)) == 2


def test_a_channel_the_settings_do_not_know_is_said_to_be_unknown(house: House) -> None:
    html = house.enter(Role.ENGINEER).get("/channels").text
    assert "Not in the settings" in html
    assert "Send me a test" not in html


def test_how_influxdb_takes_the_readings_stands_beside_the_channels(house: House) -> None:
    """Since when it takes nothing, and what it refused with its own words (D06)."""
    given = {"influx_org": "o", "influx_bucket": "b", "influx_token": SecretStr("hush-hush")}
    settings = house.parts.settings.model_copy(update={**given, "influx_url": "http://influx:1"})
    assert "InfluxDB" not in house.enter(Role.HEAD).get("/channels").text
    house.app.state.parts = replace(house.parts, settings=settings)
    assert "not begun" in house.enter(Role.HEAD).get("/channels").text
    with transaction(house.parts.telemetry) as tx:
        shipping.begin(tx)
        refused = Refused("ringwatch,device=1 <b>=1.0 5", "422: <i>no</i>")
        shipping.took(tx, (1, 1), 1234, [refused], START)
    page = house.enter(Role.HEAD).get("/channels").text
    for said in ("takes everything", "1,234 points", "1 points were refused", "422: &lt;i&gt;no"):
        assert said in page, said
    with transaction(house.parts.telemetry) as tx:
        shipping.ails(tx, "503: busy", START - timedelta(hours=3))
    page = house.enter(Role.HEAD).get("/channels").text
    for said in ("takes nothing", "for 3 h", "503: busy", "up to 7 days"):
        assert said in page, said
    assert "hush-hush" not in page
    assert "422" not in house.enter(Role.SALES).get("/channels").text
