"""One address has few ordinary letters a minute; the rest travels as one, and nothing is lost."""

import re
from collections import Counter
from collections.abc import Callable

from operations import work_orders as order_desk
from rules.model import Severity, WorkOrder
from rules.notices import State
from rules.policy import Storm
from storage import ledger, letters, links
from storage import people as people_rows
from storage.db import Database, reading, transaction
from storage.ledger import Attempt
from storage.outbox import Notice
from tests.company import CHEN, LI, WANG
from tests.notify.desk import (
    CLOCK,
    Turned,
    all_notices,
    breaks,
    channel,
    founded,
    sending,
    settled,
    states,
    tell,
)
from tests.notify.receivers import Answer, Request, WebServer, silent_server
from tests.waiting import until

MAJOR = Severity.MAJOR
STORM = Storm(letters=3, within_s=60)


def attempts(database: Database, notice: Notice) -> list[Attempt]:
    with reading(database) as tx:
        return ledger.attempts_of(tx, [notice.id])[notice.id]


def to(web: WebServer, who: str) -> list[Request]:
    return [request for request in web.requests if request.json["to"] == f"{who}@mail"]


def orders_of(database: Database, *, count: int) -> list[WorkOrder]:
    """As many faults, and orders whose own pages are out already."""
    firm = founded(database, devices=count)
    return [breaks(database, firm, number) for number in range(count)]


def test_a_dozen_ordinary_pages_are_one_letter_with_a_list(
    database: Database, web: WebServer, other_web: WebServer
) -> None:
    orders = orders_of(database, count=12)
    with reading(database) as tx:
        firm = {one.code: one for one in people_rows.all_staff(tx)}
    with sending(database, channel("mail", other_web.where)):
        settled(database)
    for order in orders:
        tell(database, firm[LI], f"p{order.id}", kind="page", severity=MAJOR, order=order)
    with sending(database, channel("mail", web.where), storm=STORM):
        found = settled(database)[-12:]
    (request,) = web.requests
    said = request.json["text"]
    assert request.json["subject"].startswith("【汇总】12 条通知")
    assert all(order.number in said for order in orders)
    token = re.search(r"https://watch\.example\.com/l/([\w-]+)", said)
    assert token is not None
    with reading(database) as tx:
        link = links.find(tx, token[1], CLOCK())
        carried = letters.carried(tx, found[0].id)
    assert link is not None
    assert (link.subject_kind, link.subject_id, link.person_id) == (
        "digest",
        found[0].id,
        firm[LI].id,
    )
    assert [one.id for one in carried] == [one.id for one in found]
    assert {one.state for one in found} == {State.SENT}
    for notice in found:
        (attempt,) = attempts(database, notice)
        assert attempt.carried_by == found[0].id
        assert attempt.words.startswith(f"digest-{found[0].id} of 12")
        assert token[1] not in notice.text


def test_a_long_letter_names_the_first_and_says_how_many_more(
    database: Database, web: WebServer
) -> None:
    firm = founded(database)
    for number in range(40):
        tell(database, firm.people[LI], f"n{number}", severity=MAJOR)
    with sending(database, channel("mail", web.where), storm=STORM):
        settled(database)
    (request,) = web.requests
    assert "另有 24 条" in request.json["text"]


def test_the_first_go_alone_and_what_comes_on_top_waits_for_its_minute(
    database: Database, web: WebServer
) -> None:
    firm, clock = founded(database), Turned()
    with sending(database, channel("mail", web.where), storm=STORM, clock=clock):
        for number in range(3):
            tell(database, firm.people[LI], f"n{number}", severity=MAJOR)
            settled(database)
        for number in range(3, 8):
            tell(database, firm.people[LI], f"n{number}", severity=MAJOR)
        tell(database, firm.people[WANG], "his", severity=MAJOR)  # nobody else waits for it
        until(lambda: Counter(states(database)) == {"sent": 4, "waiting": 5})
        assert (len(to(web, LI)), len(to(web, WANG))) == (3, 1)
        clock.passes(61)
        settled(database)
    assert len(to(web, LI)) == 4
    assert to(web, LI)[-1].json["subject"].startswith("【汇总】5 条通知")


