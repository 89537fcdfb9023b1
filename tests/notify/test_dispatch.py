"""The outbox is emptied for real: who hears what, and how often (D05, A02, B24)."""

import logging
import re
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import update

from notify import webhook
from notify.address import take_apart
from notify.channel import Channel
from operations import work_orders as order_desk
from rules.model import FaultId, Severity
from rules.notices import Retry, State
from storage import ledger, links
from storage import work_orders as order_rows
from storage.db import Database, Tx, reading, transaction
from storage.tables.watch import faults
from tests.company import CHEN, LI, WANG
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
from tests.notify.receivers import Answer, WebServer, silent_server
from tests.waiting import until
from tests.world import Phones


def _spoil(tx: Tx, fault_id: FaultId) -> None:
    """A code that no catalogue holds."""
    tx.execute(update(faults).where(faults.c.id == fault_id).values(code="NOVEL"))


def heard(web: WebServer) -> list[tuple[str, str]]:
    return sorted((request.json["kind"], request.json["to"]) for request in web.requests)


def test_at_the_first_moment_duty_is_paged_and_the_head_told(
    database: Database, web: WebServer
) -> None:
    firm = founded(database)
    with sending(database, channel("mail", web.where)):
        order = breaks(database, firm)
        settled(database)
    assert heard(web) == [("page", "li@mail"), ("report", "chen@mail")]
    page = next(request.json for request in web.requests if request.json["kind"] == "page")
    for fact in (order.number, "摄像机视频丢失", "紧急", "到场时限", "先做", "Chen"):
        assert fact in page["text"], fact


def test_the_link_is_the_reader_s_own_and_kept_nowhere(
    database: Database, web: WebServer, caplog: pytest.LogCaptureFixture
) -> None:
    firm = founded(database)
    with caplog.at_level(logging.DEBUG), sending(database, channel("mail", web.where)):
        order = breaks(database, firm)
        found = settled(database)
    page = next(request.json for request in web.requests if request.json["kind"] == "page")
    token = page["link"].rpartition("/")[2]
    with reading(database) as tx:
        link = links.find(tx, token, CLOCK())
    assert link
    assert (link.person_id, link.subject_kind, link.subject_id) == (
        firm.id_of(LI),
        "order",
        order.id,
    )
    assert len(token) == 43  # 256 bits
    assert all("/l/•••" in notice.text and token not in notice.text for notice in found)
    assert token not in caplog.text
    assert "li@mail" not in caplog.text


def test_a_group_gets_a_link_behind_login(database: Database, web: WebServer) -> None:
    firm = founded(database)
    with sending(database, channel("mail", web.where, group=True)):
        order = breaks(database, firm)
        settled(database)
    assert {request.json["link"] for request in web.requests} == {
        f"https://watch.example.com/orders/{order.id}"
    }


def test_acknowledging_stops_the_paging_on_every_channel(
    database: Database, web: WebServer, other_web: WebServer
) -> None:
    firm = founded(database, channels=2)
    other_web.always = Answer(500)
    both = channel("mail", web.where) | channel("ntfy", other_web.where)
    with sending(database, both, retry=Retry(waits_s=(3600,))):
        order = breaks(database, firm)
        until(lambda: Counter(states(database)) == {"sent": 2, "failed": 2})
        with transaction(database) as tx:
            order_desk.acknowledge(tx, order.id, firm.id_of(LI), CLOCK())
            order_desk.arrange(tx, order.id, firm.id_of(CHEN), CLOCK())
        settled(database)
    assert Counter(states(database)) == {"sent": 2, "silenced": 2}


def test_what_is_no_longer_wanted_is_noticed_when_it_is_taken(
    database: Database, web: WebServer
) -> None:
    firm = founded(database)
    order = breaks(database, firm)
    with transaction(database) as tx:  # behind the back of the outbox
        order_rows.change(tx, order.id, received_at=CLOCK(), received_by=firm.id_of(LI))
    with sending(database, channel("mail", web.where)):
        settled(database)
    assert heard(web) == [("report", "chen@mail")]


def test_a_provider_that_hangs_delays_nobody_else(database: Database, web: WebServer) -> None:
    firm = founded(database, channels=2)
    with silent_server() as silent:
        address = take_apart(f"webhook+http://{silent.where}/hook", options=webhook.OPTIONS)
        hangs = Channel(name="mail", providers=(webhook.WebhookProvider(address, timeout_s=300),))
        with sending(database, {"mail": hangs} | channel("ntfy", web.where)):
            for number in range(30):
                tell(database, firm.people[LI], f"n{number}")
            until(lambda: len(web.requests) == 30)
            assert Counter(n.state for n in all_notices(database) if n.channel == "mail") == {
                "sending": 2,
                "waiting": 28,
            }
            silent.close()


