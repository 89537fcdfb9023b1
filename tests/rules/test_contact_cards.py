"""Whom a customer calls in which order, and what outdates the card that says so (A13, A02)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules import contact_cards as rules
from rules.contact_cards import MOST_PEOPLE, Card, Difference, Part
from rules.model import Address, Layer, Person, PersonId, Role, SiteId

HERE, THERE = SiteId(1), SiteId(2)
CHINA = ZoneInfo("Asia/Shanghai")


def person(number: int, role: Role = Role.ENGINEER, **others: Any) -> Person:
    usual = {
        "id": PersonId(number),
        "code": f"p{number:02}",
        "name": f"王{number}",
        "roles": frozenset({role}),
        "all_sites": True,
        "site_ids": frozenset(),
        "language": "zh",
        "phone": f"1380000{number:04}",
    }
    return Person(**{**usual, **others})


HEAD, DEPUTY, FIRST, OTHER = person(1, Role.HEAD), person(2), person(3), person(4)
TURNS = {Layer.DEPUTY: {DEPUTY.id}, Layer.FIRST: {FIRST.id}}


def card(staff: Sequence[Person], line: str = "400-800-1234") -> Card:
    return rules.card("安信", "某某银行", line, rules.on_the_card(staff, TURNS, [HERE]))


WHOLE = card([OTHER, FIRST, DEPUTY, HEAD])


def test_the_head_stands_first_then_the_deputy_the_rota_and_the_others() -> None:
    """A02: when the service line is not answered, the heads are called."""
    told = [(one.person_id, one.part) for one in WHOLE.people]
    assert told == [(1, Part.HEAD), (2, Part.DEPUTY), (3, Part.DUTY), (4, Part.STAFF)]
    assert [one.person_id for one in WHOLE.heads] == [1, 2]
    assert [one.person_id for one in WHOLE.crew] == [3, 4]


def test_a_head_who_takes_turns_as_deputy_is_called_after_the_head() -> None:
    second = person(0, Role.HEAD)
    turns = {Layer.HEAD: {HEAD.id}, Layer.DEPUTY: {second.id, HEAD.id}}
    told = rules.on_the_card([second, HEAD], turns, [HERE])
    assert [(one.person_id, one.part) for one in told] == [(1, Part.HEAD), (0, Part.DEPUTY)]


def test_only_who_comes_to_the_customer_and_can_be_called_is_named() -> None:
    elsewhere = person(5, all_sites=False, site_ids=frozenset({THERE}))
    silent, clerk = person(6, phone=" "), person(7, Role.DISPATCHER)
    near = person(8, all_sites=False, site_ids=frozenset({HERE}))
    named = card([HEAD, elsewhere, silent, clerk, near]).people
    assert [one.person_id for one in named] == [1, 8]


def test_whoever_is_bound_to_the_site_stands_before_who_goes_everywhere() -> None:
    near = person(9, all_sites=False, site_ids=frozenset({HERE}))
    assert [one.person_id for one in card([OTHER, near]).people] == [9, 4]


def test_without_a_head_the_administrator_stands_for_one() -> None:
    (alone,) = card([person(1, Role.ADMIN)]).people
    assert alone.part is Part.HEAD
    assert [one.person_id for one in card([person(12, Role.ADMIN), HEAD]).people] == [1]


def test_a_pager_is_a_number_of_its_own() -> None:
    """A13: phone and pager numbers; a topic, an address or the same number again is none."""

    def pager(*channels: Address) -> str:
        return card([replace(HEAD, phone="+8613800000001", channels=channels)]).people[0].pager

    assert pager(Address("mail", "wang@example.com"), Address("ntfy", "ring-7f")) == ""
    assert pager(Address("sms", "13800000001")) == ""
    assert pager(Address("push", "1234567")) == ""
    assert pager(Address("mail", "w@x.example"), Address("sms", "128-1234567")) == "128-1234567"


def test_more_than_fit_are_counted_and_the_heads_are_never_left_out() -> None:
    many = [person(number) for number in range(2, 30)]
    whole = card([*many, HEAD])
    assert (len(whole.people), whole.more) == (MOST_PEOPLE, 29 - MOST_PEOPLE)
    assert whole.people[0].person_id == HEAD.id


@pytest.mark.parametrize(
    ("after", "what", "name"),
    [
        (card([OTHER, FIRST, DEPUTY, HEAD], "028-85120000"), "service_line", ""),
        (replace(WHOLE, company="安信科技"), "company", ""),
        (replace(WHOLE, customer="某某银行锦江支行"), "customer", ""),
        (card([OTHER, FIRST, DEPUTY, replace(HEAD, phone="139")]), "number", "王1"),
        (card([OTHER, FIRST, DEPUTY, replace(HEAD, name="陈涛")]), "renamed", "陈涛"),
        (card([OTHER, FIRST, HEAD]), "left", "王2"),
        (card([OTHER, FIRST, DEPUTY, HEAD, person(5)]), "joined", "王5"),
        (replace(WHOLE, more=1), "order", ""),
    ],
)
def test_each_name_number_or_part_that_changes_outdates_the_card(
    after: Card, what: str, name: str
) -> None:
    assert after.digest != WHOLE.digest
    assert rules.differences(WHOLE, after) == [Difference(what, name)]


def test_another_part_outdates_the_card() -> None:
    people = rules.on_the_card([HEAD, DEPUTY, FIRST, OTHER], {Layer.FIRST: {FIRST.id}}, [HERE])
    after = rules.card("安信", "某某银行", "400-800-1234", people)
    assert rules.differences(WHOLE, after) == [Difference("part", "王2")]


def test_what_is_not_on_the_card_does_not_outdate_it() -> None:
    """Another mail address, language or login is nobody's new card."""
    same = replace(HEAD, email="a@b.example", language="en", channels=(Address("mail", "a@b"),))
    assert card([same, DEPUTY, FIRST, OTHER]).digest == WHOLE.digest
    assert card([OTHER, DEPUTY, HEAD, FIRST]).digest == WHOLE.digest  # however they are listed


@given(st.lists(st.sampled_from([HEAD, DEPUTY, FIRST, OTHER, person(5)]), unique=True))
def test_a_card_that_was_kept_is_the_same_card(staff: list[Person]) -> None:
    before = card(staff)
    assert rules.card_in(before.as_facts()) == before
    assert rules.differences(before, rules.card_in(before.as_facts())) == []


def test_nobody_to_call_is_no_card() -> None:
    assert not card([], "").answers
    assert card([], "400-800-1234").answers
    assert card([HEAD], "").answers


def test_a_new_card_waits_for_quiet_and_for_day() -> None:
    noon = datetime(2026, 6, 15, 4, tzinfo=UTC)  # 12:00 in China
    assert rules.reissued_at(noon, 1800, CHINA) == noon + timedelta(minutes=30)
    evening = datetime(2026, 6, 15, 11, 45, tzinfo=UTC)  # 19:45
    assert rules.reissued_at(evening, 1800, CHINA) == datetime(2026, 6, 16, tzinfo=UTC)


@pytest.mark.parametrize("number", ["", "400-800-1234", "+86 28 8512 0000", "(028) 85120000 转 8"])
def test_a_service_line_is_a_number(number: str) -> None:
    assert rules.unfit(number) == ""


@pytest.mark.parametrize("number", ["call us", "110x", "12", "-" * 9, "1" * 50, "400 800<b>"])
def test_anything_else_is_refused(number: str) -> None:
    assert rules.unfit(number) == "contact_card.unfit.service_line"