def test_who_may_have_no_more_hides_nobody(database: Database, web: WebServer) -> None:
    firm, clock = founded(database), Turned()
    with sending(database, channel("mail", web.where), storm=STORM, clock=clock):
        for number in range(3):
            tell(database, firm.people[LI], f"n{number}", severity=MAJOR)
            settled(database)
        for number in range(3, 60):
            tell(database, firm.people[LI], f"n{number}", severity=MAJOR)
        tell(database, firm.people[WANG], "behind", severity=Severity.MINOR)
        until(lambda: Counter(states(database)) == {"sent": 4, "waiting": 57})
    assert len(to(web, WANG)) == 1


def test_an_emergency_is_never_merged_and_never_waits(database: Database, web: WebServer) -> None:
    firm = founded(database)
    with sending(database, channel("mail", web.where), storm=STORM, clock=Turned()):
        for number in range(3):
            tell(database, firm.people[LI], f"n{number}", severity=MAJOR)
            settled(database)
        for number in range(10):
            tell(database, firm.people[LI], f"m{number}", severity=MAJOR)
            tell(database, firm.people[LI], f"e{number}", severity=Severity.EMERGENCY)
        until(lambda: states(database).count("sent") == 13)
    assert Counter(one.rank for one in all_notices(database) if one.state == State.WAITING) == {
        1: 10
    }
    assert not any("汇总" in request.json["subject"] for request in web.requests)


def test_what_somebody_took_meanwhile_is_in_no_letter_and_the_ledger_says_why(
    database: Database, web: WebServer, other_web: WebServer
) -> None:
    orders = orders_of(database, count=4)
    with reading(database) as tx:
        firm = {one.code: one for one in people_rows.all_staff(tx)}
    with sending(database, channel("mail", other_web.where)):
        settled(database)
    for order in orders:
        tell(database, firm[LI], f"p{order.id}", kind="page", severity=MAJOR, order=order)
    with transaction(database) as tx:
        order_desk.acknowledge(tx, orders[0].id, firm[WANG].id, CLOCK())
    with sending(database, channel("mail", web.where), storm=Storm(letters=1)):
        found = settled(database)[-4:]
    (request,) = web.requests
    assert request.json["subject"].startswith("【汇总】3 条通知")
    assert orders[0].number not in request.json["text"]
    assert [(one.state, one.why) for one in found] == [("silenced", "answered")] + [
        ("sent", "")
    ] * 3


def test_a_letter_nobody_would_take_is_not_tried_together_again(
    database: Database, web: WebServer
) -> None:
    firm, clock = founded(database), Turned()
    web.judge = lambda request: Answer(400 if "汇总" in request.json["subject"] else 200)
    for number in range(5):
        tell(database, firm.people[LI], f"n{number}", severity=MAJOR)

    def _told() -> bool:
        clock.passes(2)
        return states(database) == ["sent"] * 5

    with sending(database, channel("mail", web.where), storm=STORM, clock=clock):
        until(_told, timeout_s=120)
    sizes = Counter("汇总" in request.json["subject"] for request in web.requests)
    assert sizes == {True: 1, False: 5}


def test_a_letter_of_several_that_failed_travels_together_again(
    database: Database, web: WebServer, free_port: Callable[[], int]
) -> None:
    """The server was away for a moment: that is no reason to ring a dozen times."""
    firm, clock = founded(database), Turned()
    for number in range(12):
        tell(database, firm.people[LI], f"n{number}", severity=MAJOR)
    away = f"127.0.0.1:{free_port()}"
    with sending(database, channel("mail", away), storm=STORM, clock=clock):
        until(lambda: Counter(states(database)) == {"failed": 12})
    clock.passes(120)
    with sending(database, channel("mail", web.where), storm=STORM, clock=clock):
        settled(database)
    assert len(web.requests) == 1


def test_a_place_at_each_provider_is_kept_for_an_emergency(database: Database) -> None:
    firm = founded(database)
    with silent_server() as silent, sending(database, channel("mail", silent.where)):
        for number in range(3):
            tell(database, firm.people[LI], f"n{number}", severity=MAJOR)
        until(lambda: states(database).count("sending") == 1)
        tell(database, firm.people[CHEN], "urgent")
        until(lambda: states(database).count("sending") == 2)
        urgent = [one.rank for one in all_notices(database) if one.state == State.SENDING]
        assert sorted(urgent) == [0, 1]
        silent.close()
