"""A letter may fail after its provider took it: then it goes on, and nothing is lost (D05, B24)."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from operations import notices
from operations import receipts as receipt_desk
from operations.replies import Became
from rules.model import Severity, WorkOrder
from rules.notices import Result, State
from rules.policy import Policy
from rules.receipts import Status, Tiding
from storage import ledger, outbox
from storage import receipts as receipt_rows
from storage import work_orders as order_rows
from storage.db import Database, Tx, reading, transaction
from storage.outbox import Ending, Notice
from tests import company as companies
from tests.company import CHEN, LI, Company

T0 = datetime(2026, 11, 23, 1, 2, tzinfo=UTC)
SOON = T0 + timedelta(seconds=40)
POLICY = Policy()
OURS = "twilio+voice://api.twilio.com#a1b2c3"
SENT = Ending(state=State.SENT, result=Result.SENT, words="201 queued", text="as sent", ref="CA1")


@pytest.fixture
def company(database: Database) -> Company:
    with transaction(database) as tx:
        return companies.found(tx, channels=1)


@pytest.fixture
def order(database: Database, company: Company) -> WorkOrder:
    with transaction(database) as tx:
        return companies.breaks(tx, company, 0, POLICY, T0)


def page_of(tx: Tx, order: WorkOrder) -> Notice:
    return next(one for one in ledger.of_order(tx, order.id) if one.kind == "page")


def taken(tx: Tx, notice: Notice, at: datetime = T0) -> Notice:
    """Leased, but how it ended is not recorded yet."""
    held = outbox.lock_due(tx, notice.id, at)
    assert held
    return outbox.lease(tx, held, OURS, at, lease_s=60)


def sent(database: Database, order: WorkOrder) -> Notice:
    with transaction(database) as tx:
        leased = taken(tx, page_of(tx, order))
        assert outbox.record(tx, leased, SENT, T0)
    return leased


def tells(
    database: Database, status: Status, *, providers: int = 2, by: str = OURS, **more: Any
) -> Became | None:
    said: dict[str, Any] = {"ref": "CA1", "words": "no-answer", **more}
    with transaction(database) as tx:
        return receipt_desk.take(
            tx,
            by,
            Tiding(status=status, **said),
            lambda _: providers,
            POLICY,
            SOON,
        )


def as_it_is(database: Database, notice: Notice) -> Notice:
    with reading(database) as tx:
        found = ledger.get(tx, notice.id)
    assert found
    return found


def kinds_told(database: Database, company: Company, who: str) -> list[str]:
    with reading(database) as tx:
        mine = [one for one in ledger.newest(tx) if one.person_id == company.id_of(who)]
    return [one.kind for one in mine]


def test_a_failed_delivery_goes_on_to_the_next_provider_at_once(
    database: Database, order: WorkOrder
) -> None:
    notice = sent(database, order)
    tells(database, Status.FAILED, words="30003 unreachable")
    after = as_it_is(database, notice)
    assert (after.state, after.not_before) == (State.FAILED, SOON)
    with reading(database) as tx:
        (attempt,) = ledger.attempts_of(tx, [notice.id])[notice.id]
    assert (attempt.result, attempt.words) == ("failed", "failed: 30003 unreachable")


def test_the_last_provider_s_failure_is_a_dead_letter_and_the_head_hears(
    database: Database, company: Company, order: WorkOrder
) -> None:
    notice = sent(database, order)
    tells(database, Status.UNANSWERED, providers=1)
    assert as_it_is(database, notice).state == State.DEAD
    assert "dead_letter" in kinds_told(database, company, CHEN)


def test_a_busy_line_is_called_again_by_the_same_provider(
    database: Database, order: WorkOrder
) -> None:
    notice = sent(database, order)
    tells(database, Status.BUSY, providers=1)
    after = as_it_is(database, notice)
    assert (after.state, after.not_before) == (State.FAILED, SOON + timedelta(seconds=5))


@pytest.mark.parametrize(
    ("told", "state"),
    [
        ([Status.QUEUED, Status.DELIVERED], State.SENT),
        ([Status.DELIVERED, Status.FAILED], State.SENT),
        ([Status.ANSWERED, Status.UNANSWERED, Status.QUEUED], State.SENT),
        ([Status.FAILED, Status.FAILED, Status.DELIVERED], State.FAILED),
        ([Status.FAILED, Status.QUEUED], State.FAILED),
    ],
)
def test_out_of_order_and_twice_does_no_harm(
    database: Database, order: WorkOrder, told: Sequence[Status], state: State
) -> None:
    notice = sent(database, order)
    for status in told:
        tells(database, status)
    assert as_it_is(database, notice).state == state
    with reading(database) as tx:
        kept = receipt_rows.of_notices(tx, [notice.id])[notice.id]
    assert [one.status for one in kept] == list(dict.fromkeys(told))


def test_a_failure_told_before_the_answer_was_recorded_counts_when_it_is(
    database: Database, order: WorkOrder
) -> None:
    """The callback overtakes the answer to our request: neither may be lost."""
    with transaction(database) as tx:
        leased = taken(tx, page_of(tx, order))
    tells(database, Status.FAILED, ref="", attempt=receipt_rows.attempt_name(leased))
    assert as_it_is(database, leased).state == State.SENDING
    with transaction(database) as tx:
        outbox.record(tx, leased, SENT, SOON)
        receipt_desk.settle(tx, leased.id, leased.lease, lambda _: 2, POLICY, SOON)
    assert as_it_is(database, leased).state == State.FAILED


def test_an_old_try_s_failure_does_not_touch_the_newer_one(
    database: Database, order: WorkOrder
) -> None:
    notice = sent(database, order)
    tells(database, Status.FAILED)
    with transaction(database) as tx:
        newer = taken(tx, notice, SOON)
        late = Tiding(status=Status.UNANSWERED, words="late", ref="CA1")
        receipt_desk.take(tx, OURS, late, lambda _: 2, POLICY, SOON)
        assert outbox.record(tx, newer, SENT, SOON)
    assert as_it_is(database, notice).state == State.SENT


def test_a_provider_tells_only_of_what_it_carried(database: Database, order: WorkOrder) -> None:
    notice = sent(database, order)
    for by in ("aliyun+sms://x#ffffff", "twilio+voice://api.twilio.com#000000"):
        with pytest.raises(LookupError):
            tells(database, Status.FAILED, by=by)
    for name in ("", "7", "1-", "-1", "1-1x", "9" * 60 + "-1"):
        with pytest.raises(LookupError):
            tells(database, Status.FAILED, ref="", attempt=name)
    assert as_it_is(database, notice).state == State.SENT


def test_a_letter_of_several_fails_for_each(database: Database, company: Company) -> None:
    """And no key answers any of them: nobody knows which was meant."""
    with transaction(database) as tx:
        for number in range(3):
            notices.tell(
                tx,
                company.people[LI],
                "restored",
                key=f"r{number}",
                severity=Severity.MINOR,
                now=T0,
            )
        found = [one for one in ledger.newest(tx) if one.kind == "restored"][::-1]
        for notice in found:
            held = outbox.lock_due(tx, notice.id, T0)
            assert held
            leased = outbox.lease(tx, held, OURS, T0, lease_s=60, carried_by=found[0].id)
            outbox.record(tx, leased, SENT, T0)
    assert tells(database, Status.FAILED, key="1") is Became.NOT_UNDERSTOOD
    assert {as_it_is(database, one).state for one in found} == {State.FAILED}


def test_key_one_takes_the_order_and_a_repeated_report_changes_nothing(
    database: Database, company: Company, order: WorkOrder
) -> None:
    sent(database, order)
    assert tells(database, Status.ANSWERED, key="1") is Became.DONE
    assert tells(database, Status.ANSWERED, key="1") is Became.DONE
    with reading(database) as tx:
        after = order_rows.get(tx, order.id)
    assert after
    assert after.received_by == company.id_of(LI)


def test_key_two_calls_the_next(database: Database, company: Company, order: WorkOrder) -> None:
    sent(database, order)
    assert tells(database, Status.ANSWERED, key="2") is Became.DONE
    assert "page" in kinds_told(database, company, "wang")


def test_any_other_key_is_not_understood_and_answers_nothing(
    database: Database, order: WorkOrder
) -> None:
    sent(database, order)
    assert tells(database, Status.ANSWERED, key="7") is Became.NOT_UNDERSTOOD
    with reading(database) as tx:
        after = order_rows.get(tx, order.id)
    assert after
    assert after.received_by is None
