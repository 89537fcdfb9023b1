"""No more goes to one number than its maker takes, whoever sends and however often (D05)."""

from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from notify import channels
from notify.channel import Channel
from rules.model import Severity
from rules.notices import State
from storage import attempts, ledger, outbox
from storage import people as people_rows
from storage.db import Database, reading, transaction
from tests.company import LI, WANG, Company
from tests.notify import makers
from tests.notify.desk import CLOCK, Turned, all_notices, founded, results, sending, tell
from tests.notify.makers import Taken
from tests.notify.receivers import WebServer
from tests.waiting import until

NUMBERS = {LI: "+8613800138000", WANG: "+8613900139000"}


def on_the_phone(database: Database) -> Company:
    firm = founded(database)
    with transaction(database) as tx:
        for who, number in NUMBERS.items():
            people_rows.change(tx, firm.id_of(who), {"channels": [["mail", number]]})
    return firm


def owe(database: Database, firm: Company, who: str, key: str) -> None:
    with reading(database) as tx:
        person = people_rows.get(tx, firm.id_of(who))
    assert person
    tell(database, person, key, severity=Severity.EMERGENCY)


def phone(*urls: str) -> dict[str, Channel]:
    return {"mail": Channel(name="mail", providers=tuple(map(channels.provider, urls)))}


def test_the_second_call_within_a_minute_goes_by_the_next_maker(
    database: Database, web: WebServer, other_web: WebServer, tmp_path: Path
) -> None:
    """Aliyun: one call a minute to the same number."""
    first, second = Taken(), Taken()
    web.judge, other_web.judge = makers.aliyun(first), makers.tencent(second)
    firm = on_the_phone(database)
    urls = [
        makers.address("aliyun+voice", web.where, tmp_path),
        makers.address("tencent+voice", other_web.where, tmp_path),
    ]
    with sending(database, phone(*urls)):
        owe(database, firm, LI, "one")
        until(lambda: first.letters)
        owe(database, firm, LI, "two")
        owe(database, firm, WANG, "three")
        until(lambda: second.letters and len(first.letters) == 2)
    assert first.by_number == {"13800138000": 1, "13900139000": 1}
    assert second.by_number == {NUMBERS[LI]: 1}
    two = next(one for one in all_notices(database) if one.key.startswith("two"))
    assert results(database, two) == ["refused", "sent"]


def test_a_sender_that_began_anew_still_knows(
    database: Database, web: WebServer, tmp_path: Path
) -> None:
    """And a number that is full everywhere is told to somebody else: nothing waits in silence."""
    taken = Taken()
    web.judge = makers.aliyun(taken)
    firm = on_the_phone(database)
    url = makers.address("aliyun+voice", web.where, tmp_path)
    with sending(database, phone(url)):
        owe(database, firm, LI, "one")
        until(lambda: taken.letters)
    with sending(database, phone(url)):
        owe(database, firm, LI, "two")
        until(lambda: [one for one in all_notices(database) if one.kind == "dead_letter"])
    assert taken.by_number == {"13800138000": 1}
    with reading(database) as tx:
        dead = next(one for one in ledger.newest(tx) if one.key.startswith("two"))
        words = ledger.attempts_of(tx, [dead.id])[dead.id][-1].words
    assert words == "1 to one number in 60 s are sent"


def test_a_minute_later_it_may_be_called_again(
    database: Database, web: WebServer, tmp_path: Path
) -> None:
    taken = Taken()
    web.judge = makers.aliyun(taken)
    firm, clock = on_the_phone(database), Turned()
    with sending(database, phone(makers.address("aliyun+voice", web.where, tmp_path)), clock=clock):
        owe(database, firm, LI, "one")
        until(lambda: taken.letters)
        until(lambda: all(one.state == State.SENT for one in all_notices(database)))
        clock.passes(61)
        owe(database, firm, LI, "two")
        until(lambda: len(taken.letters) == 2)


def test_what_was_refused_or_never_left_does_not_count(
    database: Database, web: WebServer, tmp_path: Path
) -> None:
    taken = Taken()
    good = makers.aliyun(taken)
    web.answers = [makers.says(200, {"Code": "isp.SYSTEM_ERROR", "Message": "busy"})] * 2
    web.judge = good
    firm = on_the_phone(database)
    with sending(database, phone(makers.address("aliyun+voice", web.where, tmp_path))):
        owe(database, firm, LI, "one")
        until(lambda: taken.letters)
    (notice,) = all_notices(database)
    assert results(database, notice) == ["refused", "refused", "sent"]


@pytest.mark.parametrize("kind", ["aliyun+sms", "twilio+sms", "tencent+sms"])
def test_how_many_a_second_is_kept_for_each_maker(tmp_path: Path, kind: str) -> None:
    """What slots and storms keep to: the maker's own figure, or that of the address."""
    for more, most in (("", {"twilio+sms": 1}.get(kind, 20)), ("&per_s=7", 7)):
        url = makers.address(kind, "127.0.0.1:9", tmp_path, more=more)
        with closing(channels.provider(url)) as provider:
            per_s = next(one for one in provider.limits if one.window_s == 1)
        assert per_s.most == most


def test_numbers_are_counted_by_letter_not_by_notice(database: Database) -> None:
    """Several notices in one message are one message."""
    firm = on_the_phone(database)
    for number in range(3):
        owe(database, firm, LI, f"n{number}")
    now = CLOCK()
    with transaction(database) as tx:
        waiting = outbox.due(tx, now, each=9)
        leased = [
            outbox.lease(tx, one, "p", now, lease_s=60, carried_by=waiting[0].id) for one in waiting
        ]
        a_minute_ago = now - timedelta(minutes=1)
        assert attempts.to_one(tx, "p", leased[0], a_minute_ago, now) == []
        later = now + timedelta(seconds=5)
        fresh = outbox.lease(tx, leased[0], "p", later, lease_s=60)
        assert attempts.to_one(tx, "p", fresh, a_minute_ago, later) == [now]
