"""Notices to chat groups, on a real outbox: fail-over, muting, shares and digests (D05)."""

import logging
import re
from collections import Counter
from pathlib import Path

import pytest

from notify import channels
from notify.channel import Channel
from notify.channels import ChannelPlan
from operations import drills as drill_desk
from operations.drills import Wish
from rules.model import Severity
from rules.notices import State
from storage import ledger
from storage.db import Database, reading, transaction
from storage.outbox import Notice
from tests.company import CHEN, LI, WANG
from tests.notify import robots
from tests.notify.desk import (
    CLOCK,
    Turned,
    all_notices,
    breaks,
    channel,
    founded,
    results,
    sending,
    settled,
    states,
    tell,
)
from tests.notify.receivers import Answer, Request, WebServer
from tests.notify.robots import SECRET, TOKEN, Room, says
from tests.waiting import until

MINOR = Severity.MINOR


def group(*urls: str) -> dict[str, Channel]:
    """The plan forgets to say that it is a group."""
    return channels.build([ChannelPlan(name="mail", providers=urls)])


def words_of(database: Database, notice: Notice) -> list[str]:
    with reading(database) as tx:
        return [attempt.words for attempt in ledger.attempts_of(tx, [notice.id])[notice.id]]


def test_a_group_hears_with_a_link_behind_login_and_no_secret_is_told(
    database: Database, web: WebServer, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    firm = founded(database)
    room = Room(clock=CLOCK, secret=SECRET)
    web.judge = robots.dingtalk(room)
    for quiet in ("httpx2", "httpcore2"):  # as wiring/logs.py has them
        caplog.set_level(logging.WARNING, logger=quiet)
    robot = group(robots.address("dingtalk", web.where, tmp_path, secret=SECRET))
    with caplog.at_level(logging.DEBUG), sending(database, robot):
        order = breaks(database, firm)
        found = settled(database)
    assert len(room.texts) == 2
    assert all(f"https://watch.example.com/orders/{order.id}" in text for text in room.texts)
    assert not any("/l/" in text for text in room.texts)
    told = caplog.text + "".join(words for one in found for words in words_of(database, one))
    assert TOKEN not in told
    assert SECRET not in told


@pytest.mark.parametrize("kind", ["dingtalk", "wecom", "feishu"])
def test_an_error_in_a_200_goes_on_to_the_second_robot(
    database: Database, web: WebServer, other_web: WebServer, tmp_path: Path, kind: str
) -> None:
    firm = founded(database)
    room = Room(clock=CLOCK)
    web.always = says(errcode=93000, code=19001, errmsg="gone", msg="gone")
    other_web.judge = {
        "dingtalk": robots.dingtalk,
        "wecom": robots.wecom,
        "feishu": robots.feishu,
    }[kind](room)
    one, two = (robots.address(kind, each.where, tmp_path) for each in (web, other_web))
    with sending(database, group(one, two)):
        tell(database, firm.people[LI], "one")
        (notice,) = settled(database)
    assert results(database, notice) == ["refused", "sent"]
    assert (len(web.requests), len(room.texts)) == (1, 1)
    assert "gone" in words_of(database, notice)[0]


def test_pagerduty_fails_over_to_a_group(
    database: Database, web: WebServer, other_web: WebServer, tmp_path: Path
) -> None:
    firm = founded(database)
    room = Room(clock=CLOCK)
    web.always = Answer(429, {"Retry-After": "500"})
    other_web.judge = robots.feishu(room)
    robot = group(
        robots.address("pagerduty", web.where, tmp_path),
        robots.address("feishu", other_web.where, tmp_path),
    )
    with sending(database, robot):
        tell(database, firm.people[LI], "one")
        settled(database)
        tell(database, firm.people[LI], "two")
        settled(database)
    assert (len(web.requests), len(room.texts)) == (1, 2)


def test_one_order_is_one_incident_until_it_is_well(
    database: Database, web: WebServer, tmp_path: Path
) -> None:
    firm = founded(database)
    web.judge = incidents = robots.Incidents()
    with sending(database, group(robots.address("pagerduty", web.where, tmp_path))):
        order = breaks(database, firm)
        settled(database)
        assert incidents.states == {f"ringwatch-order-{order.id}": "trigger"}
        assert incidents.actions == {"trigger": 2}
        tell(database, firm.people[LI], "well", order=order)
        settled(database)
    assert incidents.states == {f"ringwatch-order-{order.id}": "resolve"}


@pytest.mark.parametrize("ends", ["answered", "broken off", "broken off under way"])
def test_a_drill_leaves_no_incident_behind(
    database: Database, web: WebServer, tmp_path: Path, ends: str
) -> None:
    firm = founded(database)
    li, chen = firm.people[LI].id, firm.people[CHEN].id
    web.judge = incidents = robots.Incidents()
    if ends == "broken off under way":
        web.gate.clear()
    with sending(database, group(robots.address("pagerduty", web.where, tmp_path))):
        with transaction(database) as tx:
            drill = drill_desk.plan(tx, Wish(name="Night call", people=(li,)), chen, CLOCK())
        until(lambda: web.requests)
        if web.gate.is_set():
            settled(database)
            assert set(incidents.states.values()) == {"trigger"}
        with transaction(database) as tx:
            if ends == "answered":
                assert drill_desk.answer(tx, drill.id, li, "mail", "app", CLOCK())
            else:
                drill_desk.cancel(tx, drill.id, chen, CLOCK())
        web.gate.set()
        until(lambda: incidents.actions["resolve"])
        settled(database)
    assert incidents.states == {f"ringwatch-drill-{drill.id}-{li}": "resolve"}
    assert incidents.actions == {"trigger": 1, "resolve": 1}


def test_a_muted_robot_is_left_alone_for_ten_minutes(
    database: Database, web: WebServer, other_web: WebServer, tmp_path: Path
) -> None:
    firm, clock = founded(database), Turned()
    strict, other = Room(clock=clock), Room(clock=clock)
    strict.times = [clock()] * 20  # somebody else speaks through it, too
    web.judge, other_web.judge = robots.dingtalk(strict), robots.dingtalk(other)
    one, two = (robots.address("dingtalk", each.where, tmp_path) for each in (web, other_web))
    with sending(database, group(one, two), clock=clock) as sender:
        for name in ("a", "b"):
            tell(database, firm.people[LI], name)
            settled(database)
        clock.passes(599)
        tell(database, firm.people[LI], "c")
        settled(database)
        assert (len(web.requests), len(other.texts)) == (1, 3)
        clock.passes(11)
        until(sender.healthy)  # it has looked at the new time
        tell(database, firm.people[LI], "d")
        settled(database)
    assert (len(strict.texts), len(other.texts)) == (1, 3)


def test_a_flood_mutes_no_robot_and_loses_nothing(
    database: Database, web: WebServer, tmp_path: Path
) -> None:
    firm, clock = founded(database), Turned()
    room = Room(clock=clock)
    web.judge = robots.dingtalk(room)
    for number in range(60):
        tell(database, firm.people[LI], f"n{number}", severity=MINOR)
    robot = group(robots.address("dingtalk", web.where, tmp_path))
    with sending(database, robot, clock=clock):
        found = settled(database)
    assert room.muted_until is None
    assert len(room.texts) <= 15
    assert {notice.state for notice in found} == {State.SENT}
    digests = Counter[str]()
    for notice in found:
        (words,) = words_of(database, notice)
        said = re.match(r"digest-\d+ of \d+", words)
        digests[said.group() if said else "alone"] += 1
    for name, count in digests.items():
        assert name == "alone" or name.endswith(f" of {count}")
    assert sum(digests.values()) == 60
    assert max(digests.values()) == 16


def test_a_digest_names_each_order_once_and_links_to_the_board(
    database: Database, web: WebServer, other_web: WebServer, tmp_path: Path
) -> None:
    firm = founded(database, devices=3)
    orders = [breaks(database, firm, number) for number in range(3)]
    with sending(database, channel("mail", other_web.where)):
        settled(database)
    for order in orders:
        for who in (LI, WANG):
            tell(database, firm.people[who], f"well{order.id}", order=order, severity=MINOR)
    room = Room(clock=CLOCK, most=1)
    web.judge = robots.wecom(room)
    url = robots.address("wecom", web.where, tmp_path, more="&per_min=1")
    with sending(database, group(url)):
        found = settled(database)[-6:]
    (text,) = room.texts
    assert text.startswith("【汇总】6 条通知\n消息较多")
    assert all(text.count(f"{order.number}\n") == 1 for order in orders)
    assert text.endswith("打开：https://watch.example.com/")
    lead = found[0].id
    for notice in found:
        assert notice.state == State.SENT
        assert words_of(database, notice) == [f"digest-{lead} of 6: 200 OK: 0 ok"]
        assert notice.text.startswith("【汇总】6 条通知")


def test_a_share_is_kept_for_emergencies(
    database: Database, web: WebServer, tmp_path: Path
) -> None:
    firm, clock = founded(database), Turned()
    room = Room(clock=clock, most=4)
    web.judge = robots.feishu(room)
    url = robots.address("feishu", web.where, tmp_path, more="&per_min=4&reserved_pct=25")
    for number in range(5):  # told to go: never merged
        tell(database, firm.people[LI], f"n{number}", kind="go", severity=MINOR)
    with sending(database, group(url), clock=clock):
        until(lambda: len(room.texts) == 3)
        tell(database, firm.people[WANG], "urgent")
        until(lambda: Counter(states(database)) == {"sent": 4, "waiting": 2})
        assert len(room.texts) == 4
        assert [one.state for one in all_notices(database) if not one.rank] == ["sent"]
        clock.passes(61)
        settled(database)
    assert room.muted_until is None
    assert len(room.texts) == 6


def test_an_emergency_goes_by_the_second_robot_when_the_first_may_say_no_more(
    database: Database, web: WebServer, other_web: WebServer, tmp_path: Path
) -> None:
    firm, clock = founded(database), Turned()
    one, two = Room(clock=clock, most=2), Room(clock=clock, most=2)
    web.judge, other_web.judge = robots.wecom(one), robots.wecom(two)
    urls = [
        robots.address("wecom", each.where, tmp_path, more="&per_min=2&reserved_pct=50")
        for each in (web, other_web)
    ]
    with sending(database, group(*urls), clock=clock):
        for number in range(4):
            tell(database, firm.people[LI], f"n{number}")
        settled(database)
    assert (len(one.texts), len(two.texts)) == (2, 2)
    assert one.muted_until is None


def test_who_begins_anew_remembers_what_was_said(
    database: Database, web: WebServer, other_web: WebServer, tmp_path: Path
) -> None:
    firm, clock = founded(database, channels=2), Turned()
    room = Room(clock=clock, most=2)
    web.judge = robots.dingtalk(room)
    url = robots.address("dingtalk", web.where, tmp_path, more="&per_min=2&reserved_pct=0")
    hook = channel("ntfy", other_web.where)
    with sending(database, group(url) | hook, clock=clock):
        for number in range(2):
            tell(database, firm.people[LI], f"n{number}", kind="go", severity=MINOR)
        settled(database)
    with sending(database, group(url) | channel("ntfy", other_web.where), clock=clock):
        tell(database, firm.people[LI], "more", kind="go", severity=MINOR)
        until(lambda: len(other_web.requests) == 3)
        assert states(database).count("waiting") == 1
        clock.passes(61)
        settled(database)
    assert room.muted_until is None
    assert len(room.texts) == 3


def test_one_text_that_is_not_taken_takes_no_other_with_it(
    database: Database, web: WebServer, tmp_path: Path
) -> None:
    firm, clock = founded(database), Turned()
    room = Room(clock=clock)
    taken = robots.dingtalk(room)

    def _refuses_digests(request: Request) -> Answer:
        if "汇总" in request.json["text"]["content"]:
            return says(errcode=430104, errmsg="unsafe text")
        return taken(request)

    web.judge = _refuses_digests
    url = robots.address("dingtalk", web.where, tmp_path, more="&per_min=2&reserved_pct=0")
    for number in range(3):
        tell(database, firm.people[LI], f"n{number}", severity=MINOR)

    def _told() -> bool:
        clock.passes(5)
        return states(database) == ["sent"] * 3

    with sending(database, group(url), clock=clock):
        until(_told)
    assert len(room.texts) == 3
    assert all(results(database, one) == ["refused", "sent"] for one in all_notices(database))


def test_incidents_are_never_merged(database: Database, web: WebServer, tmp_path: Path) -> None:
    firm = founded(database)
    web.judge = incidents = robots.Incidents()
    for number in range(18):
        tell(database, firm.people[LI], f"n{number}", kind="report", severity=MINOR)
    url = robots.address("pagerduty", web.where, tmp_path, more="&per_min=18&reserved_pct=0")
    with sending(database, group(url)):
        settled(database)
    assert len(incidents.states) == 18
