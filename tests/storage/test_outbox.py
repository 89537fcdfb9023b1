"""Leases by number, on both engines: who holds an old number records nothing."""

from datetime import UTC, datetime, timedelta

import pytest

from rules.model import Severity
from rules.notices import Result, State
from storage import ledger, outbox
from storage.db import Database, Tx, reading, transaction
from storage.outbox import Draft, Ending, Notice
from tests import company
from tests.company import LI
from wiring.clock import SteadyClock

NOW = SteadyClock()()
SENT = Ending(state=State.SENT, result=Result.SENT, words="250 OK", text="as it was sent")


@pytest.fixture
def draft(database: Database) -> Draft:
    with transaction(database) as tx:
        firm = company.found(tx, channels=1)
    return Draft(
        key="order:1:page:1",
        kind="page",
        severity=Severity.EMERGENCY,
        person_id=firm.id_of(LI),
        channel="mail",
        target="li@example.com",
    )


def put(database: Database, draft: Draft, now: datetime = NOW) -> Notice:
    with transaction(database) as tx:
        assert outbox.put(tx, draft, now)
        return outbox.due(tx, now, each=1)[0]


def take(tx: Tx, notice: Notice, now: datetime, *, lease_s: float = 60) -> Notice | None:
    held = outbox.lock_due(tx, notice.id, now)
    return outbox.lease(tx, held, "smtp://one", now, lease_s=lease_s) if held else None


def test_the_same_reason_twice_is_free(database: Database, draft: Draft) -> None:
    put(database, draft)
    with transaction(database) as tx:
        assert not outbox.put(tx, draft, NOW)
        assert len(outbox.due(tx, NOW, each=10)) == 1


def test_what_is_leased_is_nobody_else_s(database: Database, draft: Draft) -> None:
    notice = put(database, draft)
    with transaction(database) as tx:
        assert take(tx, notice, NOW)
    with transaction(database) as tx:
        assert take(tx, notice, NOW) is None
        assert outbox.due(tx, NOW, each=10) == []


def test_an_old_lease_cannot_record(database: Database, draft: Draft) -> None:
    notice = put(database, draft)
    with transaction(database) as tx:
        old = take(tx, notice, NOW, lease_s=0)
    later = NOW + timedelta(seconds=1)
    with transaction(database) as tx:
        new = take(tx, notice, later)
    assert old
    assert new
    with transaction(database) as tx:
        assert not outbox.record(tx, old, SENT, later)
        assert ledger.newest(tx)[0].state == State.SENDING
        assert outbox.record(tx, new, SENT, later)
        assert not outbox.record(tx, new, SENT, later)
        (kept,) = ledger.newest(tx)
        attempts = ledger.attempts_of(tx, [notice.id])[notice.id]
    assert (kept.state, kept.text, kept.attempts) == (State.SENT, "as it was sent", 2)
    assert [attempt.result for attempt in attempts] == [Result.UNKNOWN, Result.SENT]
    assert attempts[1].words == "250 OK"


def test_a_failed_one_waits_for_its_time(database: Database, draft: Draft) -> None:
    notice = put(database, draft)
    again_at = NOW + timedelta(seconds=5)
    failed = Ending(
        state=State.FAILED, result=Result.REFUSED, words="500", text="", again_at=again_at
    )
    with transaction(database) as tx:
        taken = take(tx, notice, NOW)
        assert taken
        outbox.record(tx, taken, failed, NOW)
        assert outbox.due(tx, again_at - timedelta(microseconds=1), each=1) == []
        assert len(outbox.due(tx, again_at, each=1)) == 1


def test_on_postgresql_a_lease_runs_by_the_database_s_clock(
    database: Database, draft: Draft
) -> None:
    notice = put(database, draft)
    with transaction(database) as tx:
        take(tx, notice, NOW, lease_s=3600)
    tomorrow = NOW + timedelta(days=1)  # one machine's clock is wrong
    with reading(database) as tx:
        stolen = outbox.due(tx, tomorrow, each=1)
    assert bool(stolen) is database.sqlite


def test_a_stuck_channel_hides_no_other(database: Database, draft: Draft) -> None:
    with transaction(database) as tx:
        for number in range(50):
            outbox.put(tx, _like(draft, key=f"stuck{number}"), NOW)
        outbox.put(tx, _like(draft, key="other", channel="ntfy"), NOW)
        found = outbox.due(tx, NOW, each=4)
    assert [notice.channel for notice in found].count("mail") == 4
    assert "other" in {notice.key for notice in found}


def test_an_alert_s_notices_are_silenced_by_its_id(database: Database, draft: Draft) -> None:
    with transaction(database) as tx:
        outbox.put(tx, _like(draft, key="a", kind="alert", facts={"alert_id": 7}), NOW)
        outbox.put(tx, _like(draft, key="b", kind="alert", facts={"alert_id": 8}), NOW)
        outbox.put(tx, _like(draft, key="c"), NOW)
        assert outbox.silence_alert(tx, 7, NOW) == 1
        assert {notice.key for notice in outbox.due(tx, NOW, each=9)} == {"b", "c"}
        assert ledger.counts(tx) == {"waiting": 2}


def test_a_naive_instant_is_refused(database: Database, draft: Draft) -> None:
    naive = datetime(2026, 6, 15, tzinfo=UTC).replace(tzinfo=None)
    with pytest.raises(Exception, match="naive"), transaction(database) as tx:
        outbox.put(tx, draft, naive)


def _like(draft: Draft, **changes: object) -> Draft:
    fields = {name: getattr(draft, name) for name in Draft.__slots__}
    return Draft(**{**fields, **changes})
