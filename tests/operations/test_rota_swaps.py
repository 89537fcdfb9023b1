"""Swaps of duty: who may offer and take what, and what the rota says after it."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from operations import duty as duty_desk
from operations import rota as rota_desk
from operations import rota_swaps as swap_desk
from operations.refusals import NotNowError
from rules.duty import Span
from rules.model import Layer
from rules.policy import Policy, RotaFigures
from rules.rota_quality import Flaw
from rules.rota_swaps import State, Stretch, Swap
from scheduler.tick import tick
from storage import outbox
from storage import people as people_rows
from storage import rota_swaps as swap_rows
from storage.db import Database, Tx, reading, transaction
from tests import company as companies
from tests.company import CHEN, LI, WANG, Company

NOW = datetime(2026, 11, 23, 1, 2, tzinfo=UTC)
SAT = NOW + timedelta(days=5)
SUN = NOW + timedelta(days=6)


@pytest.fixture
def company(database: Database) -> Company:
    with transaction(database) as tx:
        return companies.found(tx, channels=1)


def stretch(layer: Layer = Layer.FIRST, starts_at: datetime = SAT, *, hours: float = 24) -> Stretch:
    return Stretch(layer=layer, starts_at=starts_at, ends_at=starts_at + timedelta(hours=hours))


def an_offer(company: Company, **changed: object) -> Swap:
    whole = Swap(from_id=company.id_of(LI), given=stretch(), note="wedding", offered_at=NOW)
    return replace(whole, **changed)  # type: ignore[arg-type]


def first_at(tx: Tx, at: datetime, layer: Layer = Layer.FIRST) -> str:
    person = duty_desk.on_duty(tx, at).of(layer)
    return person.code if person else ""


def told(tx: Tx, company: Company, now: datetime = NOW) -> set[tuple[str, str]]:
    codes = {person.id: code for code, person in company.people.items()}
    return {(codes[one.person_id], one.facts["what"]) for one in outbox.due(tx, now, each=50)}


def state_of(tx: Tx, swap: Swap) -> State:
    found = swap_rows.get(tx, swap.id)
    assert found is not None
    return found.state


def test_whoever_takes_it_stands_then_and_both_are_told(
    database: Database, company: Company
) -> None:
    with transaction(database) as tx:
        swap = swap_desk.offer(tx, an_offer(company))
        assert told(tx, company) == {(WANG, "offered"), (CHEN, "offered")}
        assert first_at(tx, SAT) == LI
        swap_desk.accept(tx, swap.id, company.id_of(WANG), NOW)
    with reading(database) as tx:
        assert first_at(tx, SAT) == WANG
        assert first_at(tx, SAT - timedelta(seconds=1)) == LI
        assert first_at(tx, SAT + timedelta(hours=24)) == LI
        assert {(LI, "accepted"), (WANG, "taken")} <= told(tx, company)


def test_a_span_in_return_changes_hands_with_it(database: Database, company: Company) -> None:
    back = stretch(Layer.SECOND, SUN)
    with transaction(database) as tx:
        offered = an_offer(company, to_id=company.id_of(WANG), back=back)
        swap = swap_desk.offer(tx, offered)
        swap_desk.accept(tx, swap.id, company.id_of(WANG), NOW)
        assert first_at(tx, SAT) == WANG
        assert first_at(tx, SUN, Layer.SECOND) == LI
        assert first_at(tx, SUN + timedelta(hours=24), Layer.SECOND) == WANG


def test_only_whom_it_was_offered_to_takes_or_declines_it(
    database: Database, company: Company
) -> None:
    with transaction(database) as tx:
        swap = swap_desk.offer(tx, an_offer(company, to_id=company.id_of(WANG)))
        assert told(tx, company) == {(WANG, "offered")}
        for act in (swap_desk.accept, swap_desk.decline):
            with pytest.raises(NotNowError, match="for_another"):
                act(tx, swap.id, company.id_of(CHEN), NOW)
        swap_desk.decline(tx, swap.id, company.id_of(WANG), NOW)
        assert (LI, "declined") in told(tx, company)
        with pytest.raises(NotNowError, match="over"):
            swap_desk.accept(tx, swap.id, company.id_of(WANG), NOW)
        assert first_at(tx, SAT) == LI


def test_what_changed_meanwhile_is_not_swapped(database: Database, company: Company) -> None:
    """The rota is asked again when somebody takes it."""
    with transaction(database) as tx:
        swap = swap_desk.offer(tx, an_offer(company))
        hour = Span(starts_at=SAT + timedelta(hours=3), ends_at=SAT + timedelta(hours=4))
        head = company.id_of(CHEN)
        rota_desk.override(tx, Layer.FIRST, head, hour, by=head, now=NOW)
        with pytest.raises(NotNowError, match="changed"):
            swap_desk.accept(tx, swap.id, company.id_of(WANG), NOW)
        assert first_at(tx, SAT) == LI
        assert state_of(tx, swap) is State.OFFERED


def test_a_return_that_is_no_longer_theirs_stops_it(database: Database, company: Company) -> None:
    back = stretch(Layer.SECOND, SUN)
    with transaction(database) as tx:
        swap = swap_desk.offer(tx, an_offer(company, back=back))
        with pytest.raises(NotNowError, match="return_not_theirs"):
            swap_desk.accept(tx, swap.id, company.id_of(CHEN), NOW)
        swap_desk.accept(tx, swap.id, company.id_of(WANG), NOW)


def test_an_offer_nobody_took_runs_out_when_it_begins(database: Database, company: Company) -> None:
    with transaction(database) as tx:
        swap = swap_desk.offer(tx, an_offer(company))
    tick(database, Policy(), lambda: SAT - timedelta(seconds=1))
    with reading(database) as tx:
        assert state_of(tx, swap) is State.OFFERED
    tick(database, Policy(), lambda: SAT)
    with transaction(database) as tx:
        assert state_of(tx, swap) is State.EXPIRED
        assert (LI, "expired") in told(tx, company, SAT)
        with pytest.raises(NotNowError, match="over"):
            swap_desk.accept(tx, swap.id, company.id_of(WANG), SAT)


def test_a_withdrawn_offer_is_taken_back_from_all(database: Database, company: Company) -> None:
    with transaction(database) as tx:
        swap = swap_desk.offer(tx, an_offer(company))
        swap_desk.withdraw(tx, swap.id, company.id_of(LI), NOW)
        assert {(WANG, "withdrawn"), (CHEN, "withdrawn")} <= told(tx, company)
        assert state_of(tx, swap) is State.WITHDRAWN


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"given": stretch(Layer.SECOND)}, "not_yours"),
        ({"given": stretch(starts_at=NOW - timedelta(hours=1))}, "span"),
        ({"given": stretch(hours=-1)}, "span"),
        ({"given": stretch(hours=9000)}, "not_yours"),
        ({"back": stretch()}, "return_span"),
        ({"back": stretch(Layer.SECOND, NOW - timedelta(hours=9))}, "return_span"),
    ],
)
def test_what_cannot_be_given_is_not_offered(
    database: Database, company: Company, changed: dict[str, object], why: str
) -> None:
    with transaction(database) as tx, pytest.raises(NotNowError, match=f"refused.{why}"):
        swap_desk.offer(tx, an_offer(company, **changed))


def test_nobody_offers_to_himself_twice_or_to_nobody(database: Database, company: Company) -> None:
    with transaction(database) as tx:
        with pytest.raises(NotNowError, match="self"):
            swap_desk.offer(tx, an_offer(company, to_id=company.id_of(LI)))
        with pytest.raises(NotNowError, match="nobody"):
            swap_desk.offer(tx, an_offer(company, to_id=99))
        of_another = an_offer(company, to_id=company.id_of(CHEN), back=stretch(Layer.SECOND, SUN))
        with pytest.raises(NotNowError, match="return_not_theirs"):
            swap_desk.offer(tx, of_another)
        swap_desk.offer(tx, an_offer(company))
        with pytest.raises(NotNowError, match="offered"):
            swap_desk.offer(tx, an_offer(company))


def test_the_heads_duty_is_for_heads(database: Database, company: Company) -> None:
    with transaction(database) as tx:
        head = an_offer(company, from_id=company.id_of(CHEN), given=stretch(Layer.HEAD))
        with pytest.raises(NotNowError, match="nobody"):
            swap_desk.offer(tx, head)
        people_rows.change(tx, company.id_of(WANG), {"roles": ["engineer", "head"]})
        swap = swap_desk.offer(tx, head)
        with pytest.raises(NotNowError, match="role"):
            swap_desk.accept(tx, swap.id, company.id_of(LI), NOW)
        swap_desk.accept(tx, swap.id, company.id_of(WANG), NOW)


def test_what_would_be_wrong_with_it_is_said_before(database: Database, company: Company) -> None:
    """Wang stands second at that time already: one person, two lines."""
    with transaction(database) as tx:
        swap = swap_desk.offer(tx, an_offer(company))
        found = swap_desk.concerns(tx, swap, company.id_of(WANG), RotaFigures(), NOW)
        assert Flaw.DOUBLE in {one.flaw for one in found}


def test_two_take_it_at_once_and_one_gets_it(database: Database, company: Company) -> None:
    with transaction(database) as tx:
        swap = swap_desk.offer(tx, an_offer(company))
    together = threading.Barrier(2)

    def takes(who: str) -> str:
        together.wait()
        try:
            with transaction(database) as tx:
                swap_desk.accept(tx, swap.id, company.id_of(who), NOW)
        except NotNowError as error:
            return error.message_id
        return who

    with ThreadPoolExecutor(2) as hands:
        said = set(hands.map(takes, (WANG, CHEN)))
    with reading(database) as tx:
        assert said == {first_at(tx, SAT), "rota_swap.refused.over"}
