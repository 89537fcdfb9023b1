"""Answers from outside our pages: the verbs of the link, each answer once (A02, D05)."""

from datetime import UTC, datetime, timedelta

import pytest

from operations import alerts as alert_desk
from operations import replies
from operations import work_orders as order_desk
from operations.replies import Became
from rules.model import WorkOrder
from rules.policy import Policy
from rules.replies import Said
from storage import alerts as alert_rows
from storage import ledger
from storage import people as people_rows
from storage import work_orders as order_rows
from storage.db import Database, Tx, reading, transaction
from storage.outbox import Notice
from tests import company as companies
from tests.company import CHEN, LI, WANG, Company

T0 = datetime(2026, 11, 23, 1, 2, tzinfo=UTC)
SOON = T0 + timedelta(minutes=2)
POLICY = Policy()


@pytest.fixture
def company(database: Database) -> Company:
    with transaction(database) as tx:
        return companies.found(tx)


@pytest.fixture
def order(database: Database, company: Company) -> WorkOrder:
    with transaction(database) as tx:
        return companies.breaks(tx, company, 0, POLICY, T0)


def told(database: Database, who: str, company: Company) -> Notice:
    with reading(database) as tx:
        return next(one for one in ledger.newest(tx) if one.person_id == company.id_of(who))


def says(
    database: Database, notice: Notice, said: Said, key: str = "call:1", reason: str = ""
) -> Became:
    with transaction(database) as tx:
        return replies.reply(
            tx, notice, said, key=key, way="call", reason=reason, policy=POLICY, now=SOON
        )


def as_it_is(database: Database, order: WorkOrder) -> WorkOrder:
    with reading(database) as tx:
        found = order_rows.get(tx, order.id)
    assert found
    return found


def test_one_key_and_the_order_is_received_and_every_channel_falls_silent(
    database: Database, company: Company, order: WorkOrder
) -> None:
    assert says(database, told(database, LI, company), Said.TAKE) is Became.DONE
    now_ = as_it_is(database, order)
    assert (now_.received_by, now_.received_at) == (company.id_of(LI), SOON)
    with reading(database) as tx:
        states = {one.channel: one.state for one in ledger.newest(tx) if one.kind == "page"}
    assert states == {"mail": "silenced", "ntfy": "silenced"}


def test_the_same_answer_again_changes_nothing(
    database: Database, company: Company, order: WorkOrder
) -> None:
    """A maker repeats what it believes was not heard."""
    page = told(database, LI, company)
    assert says(database, page, Said.CANNOT, "call:7", "ill") is Became.DONE
    paged = as_it_is(database, order).pages_made
    assert says(database, page, Said.CANNOT, "call:7", "ill") is Became.DONE
    assert as_it_is(database, order).pages_made == paged == 2


def test_who_cannot_is_passed_over_and_the_next_is_called(
    database: Database, company: Company, order: WorkOrder
) -> None:
    says(database, told(database, LI, company), Said.CANNOT)
    assert told(database, WANG, company).kind == "page"
    assert as_it_is(database, order).received_by is None


def test_the_head_s_key_arranges_and_he_cannot_refuse(
    database: Database, company: Company, order: WorkOrder
) -> None:
    report = told(database, CHEN, company)
    assert says(database, report, Said.CANNOT, "call:1") is Became.NOT_NOW
    assert says(database, report, Said.TAKE, "call:2") is Became.DONE
    assert as_it_is(database, order).arranged_by == company.id_of(CHEN)


def test_too_late_is_told_and_writes_nothing(
    database: Database, company: Company, order: WorkOrder
) -> None:
    page = told(database, LI, company)
    with transaction(database) as tx:
        order_desk.acknowledge(tx, order.id, company.id_of(WANG), SOON)
    assert says(database, page, Said.TAKE) is Became.NOT_NOW
    assert as_it_is(database, order).received_by == company.id_of(WANG)


def test_who_took_it_by_the_link_may_also_press_the_key(
    database: Database, company: Company, order: WorkOrder
) -> None:
    page = told(database, LI, company)
    with transaction(database) as tx:
        order_desk.acknowledge(tx, order.id, company.id_of(LI), T0)
    assert says(database, page, Said.TAKE) is Became.DONE
    assert as_it_is(database, order).received_at == T0


def test_who_has_left_answers_nothing(
    database: Database, company: Company, order: WorkOrder
) -> None:
    page = told(database, LI, company)
    with transaction(database) as tx:
        people_rows.leave(tx, company.id_of(LI), T0)
    assert says(database, page, Said.TAKE) is Became.UNKNOWN
    assert as_it_is(database, order).received_by is None


def test_who_may_no_longer_see_the_site_may_not_take_it(
    database: Database, company: Company, order: WorkOrder
) -> None:
    page = told(database, LI, company)
    with transaction(database) as tx:
        people_rows.change(tx, company.id_of(LI), {"all_sites": False})
    assert says(database, page, Said.TAKE) is Became.FORBIDDEN
    assert as_it_is(database, order).received_by is None


def test_an_alert_of_our_own_is_seen(database: Database, company: Company) -> None:
    def _raise(tx: Tx) -> None:
        alert_desk.raise_alert(tx, "MON_NOTIFY_FAILED", "mail", {}, POLICY, T0)

    with transaction(database) as tx:
        _raise(tx)
    notice = told(database, LI, company)
    assert says(database, notice, Said.TAKE) is Became.DONE
    with reading(database) as tx:
        alert = alert_rows.get(tx, notice.facts["alert_id"])
    assert alert
    assert alert.acknowledged_by == company.id_of(LI)
