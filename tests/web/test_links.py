"""The page of a pager's link: it only shows; two buttons act, as the person it belongs to."""

import gzip
import re
from datetime import timedelta

import pytest

from operations import alerts as alert_desk
from operations import site_access as access_desk
from operations import work_orders as order_desk
from rules.model import NoticeId, Role, WorkOrder
from rules.site_access import AccessCard
from storage import alerts as alert_rows
from storage import ledger, links
from storage import people as people_rows
from storage.db import reading, transaction
from tests.web.conftest import START, House, known
from tests.web.test_pseudo import Ear


def given(house: House, order: WorkOrder, role: Role, kind: str = "page") -> str:
    """A link as a notice of that kind carries it."""
    with transaction(house.parts.database) as tx:
        notices = [one for one in ledger.of_order(tx, order.id) if one.kind == kind]
        notice_id: NoticeId | None = notices[0].id if notices else None
        expires = START + timedelta(hours=24)
        person = house.people[role]
        return "/l/" + links.create(tx, person, "order", order.id, notice_id, START, expires)


def test_opening_only_shows_what_where_and_by_when(house: House, order: WorkOrder) -> None:
    link = given(house, order, Role.ENGINEER)
    answer = house.browser().get(link)
    assert answer.status_code == 200
    for shown in ("S-1", "摄像机视频丢失", "紧急", "2:00:00", "我来", "不行", order.number):
        assert shown in answer.text  # in the language of the person, whoever's browser it is
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cache-control"] == "no-store"
    assert known(house, order).received_at is None
    assert len(re.findall(r'class="big', answer.text)) == 3  # two buttons, one behind "I can't"


def test_a_scanner_that_only_asks_for_the_head_takes_nothing(
    house: House, order: WorkOrder
) -> None:
    link = given(house, order, Role.ENGINEER)
    answer = house.browser().head(link)
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    assert house.browser().head("/l/nobody").status_code == 404
    assert known(house, order).received_at is None


def test_how_to_get_in_is_named_before_it_is_taken_and_shown_to_who_took_it(
    house: House, order: WorkOrder
) -> None:
    """E02, C12: no number before, and a word of what there will be."""
    with transaction(house.parts.database) as tx:
        card = AccessCard(guard_phone="028 8555 0100", permit="夜间由门卫放行")
        access_desk.change(tx, order.site_id, card, by=house.people[Role.HEAD], now=START)
    link, browser = given(house, order, Role.ENGINEER), house.browser(Origin="null")
    before = browser.get(link).text
    assert "接单后在此显示：门卫电话、入场手续" in before
    assert card.guard_phone not in before
    assert card.permit not in before
    browser.post(link, data={"verb": "acknowledge"})
    after = browser.get(link).text
    assert "接单后在此显示" not in after
    assert card.guard_phone in after
    assert card.permit in after


def test_the_button_takes_it_as_that_person_without_a_login(house: House, order: WorkOrder) -> None:
    link = given(house, order, Role.ENGINEER)
    browser = house.browser(Origin="null")  # an in-app browser on plain http, no referrer
    answer = browser.post(link, data={"verb": "acknowledge"})
    assert (answer.status_code, answer.headers["location"]) == (303, link)
    assert known(house, order).received_by == house.people[Role.ENGINEER]
    html = browser.get(link).text
    assert "您已接单" in html
    assert "我出发了" in html


def test_i_cannot_needs_a_reason_and_calls_the_next(house: House, order: WorkOrder) -> None:
    link = given(house, order, Role.ENGINEER)
    browser = house.browser()
    said = browser.post(link, data={"verb": "decline", "text": " "})
    assert said.status_code == 422
    assert 'role="alert"' in said.text
    before = known(house, order).pages_made
    assert browser.post(link, data={"verb": "decline", "text": "ill"}).status_code == 303
    assert known(house, order).pages_made > before
    assert known(house, order).received_at is None


def test_somebody_was_faster(house: House, order: WorkOrder) -> None:
    link = given(house, order, Role.ENGINEER)
    with transaction(house.parts.database) as tx:
        order_desk.acknowledge(tx, order.id, house.people[Role.DISPATCHER], START)
    browser = house.browser()
    assert browser.post(link, data={"verb": "acknowledge"}).status_code == 303
    html = browser.get(link).text
    assert "您无需处理" in html
    assert "<button" not in html
    assert known(house, order).received_by == house.people[Role.DISPATCHER]


def test_the_head_arranges_from_the_report(house: House, order: WorkOrder) -> None:
    link = given(house, order, Role.HEAD, kind="report")
    browser = house.browser()
    assert "由我安排" in browser.get(link).text
    browser.post(link, data={"verb": "arrange"})
    assert known(house, order).arranged_by == house.people[Role.HEAD]


def test_the_engineer_goes_on_from_the_same_link(house: House, order: WorkOrder) -> None:
    link = given(house, order, Role.ENGINEER)
    browser = house.browser()
    for verb in ("acknowledge", "depart", "arrive"):
        assert f'value="{verb}"' in browser.get(link).text
        assert browser.post(link, data={"verb": verb}).status_code == 303
    assert known(house, order).arrived_at == START


@pytest.mark.parametrize("verb", ["cancel", "close", "verify", "dispatch", "nonsense", ""])
def test_a_link_opens_no_other_verb(house: House, order: WorkOrder, verb: str) -> None:
    link = given(house, order, Role.HEAD)
    house.browser().post(link, data={"verb": verb, "text": "x"})
    assert known(house, order) == order


def test_unknown_expired_and_left_look_the_same(house: House, order: WorkOrder) -> None:
    link = given(house, order, Role.ENGINEER)
    browser = house.browser()
    unknown = browser.get("/l/nobody-gave-this-out")
    house.clock.passes(hours=25)
    expired = browser.get(link)
    assert unknown.status_code == expired.status_code == 404
    assert "no longer valid" in expired.text
    assert browser.post(link, data={"verb": "acknowledge"}).status_code == 404
    house.clock.passes(hours=-25)
    with transaction(house.parts.database) as tx:
        people_rows.leave(tx, house.people[Role.ENGINEER], START)
    assert browser.get(link).status_code == 404
    assert known(house, order).received_at is None


def test_an_alert_of_our_own_is_seen_with_one_button(house: House) -> None:
    with transaction(house.parts.database) as tx:
        alert = alert_desk.raise_alert(
            tx, "MON_NOTIFY_FAILED", "mail", {}, house.parts.policy, START
        )
        assert alert is not None
        expires = START + timedelta(hours=24)
        person = house.people[Role.HEAD]
        link = "/l/" + links.create(tx, person, "alert", alert.id, None, START, expires)
    browser = house.browser()
    assert "我已知晓" in browser.get(link).text
    assert browser.post(link, data={"verb": "seen"}).status_code == 303
    with reading(house.parts.database) as tx:
        seen = alert_rows.get(tx, alert.id)
    assert seen is not None
    assert seen.acknowledged_by == person
    assert "<button" not in browser.get(link).text


def test_the_page_weighs_little(house: House, order: WorkOrder) -> None:
    browser = house.browser()
    html = browser.get(given(house, order, Role.ENGINEER)).text
    names = set(re.findall(r'(?:src|href)="(/static/[^"#]+)', html))
    total = sum(len(gzip.compress(browser.get(name).content)) for name in names)
    assert total + len(gzip.compress(html.encode())) < 30 * 1024


def test_no_bare_word_on_it(house: House) -> None:
    ear = Ear()
    ear.feed(house.browser("xx").get("/l/unknown").text)
    assert ear.bare == []
