"""A notice that reached nobody: somebody else hears of it, and nothing loops (B24)."""

from collections import Counter

from rules.notices import State
from storage import alerts
from storage.db import Database, reading
from tests.company import CHEN, LI
from tests.notify.desk import channel, founded, sending, settled, states, tell
from tests.notify.receivers import Answer, WebServer
from tests.waiting import until


def test_a_dead_letter_pages_the_head(database: Database, web: WebServer) -> None:
    firm = founded(database)
    web.answers = [Answer(404)]
    tell(database, firm.people[LI], "one")
    with sending(database, channel("mail", web.where)):
        dead, told = settled(database)
    assert (dead.state, told.state) == (State.DEAD, State.SENT)
    assert (told.kind, told.person_id, told.rank) == ("dead_letter", firm.id_of(CHEN), 0)
    assert "Li" in told.text
    assert "404" in told.text


def test_the_head_s_own_dead_letter_goes_to_duty(database: Database, web: WebServer) -> None:
    firm = founded(database)
    web.answers = [Answer(404)]
    tell(database, firm.people[CHEN], "one")
    with sending(database, channel("mail", web.where)):
        settled(database)
    assert sorted(request.json["to"] for request in web.requests[1:]) == ["li@mail", "wang@mail"]


def test_a_person_reached_on_another_channel_is_no_dead_letter(
    database: Database, web: WebServer, other_web: WebServer
) -> None:
    firm = founded(database, channels=2)
    tell(database, firm.people[LI], "one")
    other_web.always = Answer(404)
    other_web.gate.clear()
    both = channel("mail", web.where) | channel("ntfy", other_web.where)
    with sending(database, both):
        until(lambda: "sent" in states(database))
        other_web.gate.set()
        found = settled(database)
    assert Counter(notice.state for notice in found) == {"sent": 1, "dead": 1}


def test_when_nothing_can_be_delivered_it_ends_with_one_alert(
    database: Database, web: WebServer
) -> None:
    firm = founded(database)
    web.always = Answer(403)
    tell(database, firm.people[LI], "one")
    with sending(database, channel("mail", web.where)):
        found = settled(database)
        with reading(database) as tx:
            (alert,) = alerts.open_ones(tx)
        assert (alert.code, alert.subject) == ("MON_NOTIFY_FAILED", "mail")
        assert {notice.state for notice in found} == {"dead"}
        assert Counter(notice.kind for notice in found) == {
            "restored": 1,
            "dead_letter": 1,
            "alert": 2,
        }
        web.always = None
        tell(database, firm.people[LI], "two")  # the channel carries again
        settled(database)
    with reading(database) as tx:
        assert alerts.open_ones(tx) == []


def test_a_channel_the_settings_do_not_know_is_a_dead_letter(
    database: Database, web: WebServer
) -> None:
    firm = founded(database, channels=2)
    tell(database, firm.people[LI], "one")
    with sending(database, channel("mail", web.where)):
        found = settled(database)
    lost = next(notice for notice in found if notice.channel == "ntfy")
    assert lost.state == State.DEAD
