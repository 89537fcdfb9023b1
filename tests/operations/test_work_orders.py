"""Work orders at the desk: what is refused writes nothing; what is done is on record."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

import words
from operations import agreements as agreement_desk
from operations import steps, under_way
from operations import work_orders as order_desk
from operations.refusals import NotNowError
from operations.under_way import REMINDED, TAKEN
from operations.work_orders import NoSuchOrderError
from rules.agreements import Solution
from rules.model import ClockSource, OrderId, PersonId, Severity, WorkOrder, Zone
from rules.policy import Policy
from rules.workflow import Verb
from storage import deadlines, journal, ledger
from storage import people as people_rows
from storage import work_orders as order_rows
from storage.db import Database, reading, transaction
from storage.deadlines import Kind
from tests import company as companies
from tests.company import CHEN, LI, WANG, Company

T0 = datetime(2026, 11, 23, 1, 2, tzinfo=UTC)
POLICY = Policy()
TOMORROW = T0 + timedelta(days=1)
BOTH = (
    Solution(what="new plug", feasible="parts in the van, 20 min"),
    Solution(what="spare core", feasible="needs a ladder, 2 h"),
)
WAY = (Verb.ACKNOWLEDGE, Verb.DEPART, Verb.ARRIVE, Verb.DIAGNOSE, Verb.REPAIR)
NOT_WHOLE = Solution(what="pray", feasible=" ")


@pytest.fixture
def company(database: Database) -> Company:
    with transaction(database) as tx:
        return companies.found(tx, devices=3)


@pytest.fixture
def order(database: Database, company: Company) -> WorkOrder:
    with transaction(database) as tx:
        return companies.breaks(tx, company, 0, POLICY, T0)


def do(database: Database, verb: Verb, order_id: OrderId, by: PersonId, **given: Any) -> WorkOrder:
    """One verb with what a person would have typed, a minute after the fault."""
    typed: dict[Verb, dict[str, Any]] = {
        Verb.DECLINE: {"reason": "ill", "policy": POLICY},
        Verb.DISPATCH: {"assignee": by},
        Verb.DIAGNOSE: {"text": "the plug was out"},
        Verb.REPAIR: {"text": "plugged in"},
        Verb.REPAIR_REMOTELY: {"text": "restarted through the switch"},
        Verb.PROPOSE: {"solutions": BOTH, "policy": POLICY},
        Verb.POSTPONE: {"appointment_at": TOMORROW, "reason": "Mr Zhou", "policy": POLICY},
        Verb.VERIFY: {"how": "looked at it"},
        Verb.ACCEPT: {"accepted_by": "Zhou"},
        Verb.CLOSE: {"reason": "accepted on paper"},
        Verb.CANCEL: {"reason": "the wrong site"},
        Verb.REOPEN: {"reason": "it came back"},
    }
    facts = {"now": T0 + timedelta(minutes=1), **typed.get(verb, {}), **given}
    with transaction(database) as tx:
        desk = agreement_desk if verb in {Verb.PROPOSE, Verb.POSTPONE} else order_desk
        done = getattr(desk, verb.replace("-", "_"))(tx, order_id, by, **facts)
    assert isinstance(done, WorkOrder)
    return done


def verbs(database: Database, order_id: OrderId) -> list[str]:
    with reading(database) as tx:
        return [entry.verb for entry in journal.of_order(tx, order_id)]


def state(database: Database, order_id: OrderId) -> tuple[WorkOrder | None, list[str], int]:
    with reading(database) as tx:
        known, notices = order_rows.get(tx, order_id), ledger.of_order(tx, order_id)
    return known, verbs(database, order_id), len(notices)


@pytest.mark.parametrize(
    ("before", "verb", "given", "why"),
    [
        ((), Verb.DEPART, {}, "not_received"),
        ((), Verb.ARRIVE, {}, "not_received"),
        ((), Verb.DIAGNOSE, {}, "not_received"),
        ((), Verb.REPAIR, {}, "not_received"),
        ((), Verb.REPAIR_REMOTELY, {}, "not_received"),
        ((), Verb.PROPOSE, {}, "not_received"),
        ((), Verb.POSTPONE, {}, "not_received"),
        ((), Verb.VERIFY, {}, "not_repaired"),
        ((), Verb.LEAVE, {}, "not_arrived"),
        ((), Verb.ACCEPT, {}, "not_verified"),
        ((), Verb.CLOSE, {}, "not_verified"),
        ((), Verb.REOPEN, {}, "still_open"),
        ((), Verb.DECLINE, {"reason": " "}, "text_needed"),
        ((), Verb.CANCEL, {"reason": ""}, "text_needed"),
        ((), Verb.DISPATCH, {"assignee": PersonId(4711)}, "no_such_person"),
        (WAY[:1], Verb.ACKNOWLEDGE, {}, "already_received"),
        (WAY[:1], Verb.DIAGNOSE, {"text": ""}, "text_needed"),
        (WAY[:1], Verb.REPAIR, {"text": "\n"}, "text_needed"),
        (WAY[:1], Verb.ARRIVE, {"now": T0 + timedelta(hours=3)}, "late_reason"),
        (WAY[:1], Verb.PROPOSE, {"solutions": BOTH[:1]}, "too_few_solutions"),
        (WAY[:1], Verb.PROPOSE, {"solutions": BOTH[:1] * 2}, "too_few_solutions"),
        (WAY[:1], Verb.PROPOSE, {"solutions": (*BOTH, NOT_WHOLE)}, "solution_not_whole"),
        (WAY[:1], Verb.POSTPONE, {"appointment_at": T0}, "appointment"),
        (WAY[:1], Verb.POSTPONE, {"appointment_at": None}, "appointment"),
        (WAY[:1], Verb.POSTPONE, {"appointment_at": T0 + timedelta(days=99)}, "appointment"),
        (WAY[:1], Verb.POSTPONE, {"reason": " "}, "text_needed"),
        (WAY[:1], Verb.REPAIR_REMOTELY, {"text": ""}, "text_needed"),
        (WAY[:3], Verb.REPAIR_REMOTELY, {}, "on_site_already"),
        (WAY[:3], Verb.POSTPONE, {}, "already_arrived"),
        (WAY[:5], Verb.PROPOSE, {}, "already_repaired"),
        (WAY[:2], Verb.DEPART, {}, "already_departed"),
        (WAY[:3], Verb.ARRIVE, {}, "already_arrived"),
        (WAY[:3], Verb.DECLINE, {}, "already_arrived"),
        (WAY[:3], Verb.DISPATCH, {}, "already_arrived"),
        (WAY[:3], Verb.CANCEL, {}, "already_arrived"),
        (WAY[:5], Verb.REPAIR, {}, "already_repaired"),
        (WAY[:5], Verb.ACCEPT, {}, "not_verified"),
        (WAY[:5], Verb.VERIFY, {}, "device_still_faulty"),
        ((Verb.CANCEL,), Verb.ACKNOWLEDGE, {}, "already_closed"),
        ((Verb.CANCEL,), Verb.CANCEL, {}, "already_closed"),
        ((Verb.CANCEL,), Verb.REOPEN, {"reason": ""}, "text_needed"),
    ],
)
def test_what_is_refused_says_why_and_writes_nothing(  # noqa: PLR0913, PLR0917 - a table
    database: Database,
    company: Company,
    order: WorkOrder,
    before: tuple[Verb, ...],
    verb: Verb,
    given: dict[str, Any],
    why: str,
) -> None:
    li = company.id_of(LI)
    for step in before:
        do(database, step, order.id, li)
    stood = state(database, order.id)
    with pytest.raises(NotNowError) as refused:
        do(database, verb, order.id, li, **given)
    assert refused.value.message_id == f"order.refused.{why}"
    for language in words.LANGUAGES:
        said = words.say(language, refused.value.message_id, **refused.value.facts)
        assert "{" not in said
    assert state(database, order.id) == stood


@pytest.mark.parametrize("verb", list(Verb))
def test_no_verb_works_on_an_order_that_is_not_there(
    database: Database, company: Company, verb: Verb
) -> None:
    with pytest.raises(NoSuchOrderError):
        do(database, verb, OrderId(4711), company.id_of(LI))


def test_every_step_is_on_record_with_who_and_when(
    database: Database, company: Company, order: WorkOrder
) -> None:
    li, at = company.id_of(LI), T0 + timedelta(minutes=1)
    do(database, Verb.ARRANGE, order.id, company.id_of(CHEN))
    for step in WAY:
        do(database, step, order.id, li)
    do(database, Verb.LEAVE, order.id, li)
    with reading(database) as tx:
        entries = [e for e in journal.of_order(tx, order.id) if e.actor == "person"]
    assert [(e.verb, e.person_id) for e in entries] == [
        ("arranged", company.id_of(CHEN)),
        ("acknowledged", li),
        ("departed", li),
        ("arrived", li),
        ("diagnosed", li),
        ("repaired", li),
        ("left", li),
    ]
    assert {e.at for e in entries} == {at}
    assert {e.site_id for e in entries} == {company.site_id}
    with reading(database) as tx:
        done = order_rows.get(tx, order.id)
    assert done is not None
    assert (done.received_at, done.arranged_by) == (at, company.id_of(CHEN))
    assert (done.departed_at, done.arrived_at, done.repaired_at, done.left_at) == (at,) * 4
    assert (done.diagnosis, done.repair) == ("the plug was out", "plugged in")
    assert done.version > order.version


def test_the_promise_is_frozen_with_its_source_and_rule(
    database: Database, company: Company, order: WorkOrder
) -> None:
    assert (order.clock_started_at, order.clock_source) == (T0, ClockSource.MONITOR)
    assert (order.zone, order.on_site_hours) == (Zone.RING1, 2.0)
    assert order.on_site_rule == "zone.table"
    assert order.on_site_by == T0 + timedelta(hours=2)
    assert order.number == "2026-00001"
    with transaction(database) as tx:
        assert companies.breaks(tx, company, 1, POLICY, T0).number == "2026-00002"
        assert companies.breaks(tx, company, 0, POLICY, T0).id == order.id


def test_the_year_of_a_number_is_the_sites(database: Database, company: Company) -> None:
    new_year_in_chengdu = datetime(2026, 12, 31, 16, 0, tzinfo=UTC)
    with transaction(database) as tx:
        order = companies.breaks(tx, company, 0, POLICY, new_year_in_chengdu)
    assert order.number == "2027-00001"


def test_two_who_take_it_at_once_are_one_receiver(
    database: Database, company: Company, order: WorkOrder
) -> None:
    together, told = threading.Barrier(2), list[str]()

    def take(who: str) -> None:
        together.wait()
        try:
            do(database, Verb.ACKNOWLEDGE, order.id, company.id_of(who))
            told.append("taken")
        except NotNowError as error:
            told.append(f"{error.message_id} {error.facts['name']}")

    threads = [threading.Thread(target=take, args=(who,)) for who in (LI, WANG)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with reading(database) as tx:
        holder = order_rows.get(tx, order.id)
        assert holder is not None
        assert holder.received_by is not None
        person = people_rows.get(tx, holder.received_by)
    assert person is not None
    assert sorted(told) == [f"order.refused.already_received {person.name}", "taken"]
    assert verbs(database, order.id).count("acknowledged") == 1


def test_the_database_knows_one_open_order_for_a_cause(
    database: Database, order: WorkOrder
) -> None:
    def twin(number: str) -> order_rows.NewOrder:
        return order_rows.NewOrder(
            number=number,
            site_id=order.site_id,
            root_fault_id=order.root_fault_id,
            severity=Severity.MAJOR,
            opened_at=T0,
            clock_started_at=T0,
            clock_source=ClockSource.MONITOR,
            zone=Zone.RING1,
            on_site_hours=2,
            on_site_rule="zone.table",
            on_site_by=T0 + timedelta(hours=2),
        )

    with pytest.raises(IntegrityError), transaction(database) as tx:
        order_rows.add(tx, twin("x-1"))
    with transaction(database) as tx:
        order_rows.change(tx, order.id, closed_at=T0, close_reason="recovered")
        assert order_rows.add(tx, twin("x-2")).open


@pytest.mark.parametrize(
    "columns",
    [
        {"closed_at": T0},
        {"on_site_by": T0},
        {"severity": "awful"},
        {"zone": "ring9"},
        {"clock_source": "rumour"},
        {"received_by": 4711},
    ],
)
def test_the_database_refuses_an_impossible_order(
    database: Database, order: WorkOrder, columns: dict[str, Any]
) -> None:
    with pytest.raises(IntegrityError), transaction(database) as tx:
        order_rows.change(tx, order.id, **columns)


def test_an_end_ends_everything_that_was_owed(
    database: Database, company: Company, order: WorkOrder
) -> None:
    do(database, Verb.CANCEL, order.id, company.id_of(CHEN))
    with reading(database) as tx:
        for kind in (Kind.LADDER, Kind.HEAD, Kind.ON_SITE):
            assert deadlines.find(tx, kind, "order", order.id) is None
        assert deadlines.due(tx, T0 + timedelta(days=30), 100) == []
        states = {notice.state for notice in ledger.of_order(tx, order.id)}
    assert states == {"silenced"}


def test_an_order_is_not_reopened_beside_another_for_its_cause(
    database: Database, company: Company, order: WorkOrder
) -> None:
    head = company.id_of(CHEN)
    do(database, Verb.CANCEL, order.id, head)
    with transaction(database) as tx:
        order_rows.add(
            tx,
            order_rows.NewOrder(
                number="2026-09999",
                site_id=order.site_id,
                root_fault_id=order.root_fault_id,
                severity=order.severity,
                opened_at=T0,
                clock_started_at=T0,
                clock_source=order.clock_source,
                zone=order.zone,
                on_site_hours=2,
                on_site_rule=order.on_site_rule,
                on_site_by=order.on_site_by,
            ),
        )
    with pytest.raises(NotNowError, match="other_order_open") as refused:
        do(database, Verb.REOPEN, order.id, head)
    assert refused.value.facts == {"number": "2026-09999"}


def test_who_has_a_reopened_order_owes_setting_out(
    database: Database, company: Company, order: WorkOrder
) -> None:
    """No page goes out for it, so whoever answers for it is called until under way (A02)."""
    head = company.id_of(CHEN)
    do(database, Verb.CANCEL, order.id, head)
    reopened = do(database, Verb.REOPEN, order.id, head)
    later = T0 + timedelta(minutes=40)
    with transaction(database) as tx:
        for step in (TAKEN, REMINDED):
            under_way.ask(tx, reopened, step, POLICY, later)
        assert [one.person_id for one in ledger.of_order(tx, order.id)][-1] == head
        assert ledger.of_order(tx, order.id)[-1].kind == "under_way"


def test_a_long_text_is_cut_to_what_fits(
    database: Database, company: Company, order: WorkOrder
) -> None:
    do(database, Verb.ACKNOWLEDGE, order.id, company.id_of(LI))
    said = do(database, Verb.DIAGNOSE, order.id, company.id_of(LI), text="坏" * 10_000)
    assert said.diagnosis == "坏" * steps.LONGEST_TEXT