def test_two_places_are_kept_for_emergencies(database: Database) -> None:
    firm = founded(database, channels=3)
    with silent_server() as one, silent_server() as two, silent_server() as three:
        channels = (
            channel("mail", one.where) | channel("ntfy", two.where) | channel("hook", three.where)
        )
        with sending(database, channels, senders=5):
            for number in range(3):
                tell(database, firm.people[LI], f"m{number}", severity=Severity.MINOR)
            until(lambda: states(database).count("sending") == 3)
            tell(database, firm.people[WANG], "urgent")
            until(lambda: states(database).count("sending") == 5)
            urgent = [n for n in all_notices(database) if n.rank == 0 and n.state == "sending"]
            assert len(urgent) == 2
            for silent in (one, two, three):
                silent.close()


@pytest.mark.parametrize("status", [500, 503, 408])
def test_an_error_is_tried_again(database: Database, web: WebServer, status: int) -> None:
    firm = founded(database)
    web.answers = [Answer(status)]
    tell(database, firm.people[LI], "one")
    with sending(database, channel("mail", web.where)):
        (notice,) = settled(database)
    assert notice.state == State.SENT
    assert results(database, notice) == ["refused", "sent"]


def test_a_redirect_is_a_refusal_for_good(database: Database, web: WebServer) -> None:
    firm = founded(database)
    web.answers = [Answer(302, {"Location": "http://127.0.0.1:1/"})]
    tell(database, firm.people[LI], "one")
    with sending(database, channel("mail", web.where)):
        first, *_ = settled(database)
    assert (first.state, results(database, first)) == (State.DEAD, ["refused"])


def test_too_many_requests_is_obeyed_by_all(database: Database, web: WebServer) -> None:
    firm, clock = founded(database), Turned()
    web.answers = [Answer(429, {"Retry-After": "500"})]
    tell(database, firm.people[LI], "one")

    def _told() -> bool:
        clock.passes(30)
        return states(database) == ["sent", "sent"]

    with sending(database, channel("mail", web.where), clock=clock):
        until(lambda: states(database) == ["failed"])
        tell(database, firm.people[LI], "two")
        until(_told)
    asked, *again = (datetime.fromisoformat(request.json["at"]) for request in web.requests)
    assert len(again) == 2
    assert min(again) - asked >= timedelta(seconds=500)


def test_fail_over_at_once_when_nobody_answers(
    database: Database, web: WebServer, free_port: Callable[[], int]
) -> None:
    firm = founded(database)
    gone = f"127.0.0.1:{free_port()}"
    with sending(database, channel("mail", gone, web.where), ill_s=3600):
        tell(database, firm.people[LI], "one")
        settled(database)
        tell(database, firm.people[LI], "two")  # asks the well one first by now
        one, two = settled(database)
    assert results(database, one) == ["failed", "sent"]
    assert results(database, two) == ["sent"]
    assert len(web.requests) == 2


def test_a_text_that_cannot_be_made_still_goes_out(
    database: Database, web: WebServer, caplog: pytest.LogCaptureFixture
) -> None:
    firm = founded(database)
    order = breaks(database, firm)
    with transaction(database) as tx:
        _spoil(tx, order.root_fault_id)
    with sending(database, channel("mail", web.where)):
        settled(database)
    assert set(states(database)) == {"sent"}
    assert all("/l/" in text for text in web.texts())
    assert "its text cannot be made" in caplog.text


def test_two_senders_at_once_double_nothing(database: Database, web: WebServer) -> None:
    firm = founded(database)
    for number in range(60):
        tell(database, firm.people[LI], f"n{number}")
    one, two = channel("mail", web.where), channel("mail", web.where)
    with sending(database, one), sending(database, two):
        settled(database, timeout_s=120)
    told = Counter(request.headers["Idempotency-Key"] for request in web.requests)
    assert len(told) == 60
    assert set(told.values()) == {1}


def test_the_most_urgent_goes_first(database: Database, web: WebServer) -> None:
    firm = founded(database)
    for number in range(20):
        tell(database, firm.people[LI], f"minor{number}", severity=Severity.MINOR)
    tell(database, firm.people[WANG], "urgent")
    with sending(database, channel("mail", web.where)):
        found = settled(database)
    with reading(database) as tx:
        tried = ledger.attempts_of(tx, [notice.id for notice in found])
    first = min(found, key=lambda notice: tried[notice.id][0].at)
    assert first.target == "wang@mail"


def test_every_link_in_a_text_is_written_out_whole(database: Database, web: WebServer) -> None:
    firm = founded(database)
    with sending(database, channel("mail", web.where)):
        breaks(database, firm)
        settled(database)
    pattern = re.compile(r"^打开：https://watch\.example\.com/l/[\w-]{43}$", re.MULTILINE)
    assert all(pattern.search(text) for text in web.texts())


def test_what_a_provider_calls_a_letter_is_kept_with_the_attempt(database: Database) -> None:
    """What it says of the letter later is found by it (D05)."""
    phones = Phones("sms", ref="SM4711")
    firm = founded(database)
    with sending(database, {"mail": Channel(name="mail", providers=(phones,))}):
        tell(database, firm.people[LI], "once")
        (notice,) = settled(database)
    with reading(database) as tx:
        (attempt,) = ledger.attempts_of(tx, [notice.id])[notice.id]
    assert (attempt.result, attempt.words, attempt.ref) == ("sent", "delivered", "SM4711")
